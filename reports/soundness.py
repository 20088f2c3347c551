"""Is the measurement itself sound? Every check of it, with its figure: passed, a warning, or a reason to call it void.

Checks of load and latency are of the stretches at true rate alone; those of files, workers and clocks of the whole
load. The limits and their reasons are in `soundness_limits.py`.
"""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from reports.arrival_checks import (
    LEAST_ARRIVALS,
    Block,
    Correlation,
    Coupling,
    Floats,
    coupling,
    gap_blocks,
    persistence,
    rate_deviations,
)
from reports.books import LATE_MS, Books
from reports.generator_checks import (
    clock_steps,
    generator_cpu,
    loop_lag,
    lost_workers,
    open_files,
    other_work,
    presence,
    rate_ceiling,
    workers,
)
from reports.language import later
from reports.latency import EVERY, IS_PAGE
from reports.little import Sampled, mean_inside, sampled_inside
from reports.machine import GeneratorHealth
from reports.objectives import Objective
from reports.percentile_interval import Interval, percentile_interval
from reports.results import wanted_in
from reports.run_folder import Run
from reports.soundness_check import Check, check, unknown
from reports.soundness_limits import (
    BY_CHANCE,
    NOTABLE_INSIDE,
    NOTABLE_LATE_MS,
    NOTABLE_MS,
    NOTABLE_RHO,
    SAMPLING_ERRORS,
    standing,
)
from reports.stationarity import LEAST_SECONDS, Trend, trend

REPORTED = Objective(EVERY, "intended_p95_ms", math.inf)
"""The percentile whose interval is given where no objective asks for one."""


def read_soundness(
    run: Run,
    visits: pl.DataFrame,
    books: Books,
    health: GeneratorHealth,
    others: pl.DataFrame,
    objectives: Sequence[Objective],
) -> list[Check]:
    """Make every check of a run; `others` as in read_others."""
    planned = run.pace.truly(visits.lazy().filter(pl.col("planned"), pl.col("due_s") >= 0), "due_s").collect()
    due_s, started_s = (planned[c].to_numpy() for c in ("due_s", "started_s"))
    late_s = started_s - due_s
    pages = run.requests.filter(IS_PAGE)
    sent_s, service_s = _waits(run, pages, "sent_s", "sent_s")
    generator = (
        run.generator.filter(pl.col("at_s").is_between(0, run.facts.load.length_s)).sort("worker", "at_s").collect()
    )
    return [
        lateness(books.late_p99_ms),
        achieved_rate(_rate_deviations(run, started_s)),
        gaps(gap_blocks(due_s, started_s)),
        lateness_persists(persistence(due_s, late_s), books.late_p99_ms),
        coordinated_omission(coupling(due_s, late_s, sent_s, service_s)),
        _stationarity(run, pages),
        *_percentiles(run, objectives),
        generator_cpu(health.workers),
        loop_lag(run.pace.truly(generator.lazy(), "at_s").collect()),
        other_work(others),
        open_files(generator),
        workers(generator, run.facts.load.length_s, presence(run.facts)),
        *lost_workers(run.facts, books),
        _littles_law(run, visits, generator),
        clock_steps(generator),
        *rate_ceiling(generator, run.requests.select(pl.len()).collect().item()),
    ]


def lateness(late_p99_ms: float | None) -> Check:
    """Hold the lateness of arrivals against its limit."""
    if late_p99_ms is None:
        return unknown("lateness", later("lateness-unknown"))
    said = later("lateness", late_p99_ms=late_p99_ms, allowed_ms=LATE_MS, is_late=late_p99_ms > LATE_MS)
    return check("lateness", late_p99_ms, said)


def achieved_rate(deviations: Floats) -> Check:
    """Judge by what share the started arrivals of a second deviate from the planned ones."""
    if len(deviations) == 0:
        return unknown("achieved_rate", later("achieved-rate-unknown"))
    figure = float(np.quantile(deviations, 0.99))
    passes = standing("achieved_rate", figure) == "pass"
    said = later("achieved-rate", share=figure, most=float(deviations.max()), passes=passes)
    return check("achieved_rate", figure, said)


def gaps(blocks: Sequence[Block]) -> Check:
    """Judge what share of the arrivals come in gaps that are not those of the plan."""
    if not blocks:
        return unknown("gaps", later("too-few-arrivals", least=LEAST_ARRIVALS))
    torn = [block for block in blocks if not block.follows]
    arrivals = sum(block.arrivals for block in blocks)
    share = sum(block.arrivals for block in torn) / arrivals
    if torn:
        return check("gaps", share, later("gaps-torn", share=share, from_s=torn[0].from_s))
    return check("gaps", share, later("gaps-follow", arrivals=arrivals))


def lateness_persists(found: Correlation, late_p99_ms: float | None) -> Check:
    """Judge whether lateness passes from an arrival to the next."""
    if found.pairs < LEAST_ARRIVALS or late_p99_ms is None:
        return unknown("persistence", later("too-few-arrivals", least=LEAST_ARRIVALS))
    notable = found.p <= BY_CHANCE and late_p99_ms > NOTABLE_LATE_MS
    passes = standing("persistence", found.rho, notable=notable) == "pass"
    return check("persistence", found.rho, later("persistence", rho=found.rho, passes=passes), notable=notable)


def coordinated_omission(found: Coupling) -> Check:
    """Judge whether the generator is late when the portal is slow."""
    correlation = found.correlation
    if correlation.pairs < LEAST_SECONDS:
        return unknown("coordinated_omission", later("too-few-seconds", least=LEAST_SECONDS))
    later_ms = max(0.0, found.later_ms)
    notable = correlation.is_at_least(NOTABLE_RHO, BY_CHANCE)
    passes = standing("coordinated_omission", later_ms, notable=notable) == "pass"
    said = later("coordinated-omission", later_ms=later_ms, rho=correlation.rho, passes=passes)
    return check("coordinated_omission", later_ms, said, notable=notable)


def stationarity(found: Trend | None) -> Check:
    """Judge whether waits rise or fall over a stretch that claims to be stationary."""
    if found is None:
        return unknown("stationarity", later("stationarity-too-short", least=LEAST_SECONDS))
    notable = found.p <= BY_CHANCE and abs(found.change_ms) > NOTABLE_MS
    share, rises = abs(found.change), found.change_ms > 0
    said = later("stationarity", share=share, rises=rises, tau=found.tau, is_notable=notable)
    return check("stationarity", share, said, notable=notable)


def percentile(objective: Objective, value_ms: float, interval: Interval) -> Check:
    """Judge whether the interval of a percentile leaves open on which side of the objective's limit it is."""
    kind, q, _ = objective.metric.split("_")
    step = later("step", name=objective.subject, title=objective.subject)
    phase = later("phase", name=objective.phase, title=objective.phase)
    where = later("within-phase", phase=phase) if objective.phase else ""
    title = later("percentile-title", kind=kind, q=q, step=step, where=where)
    high = later("duration", ms=interval.high) if math.isfinite(interval.high) else later("no-end")
    said = {"low_ms": interval.low, "high": high, "value_ms": value_ms}
    if objective is REPORTED:
        width = max(interval.high - value_ms, value_ms - interval.low)
        figure = width if math.isfinite(width) else None
        return Check("percentile", title, "pass", figure, None, later("percentile", **said))
    room = abs(objective.limit - value_ms)
    towards = interval.high - value_ms if objective.limit > value_ms else value_ms - interval.low
    figure = towards if math.isfinite(towards) else None
    if interval.holds(objective.limit):
        unsure = later("percentile-unsure", **said, limit_ms=objective.limit)
        return Check("percentile", title, "warn", figure, room, unsure)
    return Check("percentile", title, "pass", figure, room, later("percentile", **said))


def littles_law(sampled: Sampled | None, by_visits: float) -> Check:
    """Hold those inside by the generator's samples against those by the visits' starts and ends."""
    if sampled is None:
        return unknown("littles_law", later("littles-law-unknown"))
    apart = abs(sampled.mean - by_visits)
    figure = apart / max(sampled.mean, by_visits) if apart else 0.0
    notable = apart > SAMPLING_ERRORS * sampled.error and apart > NOTABLE_INSIDE
    said = later("littles-law", sampled=sampled.mean, by_visits=by_visits, closes=not notable)
    return check("littles_law", figure, said, notable=notable)


def _rate_deviations(run: Run, started_s: Floats) -> Floats:
    """Give the deviations of every second at true rate; the last moment of a cut-off run is not owed."""
    due_s = run.arrivals.select("due_s").collect()["due_s"].to_numpy()
    end_s = run.facts.load.length_s - (LATE_MS / 1000 if run.facts.load.interrupted else 0.0)
    stretches = [(begin, min(end, end_s)) for begin, end in run.pace.stretches]
    return np.concatenate([np.empty(0), *(rate_deviations(due_s, started_s, *stretch) for stretch in stretches)])


def _waits(run: Run, requests: pl.LazyFrame, since: str, at: str) -> tuple[Floats, Floats]:
    """Give when each request first wanted at true rate was `at`, and the seconds from `since` until it was done."""
    table = (
        run.pace.truly(requests, "intended_s").select(at=pl.col(at), wait=pl.col("done_s") - pl.col(since)).collect()
    )
    return table["at"].to_numpy(), table["wait"].to_numpy()


def _stationarity(run: Run, pages: pl.LazyFrame) -> Check:
    claimed = run.facts.steady
    if claimed is None:
        return unknown("stationarity", later("stationarity-not-claimed"), "not claimed")
    at_s, wait_s = _waits(run, pages, "intended_s", "intended_s")
    return stationarity(trend(at_s, 1000 * wait_s, claimed.from_s, min(claimed.to_s, run.facts.load.length_s)))


def _percentiles(run: Run, objectives: Sequence[Objective]) -> list[Check]:
    """Judge the percentile of every objective that names one; without any, give the interval of the reported one."""
    asked = [it for it in objectives if it.is_of_latency] or [REPORTED]
    phases = {phase.name: phase for phase in run.facts.phases}
    found = []
    for objective in asked:
        kind, q, _ = objective.metric.split("_")
        its = IS_PAGE if objective.subject == EVERY else pl.col("step") == objective.subject
        if objective.phase and objective.phase not in phases:
            continue
        requests = wanted_in(run.requests.filter(its), phases.get(objective.phase))
        since = "intended_s" if kind == "intended" else "sent_s"
        at_s, wait_s = _waits(run, requests, since, "intended_s")
        share = int(q.removeprefix("p")) / 100
        interval = percentile_interval(at_s, 1000 * wait_s, share)
        if interval is not None:
            found.append(percentile(objective, 1000 * float(np.quantile(wait_s, share)), interval))
    return found or [unknown("percentile", later("percentile-unknown"))]


def _littles_law(run: Run, visits: pl.DataFrame, generator: pl.DataFrame) -> Check:
    """Add up all workers and all stretches at true rate, each from its first sample to its last."""
    started_s, ended_s = (visits[c].cast(pl.Float64).to_numpy() for c in ("started_s", "ended_s"))
    of_worker = visits["worker"].to_numpy()
    length_s, sampled_s, error_s, counted_s = 0.0, 0.0, 0.0, 0.0
    for begin, end in run.pace.stretches:
        inside = generator.filter(pl.col("at_s").is_between(begin, end))
        for (worker,), rows in inside.group_by("worker", maintain_order=True):
            its = of_worker == worker
            stays = started_s[its], ended_s[its]
            sampled = sampled_inside(rows["at_s"].to_numpy(), rows["inside"].cast(pl.Float64).to_numpy(), *stays)
            if sampled is None:
                continue
            span_s = sampled.to_s - sampled.from_s
            length_s += span_s
            sampled_s += sampled.mean * span_s
            error_s += (sampled.error * span_s) ** 2
            counted_s += mean_inside(*stays, sampled.from_s, sampled.to_s) * span_s
    if length_s == 0:
        return littles_law(None, 0.0)
    stretches_s = length_s / max(1, generator["worker"].n_unique())  # all workers at the same time
    whole = Sampled(sampled_s / stretches_s, math.sqrt(error_s) / stretches_s, 0.0, run.facts.load.length_s)
    return littles_law(whole, counted_s / stretches_s)
