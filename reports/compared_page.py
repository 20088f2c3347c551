"""`comparison.html`: runs of the same plan held against each other."""

from pathlib import Path

import msgspec

from reports.compared_runs import RunsCompared
from reports.compared_words import changes_table, felt_table, headlines, name_of, resources_table, sentence
from reports.effects import BLOCKS, RUN_NOISE
from reports.templates import assets, templates

_STANDINGS = {
    "void": ("void", "Void"),
    "worse": ("bad", "Slower"),
    "mixed": ("bad", "Slower here, faster there"),
    "unclear": ("void", "No difference shown"),
    "better": ("good", "Faster"),
    "same": ("good", "Unchanged"),
}
"""The worst first: it heads the page."""

_METHOD = (
    "Requests that wait together know less than as many that do not: all runs are cut into the same "
    f"{BLOCKS} blocks of time, and the blocks, not the requests, are drawn again and again (a paired block bootstrap).",
    f"Runs of the same set-up differ by more than that, as machines do: {100 * RUN_NOISE:g} % (standard deviation) are "
    "added to every run’s work, and more to its waits, the nearer it is to saturation. Several runs of each set-up "
    "make this smaller: give them all.",
    "The intervals of a table hold together, however many there are.",
    "docs/compare.md has the method, and a benchmark of how often it is wrong.",
)


def write_comparison_page(found: RunsCompared, folder: Path) -> Path:
    """Write `comparison.json` and `comparison.html` into a folder; give the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "comparison.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    page = folder / "comparison.html"
    outcomes = {"void"} if found.invalid else {it.outcome for it in found.comparisons}
    kind, standing = _STANDINGS[next(name for name in _STANDINGS if name in outcomes)]
    first, *more = headlines(found)
    reasons = [f"{name}: {' '.join(because)}" for name, because in found.invalid.items()]
    set_ups = [found.baseline, *(it.other for it in found.comparisons)]
    content = (
        templates()
        .get_template("compared_runs.html.j2")
        .render(
            scenario=found.scenario,
            standing={"kind": kind, "words": standing},
            headline=first,
            more=[*more, *reasons],
            runs=sorted(pair for it in set_ups for pair in zip(it.letters, it.folders, strict=True)),
            baseline=name_of(found.baseline),
            comparisons=[
                {
                    "name": name_of(it.other),
                    "sentence": sentence(it, found.limit),
                    "changes": changes_table(it.other.changes, name_of(found.baseline), name_of(it.other)),
                    "felt": felt_table(it, name_of(found.baseline), found.limit),
                    "resources": resources_table(it, name_of(found.baseline), found.titles),
                }
                for it in found.comparisons
            ],
            method=_METHOD,
            **assets(),
        )
    )
    page.write_text(content, encoding="utf-8")
    return page
