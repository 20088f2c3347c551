"""What became of the portal's promises, as sentences and tables."""

from collections import Counter

from reports import words
from reports.audit import Audit, Violation
from reports.audit_rules import RULES
from reports.books_tables import audit_sentence, violations
from reports.facts import Finding
from reports.language import say
from reports.tables import Row, Table

NAMED = 3
"""Kinds of broken promises that a sentence names."""
SHOWN = 5
"""Violations of a rule whose history the page shows; the terminal prints all that are listed."""


def promises_sentence(audit: Audit) -> str:
    """Say how many promises were audited, and whether they were kept."""
    said = [say("promises-audited", promises=audit.promises, kept=sum(audit.kept.values()))]
    if broken := sum(audit.counts.values()):
        said.append(say("promises-broken", count=broken, broken=broken_words(audit)))
    else:
        said.append(say("promises-kept"))
    if audit.unknown:
        said.append(say("promises-unknown", count=audit.unknown))
    return words.together(said)


def broken_words(audit: Audit) -> str:
    """Say which promises were broken: those that were most often."""
    counts = sorted(((n, name) for name, n in audit.counts.items() if n), key=lambda pair: -pair[0])
    said = [say("broken-promise", what=_promise(name), count=n) for n, name in counts[:NAMED]]
    left = len(counts) - len(said)
    return say("between-clauses").join([*said, *([say("more-kinds-broken", count=left)] if left else [])])


def _promise(rule: str) -> str:
    return say("promise", name=rule)


def violation_lines(audit: Audit, *sorts: str) -> tuple[str, ...]:
    """Give a line for each rule of these sorts that is broken, which begins with its name and has one example."""
    first = {it.rule: it for it in reversed(audit.violations)}
    return tuple(
        say(
            "violation-line",
            rule=name,
            title=_promise(name),
            count=count,
            whose=_whose(first[name]),
            said=first[name].said,
        )
        for name, count in audit.counts.items()
        if count and RULES[name].sort in sorts
    )


def unaudited(audit: Audit) -> list[str]:
    """Say what the audit of a run had to leave open."""
    said = []
    if audit.open_charges:
        said.append(say("open-charges", count=audit.open_charges))
    if audit.files_checked is None:
        said.append(say("files-not-checked"))
    return said


def promises_table(audit: Audit) -> Table:
    """List what was checked, what was acknowledged, and how often it was broken."""
    rows = [
        Row(
            [_promise(name), say("promise-sort", sort=RULES[name].sort), words.count(count)], "accused" if count else ""
        )
        for name, count in audit.counts.items()
    ]
    kept = words.listed(
        f"{say('promise-kind', name=kind, title=words.spaced(kind))} {count:,}" for kind, count in audit.kept.items()
    )
    notes = [say("promises-acknowledged", kept=kept) if kept else say("promises-none-acknowledged")]
    if audit.refunds_owed:
        notes.append(say("refunds-owed", count=audit.refunds_owed))
    return Table(
        [say("head-must-not-be"), say("head-would-be"), say("head-found")],
        rows,
        caption=words.together(notes),
        text_columns=frozenset({0, 1}),
    )


def broken_promises(audit: Audit) -> list[tuple[str, Violation]]:
    """Give the violations that are listed, each with its title."""
    return [(say("violation", title=_promise(it.rule), whose=_whose(it), said=it.said), it) for it in audit.violations]


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
    return item if it.candidate is None else say("item-of", item=item, candidate=str(it.candidate))
