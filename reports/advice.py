"""The advice that candidates are given, tested: when to come, what cache and uplink cost, what filing takes."""

from dataclasses import dataclass

import polars as pl

from reports.filing import PROMISED_MIN, filings
from reports.latency import IS_PAGE, quantile
from reports.portal_days import FIRST, LAST, OTHERS, PortalDays, portal_days
from reports.run_folder import Run
from reports.server_timing import Timings
from reports.static_files import StaticFiles, read_static_files
from reports.uplinks import Uplinks, read_uplinks

LEAST_SEEN = 20
"""Fewer visits, pages or filings than these say nothing: not measured."""


@dataclass(frozen=True)
class Gain:
    """What candidates of some days felt, at true rate. None: not measured."""

    days: str
    visits: int
    """Visits that began at true rate."""
    lag_p50_ms: float | None
    lag_p95_ms: float | None
    filings: int
    """Filings of which all lay in one stretch at true rate."""
    visit_p50_min: float | None
    visit_p95_min: float | None
    """Portal minutes from the start of a visit to filing."""
    form_p50_min: float | None
    form_p95_min: float | None
    """The same from the first page of the application."""


@dataclass(frozen=True)
class Advice:
    """All that a run tells about when and how to register.

    `lag` has one row an hour of the window in which LEAST_SEEN pages were wanted at true rate: `hour` (since the first
    day's midnight), `pages`, `p95_ms` (intended). `by_hour` has one row an hour of the window in which visits began
    that filed: `hour`, `filed`, `median_min`, `p95_min` (from the visit's start), `apply_filed` (visits that came to
    apply) and `apply_in_time` (those within the promised minutes), `form_filed` (filings with a first page) and
    `form_in_time`. `filings` are those of `filing.filings`.
    """

    days: PortalDays
    lag: pl.DataFrame
    filings: pl.DataFrame
    by_hour: pl.DataFrame
    gains: list[Gain]
    static_files: StaticFiles
    uplinks: Uplinks


def read_advice(run: Run, visits: pl.DataFrame, steps: pl.DataFrame, timings: Timings) -> Advice:
    """Put the advice to the test; `steps` is the table of `latency.by_step`, `timings` those of true rate."""
    days = portal_days(run)
    measured = run.pace.truly(run.requests, "intended_s")
    found = filings(visits, run.requests, run.pace, timings.first)
    return Advice(
        days=days,
        lag=lag_by_hour(measured, days),
        filings=found,
        by_hour=filing_by_hour(found, days),
        gains=gains(measured, visits, found, days),
        static_files=read_static_files(steps, measured, timings.total("asset_stay"), timings.total("stay")),
        uplinks=read_uplinks(measured, timings.first, timings.total(f"held:{timings.first}") if timings.first else 0.0),
    )


def _pages(measured: pl.LazyFrame, days: PortalDays) -> pl.LazyFrame:
    """Give `hour` and `intended_ms` of the pages that were wanted in the window."""
    hour = days.hour(pl.col("intended_s"))
    wait_ms = ((pl.col("done_s") - pl.col("intended_s")) * 1000).alias("intended_ms")
    return measured.filter(IS_PAGE).select(hour, wait_ms).filter(days.within(pl.col("hour")))


def lag_by_hour(measured: pl.LazyFrame, days: PortalDays) -> pl.DataFrame:
    """Give `hour`, `pages` and `p95_ms` of the pages that were first wanted at true rate."""
    p95 = quantile(pl.col("intended_ms"), 0.95).alias("p95_ms")
    by_hour = _pages(measured, days).group_by("hour").agg(pl.len().alias("pages"), p95)
    return by_hour.filter(pl.col("pages") >= LEAST_SEEN).sort("hour").collect()


def filing_by_hour(found: pl.DataFrame, days: PortalDays) -> pl.DataFrame:
    """Give what filing took by the hour in which the visit began, the whole window over, at any speed."""
    applied = pl.col("purpose") == "apply"
    return (
        found.with_columns(days.hour(pl.col("started_s")))
        .filter(days.within(pl.col("hour")))
        .group_by("hour")
        .agg(
            pl.len().alias("filed"),
            pl.col("visit_min").median().alias("median_min"),
            quantile(pl.col("visit_min"), 0.95).alias("p95_min"),
            applied.sum().alias("apply_filed"),
            (applied & (pl.col("visit_min") <= PROMISED_MIN)).sum().alias("apply_in_time"),
            pl.col("form_min").count().alias("form_filed"),
            (pl.col("form_min") <= PROMISED_MIN).sum().alias("form_in_time"),
        )
        .sort("hour")
    )


def gains(measured: pl.LazyFrame, visits: pl.DataFrame, found: pl.DataFrame, days: PortalDays) -> list[Gain]:
    """Compare the first day, the last and the others, by what was at true rate."""
    kind = days.kind(pl.col("hour")).alias("days")

    def by_days(frame: pl.LazyFrame, at_s: str) -> pl.LazyFrame:
        return frame.with_columns(days.hour(pl.col(at_s))).filter(days.within(pl.col("hour"))).with_columns(kind)

    began = days.pace.truly(visits.lazy().filter(pl.col("due_s") >= 0), "started_s")
    seen = by_days(began, "started_s").group_by("days").agg(pl.len().alias("visits"))
    lag = _pages(measured, days).with_columns(kind).group_by("days").agg(_both("intended_ms", "lag", "ms"))
    filed = (
        by_days(found.lazy().filter("at_true_rate"), "started_s")
        .group_by("days")
        .agg(pl.len().alias("filings"), *_both("visit_min", "visit", "min"), *_both("form_min", "form", "min"))
    )
    tables = [{row["days"]: row for row in t.iter_rows(named=True)} for t in pl.collect_all([seen, lag, filed])]
    return [_gain(days, *(table.get(days, {}) for table in tables)) for days in (FIRST, LAST, OTHERS)]


def _both(column: str, name: str, unit: str) -> list[pl.Expr]:
    return [quantile(pl.col(column), q / 100).alias(f"{name}_p{q}_{unit}") for q in (50, 95)]


def _gain(days: str, seen: dict[str, int], lag: dict[str, float], filed: dict[str, float]) -> Gain:
    visits, filings_ = int(seen.get("visits", 0)), int(filed.get("filings", 0))
    lag = lag if visits >= LEAST_SEEN else {}
    took = filed if filings_ >= LEAST_SEEN else {}
    return Gain(
        days=days,
        visits=visits,
        lag_p50_ms=lag.get("lag_p50_ms"),
        lag_p95_ms=lag.get("lag_p95_ms"),
        filings=filings_,
        visit_p50_min=took.get("visit_p50_min"),
        visit_p95_min=took.get("visit_p95_min"),
        form_p50_min=took.get("form_p50_min"),
        form_p95_min=took.get("form_p95_min"),
    )
