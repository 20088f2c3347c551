"""`summary.md`: the verdict as a comment on a pull request, in the Markdown of GitHub."""

import re
from pathlib import Path

from reports import words
from reports.verdict import Bottleneck, ExitCode, Verdict, exit_code

LISTED = 5
"""Reasons and violations that are listed; `verdict.json` has all."""
LONGEST = 600
"""Characters of a sentence that comes out of the run; comments take 65,536 in all."""

_STANDINGS = {
    ExitCode.HELD: "✅ held",
    ExitCode.OBJECTIVE_MISSED: "❌ objectives missed",
    ExitCode.VOID: "⚪ void",
    ExitCode.PROMISE_BROKEN: "❌ a promise was broken",
}
_MARKS = {True: "✅ held", False: "❌ missed", None: "–"}


def escaped(text: str) -> str:
    r"""Give text as Markdown that shows it as it is, in one line: no format, no link, no HTML, and nobody is called.

    >>> print(escaped("a_b <i>*c*</i> | d"))
    a\_b &lt;i&gt;\*c\*&lt;/i&gt; \| d
    """
    text = " ".join(text.split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]|~#$!])", r"\\\1", text)
    return text.replace("@", "@\u200c").replace("://", ":\u200c//")


def markdown_summary(verdict: Verdict, run_dir: Path) -> str:
    """Give the verdict, the objectives, the key figures, the suspect, and how to see the report."""
    parts = [
        f"### {escaped(verdict.scenario)}: {_STANDINGS[exit_code(verdict)]}",
        escaped(verdict.sentence),
        _listed("Void because", verdict.invalid_because),
        _listed("Broken", verdict.integrity.violations),
        _objectives(verdict),
        _figures(verdict),
        *(_bottleneck(it, is_troubled=exit_code(verdict) != ExitCode.HELD) for it in verdict.bottlenecks),
        f"Seed {verdict.seed}. All of it is in `report.html`, in the run folder {escaped(run_dir.name)}: one file that "
        "opens offline.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_markdown(verdict: Verdict, run_dir: Path) -> None:
    """Write `summary.md` into a run's folder."""
    (run_dir / "summary.md").write_text(markdown_summary(verdict, run_dir.resolve()), encoding="utf-8")


def _listed(title: str, lines: tuple[str, ...]) -> str:
    if not lines:
        return ""
    more = [f"- and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join([f"{title}:", "", *(f"- {escaped(line)}" for line in lines[:LISTED]), *more])


def _bottleneck(it: Bottleneck, *, is_troubled: bool) -> str:
    """Name what limits the portal; where all was well, only what would be the next to do so."""
    standing = it.standing.capitalize() if is_troubled else "Nearest to its limit"
    return f"**{standing}: {escaped(it.title)}.** {escaped(it.evidence)}"


def _objectives(verdict: Verdict) -> str:
    if not verdict.objectives:
        return "The scenario sets no objectives."
    rows = [
        f"| {_MARKS[it.held] if verdict.valid else '– void'} | {escaped(it.words)} | {escaped(it.measured)} |"
        for it in verdict.objectives
    ]
    return "\n".join(["| objective | what must hold | measured |", "|---|---|--:|", *rows])


def _figures(verdict: Verdict) -> str:
    arrivals, requests = verdict.arrivals, verdict.requests
    figures = {
        "arrivals started": f"{arrivals.started:,} of {arrivals.planned:,}",
        "requests": words.count(requests.count),
        "failed": words.count(requests.failed),
        "given up": words.count(requests.abandoned),
        "p50": words.duration(requests.intended_p50_ms),
        "p95": words.duration(requests.intended_p95_ms),
        "p99": words.duration(requests.intended_p99_ms),
    }
    rows = [list(figures), ["--:"] * len(figures), list(figures.values())]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\nLatencies are intended ones, of all pages."
