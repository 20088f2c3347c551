"""The verdict of a run: `verdict.json`, for people and for other programs; `verdict.schema.json` says what is in it."""

import json
from datetime import datetime
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from jsonschema import Draft202012Validator

from reports import words
from reports.analysis import Analysis
from reports.audit_rules import DOUBLED, LOST, SORTS
from reports.books_tables import violations
from reports.browser_people import BrowserPeople
from reports.promises_tables import violation_lines
from reports.recovery import Recovery
from reports.sentence import evidence, the, verdict_sentences
from reports.soundness_limits import Standing
from reports.unmeasured import audit_notes, unmeasured

SCHEMA = Path(__file__).parent / "verdict.schema.json"


class ExitCode(IntEnum):
    """How the command line ends; 2 is wrong usage and never comes from a verdict."""

    HELD = 0
    OBJECTIVE_MISSED = 1
    VOID = 3
    PROMISE_BROKEN = 4


class Arrivals(msgspec.Struct, frozen=True):
    """Planned and due in the load; started as planned; how late, 99th percentile."""

    planned: int
    started: int
    late_p99_ms: float | None


class Requests(msgspec.Struct, frozen=True):
    """Counts are of all requests; latencies are of all but static files."""

    count: int
    static_files: int
    refused: int
    failed: int
    abandoned: int
    cut_off: int
    intended_p50_ms: float | None
    intended_p95_ms: float | None
    intended_p99_ms: float | None
    service_p50_ms: float | None
    service_p95_ms: float | None
    service_p99_ms: float | None


class ObjectiveResult(msgspec.Struct, frozen=True):
    """One objective; `value` is null where no request of its step was made, which misses it.

    `held` is null where it was not measured, as no such request was made at true rate: neither held nor missed.
    """

    name: str
    limit: float
    value: float | None
    held: bool | None
    subject: str
    metric: str
    phase: str | None
    words: str
    measured: str


class TrueStretch(msgspec.Struct, frozen=True):
    """A stretch at true rate, on the portal's clock and in run seconds."""

    portal_from: datetime
    portal_to: datetime
    from_s: float
    length_s: float


class TrueRate(msgspec.Struct, frozen=True):
    """The stretches in which the portal's clock ran at speed 1: all that is known of lag comes from them."""

    stretches: tuple[TrueStretch, ...]
    length_s: float


class Bottleneck(msgspec.Struct, frozen=True):
    """A capacity that limits the portal, as far as one run can tell."""

    resource: str
    title: str
    standing: Literal["confirmed", "suspected"]
    evidence: str
    path: tuple[str, ...]
    waiting_share: float | None
    utilisation: float | None
    capacity: float | None
    queue_max: float | None
    since_s: float | None


class WaitingShare(msgspec.Struct, frozen=True):
    """A resource's share of all waiting, by the requests' Server-Timing and by the server's own counters."""

    resource: str
    by_requests: float | None
    by_server: float | None


class Waiting(msgspec.Struct, frozen=True):
    """Waiting by resource; `largest_difference_points` is between the two sources, in percentage points."""

    shares: tuple[WaitingShare, ...]
    largest_difference_points: float | None


class SoundnessCheck(msgspec.Struct, frozen=True):
    """One check of the measurement itself; `figure` is null where it was not measured or not claimed."""

    name: str
    standing: Standing
    figure: float | None
    limit: float | None
    sentence: str


class Integrity(msgspec.Struct, frozen=True):
    """What became of the portal's promises."""

    promises: int = 0
    lost: int = 0
    duplicated: int = 0
    unknown: int = 0
    violations: tuple[str, ...] = ()
    note: str = ""


class FaultResult(msgspec.Struct, frozen=True):
    """What one fault did; shares are of wanted answers, null: it did not come to that."""

    name: str
    words: str
    from_s: float | None
    to_s: float | None
    failed: str
    goodput_before: float | None
    goodput_during: float | None
    goodput_after: float | None
    felt_after_s: float | None
    recovered_after_s: float | None
    latency_after_s: float | None
    outlasts: bool
    requests_lost: int
    candidates_lost: int


class Browser(msgspec.Struct, frozen=True):
    """What people at real browsers saw; a 95th percentile is null under 20 observations, any figure without one."""

    browsers: int
    people: int
    filed: int
    page_loads: int
    never_came: int
    ttfb_p50_ms: float | None
    ttfb_p95_ms: float | None
    lcp_p50_ms: float | None
    lcp_p95_ms: float | None
    waited_p50_ms: float | None
    waited_p95_ms: float | None
    time_to_file_p50_s: float | None
    protocol_time_to_file_p50_s: float | None
    cores: float | None


class Verdict(msgspec.Struct, frozen=True):
    """All of `verdict.json`."""

    format: int
    scenario: str
    seed: int
    valid: bool
    invalid_because: tuple[str, ...]
    sentence: str
    arrivals: Arrivals
    requests: Requests
    objectives: tuple[ObjectiveResult, ...]
    bottlenecks: tuple[Bottleneck, ...]
    waiting: Waiting
    integrity: Integrity
    not_measured: tuple[str, ...]
    soundness: tuple[SoundnessCheck, ...] = ()
    true_rate: TrueRate | msgspec.UnsetType = msgspec.UNSET
    """Left out where the whole run was at true rate."""
    faults: tuple[FaultResult, ...] = ()
    browser: Browser | msgspec.UnsetType = msgspec.UNSET
    """Left out where nobody rode along at a browser."""


def build_verdict(a: Analysis) -> Verdict:
    """Sum a run's analysis up."""
    facts = a.run.facts
    static_files = a.requests - int(a.pages["count"] or 0)
    return Verdict(
        format=1,
        scenario=facts.scenario.name,
        seed=facts.seed,
        valid=not a.invalid_because,
        invalid_because=tuple(map(str, a.invalid_because)),
        sentence=words.together(verdict_sentences(a)),
        arrivals=Arrivals(a.books.planned, a.books.started, _rounded(a.books.late_p99_ms)),
        requests=Requests(
            count=a.requests,
            static_files=static_files,
            refused=a.outcome_count("refused"),
            failed=a.outcome_count("failed"),
            abandoned=a.outcome_count("abandoned"),
            cut_off=a.outcome_count("cut_off"),
            intended_p50_ms=_rounded(a.pages["intended_p50_ms"]),
            intended_p95_ms=_rounded(a.pages["intended_p95_ms"]),
            intended_p99_ms=_rounded(a.pages["intended_p99_ms"]),
            service_p50_ms=_rounded(a.pages["service_p50_ms"]),
            service_p95_ms=_rounded(a.pages["service_p95_ms"]),
            service_p99_ms=_rounded(a.pages["service_p99_ms"]),
        ),
        objectives=tuple(
            ObjectiveResult(
                name=r.objective.name,
                limit=r.objective.limit,
                value=_rounded(r.value, 6),
                held=r.held,
                subject=r.objective.subject,
                metric=r.objective.metric,
                phase=r.objective.phase or None,
                words=r.objective.words,
                measured=r.measured,
            )
            for r in a.results
        ),
        bottlenecks=_bottlenecks(a),
        waiting=Waiting(
            shares=tuple(WaitingShare(u.resource, _rounded(u.share, 4), _rounded(u.server_share, 4)) for u in a.uses),
            largest_difference_points=_rounded(a.agreement.largest_points, 2) if a.agreement else None,
        ),
        integrity=_integrity(a),
        not_measured=tuple(unmeasured(a)),
        soundness=tuple(
            SoundnessCheck(c.name, c.standing, _rounded(c.figure, 4), _rounded(c.limit, 4), c.sentence)
            for c in a.soundness
        ),
        true_rate=_true_rate(a),
        faults=tuple(map(_fault, a.recoveries)),
        browser=msgspec.UNSET if a.browser_people is None else _browser(a.browser_people),
    )


def _browser(it: BrowserPeople) -> Browser:
    pages = it.every
    return Browser(
        browsers=it.browsers,
        people=it.people,
        filed=it.filed,
        page_loads=pages.loads,
        never_came=pages.unwell,
        ttfb_p50_ms=_rounded(pages.ttfb.half),
        ttfb_p95_ms=_rounded(pages.ttfb.p95),
        lcp_p50_ms=_rounded(pages.lcp.half),
        lcp_p95_ms=_rounded(pages.lcp.p95),
        waited_p50_ms=_rounded(pages.waited.half),
        waited_p95_ms=_rounded(pages.waited.p95),
        time_to_file_p50_s=_rounded(it.filing.half),
        protocol_time_to_file_p50_s=_rounded(it.protocol_filing.half),
        cores=_rounded(it.cores),
    )


def _integrity(a: Analysis) -> Integrity:
    of_books = violations(a.run.facts.audit)
    note = words.together(audit_notes(a))
    if a.audit is None:
        return Integrity(violations=of_books, note=note)
    return Integrity(
        promises=a.audit.promises,
        lost=a.audit.sum_of(LOST),
        duplicated=a.audit.sum_of(DOUBLED),
        unknown=a.audit.unknown,
        violations=(*violation_lines(a.audit, *SORTS), *of_books),
        note=note,
    )


def _fault(it: Recovery) -> FaultResult:
    return FaultResult(
        name=it.fault.name,
        words=it.fault.words,
        from_s=it.fault.from_s,
        to_s=it.fault.to_s,
        failed=it.fault.failed,
        goodput_before=_rounded(it.before, 4),
        goodput_during=_rounded(it.during, 4),
        goodput_after=_rounded(it.after, 4),
        felt_after_s=_rounded(it.felt_after_s),
        recovered_after_s=_rounded(it.recovered_after_s),
        latency_after_s=_rounded(it.latency_after_s),
        outlasts=it.outlasts,
        requests_lost=it.requests_lost,
        candidates_lost=it.candidates_lost,
    )


def _true_rate(a: Analysis) -> TrueRate | msgspec.UnsetType:
    pace, moment = a.timeline.pace, a.timeline.moment
    if pace.is_true:
        return msgspec.UNSET
    found = (TrueStretch(moment(b), moment(e), round(b, 3), round(e - b, 3)) for b, e in pace.stretches)
    return TrueRate(tuple(found), round(pace.true_s, 3))


def _bottlenecks(a: Analysis) -> tuple[Bottleneck, ...]:
    if a.suspect is None:
        return ()
    s = a.suspect
    return (
        Bottleneck(
            resource=s.resource,
            title=the(a, s.resource).removeprefix("the "),
            standing="suspected",
            evidence=words.together(evidence(a, s)),
            path=s.path,
            waiting_share=_rounded(s.waiting_share, 4),
            utilisation=_rounded(s.utilisation, 4),
            capacity=s.capacity,
            queue_max=s.queue_max,
            since_s=s.since_s,
        ),
    )


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def write_verdict(verdict: Verdict, path: Path) -> None:
    """Write `verdict.json`; raises jsonschema.ValidationError before writing what its schema does not allow."""
    text = msgspec.json.encode(verdict)
    _validator().validate(msgspec.json.decode(text))
    path.write_bytes(msgspec.json.format(text, indent=2) + b"\n")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def schema() -> dict[str, Any]:
    """Give the JSON Schema of `verdict.json`."""
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def ending(verdict: Verdict) -> str:
    """Give how a run ended, in a word: its exit code's, or `not_measured` where that is 0 and not all was measured."""
    code = exit_code(verdict)
    if code == ExitCode.HELD and any(it.held is None for it in verdict.objectives):
        return "not_measured"
    return code.name.lower()


def exit_code(verdict: Verdict) -> ExitCode:
    """Give the exit code of a verdict.

    A broken promise comes first, also in a void run: it does not depend on any clock.
    An objective that was not measured misses nothing; the sentence says that it was not.
    """
    integrity = verdict.integrity
    if integrity.lost or integrity.duplicated or integrity.violations:
        return ExitCode.PROMISE_BROKEN
    if not verdict.valid:
        return ExitCode.VOID
    missed = any(objective.held is False for objective in verdict.objectives)
    return ExitCode.OBJECTIVE_MISSED if missed else ExitCode.HELD
