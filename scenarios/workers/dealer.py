"""Who starts which arrival: each is dealt to exactly one worker, and dealt again where that one is lost.

plan     a b c d e f g h │ i j k …        dealt in turn, as far ahead as the master looks
hand 0   a   c   e       │                due some time soon
hand 1     b   d     x   │                x: gave up here, and said it would come back
inside   those who have come, by the account of their worker
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from scenarios.arrival import Arrival

Visit = tuple[int, int]
"""Candidate, and the number of the visit."""


class Begun(NamedTuple):
    """A visit that has begun at its worker."""

    arrival: Arrival
    started_s: float


class Loss(NamedTuple):
    """What was with a worker that is lost."""

    broken_off: list[Begun]
    """Visits that were under way: nobody goes on with them."""
    handed_on: list[Arrival]
    """Those who had not come yet; who should have is overdue."""


@dataclass
class _Hand:
    expected: dict[Visit, Arrival] = field(default_factory=dict)
    inside: dict[Visit, Begun] = field(default_factory=dict)


class Dealer:
    """Deals arrivals, which come in the order in which they are due, to workers that join and get lost."""

    def __init__(self, planned: Iterable[Arrival]) -> None:
        self._planned = iter(planned)
        self._next = next(self._planned, None)
        self._again: list[Arrival] = []
        self._hands: dict[int, _Hand] = {}
        self._turns = count()

    @property
    def workers(self) -> list[int]:
        """Those who are there, by number."""
        return sorted(self._hands)

    @property
    def planned_s(self) -> float | None:
        """When the first one is due who is planned and has not come, in portal seconds; None where all have."""
        waiting = [it for hand in self._hands.values() for it in hand.expected.values()] + self._again
        due_s = [it.planned_s for it in waiting if it.planned]
        if self._next:
            due_s.append(self._next.planned_s)
        return min(due_s, default=None)

    def join(self, worker: int) -> None:
        """Take in a worker: from now on it gets its share."""
        self._hands[worker] = _Hand()

    def deal(self, until_s: float) -> dict[int, list[Arrival]]:
        """Give each worker its share of all who are due before portal second `until_s`; none while nobody is there."""
        dealt: dict[int, list[Arrival]] = {}
        if not self._hands:
            return dealt
        due, self._again = self._again, []
        while self._next and self._next.planned_s < until_s:
            due.append(self._next)
            self._next = next(self._planned, None)
        workers = self.workers
        for arrival in due:
            worker = workers[next(self._turns) % len(workers)]
            self._hands[worker].expected[arrival.candidate, arrival.visit] = arrival
            dealt.setdefault(worker, []).append(arrival)
        return dealt

    def returning(self, worker: int, arrivals: Iterable[Arrival]) -> None:
        """Note who will come back to a worker."""
        for arrival in arrivals:
            self._hands[worker].expected[arrival.candidate, arrival.visit] = arrival

    def begin(self, worker: int, visit: Visit, started_s: float) -> Arrival:
        """Note that a visit has begun at a worker, in a run second; give its arrival."""
        hand = self._hands[worker]
        arrival = hand.expected.pop(visit)
        hand.inside[visit] = Begun(arrival, started_s)
        return arrival

    def over(self, worker: int, visits: Iterable[Visit]) -> None:
        """Note which visits have ended at a worker."""
        hand = self._hands[worker]
        for visit in visits:
            hand.inside.pop(visit)

    def lose(self, worker: int, now_s: float) -> Loss:
        """Take a worker out at a portal second: who had not come to it is dealt again, who is overdue as due now."""
        hand = self._hands.pop(worker)
        waiting = sorted(hand.expected.values(), key=lambda it: it.planned_s)
        self._again += [replace(it, planned_s=max(now_s, it.planned_s)) for it in waiting]
        return Loss(list(hand.inside.values()), waiting)
