"""The few lines that a terminal prints of a verdict."""

from pathlib import Path

from reports.verdict import Verdict

_STANDING = {True: "held  ", False: "missed", None: "–     "}


def summary_lines(verdict: Verdict, run_dir: Path) -> list[str]:
    """Give the verdict's sentence, the reasons for a void run, a line an objective, and where the report is."""
    reasons = [f"void    {reason}" for reason in verdict.invalid_because[1:]]
    objectives = [
        f"{_STANDING[o.held]}  {o.name} {'not measured' if o.value is None else f'{o.value:,.6g}'}"
        f" (limit {o.limit:,.6g})"
        for o in verdict.objectives
    ]
    return [verdict.sentence, *reasons, *objectives, f"report  {run_dir / 'report.html'}"]
