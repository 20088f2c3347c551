"""CPU and memory of everything that took part, and the generator's own health."""

from dataclasses import dataclass

import polars as pl

from reports.increase import increase
from reports.latency import quantile
from reports.pace import Pace
from reports.timeline import Timeline

BUSY_SHARE = 0.9
"""Over this share of a core, or of all cores, CPU is taken to be short."""

SAMPLE_S = 1.0
"""The contract's distance between two samples."""

Window = tuple[float, float]


def is_portal(process: str) -> bool:
    """Say whether a process is the portal's own: `server-1`, and its `database`."""
    return process.startswith("server") or process == "database"


@dataclass(frozen=True)
class Processes:
    """CPU use by process, from the counters.

    `samples` has one row a sample and process, from the second sample on: `at_s`, `process`, `dt_s`, `cpu_s` (added),
    `cores` (CPU seconds a second), `rss_bytes`, `niceness`, `at_true_rate`.
    """

    samples: pl.DataFrame
    core_count: int

    def mean_cores(self, window_s: Window | None = None) -> dict[str, float]:
        """Give the mean number of cores that each process used at true rate, in the load or a window of run seconds."""
        rows = self.samples.filter("at_true_rate")
        if window_s is not None:
            inside = rows.filter((pl.col("at_s") - pl.col("dt_s") / 2).is_between(*window_s, closed="left"))
            rows = rows if inside.is_empty() else inside
        means = rows.group_by("process").agg(pl.col("cpu_s").sum() / pl.col("dt_s").sum()).sort("process")
        return dict(means.iter_rows())

    def table(self) -> pl.DataFrame:
        """Give by process: `mean_cores`, `p95_cores`, `most_cores`, `most_rss_bytes`, `niceness`."""
        return (
            self.samples.group_by("process")
            .agg(
                (pl.col("cpu_s").sum() / pl.col("dt_s").sum()).alias("mean_cores"),
                quantile(pl.col("cores"), 0.95).alias("p95_cores"),
                pl.col("cores").max().alias("most_cores"),
                pl.col("rss_bytes").max().alias("most_rss_bytes"),
                pl.col("niceness").last(),
            )
            .sort("mean_cores", "process", descending=[True, False])
        )

    def over_time(self, timeline: Timeline) -> pl.DataFrame:
        """Give `bucket`, `process`, `cores`."""
        bucket = timeline.bucket(pl.col("at_s") - pl.col("dt_s") / 2)
        cores = (pl.col("cpu_s").sum() / pl.col("dt_s").sum()).alias("cores")
        return self.samples.group_by(bucket, "process").agg(cores).sort("bucket", "process")


def read_processes(processes: pl.LazyFrame, timeline: Timeline, core_count: int) -> Processes:
    """Turn the CPU counters inside the load into rates."""
    inside = processes.filter(pl.col("at_s").is_between(0, timeline.length_s)).sort("process", "at_s").collect()
    added = inside.with_columns(
        pl.col("at_s").diff().over("process").alias("dt_s"),
        increase(pl.col("cpu_s")).over("process").alias("cpu_s"),
    ).filter(pl.col("dt_s") > 0)
    cores = (pl.col("cpu_s") / pl.col("dt_s")).alias("cores")
    return Processes(added.with_columns(cores, within_true_rate(timeline.pace)), core_count)


STRETCH_S = 5.0
"""What others do is told by stretches of this length: counters of a single second are a little apart."""


def read_others(machine: pl.LazyFrame, processes: Processes, length_s: float) -> pl.DataFrame:
    """Give what others than the run had of the machine: `at_s` and `share` (of all cores), a row a stretch.

    Others are programs that are no part of the run, and other machines to which a hypervisor gave the cores.
    """
    stretch = (pl.col("at_s") / STRETCH_S).floor().alias("stretch")
    ours = processes.samples.group_by(stretch).agg(pl.col("cpu_s").sum().alias("ours_s"))
    used_s = increase(pl.col("busy_s")) + increase(pl.col("stolen_s")) - increase(pl.col("harness_s"))
    added = (
        machine.filter(pl.col("at_s").is_between(0, length_s))
        .sort("at_s")
        .with_columns(pl.col("at_s").diff().alias("dt_s"), used_s.alias("used_s"))
        .filter(pl.col("dt_s") > 0)
        .collect()
    )
    others_s = pl.col("used_s") - pl.col("ours_s").fill_null(0.0)
    return (
        added.group_by(stretch)
        .agg(pl.col("dt_s", "used_s").sum(), pl.col("cores").last())
        .filter(pl.col("dt_s") > STRETCH_S / 2)
        .join(ours, on="stretch", how="left")
        .sort("stretch")
        .select(
            (pl.col("stretch") * STRETCH_S).alias("at_s"),
            (others_s / (pl.col("cores") * pl.col("dt_s"))).clip(0.0).alias("share"),
        )
    )


def within_true_rate(pace: Pace) -> pl.Expr:
    """Say of a sample at `at_s` whether the `dt_s` seconds before it were all in one stretch at true rate."""
    if pace.is_true:
        return pl.lit(True).alias("at_true_rate")
    first, last = pace.stretch(pl.col("at_s") - pl.col("dt_s")), pace.stretch(pl.col("at_s"))
    return ((first == last) & (last >= 0)).alias("at_true_rate")


@dataclass(frozen=True)
class GeneratorHealth:
    """The generator's own health inside the load.

    A second that was not at true rate says nothing of the measurement: it is in `over_time`, `most_rss_bytes` and
    `mean_inside` alone.

    `workers` has one row a worker: `worker`, `seconds`, `cpu_mean`, `cpu_p95` (shares of a core), `busy_seconds`
    (seconds over BUSY_SHARE), `loop_lag_p99_ms`, `loop_lag_most_ms`; `most_rss_bytes`.
    `over_time` has one row a bucket: `bucket`, `cpu_share` (the busiest worker), `loop_lag_ms` (the worst), `inside`
    (candidates inside, all workers).
    `mean_inside` is the mean number of candidates inside, None without samples.
    """

    workers: pl.DataFrame
    over_time: pl.DataFrame
    mean_inside: float | None


def read_generator(generator: pl.LazyFrame, timeline: Timeline) -> GeneratorHealth:
    """Sum up the generator's samples inside the load."""
    inside = generator.filter(pl.col("at_s").is_between(0, timeline.length_s)).collect()
    true = inside.select(timeline.pace.at_true_rate(pl.col("at_s") - SAMPLE_S / 2).alias("true"), "*")
    cpu_share, loop_lag_ms = (pl.when("true").then(c).alias(c) for c in ("cpu_share", "loop_lag_ms"))
    workers = by_worker(true.with_columns(cpu_share, loop_lag_ms))
    bucket = timeline.bucket(pl.col("at_s"))
    busiest = inside.group_by(bucket, "worker").agg(
        pl.col("cpu_share").mean(), pl.col("loop_lag_ms").max(), pl.col("inside").cast(pl.Float64).mean()
    )
    over_time = (
        busiest.group_by("bucket")
        .agg(pl.col("cpu_share").max(), pl.col("loop_lag_ms").max(), pl.col("inside").sum())
        .sort("bucket")
    )
    mean_inside = None if workers.is_empty() else float(workers["mean_inside"].sum())
    return GeneratorHealth(workers.drop("mean_inside"), over_time, mean_inside)


def by_worker(seconds: pl.DataFrame) -> pl.DataFrame:
    """Sum up rows of `generator/` by worker: the columns of `GeneratorHealth.workers`, and `mean_inside`."""
    return (
        seconds.group_by("worker")
        .agg(
            pl.col("cpu_share").count().alias("seconds"),
            pl.col("cpu_share").mean().alias("cpu_mean"),
            quantile(pl.col("cpu_share"), 0.95).alias("cpu_p95"),
            (pl.col("cpu_share") > BUSY_SHARE).sum().alias("busy_seconds"),
            quantile(pl.col("loop_lag_ms"), 0.99).alias("loop_lag_p99_ms"),
            pl.col("loop_lag_ms").max().alias("loop_lag_most_ms"),
            pl.col("rss_bytes").max().alias("most_rss_bytes"),
            pl.col("inside").cast(pl.Float64).mean().alias("mean_inside"),
        )
        .sort("worker")
    )
