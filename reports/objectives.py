"""Objectives: what a run must hold, as a line of text such as `all.intended_p95_ms < 2000`."""

import math
import re
from dataclasses import dataclass

import polars as pl

from reports.latency import EVERY, METRICS

_GRAMMAR = re.compile(r"\s*(?P<step>[\w-]+)\s*\.\s*(?P<metric>\w+)\s*<\s*(?P<limit>\S+)\s*")
_EXAMPLE = f"write STEP.METRIC < NUMBER, such as {EVERY}.intended_p95_ms < 2000"

_WORDS = {
    "intended_p50_ms": "half wait under {limit} ms from the moment they wanted it",
    "intended_p95_ms": "95 of 100 wait under {limit} ms from the moment they wanted it",
    "intended_p99_ms": "99 of 100 wait under {limit} ms from the moment they wanted it",
    "service_p50_ms": "half are answered within {limit} ms of being sent",
    "service_p95_ms": "95 of 100 are answered within {limit} ms of being sent",
    "service_p99_ms": "99 of 100 are answered within {limit} ms of being sent",
    "failed_share": "under {limit} % fail or are given up",
}


@dataclass(frozen=True)
class Objective:
    """One metric of one step that must stay under a limit (ms; 0 to 1 for `failed_share`)."""

    step: str
    metric: str
    limit: float

    @property
    def name(self) -> str:
        """The metric's full name, `STEP.METRIC`."""
        return f"{self.step}.{self.metric}"

    @property
    def words(self) -> str:
        """Say the objective as a sentence."""
        limit = 100 * self.limit if self.metric == "failed_share" else self.limit
        who = "of all pages, " if self.step == EVERY else f"of the requests of step {self.step}, "
        return who + _WORDS[self.metric].format(limit=f"{limit:,.6g}")


@dataclass(frozen=True)
class Result:
    """An objective, its measured value (None: no request of its step), and whether it was held.

    `held` is None where the step had requests, or may have had some, but none at true rate: it was not measured.
    """

    objective: Objective
    value: float | None
    held: bool | None


def parse(text: str) -> Objective:
    """Read an objective; raises ValueError with a line that says what is wrong and what would be right.

    >>> parse("all.intended_p95_ms < 2000")
    Objective(step='all', metric='intended_p95_ms', limit=2000.0)
    >>> parse("submit.p95 < 2000")
    Traceback (most recent call last):
        ...
    ValueError: objective 'submit.p95 < 2000': no metric 'p95'; there are intended_p50_ms, intended_p95_ms, \
intended_p99_ms, service_p50_ms, service_p95_ms, service_p99_ms, failed_share
    """
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise ValueError(f"objective {text!r}: {_EXAMPLE}")
    if found["metric"] not in METRICS:
        raise ValueError(f"objective {text!r}: no metric {found['metric']!r}; there are {', '.join(METRICS)}")
    try:
        limit = float(found["limit"])
    except ValueError:
        raise ValueError(f"objective {text!r}: {found['limit']!r} is no number; {_EXAMPLE}") from None
    if not (math.isfinite(limit) and limit > 0):
        raise ValueError(f"objective {text!r}: the limit must be a number above 0")
    if found["metric"] == "failed_share" and limit > 1:
        raise ValueError(f"objective {text!r}: failed_share goes from 0 to 1, so 5 % is written 0.05")
    return Objective(found["step"], found["metric"], limit)


def evaluate(objective: Objective, steps: pl.DataFrame) -> Result:
    """Hold an objective against the table of `latency.by_step`.

    Without any request of its step an objective is missed: what nobody reached was not held. Where its step, or every
    step, was reached but never at true rate, it is neither held nor missed.
    """
    rows = steps.filter(pl.col("step") == objective.step)
    value = rows[objective.metric][0] if rows.height else None
    judged = rows if rows.height and rows["count"][0] else steps
    if judged["count"].sum() and not judged["measured"].sum():
        return Result(objective, None, held=None)
    return Result(objective, value, held=value is not None and value < objective.limit)
