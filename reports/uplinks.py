"""What uplinks cost: their owners in time, and everybody else in worker slots that their uploads hold."""

import re
from dataclasses import dataclass

import polars as pl

from reports.latency import quantile

UPLOAD_BYTES = 50_000
"""A body from here on is a file; forms are far smaller."""
SLOW_BITS_PER_S = 1e6
"""An uplink is called slow below this rate (assumption)."""
_EDGES_BITS_PER_S = (0.25e6, SLOW_BITS_PER_S, 4e6, 16e6)
CLASSES = ("under 250 kbit/s", "250 kbit/s to 1 Mbit/s", "1 to 4 Mbit/s", "4 to 16 Mbit/s", "over 16 Mbit/s")
SLOW_CLASSES = frozenset(CLASSES[: _EDGES_BITS_PER_S.index(SLOW_BITS_PER_S) + 1])


@dataclass(frozen=True)
class Uplinks:
    """Uploads by class of rate.

    `classes` has one row for each of CLASSES that had uploads, slowest first: `name`, `uploads`, `bytes`, `p50_s`,
    `p95_s` (duration of one upload), `held_s` (time for which the uploads held `slot`).
    """

    classes: pl.DataFrame
    slot: str | None
    """The resource that requests hold for their whole stay."""
    all_held_s: float
    """Time for which all requests, uploads or not, held it."""

    def share(self, held_s: float) -> float | None:
        """Give a holding's share of all holding, 0 to 1; None where nothing is known of it."""
        return held_s / self.all_held_s if self.all_held_s > 0 else None

    @property
    def slow(self) -> pl.DataFrame:
        """The rows of slow uplinks."""
        return self.classes.filter(pl.col("name").is_in(sorted(SLOW_CLASSES)))


def read_uplinks(requests: pl.LazyFrame, slot: str | None, all_held_s: float) -> Uplinks:
    """Sort the answered uploads by the rate at which they went: bits sent over the time from sending to answer.

    The answer's own time is in it, so a busy portal makes uplinks look slower than they are.
    """
    took_s = pl.col("done_s") - pl.col("sent_s")
    bits_per_s = pl.col("bytes_up").cast(pl.Float64) * 8 / took_s
    number = pl.sum_horizontal((bits_per_s >= edge).cast(pl.Int8) for edge in _EDGES_BITS_PER_S)
    held_ms = pl.col("server_timing").str.extract(rf"(?:^|[,\s]){re.escape(slot or '')}-svc;dur=([0-9.]+)")
    classes = (
        requests.filter(pl.col("bytes_up") >= UPLOAD_BYTES, pl.col("status") > 0, took_s > 0)
        .select(
            number.alias("number"),
            took_s.alias("took_s"),
            pl.col("bytes_up").cast(pl.UInt64).alias("bytes"),
            (held_ms.cast(pl.Float64, strict=False) / 1000).alias("held_s"),
        )
        .group_by("number")
        .agg(
            pl.len().alias("uploads"),
            pl.col("bytes").sum(),
            quantile(pl.col("took_s"), 0.50).alias("p50_s"),
            quantile(pl.col("took_s"), 0.95).alias("p95_s"),
            pl.col("held_s").sum(),
        )
        .sort("number")
        .collect()
    )
    names = [CLASSES[n] for n in classes["number"]]
    return Uplinks(classes.select(pl.Series("name", names, pl.String), pl.exclude("number")), slot, all_held_s)
