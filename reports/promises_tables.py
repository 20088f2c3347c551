"""What became of the portal's promises, as sentences and tables."""

from collections import Counter

from reports import words
from reports.audit import Audit, Violation
from reports.audit_rules import DOUBLED, LOST, RULES
from reports.books_tables import audit_sentence, violations
from reports.run_folder import Finding
from reports.tables import Row, Table

NAMED = 3
"""Kinds of broken promises that a sentence names."""
SHOWN = 5
"""Violations of a rule whose history the page shows; the terminal prints all that are listed."""


def promises_sentence(audit: Audit) -> str:
    """Say how many promises were audited, and whether they were kept."""
    kept = sum(audit.kept.values())
    said = (
        f"{words.count(audit.promises, 'request')} asked the portal for something that it must not lose, and "
        f"{words.count(kept)} of them were acknowledged. "
    )
    if broken := sum(audit.counts.values()):
        said += f"{words.count(broken, 'promise')} broken: {broken_words(audit)}."
    else:
        said += "All that was acknowledged is there, as it was sent."
    if audit.unknown:
        said += f" Of {words.count(audit.unknown)} nobody heard the answer: those may be there, once, or not at all."
    return said


def broken_words(audit: Audit) -> str:
    """Say which promises were broken: those that were most often."""
    counts = sorted(((n, name) for name, n in audit.counts.items() if n), key=lambda pair: -pair[0])
    said = [f"{RULES[name].words} ({words.count(n)})" for n, name in counts[:NAMED]]
    left = len(counts) - len(said)
    return "; ".join([*said, *([f"and {words.count(left, 'more kind')}"] if left else [])])


def violation_lines(audit: Audit) -> tuple[str, ...]:
    """Give a line for each rule that is broken, with one example: for the verdict."""
    first = {it.rule: it for it in reversed(audit.violations)}
    return tuple(
        f"{name}: {count}, such as {_whose(first[name])} ({first[name].said})"
        for name, count in audit.counts.items()
        if count
    )


def unaudited(audit: Audit) -> list[str]:
    """Say what the audit of a run had to leave open."""
    said = []
    if audit.open_charges:
        said.append(
            f"Charged, and the gateways have not been able to tell the portal yet: {words.count(audit.open_charges)}. "
            "Whether it would enter these payments is not known."
        )
    if audit.files_checked is None:
        said.append("The portal kept no files, so the bytes on its disk were not held against what was sent.")
    return said


def promises_table(audit: Audit) -> Table:
    """List what was checked, what was acknowledged, and how often it was broken."""
    sorts = {LOST: "lost", DOUBLED: "doubled"}
    rows = [
        Row([RULES[name].words, sorts.get(RULES[name].sort, "wrong"), words.count(count)], "accused" if count else "")
        for name, count in audit.counts.items()
    ]
    kept = ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in audit.kept.items())
    owed = f" Refunds owed: {words.count(audit.refunds_owed)}." if audit.refunds_owed else ""
    return Table(
        ["what must not be", "it would be", "found"],
        rows,
        caption=f"Acknowledged: {kept or 'nothing'}.{owed}",
        text_columns=frozenset({0, 1}),
    )


def broken_promises(audit: Audit) -> list[tuple[str, Violation]]:
    """Give the violations that are listed, each with its title."""
    return [(f"{it.rule.replace('_', ' ')}: {_whose(it)}, {it.said}", it) for it in audit.violations]


def shown_promises(audit: Audit) -> list[tuple[str, Violation]]:
    """Give the first few of each rule, as `broken_promises` has them."""
    places = Counter[str]()
    shown = []
    for title, it in broken_promises(audit):
        places[it.rule] += 1
        if places[it.rule] <= SHOWN:
            shown.append((title, it))
    return shown


def audit_lines(audit: Audit, of_books: tuple[Finding, ...]) -> list[str]:
    """Say for a terminal what an audit has found: every listed violation with its history."""
    lines = [promises_sentence(audit), audit_sentence(of_books)]
    for title, it in broken_promises(audit):
        lines += [title, *(f"    {line}" for line in it.history)]
    return [*lines, *violations(of_books), *unaudited(audit)]


def _whose(it: Violation) -> str:
    item = it.item.replace("_", " ")
    return item if it.candidate is None else f"{item} of candidate {it.candidate}"
