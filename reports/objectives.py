"""Objectives: what a run must hold, as a line of text such as `all.intended_p95_ms < 2000 in opening`."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from reports import words
from reports.language import say
from reports.latency import EVERY, METRICS

WAIT_METRICS = ("wait_p50_ms", "wait_p95_ms", "wait_p99_ms")
"""Waiting for a resource, of the answered requests that used it, from their Server-Timing."""
RESOURCE_METRICS = (*WAIT_METRICS, "utilisation", "queue_max")
"""Metrics of a resource; the last two are from the server's own counters."""
SHARES = ("failed_share", "utilisation")
"""Metrics that go from 0 to 1."""

_GRAMMAR = re.compile(
    r"\s*(?P<subject>[\w-]+)\s*\.\s*(?P<metric>\w+)\s*<\s*(?P<limit>\S+)(?:\s+in\s+(?P<phase>[\w-]+))?\s*"
)
_EXAMPLE = f"write STEP.METRIC < NUMBER, such as {EVERY}.intended_p95_ms < 2000, with `in PHASE` behind it if it is to"
_EXAMPLE += " hold there alone; in place of a step there may be a resource"


class ObjectiveError(ValueError):
    """An objective that cannot be held against anything; the message is one line: what is wrong, what is there."""


@dataclass(frozen=True)
class Objective:
    """One metric of a step or a resource that must stay under a limit (ms, requests; 0 to 1 for shares)."""

    subject: str
    """The step, or the resource: the metric tells which."""
    metric: str
    limit: float
    phase: str = ""
    """The phase of the load in which it must hold; empty: in all of it."""

    @property
    def name(self) -> str:
        """The metric's full name, `SUBJECT.METRIC` or `SUBJECT.METRIC in PHASE`."""
        return f"{self.subject}.{self.metric}" + (f" in {self.phase}" if self.phase else "")

    @property
    def is_of_resource(self) -> bool:
        """Whether it is about a resource of the server, and not about what candidates do."""
        return self.metric in RESOURCE_METRICS

    @property
    def is_of_latency(self) -> bool:
        """Whether it is about how long candidates wait for an answer."""
        return self.metric in METRICS and self.metric.endswith("_ms")

    @property
    def words(self) -> str:
        """Say the objective as a sentence."""
        subject = (
            say("resource", name=self.subject, title=self.subject) if self.is_of_resource else words.step(self.subject)
        )
        where = say("in-phase", phase=words.phase(self.phase)) if self.phase else ""
        of_all = self.subject == EVERY
        return say("objective", metric=self.metric, subject=subject, of_all=of_all, limit=self.limit, where=where)


def with_unit(metric: str, value: float) -> str:
    """Say a value of a metric with its unit.

    >>> with_unit("intended_p95_ms", 2345.6), with_unit("failed_share", 0.034), with_unit("queue_max", 1.0)
    ('2,346 ms', '3 %', '1 request')
    """
    return say("with-unit", metric=metric, value=value)


@dataclass(frozen=True)
class Result:
    """An objective, its measured value (None: no request of its step), and whether it was held.

    `held` is None where the step had requests, or may have had some, but none at true rate: it was not measured. So it
    is where the run says nothing of the resource, or does not have the phase.
    """

    objective: Objective
    value: float | None
    held: bool | None

    @property
    def measured(self) -> str:
        """Say what was measured, or that nothing was."""
        if self.held is None:
            return say("not-measured")
        return say("objective-nobody-came") if self.value is None else with_unit(self.objective.metric, self.value)


def parse(text: str) -> Objective:
    """Read an objective; raises ObjectiveError with a line that says what is wrong and what would be right.

    >>> parse("all.intended_p95_ms < 2000")
    Objective(subject='all', metric='intended_p95_ms', limit=2000.0, phase='')
    >>> parse("database_connections.utilisation < 0.8 in opening").name
    'database_connections.utilisation in opening'
    """
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise ObjectiveError(f"objective {text!r}: {_EXAMPLE}")
    _check_name(text, "metric", found["metric"], (*METRICS, *RESOURCE_METRICS))
    try:
        limit = float(found["limit"])
    except ValueError:
        raise ObjectiveError(f"objective {text!r}: {found['limit']!r} is no number; {_EXAMPLE}") from None
    if not (math.isfinite(limit) and limit > 0):
        raise ObjectiveError(f"objective {text!r}: the limit must be a number above 0")
    if found["metric"] in SHARES and limit > 1:
        raise ObjectiveError(f"objective {text!r}: {found['metric']} goes from 0 to 1, so 5 % is written 0.05")
    return Objective(found["subject"], found["metric"], limit, found["phase"] or "")


def check_objectives(
    texts: Iterable[str], where: str, steps: Iterable[str], resources: Iterable[str], phases: Iterable[str]
) -> None:
    """Read objectives before any load: their steps, resources and phases must be among those that there are.

    Raises ObjectiveError with a line that says where they are written, what is wrong, what there is, and which of it is
    nearest.

    >>> check_objectives(["submit.failed_share < 0.1"], "mine.toml", ["home", "submission"], ["database"], ["opening"])
    Traceback (most recent call last):
        ...
    reports.objectives.ObjectiveError: mine.toml: objective 'submit.failed_share < 0.1': no step 'submit' (did you \
mean submission?); there are all, home, submission
    """
    known = {"step": (EVERY, *steps), "resource": tuple(resources), "phase": tuple(phases)}
    for text in texts:
        try:
            _check_names(text, parse(text), known)
        except ObjectiveError as error:
            raise ObjectiveError(f"{where}: {error}") from None


def _check_names(text: str, it: Objective, known: Mapping[str, tuple[str, ...]]) -> None:
    subject = "resource" if it.is_of_resource else "step"
    _check_name(text, subject, it.subject, known[subject])
    if it.phase and not known["phase"]:
        raise ObjectiveError(f"objective {text!r}: this load has no phases; leave out `in {it.phase}`")
    if it.phase:
        _check_name(text, "phase", it.phase, known["phase"])


def _check_name(text: str, noun: str, name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    nearest = [it for it in known if name in it][:1] or get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" (did you mean {nearest[0]}?)" if nearest else ""
    raise ObjectiveError(f"objective {text!r}: no {noun} {name!r}{hint}; there are {', '.join(known)}")


def evaluate(objective: Objective, steps: pl.DataFrame) -> Result:
    """Hold an objective on a step against the table of `latency.by_step`, of the load or of its phase.

    Without any request of its step an objective is missed: what nobody reached was not held. Where its step, or every
    step, was reached but never at true rate, it is neither held nor missed.
    """
    rows = steps.filter(pl.col("step") == objective.subject)
    value = rows[objective.metric][0] if rows.height else None
    judged = rows if rows.height and rows["count"][0] else steps
    if judged["count"].sum() and not judged["measured"].sum():
        return Result(objective, None, held=None)
    return Result(objective, value, held=value is not None and value < objective.limit)
