"""Does the lag outlast its cause? The arms of `rehearse metastable`: one load, one trigger, and less of each.

                 goodput
    baseline     ─────────────────────   no trigger
    trigger      ─────╲______________    lag that outlasts the trigger: a metastable failure
    smaller      ─────╲╱─────────────    the same load, a third of the trigger
    lower load   ─────╲╱─────────────    half of the load, the same trigger
    way out      ─────╲╱─────────────    the same as "trigger", with protections

After Huang et al., "Metastable Failures in the Wild" (OSDI 2022): load and trigger together decide, neither does alone,
and what keeps the failure up is work that the failure makes, here the reloads of people whom nobody answers any more.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from scenarios.faults import AnyFault
from scenarios.scenario import Scenario, ScenarioError

SMALLER, LOWER = 1 / 3, 0.5
GONE_S = 62.0
"""How long before the end of the load the trigger has to be gone: the last minute is judged (reports/metastable.py)."""
WAY_OUT: Mapping[str, float] = {"protections.drops_who_left": True, "protections.deadline_s": 4.0}
"""Nobody works for who has left, nor for who has waited longer than people wait."""


class Arm(NamedTuple):
    """One trial: how much of the load comes, what befalls the portal, and what it has against that."""

    name: str
    title: str
    load_share: float
    faults: tuple[AnyFault, ...]
    settings: Mapping[str, float] = {}


def arms(scenario: Scenario) -> tuple[Arm, ...]:
    """Give the arms of a scenario whose fault is the trigger.

    Raises ScenarioError for a scenario without a fault, with several, or with one that lasts nearly to the end.
    """
    if len(scenario.faults) != 1:
        raise ScenarioError(f"scenario {scenario.name} has {len(scenario.faults)} faults: the trigger must be one")
    trigger = scenario.faults[0]
    latest_s = scenario.length_s - GONE_S
    if trigger.to_s > latest_s:
        sooner = f"to_s = {latest_s:g} or less, or " if latest_s > trigger.from_s else ""
        raise ScenarioError(
            f"scenario {scenario.name}: the trigger ends at {trigger.to_s:g} s, but whether its lag stays is seen in "
            f"the last minute; write {sooner}more minutes"
        )
    length_s = trigger.to_s - trigger.from_s
    smaller = replace(trigger, to_s=trigger.from_s + SMALLER * length_s)
    return (
        Arm("baseline", "no trigger", 1.0, ()),
        Arm("trigger", f"trigger for {length_s:g} s", 1.0, (trigger,)),
        Arm("smaller", f"trigger for {SMALLER * length_s:g} s", 1.0, (smaller,)),
        Arm("lower_load", f"{100 * LOWER:g} % of the load, trigger for {length_s:g} s", LOWER, (trigger,)),
        Arm("way_out", f"trigger for {length_s:g} s, deadlines on", 1.0, (trigger,), WAY_OUT),
    )
