"""The rules and the life of an application as tables."""

from reports import rules, words
from reports.analysis import Analysis
from reports.language import say
from reports.tables import Row, Table


def rule_table(a: Analysis) -> Table | None:
    """Every rule: what used it, what it refused, and what followed from it; None where the run names no rules."""
    if not a.rule_uses:
        return None
    rows = []
    for use in a.rule_uses:
        cells = [
            str(use.number),
            say("rule", number=f"r{use.number}"),
            words.count(use.uses) if use.is_visited else say("not-visited"),
            _listed(use.refusals),
            ", ".join(f"{_act(name)} {number:,}" for name, number in use.acts),
        ]
        rows.append(Row(cells, "" if use.is_visited else "quiet"))
    visited = sum(use.is_visited for use in a.rule_uses)
    return Table(
        [say("rule-head", of=of) for of in ("rule", "name", "used", "refused", "followed")],
        rows,
        caption=say("rules-caption", visited=visited, rules=len(a.rule_uses)),
        text_columns=frozenset({1, 3, 4}),
    )


def _listed(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{words.spaced(name)} {number:,}" for name, number in counts)


def _act(name: str) -> str:
    """Say what happened; a move, `EVENT-STATE`, that is not known by its event."""
    return say("act", name=name, title=words.spaced(name.partition("-")[0]))


def _state(name: str) -> str:
    return say("state", name=name, title=name)


def state_table(a: Analysis) -> Table | None:
    """Every state of an application; None where the run has no census."""
    census = a.run.facts.census
    if census is None:
        return None
    rows = []
    for visit in rules.states(census):
        came = words.count(visit.came) if visit.is_visited else say("not-visited")
        rows.append(Row([_state(visit.state), came, words.count(visit.at_end)], "" if visit.is_visited else "quiet"))
    visited = sum(visit.is_visited for visit in rules.states(census))
    return Table(
        [say("state-head", of=of) for of in ("state", "came", "at_end")],
        rows,
        caption=say(
            "states-caption",
            visited=visited,
            states=len(rows),
            numbers=census.filings,
            applications=sum(census.applications.values()),
            accounts=census.accounts,
        ),
    )


def move_table(a: Analysis) -> Table | None:
    """Every move between two states; None where the run has no census."""
    census = a.run.facts.census
    if census is None:
        return None
    rows = []
    for move in rules.moves(census):
        said = _act(f"{move.event}-{move.from_state}")
        count = words.count(move.count) if move.count else say("not-visited")
        cells = [said, _state(move.from_state), _state(move.to_state), count]
        rows.append(Row(cells, "" if move.count else "quiet"))
    taken = sum(bool(move.count) for move in rules.moves(census))
    return Table(
        [say("move-head", of=of) for of in ("move", "from", "to", "applications")],
        rows,
        caption=say("moves-caption", taken=taken, moves=len(rows)),
        text_columns=frozenset({1, 2}),
    )
