"""Latencies: exact percentiles over all requests, by step and over time.

Both latencies are kept apart everywhere: service latency counts from the moment a request was sent, intended latency
from the moment its candidate first wanted the answer, so it holds the reloads and the queue before them as well.

Requests without an answer (given up by the candidate, or cut off by the end of the load) enter with the time until
then. That is a lower bound: the answer would have come later. A percentile over lower bounds is itself one; leaving
them out would make a portal look better the more candidates it drives away.

Where the portal's clock did not run at true rate all the time, latencies are of the requests that were first wanted in
a stretch at true rate, and of no others. By the moment of the answer, the slow ones at a stretch's end would be lost.
"""

import polars as pl

from reports.pace import Pace
from reports.timeline import Timeline

ASSET = "asset"
"""The step of static files: many, parallel and cheap; they would drown every figure about pages."""
QUEUE = "queue"
"""The step of the waiting room: how far is it? What waiting there costs is read from the waiting itself."""
IS_PAGE = ~pl.col("step").is_in([ASSET, QUEUE])
"""Picks the requests that candidates want something of."""

IN_TIME_S = 2.0
"""The objective that all presets have for their pages; who waits longer feels lag."""

EVERY = "all"
"""The step that stands for every request but static files and the waiting room."""

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


def _waits(pace: Pace) -> list[pl.Expr]:
    """Give both latencies in ms, null where the request was not first wanted at true rate."""
    if pace.is_true:
        return [_INTENDED, _SERVICE]
    return [
        pl.when(pace.at_true_rate(pl.col("intended_s"))).then(wait).alias(wait.meta.output_name())
        for wait in (_INTENDED, _SERVICE)
    ]


def _outcomes() -> list[pl.Expr]:
    return [
        pl.len().alias("count"),
        *((pl.col("outcome") == name).sum().alias(name) for name in OUTCOMES),
    ]


def by_step(requests: pl.LazyFrame, pace: Pace) -> pl.DataFrame:
    """Give one row a step, the most frequent first, below a row `all` of every step but `asset`.

    Columns: `step`, `count`, a count for each of OUTCOMES, `bytes_up` and `bytes_down` (sums) of all requests;
    `measured` (requests that were first wanted at true rate), and of these alone `failed_share` (failed and abandoned
    over all, 0 to 1) and the six percentiles in ms.
    """
    columns = ("step", "outcome", "bytes_up", "bytes_down", "intended_s", "sent_s", "done_s")
    table = requests.select(columns).with_columns(_waits(pace))
    unwell = pl.col("outcome").is_in(["failed", "abandoned"]) & pl.col("intended_ms").is_not_null()
    figures = [
        *_outcomes(),
        *_percentiles(),
        *(pl.col(c).cast(pl.UInt64).sum() for c in ("bytes_up", "bytes_down")),
        pl.col("intended_ms").count().alias("measured"),
        unwell.sum().alias("unwell"),
    ]
    every = table.filter(IS_PAGE).select(pl.lit(EVERY).alias("step"), *figures)
    steps = table.group_by("step").agg(figures).sort("count", "step", descending=[True, False])
    both = pl.concat(pl.collect_all([every, steps]))
    share = pl.col("unwell") / pl.col("measured")
    return both.with_columns(share.fill_nan(None).alias("failed_share")).drop("unwell")


def problems(requests: pl.LazyFrame) -> pl.DataFrame:
    """Give `outcome`, `problem`, `step` and `len` of what was refused or failed, the most frequent first."""
    unwell = requests.filter(pl.col("outcome").is_in(["refused", "failed"]))
    counted = unwell.group_by("outcome", "problem", "step").len()
    return counted.sort("len", "outcome", "problem", "step", descending=[True, False, False, False]).collect()


def over_time(requests: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    """Give one row a bucket of the timeline: outcomes and percentiles of what was answered or given up in it.

    A request stands where its answer came, not where it was sent: of the requests sent near the end of the load only
    the quick ones are ever answered, so a curve by sending time would fall at the end of every overload.
    Columns: `bucket`, `sent` (requests sent, by sending time), `count` and the outcomes of all requests; of every step
    but `asset` alone, `wanted` (pages, by when they were first wanted: the offered load), `in_time` (of these, the ones
    answered within IN_TIME_S: the goodput; null where nothing was wanted at true rate), and the six percentiles, where
    it was first wanted at true rate. What was wanted in such a stretch and answered after its end stands at its end:
    beyond, there would be the slow ones alone.
    """
    bucket = timeline.bucket(pl.col("done_s"))
    pages = requests.filter(IS_PAGE)
    first_wanted = timeline.bucket(pl.col("intended_s"))
    inside = pages.filter(pl.col("intended_s") >= 0)  # what was wanted before the load is no rush of its first moment
    wanted = inside.filter(attempt=1).select(first_wanted).group_by("bucket").agg(pl.len().alias("wanted"))
    goods = _goods(timeline.pace.truly(inside, "intended_s"), first_wanted)
    if not timeline.pace.is_true:
        last_s = timeline.pace.last_s(pl.col("intended_s"))
        pages = timeline.pace.truly(pages, "intended_s").with_columns(pl.min_horizontal("done_s", last_s))
    answered = requests.select(bucket, "outcome").group_by("bucket").agg(_outcomes())
    sent = requests.select(timeline.bucket(pl.col("sent_s"))).group_by("bucket").agg(pl.len().alias("sent"))
    waits = pages.select(bucket, _INTENDED, _SERVICE).group_by("bucket").agg(_percentiles())
    answered_frame, *others = pl.collect_all([answered, sent, wanted, goods, waits])
    whole = timeline.every_bucket(answered_frame)
    for frame in others:
        whole = whole.join(frame, on="bucket", how="left")
    return whole.with_columns(pl.col("sent", "wanted", "count", *OUTCOMES).fill_null(0)).sort("bucket")


def _goods(pages: pl.LazyFrame, bucket: pl.Expr) -> pl.LazyFrame:
    """Count what was answered in time; of several attempts one at most is, as the candidate goes on then."""
    in_time = pl.col("outcome").is_in(["ok", "refused"]) & (_INTENDED <= 1000 * IN_TIME_S)
    return pages.select(bucket, in_time.alias("in_time")).group_by("bucket").agg(pl.col("in_time").sum())


def by_minute(requests: pl.LazyFrame, timeline: Timeline) -> pl.DataFrame:
    """Give one row a minute of each stretch at true rate, with the intended percentiles of every step but `asset`.

    Columns: `at_s` (the run second at which the minute begins), `count`, and the percentiles in ms. A stretch's last
    minute takes in what is left of it when that is under 20 s, too little to speak of a minute.
    """
    stretches = timeline.pace.stretches
    edges = pl.LazyFrame(
        {
            "stretch": pl.Series(range(len(stretches)), dtype=pl.Int32),
            "begin_s": pl.Series([begin for begin, _ in stretches], dtype=pl.Float64),
            "last": pl.Series([max(0, int((end - begin - 20) // 60)) for begin, end in stretches], dtype=pl.Int32),
        }
    )
    pages = requests.filter(IS_PAGE).select(
        timeline.pace.stretch(pl.col("intended_s")).alias("stretch"), "done_s", _INTENDED
    )
    minute = ((pl.col("done_s") - pl.col("begin_s")) / 60).floor().clip(0, pl.col("last"))
    at_s = (pl.col("begin_s") + 60 * minute).alias("at_s")
    figures = [pl.len().alias("count"), *_percentiles(("intended",))]
    return pages.join(edges, on="stretch").group_by(at_s).agg(figures).sort("at_s").collect()


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
