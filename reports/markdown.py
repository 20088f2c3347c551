"""`summary.md`: the verdict as a comment on a pull request, in the Markdown of GitHub."""

import re
from pathlib import Path

from reports import words
from reports.language import say
from reports.verdict import Bottleneck, ExitCode, ObjectiveResult, Verdict, ending, exit_code

LISTED = 5
"""Reasons and violations that are listed; `verdict.json` has all."""
LONGEST = 600
"""Characters of a sentence that comes out of the run; comments take 65,536 in all."""


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
    """Give the verdict, the objectives, the key figures, the suspect, and how to see the report.

    In the language in force, which must be the verdict's.
    """
    parts = [
        "### " + say("summary-head", scenario=escaped(verdict.scenario), name=ending(verdict)),
        escaped(verdict.sentence),
        _listed(say("summary-void-because"), verdict.invalid_because),
        _listed(say("summary-broken"), verdict.integrity.violations),
        _objectives(verdict),
        _figures(verdict),
        *(_bottleneck(it, is_troubled=exit_code(verdict) != ExitCode.HELD) for it in verdict.bottlenecks),
        say("summary-where", seed=str(verdict.seed), page="`report.html`", folder=escaped(run_dir.name)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_markdown(verdict: Verdict, run_dir: Path) -> None:
    """Write `summary.md` into a run's folder."""
    (run_dir / "summary.md").write_text(markdown_summary(verdict, run_dir.resolve()), encoding="utf-8")


def _listed(title: str, lines: tuple[str, ...]) -> str:
    if not lines:
        return ""
    more = ["- " + say("summary-more", count=len(lines) - LISTED)] if len(lines) > LISTED else []
    return "\n".join([title, "", *(f"- {escaped(line)}" for line in lines[:LISTED]), *more])


def _bottleneck(it: Bottleneck, *, is_troubled: bool) -> str:
    """Name what limits the portal; where all was well, only what would be the next to do so."""
    name = it.standing if is_troubled else "nearest"
    return f"**{say('summary-suspect', name=name, title=escaped(it.title))}** {escaped(it.evidence)}"


def _objectives(verdict: Verdict) -> str:
    if not verdict.objectives:
        return say("no-objectives")
    rows = [f"| {_mark(verdict, it)} | {escaped(it.words)} | {escaped(it.measured)} |" for it in verdict.objectives]
    heads = " | ".join(say("summary-objectives-head", of=of) for of in ("objective", "words", "measured"))
    return "\n".join([f"| {heads} |", "|---|---|--:|", *rows])


def _mark(verdict: Verdict, it: ObjectiveResult) -> str:
    standing = "void" if not verdict.valid else {True: "held", False: "missed", None: "unknown"}[it.held]
    return say("summary-objective", name=standing)


def _figures(verdict: Verdict) -> str:
    arrivals, requests = verdict.arrivals, verdict.requests
    figures = {
        say("key-arrivals"): say("so-many-of", some=arrivals.started, all=arrivals.planned),
        say("head-requests"): words.count(requests.count),
        say("head-failed"): words.count(requests.failed),
        say("head-given-up"): words.count(requests.abandoned),
        "p50": words.duration(requests.intended_p50_ms),
        "p95": words.duration(requests.intended_p95_ms),
        "p99": words.duration(requests.intended_p99_ms),
    }
    rows = [list(figures), ["--:"] * len(figures), list(figures.values())]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{say('summary-latencies')}"
