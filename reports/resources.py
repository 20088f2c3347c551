"""What the server's own counters say of each resource, and how that agrees with the requests' Server-Timing.

The two sources are independent: the counters cover every request, the headers only those that got an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from reports.increase import increase
from reports.machine import SAMPLE_S, within_true_rate
from reports.server_timing import Timings
from reports.timeline import Timeline

Window = tuple[float, float]


@dataclass(frozen=True)
class Counters:
    """The counters of the resources, as increases between samples.

    `samples` has one row a sample and resource, from the second sample on: `at_s`, `resource`, `capacity`, `in_use`,
    `queue`, `dt_s` (seconds since the sample before) and what was added in them: `completions`, `wait_s`, `held_s`; and
    `at_true_rate`, whether they were in a stretch at true rate: the figures below are of those alone.
    `moments` are all sampling times inside the load, in order.
    """

    samples: pl.DataFrame
    moments: list[float]

    @property
    def resources(self) -> tuple[str, ...]:
        """Names of all resources with counters."""
        return tuple(sorted(self.samples["resource"].unique()))

    def within(self, window_s: Window | None, resource: str) -> pl.DataFrame:
        """Give a resource's samples at true rate, those of the whole load or of a window of run seconds."""
        rows = self.samples.filter("at_true_rate", pl.col("resource") == resource)
        if window_s is None:
            return rows
        inside = rows.filter((pl.col("at_s") - pl.col("dt_s") / 2).is_between(*window_s, closed="left"))
        return rows if inside.is_empty() else inside

    def utilisation(self, resource: str, window_s: Window | None = None) -> float | None:
        """Give held time over capacity and time, 0 to 1, or None without samples.

        A holding is counted when it ends, so over a few seconds the figure can pass 1; it is cut there.
        """
        rows = self.within(window_s, resource)
        offered = float((rows["capacity"] * rows["dt_s"]).sum())
        return min(1.0, float(rows["held_s"].sum()) / offered) if offered > 0 else None

    def capacity(self, resource: str) -> float | None:
        """Give the capacity that was in force longest, or None without samples."""
        rows = self.within(None, resource).group_by("capacity").agg(pl.col("dt_s").sum())
        return None if rows.is_empty() else float(rows.sort("dt_s", "capacity").row(-1, named=True)["capacity"])

    def queue_max(self, resource: str) -> float | None:
        """Give the longest queue that a sample met, or None without samples."""
        rows = self.within(None, resource)
        return None if rows.is_empty() else float(rows["queue"].to_numpy().max())


def read_counters(resources: pl.LazyFrame, timeline: Timeline) -> Counters:
    """Turn the counters inside the load into increases."""
    inside = resources.filter(pl.col("at_s").is_between(0, timeline.length_s)).sort("resource", "at_s").collect()
    counted = [increase(pl.col(c)).over("resource").alias(c) for c in ("completions", "wait_s", "held_s")]
    samples = inside.with_columns(pl.col("at_s").diff().over("resource").alias("dt_s"), *counted)
    return Counters(
        samples=samples.filter(pl.col("dt_s") > 0).with_columns(within_true_rate(timeline.pace)),
        moments=inside["at_s"].unique().sort().to_list(),
    )


def rates(counters: Counters, timeline: Timeline) -> pl.DataFrame:
    """Give `bucket`, `resource`, `utilisation` (0 to 1 and a little over) and `queue_max`.

    Where samples are missing there is no row: what was added meanwhile is known, but not when.
    """
    offered = (pl.col("capacity") * pl.col("dt_s")).sum()
    close = counters.samples.filter(pl.col("dt_s") <= 2 * max(timeline.width_s, SAMPLE_S))
    return (
        close.group_by(timeline.bucket(pl.col("at_s") - pl.col("dt_s") / 2), "resource")
        .agg(pl.col("queue").max().alias("queue_max"), (pl.col("held_s").sum() / offered).alias("utilisation"))
        .sort("bucket", "resource")
    )


@dataclass(frozen=True)
class Use:
    """One resource over the whole load, by both sources. None: that source says nothing of it."""

    resource: str
    requests: int
    """Answered requests whose header names it."""
    wait_s: float | None
    held_s: float | None
    share: float | None
    """Of all waiting in the headers, 0 to 1."""
    server_completions: float | None
    server_wait_s: float | None
    server_held_s: float | None
    server_share: float | None
    """Of all waiting in the counters, 0 to 1."""
    capacity: float | None
    queue_max: float | None
    utilisation: float | None
    """Over the whole load."""

    @property
    def difference_points(self) -> float | None:
        """Distance of the two shares in percentage points, or None where one is not known."""
        if self.share is None or self.server_share is None:
            return None
        return 100 * abs(self.share - self.server_share)


def uses(timings: Timings, counters: Counters) -> list[Use]:
    """Give every resource that either source knows, the one most waited for first."""
    headers, counted = set(timings.resources), set(counters.resources)
    names = sorted(headers | counted)
    wait = {r: timings.total(f"wait:{r}") for r in headers}
    server = {r: _added(counters, r) for r in counted}
    shares, server_shares = _shares(wait), _shares({r: added["wait_s"] for r, added in server.items()})
    table = [
        Use(
            resource=r,
            requests=int(timings.total(f"used:{r}")),
            wait_s=wait.get(r),
            held_s=timings.total(f"held:{r}") if r in headers else None,
            share=shares.get(r, 0.0 if shares else None),
            server_completions=server[r]["completions"] if r in counted else None,
            server_wait_s=server[r]["wait_s"] if r in counted else None,
            server_held_s=server[r]["held_s"] if r in counted else None,
            server_share=server_shares.get(r, 0.0 if server_shares else None),
            capacity=counters.capacity(r),
            queue_max=counters.queue_max(r),
            utilisation=counters.utilisation(r),
        )
        for r in names
    ]
    return sorted(table, key=lambda u: (-(u.wait_s or 0.0), -(u.server_wait_s or 0.0), u.resource))


def _added(counters: Counters, resource: str) -> Mapping[str, float]:
    rows = counters.within(None, resource)
    return {c: float(rows[c].sum()) for c in ("completions", "wait_s", "held_s")}


def _shares(wait_s: Mapping[str, float]) -> dict[str, float]:
    whole = sum(wait_s.values())
    return {r: s / whole for r, s in wait_s.items()} if whole > 0 else {}


@dataclass(frozen=True)
class Agreement:
    """How far the two sources of the waiting shares are apart, and what explains it."""

    largest_points: float
    resource: str
    coverage: float | None
    """Uses of the resource most waited for that answers tell of, over the completions that the server counted."""
    header_wait_s: float
    server_wait_s: float


def agreement(table: list[Use]) -> Agreement | None:
    """Compare the shares by both sources, or give None where either source has no waiting at all."""
    compared = [(u.difference_points, u) for u in table if u.difference_points is not None]
    if not compared:
        return None
    largest, use = max(compared, key=lambda pair: pair[0])
    first = table[0]
    done = first.server_completions
    return Agreement(
        largest_points=largest,
        resource=use.resource,
        coverage=first.requests / done if done else None,
        header_wait_s=sum(u.wait_s or 0.0 for u in table),
        server_wait_s=sum(u.server_wait_s or 0.0 for u in table),
    )


def missed_samples(counters: Counters, timeline: Timeline) -> tuple[int, Window | None]:
    """Give how many seconds of the load have no sample of the resources, and the longest such stretch."""
    if not counters.moments:
        return round(timeline.length_s), None
    edges = [0.0, *counters.moments, timeline.length_s]
    gaps = [(a, b) for a, b in pairwise(edges) if b - a > 1.5 * SAMPLE_S]
    missed = sum(round((b - a) / SAMPLE_S) - 1 for a, b in gaps)
    return missed, max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
