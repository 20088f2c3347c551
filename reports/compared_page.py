"""`comparison.html`: runs of the same plan held against each other."""

from pathlib import Path

import msgspec

from reports import words
from reports.compared_runs import Comparison, RunsCompared
from reports.compared_words import changes_table, felt_table, headlines, name_of, resources_table, sentence
from reports.effects import BLOCKS, RUN_NOISE
from reports.in_languages import Page, page, write_in_languages
from reports.language import Language, say

_KINDS = {"void": "void", "worse": "bad", "mixed": "bad", "unclear": "void", "better": "good", "same": "good"}
"""The class of each standing in `assets/report.css`, the worst first: it heads the page."""


def write_comparison_page(found: RunsCompared, folder: Path, first: Language = "en") -> Path:
    """Write `comparison.json` and `comparison.html` into a folder; give the page. It shows the language `first`."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = msgspec.json.encode(found, enc_hook=str)
    (folder / "comparison.json").write_bytes(msgspec.json.format(figures, indent=2) + b"\n")
    path = folder / "comparison.html"
    write_in_languages(path, lambda: _page(found), first)
    return path


def _page(found: RunsCompared) -> Page:
    outcomes = {"void"} if found.invalid else {it.outcome for it in found.comparisons}
    standing = next(name for name in _KINDS if name in outcomes)
    headline, *more = headlines(found)
    set_ups = [found.baseline, *(it.other for it in found.comparisons)]
    return page(
        "compared_runs.html.j2",
        headline,
        [],
        scenario=found.scenario,
        standing={"kind": _KINDS[standing], "words": say("comparison-standing", name=standing)},
        headline=headline,
        more=[*more, *reasons_to_void(found)],
        runs=sorted(pair for it in set_ups for pair in zip(it.letters, it.folders, strict=True)),
        comparisons=[_comparison(it, found) for it in found.comparisons],
        blocks=BLOCKS,
        noise_percent=100 * RUN_NOISE,
    )


def reasons_to_void(found: RunsCompared) -> list[str]:
    """Say of each void run why it is."""
    return [say("run-is-void", run=name, reasons=words.together(because)) for name, because in found.invalid.items()]


def _comparison(it: Comparison, found: RunsCompared) -> dict[str, object]:
    base, name = name_of(found.baseline), name_of(it.other)
    return {
        "title": say("one-against-another", name=name, base=base),
        "sentence": sentence(it, found.limit),
        "changes": changes_table(it.other.changes, base, name),
        "felt": felt_table(it, base, found.limit),
        "resources": resources_table(it, base, found.titles),
    }
