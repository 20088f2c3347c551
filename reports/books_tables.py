"""The close of the window, and the portal's books held against its rules, as tables."""

from reports import words
from reports.bell import Bell
from reports.facts import Finding
from reports.language import say
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
        say("violation-of-books", rule=f.name, count=f.violations, number=len(f.examples), examples=f.examples)
        for f in broken(audit or ())
    )


def audit_sentence(audit: tuple[Finding, ...]) -> str:
    """Say whether the portal's books keep to its rules."""
    if found := broken(audit):
        return say("rules-broken", broken=len(found), rules=len(audit))
    return say("rules-hold", rules=len(audit))


def audit_table(audit: tuple[Finding, ...]) -> Table | None:
    """List the broken rules; None where all hold."""
    rows = [Row([words.spaced(f.name), words.count(f.violations), ", ".join(f.examples)]) for f in broken(audit)]
    heads = [say("head-rule-of-books"), say("head-violations"), say("head-such-as")]
    return Table(heads, rows, text_columns=frozenset({2})) if rows else None


def bell_table(bell: Bell) -> Table:
    """Say what happened at the close."""
    refused = sum(number for _, number in bell.refused)
    by_step = words.listed(f"{words.step(step)} {number:,}" for step, number in bell.refused)
    lines = [
        (say("bell-close"), say("bell-moment", at=bell.closing), False),
        (say("bell-last-answered"), _since(bell.last_answered_s), False),
        (say("bell-last-sent"), _since(bell.last_sent_s), False),
        (say("bell-accepted-late"), words.count(bell.accepted_late), bell.accepted_late),
        (say("bell-first-refused"), _since(bell.first_refused_s), (bell.first_refused_s or 0) < 0),
        (say("bell-refused"), say("bell-refused-by", number=refused, by_step=by_step), False),
        (say("bell-drafts-left"), words.count(bell.drafts_left), bell.drafts_left),
        (say("bell-drafts-expired"), words.count(bell.expired), False),
        (say("bell-violations"), _audited(bell.violations), bell.violations),
    ]
    return Table(
        [say("section", name="bell"), say("head-what-happened")],
        [Row([name, said], "accused" if wrong else "") for name, said, wrong in lines],
        caption=say("bell-caption"),
        text_columns=frozenset({1}),
    )


def _audited(number: int | None) -> str:
    return say("not-audited") if number is None else words.count(number)


def _since(seconds: float | None) -> str:
    """Say how long before or after the close something was.

    >>> _since(-0.25), _since(3.0), _since(-7200.0), _since(None)
    ('250 ms before the close', '3.0 s after the close', '2.0 h before the close', 'never')
    """
    if seconds is None:
        return say("never")
    apart_s = abs(seconds)
    length = words.duration(1000 * apart_s) if apart_s < 60 else words.span(apart_s)
    return say("since-close", length=length, is_before=seconds < 0)
