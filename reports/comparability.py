"""Whether runs may be compared at all, and what was changed between their set-ups."""

from collections.abc import Iterator
from typing import Any

import msgspec
import polars as pl

from reports.run_folder import Run, RunFolderError

SAME_S = 0.001
"""Moments of the plan that are closer than this are the same."""
LENGTH_S = 1.0
"""Loads may differ so much in length: they are ended by hand and by the clock."""

SETUP = ("scenario", "portal", "cores", "machine", "versions", "rehearse_version", "seeded", "trial")
"""The parts of `run.json` that say what was run on what; the rest says what came of it."""
PASSING = frozenset({"portal.address", "trial.name", "scenario.purpose"})
"""Of these, what differs from run to run and changes nothing."""


class Change(msgspec.Struct, frozen=True):
    """A setting by its full name, such as `portal.capacities.lines.sms`, before and after; empty: not there."""

    name: str
    before: str
    after: str


def setup(run: Run) -> dict[str, str]:
    """Give every recorded setting of a run by its full name.

    A setting of the scenario that its profile or its machine cannot see, such as the wall-clock time, is none.
    """
    parts = {name: run.record[name] for name in SETUP if name in run.record}
    return {name: value for name, value in _flat(parts) if name not in PASSING}


def changes(baseline: Run, other: Run) -> list[Change]:
    """List what was changed from one set-up to another, by name."""
    before, after = setup(baseline), setup(other)
    return [
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif value is not None:
        yield name, value if isinstance(value, str) else msgspec.json.encode(value).decode()


def must_be_comparable(baseline: Run, other: Run) -> None:
    """Refuse runs in which not the same candidates come at the same moments.

    Raises RunFolderError, with a line that names the first thing that differs.
    """
    facts, its = baseline.facts, other.facts
    compared = (
        ("scenario", facts.scenario.name, its.scenario.name),
        ("seed", facts.seed, its.seed),
        ("population", facts.population, its.population),
        ("planned length of the load", _seconds(facts.load.planned_length_s), _seconds(its.load.planned_length_s)),
        ("portal time at the start", facts.load.portal_time_at_start, its.load.portal_time_at_start),
        ("speed of the portal's clock", facts.load.speed, its.load.speed),
    )
    for what, one, another in compared:
        if one != another:
            raise RunFolderError(f"{_pair(baseline, other)} are not comparable: {what} is {one} and {another}")
    if abs(facts.load.length_s - its.load.length_s) > LENGTH_S:
        lengths = f"the load lasted {facts.load.length_s:.0f} s and {its.load.length_s:.0f} s"
        raise RunFolderError(f"{_pair(baseline, other)} are not comparable: {lengths}; was one interrupted?")
    plan, its_plan = _arrivals(baseline), _arrivals(other)
    if plan.height != its_plan.height:
        counts = f"{plan.height:,} arrivals are planned in one, {its_plan.height:,} in the other"
        raise RunFolderError(f"{_pair(baseline, other)} are not comparable: {counts}")
    apart = (plan["due_s"] - its_plan["due_s"]).abs() > SAME_S
    different = (plan["candidate"] != its_plan["candidate"]) | (plan["purpose"] != its_plan["purpose"]) | apart
    if number := int(different.sum()):
        raise RunFolderError(
            f"{_pair(baseline, other)} are not comparable: {number:,} of {plan.height:,} planned arrivals are other "
            "candidates or at other moments"
        )


def _pair(one: Run, other: Run) -> str:
    return f"{one.folder} and {other.folder}"


def _seconds(length_s: float) -> str:
    return f"{length_s:g} s"


def _arrivals(run: Run) -> pl.DataFrame:
    return run.arrivals.select("candidate", "purpose", "due_s").sort("candidate", "purpose", "due_s").collect()
