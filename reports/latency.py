"""Latencies: exact percentiles over all requests, by step and over time.

Both latencies are kept apart everywhere: service latency counts from the moment a request was sent, intended latency
from the moment its candidate first wanted the answer, so it holds the reloads and the queue before them as well.

Requests without an answer (given up by the candidate, or cut off by the end of the load) enter with the time until
then. That is a lower bound: the answer would have come later. A percentile over lower bounds is itself one; leaving
them out would make a portal look better the more candidates it drives away.
"""

import polars as pl

from reports.timeline import Timeline

ASSET = "asset"
"""The step of static files: many, parallel and cheap; they would drown every figure about pages."""

EVERY = "all"
"""The step that stands for every request but static files."""

QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
OUTCOMES = ("ok", "refused", "failed", "abandoned", "cut_off")
METRICS = (*(f"{kind}_{q}_ms" for kind in ("intended", "service") for q in QUANTILES), "failed_share")

_INTENDED = ((pl.col("done_s") - pl.col("intended_s")) * 1000).alias("intended_ms")
_SERVICE = ((pl.col("done_s") - pl.col("sent_s")) * 1000).alias("service_ms")


def quantile(values: pl.Expr, q: float) -> pl.Expr:
    """Give the q-quantile, linear between neighbours, as `numpy.quantile` gives it by default."""
    return values.quantile(q, interpolation="linear")


def _percentiles(kinds: tuple[str, ...] = ("intended", "service")) -> list[pl.Expr]:
    return [
        quantile(pl.col(f"{kind}_ms"), q).alias(f"{kind}_{name}_ms") for kind in kinds for name, q in QUANTILES.items()
    ]


def _outcomes() -> list[pl.Expr]:
    return [
        pl.len().alias("count"),
        *((pl.col("outcome") == name).sum().alias(name) for name in OUTCOMES),
    ]


def by_step(requests: pl.LazyFrame) -> pl.DataFrame:
    """Give one row a step, the most frequent first, below a row `all` of every step but `asset`.

    Columns: `step`, `count`, a count for each of OUTCOMES, `failed_share` (failed and abandoned over all, 0 to 1), the
    six percentiles in ms, `bytes_up` and `bytes_down` (sums).
    """
    table = requests.select("step", "outcome", "bytes_up", "bytes_down", "intended_s", "sent_s", "done_s").with_columns(
        _INTENDED, _SERVICE
    )
    figures = [
        *_outcomes(),
        *_percentiles(),
        *(pl.col(c).cast(pl.UInt64).sum() for c in ("bytes_up", "bytes_down")),
    ]
    every = table.filter(pl.col("step") != ASSET).select(pl.lit(EVERY).alias("step"), *figures)
    steps = table.group_by("step").agg(figures).sort("count", "step", descending=[True, False])
    both = pl.concat(pl.collect_all([every, steps]))
    share = (pl.col("failed") + pl.col("abandoned")) / pl.col("count")
    return both.with_columns(share.fill_nan(None).alias("failed_share"))


def problems(requests: pl.LazyFrame) -> pl.DataFrame:
    """Give `outcome`, `problem`, `step` and `len` of what was refused or failed, the most frequent first."""
    unwell = requests.filter(pl.col("outcome").is_in(["refused", "failed"]))
    counted = unwell.group_by("outcome", "problem", "step").len()
    return counted.sort("len", "outcome", "problem", "step", descending=[True, False, False, False]).collect()


def over_time(requests: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    """Give one row a bucket of the timeline: outcomes and percentiles of what was answered or given up in it.

    A request stands where its answer came, not where it was sent: of the requests sent near the end of the load only
    the quick ones are ever answered, so a curve by sending time would fall at the end of every overload.
    Columns: `bucket`, `sent` (requests sent, by sending time), `count` and the outcomes of all requests, and the
    six percentiles of every step but `asset`.
    """
    bucket = timeline.bucket(pl.col("done_s"))
    pages = requests.filter(pl.col("step") != ASSET)
    answered = requests.select(bucket, "outcome").group_by("bucket").agg(_outcomes())
    sent = requests.select(timeline.bucket(pl.col("sent_s"))).group_by("bucket").agg(pl.len().alias("sent"))
    waits = pages.select(bucket, _INTENDED, _SERVICE).group_by("bucket").agg(_percentiles())
    answered_frame, sent_frame, waits_frame = pl.collect_all([answered, sent, waits])
    whole = timeline.every_bucket(answered_frame).join(sent_frame, on="bucket", how="left")
    counts = ("sent", "count", *OUTCOMES)
    return whole.with_columns(pl.col(counts).fill_null(0)).join(waits_frame, on="bucket", how="left").sort("bucket")


def by_minute(requests: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    """Give one row a minute of the load: `minute`, `count`, and the intended percentiles of every step but `asset`.

    The last minute takes in what is left of the load when that is under 20 s, too little to speak of a minute.
    """
    last = max(0, int((timeline.length_s - 20) // 60))
    minute = (pl.col("done_s") / 60).floor().clip(0, last).cast(pl.Int32).alias("minute")
    pages = requests.filter(pl.col("step") != ASSET).select(minute, _INTENDED)
    figures = [pl.len().alias("count"), *_percentiles(("intended",))]
    return pages.group_by("minute").agg(figures).sort("minute").collect()


def worst_minute(minutes: pl.DataFrame) -> dict[str, float] | None:
    """Give the row of `by_minute` in which candidates waited longest, or None without any.

    By the median where any minute's median passes a second; else by the 95th percentile, as then only few wait.
    Minutes with hardly any requests do not count: a single one is no minute's lag.
    """
    if minutes.is_empty():
        return None
    minutes = minutes.filter(pl.col("count") >= 0.05 * pl.col("count").max())
    median = minutes["intended_p50_ms"]
    by = "intended_p50_ms" if (median >= 1000).any() else "intended_p95_ms"
    return minutes.sort(by, descending=True).row(0, named=True)
