"""The rules and the life of an application as tables."""

from reports import rules, words
from reports.analysis import Analysis
from reports.rule_words import MOVES, RULES, STATES
from reports.tables import Row, Table

NOT_VISITED = "not visited"


def rule_table(a: Analysis) -> Table | None:
    """Every rule: what used it, what it refused, and what followed from it; None where the run names no rules."""
    if not a.rule_uses:
        return None
    rows = []
    for use in a.rule_uses:
        name, chinese = RULES.get(use.number, ("of no number known here", ""))
        cells = [
            str(use.number),
            f"{name} {chinese}".strip(),
            words.count(use.uses) if use.is_visited else NOT_VISITED,
            _listed(use.refusals),
            _listed(use.acts),
        ]
        rows.append(Row(cells, "" if use.is_visited else "quiet"))
    visited = sum(use.is_visited for use in a.rule_uses)
    return Table(
        ["rule", "name", "used", "refused", "what followed"],
        rows,
        caption=f"{visited} of {len(a.rule_uses)} rules played a part. Used: requests of the rule's steps that were "
        "answered ok; a step of several rules counts to each. Refused: by the code of the refusal. What followed: by "
        "the portal's own count at the end of the load.",
        text_columns=frozenset({1, 3, 4}),
    )


def _listed(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in counts)


def state_table(a: Analysis) -> Table | None:
    """Every state of an application; None where the run has no census."""
    census = a.run.facts.census
    if census is None:
        return None
    rows = []
    for visit in rules.states(census):
        name, chinese = STATES.get(visit.state, (visit.state, ""))
        came = words.count(visit.came) if visit.is_visited else NOT_VISITED
        cells = [f"{name} {chinese}".strip(), came, words.count(visit.at_end)]
        rows.append(Row(cells, "" if visit.is_visited else "quiet"))
    visited = sum(visit.is_visited for visit in rules.states(census))
    return Table(
        ["state", "came to it", "in it at the end"],
        rows,
        caption=f"{visited} of {len(rows)} states were visited. {words.count(census.filings)} filing numbers went "
        f"to {words.count(sum(census.applications.values()), 'application')} of "
        f"{words.count(census.accounts, 'account')}.",
    )


def move_table(a: Analysis) -> Table | None:
    """Every move between two states; None where the run has no census."""
    census = a.run.facts.census
    if census is None:
        return None
    rows = []
    for move in rules.moves(census):
        known = MOVES.get((move.from_state, move.event))
        said = known[2] if known else move.event.replace("_", " ")
        names = [STATES.get(state, (state, ""))[0] for state in (move.from_state, move.to_state)]
        count = words.count(move.count) if move.count else NOT_VISITED
        rows.append(Row([said, *names, count], "" if move.count else "quiet"))
    taken = sum(bool(move.count) for move in rules.moves(census))
    return Table(
        ["move", "from", "to", "applications"],
        rows,
        caption=f"{taken} of {len(rows)} moves were made.",
        text_columns=frozenset({1, 2}),
    )
