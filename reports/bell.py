"""The close of the window: who got in before the bell, who came after it, and what became of unfinished drafts."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from reports.run_folder import Run

FILING = "submission"
REFUSAL = "window_closed"


@dataclass(frozen=True)
class Bell:
    """What happened at the close. Times are portal seconds since the close, below 0 before it, None for never."""

    closing: datetime
    last_sent_s: float | None
    """When the filing accepted last was sent; `last_answered_s` is when its answer had come."""
    last_answered_s: float | None
    accepted_late: int
    """Filings that were sent after the close and accepted all the same."""
    first_refused_s: float | None
    """When the first answer had come that said the window is closed."""
    refused: tuple[tuple[str, int], ...]
    """Such refusals by step, most first."""
    drafts_left: int | None
    """At the end of the load, as `expired`; None where the run has no census."""
    expired: int | None
    violations: int | None
    """Of all rules, by the audit; None where the run has none."""


def read_bell(run: Run) -> Bell | None:
    """Read what happened at the close; None where the load does not go past it, or the run does not know it."""
    facts = run.facts
    if facts.window is None:
        return None
    closing = facts.window.closing.astimezone(facts.load.portal_time_at_start.tzinfo)
    close_s = (closing - facts.load.portal_time_at_start).total_seconds()
    if not 0 < close_s < run.pace.since_start_s(facts.load.length_s):
        return None
    since = {c: run.pace.portal(pl.col(c)) - close_s for c in ("sent_s", "done_s")}
    told = run.requests.with_columns(**since)
    filed = told.filter(step=FILING, outcome="ok")
    last = filed.select(pl.col("sent_s", "done_s").sort_by("done_s").last(), late=(pl.col("sent_s") > 0).sum())
    closed = told.filter(problem=REFUSAL).group_by("step").agg(pl.len(), pl.col("done_s").min())
    accepted, refused = pl.collect_all([last, closed.sort(["len", "step"], descending=[True, False])])
    applications = facts.census.applications if facts.census else None
    return Bell(
        closing=closing,
        last_sent_s=accepted["sent_s"].max() if accepted.height else None,  # type: ignore[arg-type]
        last_answered_s=accepted["done_s"].max() if accepted.height else None,  # type: ignore[arg-type]
        accepted_late=int(accepted["late"].sum()),
        first_refused_s=refused["done_s"].min(),  # type: ignore[arg-type]
        refused=tuple(refused.select("step", "len").iter_rows()),
        drafts_left=None if applications is None else applications.get("draft", 0),
        expired=None if applications is None else applications.get("expired", 0),
        violations=None if facts.audit is None else sum(finding.violations for finding in facts.audit),
    )
