"""The close of the window, and the portal's books held against its rules, as tables."""

from reports import words
from reports.bell import Bell
from reports.run_folder import Finding
from reports.tables import Row, Table


def broken(audit: tuple[Finding, ...]) -> list[Finding]:
    """Give the findings that are violations, the most violations first."""
    return sorted((finding for finding in audit if finding.violations), key=lambda finding: -finding.violations)


def violations(audit: tuple[Finding, ...] | None) -> tuple[str, ...]:
    """Say each broken rule in a line, with examples.

    >>> violations((Finding("one_number_a_filing", 2, ("4711", "4712")), Finding("paid_once", 0)))
    ('one_number_a_filing: 2, such as 4711, 4712',)
    """
    return tuple(
        f"{f.name}: {f.violations}" + (f", such as {', '.join(f.examples)}" if f.examples else "")
        for f in broken(audit or ())
    )


def audit_sentence(audit: tuple[Finding, ...]) -> str:
    """Say whether the portal's books keep to its rules."""
    if found := broken(audit):
        return f"{len(found)} of {words.count(len(audit), 'rule')} are broken in the portal's books."
    return f"The portal's books at the end of the load: all {words.count(len(audit), 'rule')} hold."


def audit_table(audit: tuple[Finding, ...]) -> Table | None:
    """List the broken rules; None where all hold."""
    rows = [Row([f.name.replace("_", " "), words.count(f.violations), ", ".join(f.examples)]) for f in broken(audit)]
    return Table(["rule of the books", "violations", "such as"], rows, text_columns=frozenset({2})) if rows else None


def bell_table(bell: Bell) -> Table:
    """Say what happened at the close."""
    refused = sum(number for _, number in bell.refused)
    by_step = ", ".join(f"{step.replace('_', ' ')} {number:,}" for step, number in bell.refused)
    lines = [
        ("the close, portal time", f"{bell.closing.day} {bell.closing:%B %Y, %H:%M:%S}", False),
        ("last filing accepted: its answer came", _since(bell.last_answered_s), False),
        ("last filing accepted: it was sent", _since(bell.last_sent_s), False),
        ("filings sent after the close and accepted (must be 0)", words.count(bell.accepted_late), bell.accepted_late),
        ("first refused: its answer came", _since(bell.first_refused_s), (bell.first_refused_s or 0) < 0),
        ("refused because the window was closed", words.count(refused) + (f": {by_step}" if by_step else ""), False),
        ("drafts left at the end (should be 0: they expire)", words.count(bell.drafts_left), bell.drafts_left),
        ("drafts expired", words.count(bell.expired), False),
        ("half-registered: violations in the portal's books (must be 0)", _audited(bell.violations), bell.violations),
    ]
    return Table(
        ["at the close", "what happened"],
        [Row([name, said], "accused" if wrong else "") for name, said, wrong in lines],
        caption="Portal time. The portal decides by the moment at which it takes a request up, so one that was sent "
        "before the close may be refused, and the answer to an accepted one may come after it.",
        text_columns=frozenset({1}),
    )


def _audited(number: int | None) -> str:
    return "not audited" if number is None else words.count(number)


def _since(seconds: float | None) -> str:
    """Say how long before or after the close something was.

    >>> _since(-0.25), _since(3.0), _since(-7200.0), _since(None)
    ('250 ms before the close', '3.0 s after the close', '2.0 h before the close', 'never')
    """
    if seconds is None:
        return "never"
    apart_s = abs(seconds)
    length = words.duration(1000 * apart_s) if apart_s < 60 else words.span(apart_s)
    return f"{length} {'before' if seconds < 0 else 'after'} the close"
