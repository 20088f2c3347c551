"""All that is computed from a run folder, once, for the verdict, the page and the terminal alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from reports import latency, objectives
from reports.advice import Advice, read_advice
from reports.audit import Audit, audit_run
from reports.bell import Bell, read_bell
from reports.books import Books, read_books
from reports.bottleneck import Lag, Suspect, find_suspect, read_lag
from reports.browser_people import BrowserPeople, read_browser_people
from reports.language import Text
from reports.machine import GeneratorHealth, Processes, read_generator, read_others, read_processes
from reports.provinces import read_provinces
from reports.recovery import Recovery, read_recoveries
from reports.resources import Agreement, Counters, Use, agreement, read_counters, uses
from reports.results import read_results
from reports.rules import RuleUse, count_outcomes, rule_uses
from reports.run_folder import Run, RunFolderError
from reports.server_timing import Timings, read_timings
from reports.soundness import read_soundness
from reports.soundness_check import Check
from reports.timeline import Timeline
from reports.validity import reasons_to_void
from reports.waiting_room import WaitingRoom, read_waiting_room


@dataclass(frozen=True)
class Analysis:
    """The figures of one run."""

    run: Run
    timeline: Timeline
    steps: pl.DataFrame
    problems: pl.DataFrame
    over_time: pl.DataFrame
    worst_minute: dict[str, float] | None
    books: Books
    visits: pl.DataFrame
    generator: GeneratorHealth
    processes: Processes
    timings: Timings
    counters: Counters
    uses: list[Use]
    agreement: Agreement | None
    lag: Lag
    suspect: Suspect | None
    results: list[objectives.Result]
    rule_uses: list[RuleUse]
    """Empty where the run names no rules."""
    advice: Advice | None
    """None for a run that knows of no window: a slice from before there was one."""
    bell: Bell | None
    """None for a run that does not go past the window's close."""
    provinces: pl.DataFrame | None
    """None for a run that does not know of provinces."""
    recoveries: list[Recovery]
    """Empty for a run without faults."""
    waiting_room: WaitingRoom | None
    """None for a run in which nobody had to queue."""
    browser_people: BrowserPeople | None
    """None for a run in which nobody rode along at a browser."""
    soundness: list[Check]

    @cached_property
    def audit(self) -> Audit | None:
        """What became of the portal's promises; None where its books were not read. Raises RunFolderError."""
        return audit_run(self.run)

    @property
    def invalid_because(self) -> list[Text]:
        """Why the run is void, a sentence each; empty for a valid run."""
        return reasons_to_void(self.books, self.soundness, self.requests)

    @property
    def requests(self) -> int:
        """Number of all requests, static files too."""
        return int(self.steps.filter(pl.col("step") != latency.EVERY)["count"].sum())

    @property
    def measured(self) -> int:
        """Number of the requests that were first wanted at true rate, static files too."""
        return int(self.steps.filter(pl.col("step") != latency.EVERY)["measured"].sum())

    @property
    def is_measured(self) -> bool:
        """Whether any stretch was at true rate, so that lag was measured at all."""
        return bool(self.timeline.pace.stretches)

    def outcome_count(self, outcome: str) -> int:
        """Give the number of all requests with this outcome, static files too."""
        return int(self.steps.filter(pl.col("step") != latency.EVERY)[outcome].sum())

    @property
    def pages(self) -> dict[str, float | None]:
        """The row of every request but static files in the table by step."""
        return self.steps.row(0, named=True)


def _latency_objective_ms(wanted: Sequence[objectives.Objective]) -> float:
    """Give what the scenario holds the 95th percentile of every page to, or 2 s where it says nothing."""
    asked = [it.limit for it in wanted if it.name == f"{latency.EVERY}.intended_p95_ms"]
    return min(asked, default=1000 * latency.IN_TIME_S)


def analyse(run: Run) -> Analysis:
    """Compute everything; raises RunFolderError for an objective in `run.json` that cannot be read."""
    facts = run.facts
    pace = run.pace
    timeline = Timeline(facts.load.length_s, facts.load.portal_time_at_start, None if pace.is_true else pace)
    try:
        wanted = [objectives.parse(text) for text in facts.objectives]
    except objectives.ObjectiveError as error:
        raise RunFolderError(f"{run.folder / 'run.json'}: {error}") from error
    steps = latency.by_step(run.requests, pace)
    visits = run.visits.collect()
    books = read_books(run)
    generator = read_generator(run.generator, timeline)
    processes = read_processes(run.processes, timeline, facts.cores.count)
    others = read_others(run.machine, processes, facts.load.length_s)
    timings = read_timings(pace.truly(run.requests, "intended_s"))
    counters = read_counters(run.resources, timeline)
    table = uses(timings, counters)
    soundness = read_soundness(run, visits, books, generator, others, wanted)
    return Analysis(
        run=run,
        timeline=timeline,
        steps=steps,
        problems=latency.problems(run.requests),
        over_time=latency.over_time(run.requests, timeline),
        worst_minute=latency.worst_minute(latency.by_minute(run.requests, timeline)),
        books=books,
        visits=visits,
        generator=generator,
        processes=processes,
        timings=timings,
        counters=counters,
        uses=table,
        agreement=agreement(table),
        lag=read_lag(timings),
        suspect=find_suspect(timings, counters, processes, table, facts),
        results=read_results(wanted, run, steps, counters),
        rule_uses=rule_uses(facts.rules, count_outcomes(run.requests), facts.census) if facts.rules else [],
        advice=read_advice(run, visits, steps, timings) if facts.window or not pace.is_true else None,
        bell=read_bell(run),
        provinces=read_provinces(run),
        recoveries=read_recoveries(run, _latency_objective_ms(wanted)),
        waiting_room=read_waiting_room(run, visits),
        browser_people=read_browser_people(run, steps, visits, processes),
        soundness=soundness,
    )
