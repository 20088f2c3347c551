"""What a cold cache costs: the static files that browsers without them fetch, and the time that visits spend on it."""

from dataclasses import dataclass

import polars as pl

from reports.latency import ASSET, quantile


@dataclass(frozen=True)
class StaticFiles:
    """The static files of a run. Shares are of all requests, 0 to 1; None where there is nothing to take a share of."""

    requests: int
    bytes_down: int
    server_s: float
    """Time in the server by their Server-Timing, of those first wanted at true rate."""
    request_share: float | None
    bytes_share: float | None
    server_share: float | None
    visits: int
    """Visits that loaded any at true rate."""
    added_p50_s: float | None
    """Half of these visits spent longer than this on them; files that came side by side count once."""
    added_p95_s: float | None


def read_static_files(steps: pl.DataFrame, measured: pl.LazyFrame, asset_s: float, page_s: float) -> StaticFiles:
    """Sum static files up.

    `steps` is the table of `latency.by_step`, `measured` the requests at true rate, `asset_s` and `page_s` the seconds
    that static files and all others spent in the server.
    """
    each = steps.slice(1)
    assets = each.filter(pl.col("step") == ASSET)
    count, size = int(assets["count"].sum()), int(assets["bytes_down"].sum())
    added = added_times(measured).select(
        pl.len().alias("visits"), *(quantile(pl.col("added_s"), q).alias(f"p{100 * q:.0f}") for q in (0.50, 0.95))
    )
    visits, p50, p95 = added.collect().row(0)
    return StaticFiles(
        requests=count,
        bytes_down=size,
        server_s=asset_s,
        request_share=_share(count, float(each["count"].sum())),
        bytes_share=_share(size, float(each["bytes_down"].sum())),
        server_share=_share(asset_s, asset_s + page_s),
        visits=visits,
        added_p50_s=p50,
        added_p95_s=p95,
    )


def added_times(requests: pl.LazyFrame) -> pl.LazyFrame:
    """Give `added_s` of each visit that loaded static files: the time in which any of them was on its way."""
    key = ["candidate", "visit"]
    before = pl.col("done_s").cum_max().shift(1).over(key)
    new_s = pl.col("done_s") - pl.max_horizontal("sent_s", before)
    return (
        requests.filter(pl.col("step") == ASSET)
        .select(*key, "sent_s", "done_s")
        .sort(*key, "sent_s")
        .with_columns(new_s.clip(0).alias("added_s"))
        .group_by(key)
        .agg(pl.col("added_s").sum())
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
