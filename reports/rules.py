"""Which rules a run made use of, which it broke, and which states of an application it came through."""

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from reports.application_life import MOVES, RULES, STATES
from reports.facts import Census, Rules


@dataclass(frozen=True)
class RuleUse:
    """What became of one rule in a run."""

    number: int
    uses: int
    """Requests of its steps that were answered ok. A step of several rules counts to each."""
    refusals: tuple[tuple[str, int], ...]
    """Codes of its refusals with their counts, the most frequent first."""
    acts: tuple[tuple[str, int], ...]
    """What offices, deadlines and candidates did to applications by this rule, by the portal's own count."""

    @property
    def is_visited(self) -> bool:
        """Whether the rule played any part."""
        return bool(self.uses or self.refusals or self.acts)


@dataclass(frozen=True)
class Move:
    """An arrow in the life of an application, and how often it was taken."""

    from_state: str
    event: str
    to_state: str
    count: int


def count_outcomes(requests: pl.LazyFrame) -> pl.DataFrame:
    """Give `step`, `outcome`, `problem` and `len` of what was answered ok or refused."""
    told = requests.filter(pl.col("outcome").is_in(["ok", "refused"]))
    return told.group_by("step", "outcome", "problem").len().collect(engine="streaming")


def rule_uses(rules: Rules, outcomes: pl.DataFrame, census: Census | None) -> list[RuleUse]:
    """Give what became of each rule, in their order; `outcomes` are those of `count_outcomes`."""
    uses, refusals, acts = defaultdict[int, int](int), defaultdict[int, dict[str, int]](dict), _acts(census)
    for step, outcome, problem, number in outcomes.iter_rows():
        if outcome == "ok":
            for rule in rules.steps.get(step, ()):
                uses[rule] += number
        elif problem in rules.refusals:
            of_rule = refusals[rules.refusals[problem]]
            of_rule[problem] = of_rule.get(problem, 0) + number
    return [
        RuleUse(rule, uses[rule], tuple(sorted(refusals[rule].items(), key=lambda r: (-r[1], r[0]))), tuple(acts[rule]))
        for rule in sorted({*RULES, *uses, *refusals})
    ]


def _acts(census: Census | None) -> defaultdict[int, list[tuple[str, int]]]:
    acts = defaultdict[int, list[tuple[str, int]]](list)
    if census is None:
        return acts
    for (state, event), (_, rule) in MOVES.items():
        if taken := sum(m.count for m in census.moves if (m.from_state, m.event) == (state, event)):
            acts[rule].append((f"{event}-{state}", taken))
    for rule, act, number in (
        (2, "phones-freed", census.tickets_unbound),
        (5, "accounts-lapsed", census.lapsed),
        (19, "invoices-issued", census.invoices_issued),
        (24, "results-published", census.results),
        (24, "certificates-issued", census.certificates),
    ):
        if number:
            acts[rule].append((act, number))
    return acts


def moves(census: Census) -> list[Move]:
    """Give every arrow in the life of an application, those that nobody took with 0, then any not known here."""
    taken = defaultdict[tuple[str, str, str], int](int)
    for move in census.moves:
        taken[move.from_state, move.event, move.to_state] += move.count
    known = [(state, event, after) for (state, event), (after, _) in MOVES.items()]
    return [Move(*arrow, taken[arrow]) for arrow in dict.fromkeys([*known, *sorted(taken)])]


@dataclass(frozen=True)
class StateVisit:
    """How often a state was come to, and how many applications were in it at the end."""

    state: str
    came: int
    at_end: int

    @property
    def is_visited(self) -> bool:
        """Whether any application was ever seen in it."""
        return bool(self.came or self.at_end)


def states(census: Census) -> list[StateVisit]:
    """Give every state in the order of an application's life; no move leads to a new draft, so those are inferred.

    Each application begins as a draft: those that there are at the end began as one each.
    """
    came = defaultdict[str, int](int)
    for move in census.moves:
        came[move.to_state] += move.count
    came["draft"] += sum(census.applications.values())
    names = dict.fromkeys([*STATES, *sorted(came), *sorted(census.applications)])
    return [StateVisit(name, came[name], census.applications.get(name, 0)) for name in names]
