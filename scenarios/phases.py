"""Phases: the named parts of a load, in run seconds; an objective may be held in one of them alone."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict

import msgspec

from scenarios.mock_portal import STEPS
from scenarios.portal import ASSET, QUEUE
from scenarios.rules_of_portal import RESOURCES
from scenarios.target import Target, own_portal

if TYPE_CHECKING:
    from scenarios.scenario import Scenario


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the load. In a scenario file it is a table of `[[phases]]`, see docs/objectives.md.

    Raises ValueError for a name that no objective could write, and for moments that make no sense.
    """

    name: str
    """One word, by which objectives name it."""
    from_s: float
    """Run second at which it begins."""
    to_s: float
    """Run second at which it ends; one beyond the end of the load ends with that."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w-]+", self.name):
            raise ValueError(f"name is {self.name!r}; write one word, such as first_minute")
        if not 0 <= self.from_s < self.to_s:
            raise ValueError(f"from_s is {self.from_s:g} and to_s {self.to_s:g}; write 0 <= from_s < to_s")


def check_phases(phases: Sequence[Phase], *, adaptive: bool = False) -> None:
    """Refuse two phases of one name, phases that overlap, and any with an adaptive pace. Raises ValueError."""
    if phases and adaptive:
        raise ValueError("phases: with an adaptive pace nobody knows when they would come; write a steady one")
    for one, other in pairwise(sorted(phases, key=lambda phase: phase.name)):
        if one.name == other.name:
            raise ValueError(f"phases: two are called {one.name}")
    for one, other in pairwise(sorted(phases, key=lambda phase: phase.from_s)):
        if other.from_s < one.to_s:
            raise ValueError(f"phases: {other.name} begins at {other.from_s:g} s, before {one.name} ends")


class ObjectiveNames(TypedDict):
    """What the objectives of a scenario can be about, and where they are written."""

    where: str
    steps: tuple[str, ...]
    resources: tuple[str, ...]
    phases: tuple[str, ...]


def objective_names(scenario: "Scenario", target: Target | None = None) -> ObjectiveNames:
    """Give the steps, resources and phases that an objective of this scenario can be about, on a target or the mock."""
    phases = tuple(phase.name for phase in load_phases(scenario))
    where = f"scenario {scenario.name}"
    resources = RESOURCES if target is None else (*RESOURCES, *target.resource_titles)
    own = own_portal(target)
    steps = STEPS if own is None else own.steps
    return ObjectiveNames(where=where, steps=(*steps, ASSET, QUEUE), resources=resources, phases=phases)


def load_phases(scenario: "Scenario") -> list[Phase]:
    """Give the phases of a scenario's load, as far as it reaches: its own, or else those that the window makes.

    These are before the opening (`gate`), while the window is open (`opening` after a gate, else `open`), and after its
    close (`closed`). With an adaptive pace there are none: where they would lie is known when the pace is.
    """
    if scenario.is_adaptive:
        return []

    def run_s(portal_s: float) -> float:
        return min(max(0.0, (portal_s - scenario.start_s) / scenario.speed), scenario.length_s)

    opening_s, close_s = run_s(0.0), run_s(scenario.window.length_s)
    edges = [(phase.name, phase.from_s, min(phase.to_s, scenario.length_s)) for phase in scenario.phases] or [
        ("gate", 0.0, opening_s),
        ("opening" if opening_s else "open", opening_s, close_s),
        ("closed", close_s, scenario.length_s),
    ]
    return [Phase(name, from_s, to_s) for name, from_s, to_s in edges if from_s < to_s]


def steady(scenario: "Scenario") -> dict[str, float] | None:
    """Give the stretch that claims to be stationary, in run seconds; None where none does."""
    if scenario.steady_after_s is None:
        return None
    return {"from_s": scenario.steady_after_s, "to_s": scenario.length_s}
