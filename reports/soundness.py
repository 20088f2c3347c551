"""Is the measurement itself sound? Every check of it, with its figure: passed, a warning, or a reason to call it void.

Checks of load and latency are of the stretches at true rate alone; those of files, workers and clocks of the whole
load. The limits and their reasons are in `soundness_limits.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
from reports.latency import EVERY, IS_PAGE
from reports.little import Sampled, mean_inside, sampled_inside
from reports.machine import BUSY_SHARE, GeneratorHealth
from reports.objectives import Objective
from reports.percentile_interval import Interval, percentile_interval
from reports.results import wanted_in
from reports.run_folder import Run
from reports.soundness_limits import (
    BY_CHANCE,
    LIMITS,
    NOTABLE_INSIDE,
    NOTABLE_LATE_MS,
    NOTABLE_MS,
    NOTABLE_RHO,
    SAMPLING_ERRORS,
    Standing,
    standing,
)
from reports.stationarity import LEAST_SECONDS, Trend, trend
from reports.words import duration, percent

REPORTED = Objective(EVERY, "intended_p95_ms", math.inf)
"""The percentile whose interval is given where no objective asks for one."""


@dataclass(frozen=True)
class Check:
    """One check of the measurement."""

    name: str
    title: str
    standing: Standing
    figure: float | None
    """In the unit that `LIMITS` names; None where nothing was measured."""
    limit: float | None
    """The one that was passed, or else the next one; None where there is none."""
    sentence: str


def read_soundness(
    run: Run, visits: pl.DataFrame, books: Books, health: GeneratorHealth, objectives: Sequence[Objective]
) -> list[Check]:
    """Make every check of a run."""
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
        open_files(generator),
        workers(generator, run.facts.load.length_s),
        _littles_law(run, visits, generator),
        clock_steps(generator),
    ]


def check(name: str, title: str, figure: float, sentence: str, *, notable: bool = True) -> Check:
    """Give a check with its standing by the limits of its name; what is not notable passes."""
    found, limit = standing(name, figure, notable=notable), LIMITS[name]
    return Check(
        name, title, found, figure, limit.void if found == "void" or limit.warn is None else limit.warn, sentence
    )


def unknown(name: str, title: str, sentence: str, said: Standing = "not measured") -> Check:
    """Give a check that had nothing to look at."""
    return Check(name, title, said, None, LIMITS[name].warn, sentence)


def lateness(late_p99_ms: float | None) -> Check:
    """Hold the lateness of arrivals against its limit."""
    title = "Arrivals start on time"
    if late_p99_ms is None:
        return unknown("lateness", title, "No arrival was due at true rate.")
    if late_p99_ms > LATE_MS:
        said = (
            f"Arrivals started late: {late_p99_ms:,.0f} ms at the 99th percentile, where {LATE_MS:.0f} ms are allowed."
        )
    else:
        said = f"99 of 100 arrivals started within {duration(late_p99_ms)} of their time."
    return check("lateness", title, late_p99_ms, said)


def achieved_rate(deviations: Floats) -> Check:
    """Judge by what share the started arrivals of a second deviate from the planned ones."""
    title = "Arrivals come at the planned rate"
    if len(deviations) == 0:
        return unknown("achieved_rate", title, "No second was at true rate.")
    figure = float(np.quantile(deviations, 0.99))
    most = percent(float(deviations.max()))
    if standing("achieved_rate", figure) == "pass":
        said = f"In 99 of 100 seconds, arrivals deviate from the plan by at most {percent(figure)}, at worst by {most}."
    else:
        said = (
            f"Arrivals did not come at the planned rate: in one of 100 seconds they deviate from it by over "
            f"{percent(figure)}, in the worst by {most}."
        )
    return check("achieved_rate", title, figure, said)


def gaps(blocks: Sequence[Block]) -> Check:
    """Judge what share of the arrivals come in gaps that are not those of the plan."""
    title = "Gaps between arrivals are those of the plan"
    if not blocks:
        return unknown("gaps", title, f"There were under {LEAST_ARRIVALS} arrivals at true rate.")
    torn = [block for block in blocks if not block.follows]
    share = sum(block.arrivals for block in torn) / sum(block.arrivals for block in blocks)
    said = f"The gaps between {sum(b.arrivals for b in blocks):,} started arrivals follow those of the plan."
    if torn:
        said = (
            f"For {percent(share)} of the arrivals the gaps are not those of the plan (Anderson-Darling), first from "
            f"run second {torn[0].from_s:,.0f} on: the generator bunched or delayed them."
        )
    return check("gaps", title, share, said)


def lateness_persists(found: Correlation, late_p99_ms: float | None) -> Check:
    """Judge whether lateness passes from an arrival to the next."""
    title = "Lateness is independent"
    if found.pairs < LEAST_ARRIVALS or late_p99_ms is None:
        return unknown("persistence", title, f"There were under {LEAST_ARRIVALS} arrivals at true rate.")
    notable = found.p <= BY_CHANCE and late_p99_ms > NOTABLE_LATE_MS
    said = f"The lateness of an arrival and of the next correlate by {found.rho:.2f}"
    said += ": they are late in a row." if standing("persistence", found.rho, notable=notable) != "pass" else "."
    return check("persistence", title, found.rho, said, notable=notable)


def coordinated_omission(found: Coupling) -> Check:
    """Judge whether the generator is late when the portal is slow."""
    title = "Arrivals do not wait for the portal"
    correlation = found.correlation
    if correlation.pairs < LEAST_SECONDS:
        return unknown("coordinated_omission", title, f"There were under {LEAST_SECONDS} seconds at true rate.")
    later_ms = max(0.0, found.later_ms)
    notable = correlation.is_at_least(NOTABLE_RHO, BY_CHANCE)
    said = (
        f"Arrivals are {duration(later_ms)} later in the slower half of the seconds than in the quicker half "
        f"(correlation {correlation.rho:.2f})"
    )
    omits = standing("coordinated_omission", later_ms, notable=notable) != "pass"
    said += ": who waits for a slow portal leaves its worst moments out." if omits else "."
    return check("coordinated_omission", title, later_ms, said, notable=notable)


def stationarity(found: Trend | None) -> Check:
    """Judge whether waits rise or fall over a stretch that claims to be stationary."""
    title = "The steady stretch is steady"
    if found is None:
        return unknown("stationarity", title, f"The steady stretch has under {LEAST_SECONDS} seconds with requests.")
    notable = found.p <= BY_CHANCE and abs(found.change_ms) > NOTABLE_MS
    way = "rises" if found.change_ms > 0 else "falls"
    said = f"Over the steady stretch the median wait {way} by {percent(abs(found.change))} (tau {found.tau:.2f})"
    said += "." if notable else ", no more than by chance."
    return check("stationarity", title, abs(found.change), said, notable=notable)


def percentile(objective: Objective, value_ms: float, interval: Interval) -> Check:
    """Judge whether the interval of a percentile leaves open on which side of the objective's limit it is."""
    kind, q, _ = objective.metric.split("_")
    whose = "every page" if objective.subject == EVERY else objective.subject
    where = f" in {objective.phase}" if objective.phase else ""
    title = f"{kind.capitalize()} {q} of {whose}{where} is known"
    high = duration(interval.high) if math.isfinite(interval.high) else "no end that so few requests could show"
    said = f"95 % confidence: {duration(interval.low)} to {high}, around {duration(value_ms)}."
    if objective is REPORTED:
        width = max(interval.high - value_ms, value_ms - interval.low)
        return Check("percentile", title, "pass", width if math.isfinite(width) else None, None, said)
    room = abs(objective.limit - value_ms)
    towards = interval.high - value_ms if objective.limit > value_ms else value_ms - interval.low
    figure = towards if math.isfinite(towards) else None
    if interval.holds(objective.limit):
        said += f" The objective's {objective.limit:,.0f} ms lie within: whether it held is not known."
        return Check("percentile", title, "warn", figure, room, said)
    return Check("percentile", title, "pass", figure, room, said)


def generator_cpu(workers: pl.DataFrame) -> Check:
    """Hold the busiest worker's CPU against its core; `workers` as in GeneratorHealth.

    The 95th percentile of its seconds decides: a mean would hide an opening minute at full CPU behind a quiet gate,
    and the single worst second would void good runs. The mean is held against the same bound and is said beside it.
    """
    title = "The generator has CPU to spare"
    rows = [row for row in workers.iter_rows(named=True) if row["seconds"]]
    if not rows:
        return unknown("generator_cpu", title, "The generator's CPU was not recorded at true rate.")
    row = max(rows, key=lambda row: max(row["cpu_p95"], row["cpu_mean"]))
    figure = max(row["cpu_p95"], row["cpu_mean"])
    said = (
        f"worker {row['worker']} used {percent(row['cpu_p95'])} of a core at the 95th percentile of its seconds and "
        f"{percent(row['cpu_mean'])} on average, where {percent(BUSY_SHARE)} are allowed."
    )
    short = figure > BUSY_SHARE
    return check(
        "generator_cpu", title, figure, f"The generator was short of CPU: {said}" if short else f"At most, {said}"
    )


def loop_lag(generator: pl.DataFrame) -> Check:
    """Judge how late the generator's event loop runs its timers."""
    title = "The generator's event loop is quick"
    if generator.is_empty():
        return unknown("loop_lag", title, "The event loop's lag was not recorded at true rate.")
    lag_ms = generator["loop_lag_ms"].to_numpy()
    figure = float(np.quantile(lag_ms, 0.95))
    most = duration(float(lag_ms.max()))
    if standing("loop_lag", figure) == "pass":
        said = f"Its worst lag is under {duration(figure)} in 95 of 100 seconds, and {most} at most."
    else:
        said = (
            f"The generator's event loop was slow: {duration(figure)} late or more in 5 of 100 seconds, {most} at most."
        )
    return check("loop_lag", title, figure, said)


def open_files(generator: pl.DataFrame) -> Check:
    """Judge how near the generator came to the number of files and sockets that it may have open."""
    title = "The generator may open more sockets"
    known = generator.drop_nulls(["open_files", "open_files_limit"])
    if known.is_empty():
        return unknown("open_files", title, "Open files were not recorded.")
    share = pl.col("open_files") / pl.col("open_files_limit")
    row = known.with_columns(share=share).sort("share").row(-1, named=True)
    said = f"At most {row['open_files']:,} files and sockets were open, of {row['open_files_limit']:,} allowed."
    if standing("open_files", row["share"]) != "pass":
        said = f"The generator came close to the sockets that it may open: {said[:1].lower()}{said[1:]}"
    return check("open_files", title, row["share"], said)


def workers(generator: pl.DataFrame, length_s: float) -> Check:
    """Judge for how long a worker of the generator gave no sign, from the load's start to its end."""
    title = "No worker of the generator was lost"
    if generator.is_empty():
        return unknown("workers", title, "The generator's health was not recorded.")
    silences = {
        int(str(worker)): float(np.diff([0.0, *rows["at_s"], length_s]).max())
        for (worker,), rows in generator.group_by("worker", maintain_order=True)
    }
    worker = max(silences, key=lambda name: silences[name])
    said = f"The longest that a worker gave no sign was {silences[worker]:.1f} s (worker {worker})."
    if standing("workers", silences[worker]) != "pass":
        allowed = LIMITS["workers"].void
        said = f"Worker {worker} gave no sign for {silences[worker]:.1f} s, where {allowed} s are allowed."
    return check("workers", title, silences[worker], said)


def littles_law(sampled: Sampled | None, by_visits: float) -> Check:
    """Hold those inside by the generator's samples against those by the visits' starts and ends."""
    title = "Little's law closes"
    if sampled is None:
        return unknown("littles_law", title, "Too few samples of those inside at true rate.")
    apart = abs(sampled.mean - by_visits)
    figure = apart / max(sampled.mean, by_visits) if apart else 0.0
    notable = apart > SAMPLING_ERRORS * sampled.error and apart > NOTABLE_INSIDE
    said = f"by the generator's samples {sampled.mean:,.1f} candidates were inside on average, by the visits "
    said += f"{by_visits:,.1f}"
    said = f"Little's law does not close: {said}." if notable else f"B{said[1:]}, the same but for sampling."
    return check("littles_law", title, figure, said, notable=notable)


def clock_steps(generator: pl.DataFrame) -> Check:
    """Judge how far the wall clock jumped against the monotonic one between two samples."""
    title = "Nobody stepped the clock"
    known = generator.drop_nulls("wall_s")
    if known.height < 2:
        return unknown("clock_steps", title, "The wall clock was not recorded.")
    jump_ms = 1000 * (pl.col("wall_s") - pl.col("at_s")).diff().over("worker").abs()
    row = known.with_columns(jump_ms=jump_ms.fill_null(0.0)).sort("jump_ms").row(-1, named=True)
    figure = row["jump_ms"]
    said = f"The wall clock jumped by at most {duration(figure)} within a second"
    said += f", at run second {row['at_s']:,.0f}." if standing("clock_steps", figure) != "pass" else "."
    return check("clock_steps", title, figure, said)


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
        title = "The steady stretch is steady"
        return unknown("stationarity", title, "Not claimed: the scenario's load changes while it lasts.", "not claimed")
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
    return found or [unknown("percentile", "The percentile is known", "No request was first wanted at true rate.")]


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
