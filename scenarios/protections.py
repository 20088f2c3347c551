"""What a portal can do against overload, each switched on alone: the rows of `rehearse protections`.

Figures are those of their sources where there are any, and else such as an operator would begin with.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from scenarios.scenario import Scenario


class Arm(NamedTuple):
    """A portal with one thing changed: its profile, its window, or causes of lag that a protection had kept away."""

    name: str
    title: str
    settings: Mapping[str, float] = {}
    plants: Mapping[str, float] = {}
    province_gap_s: float = 0.0


ARMS = (
    Arm("as_it_is", "as it is"),
    Arm("queue_limit", "at most 32 requests wait for a worker slot", {"queue_bound": 32}),
    Arm(
        "deadline",
        "who has waited 4 s, or has left, is not served",
        {"protections.deadline_s": 4.0, "protections.drops_who_left": True},
    ),
    Arm(
        "shedding",
        "load shedding: the least urgent are turned away when waits are over 20 ms (DAGOR)",
        {"protections.shed_wait_ms": 20.0},
    ),
    Arm("as_it_is_again", "as it is, a second time"),
    Arm("retry_budget", "retries are served up to 10 % of first tries", {"protections.retry_share": 0.1}),
    Arm("breaker", "a service that fails 5 times is left alone for 10 s", {"protections.breaker_failures": 5}),
    Arm("waiting_room", "waiting room: 8 people a second are let in", {"protections.admits_per_s": 8.0}),
    Arm("staggered", "staggered opening: four groups of provinces, 20 s apart", province_gap_s=20.0),
    Arm(
        "no_caches",
        "the other way round: catalogue and static files are not cached",
        # The plant's slow database would be a second cause.
        {"database_statements": 64, "speeds.database": 1.0},
        {"catalogue_uncached": 60_000, "static_by_application": 1},
    ),
    Arm("as_it_is_at_last", "as it is, a third time: by so much runs of the same differ"),
)
"""All arms, in the order in which they are tried."""


def with_gap(scenario: Scenario, province_gap_s: float) -> Scenario:
    """Give the scenario with a staggered opening: people come when their province opens."""
    return replace(scenario, window=replace(scenario.window, province_gap_s=province_gap_s))
