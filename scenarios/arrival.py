"""A visit that is to come, and how the visits of those who come back are numbered."""

from dataclasses import dataclass

COMING_BACK = 1024
"""What coming back adds to the number of a visit: more than the plan has numbers for visits of one candidate."""
MOST_VISIT = 2**16 - 1
"""The run folder numbers visits with 16 bits; nobody comes back more often than that leaves room for."""


@dataclass(frozen=True)
class Arrival:
    """A visit that is planned for a portal second, and due at a run second.

    `planned` is false for those who come back: some have an account by now.
    """

    candidate: int
    visit: int
    purpose: str
    planned_s: float
    due_s: float = 0.0
    planned: bool = True
    has_account: bool = False
