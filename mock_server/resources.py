"""Resources: named capacities whose waiting and holding are measured apart.

waiting ──► holding ──► released          utilisation = held time / (capacity · elapsed time)
(queue)     (in use, at most `capacity`)   mean queue  = waiting time / elapsed time        (Little's law)

A unit can be slower than this machine: at speed 0.2, one that has worked for t is kept for t / 0.2, as a quota of CPU
time does it (Turner, Rao and Rao, "CPU bandwidth control for CFS", Linux Symposium 2010). So a laptop can play a
portal whose capacities run out before its own two cores do.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType

from mock_server.stay import current_stay


@dataclass(slots=True)
class Totals:
    """What a resource has done since the process began."""

    completions: int = 0
    waited_s: float = 0.0
    held_s: float = 0.0


class QueueFull(Exception):  # noqa: N818 - it is a refusal, not an error of the program
    """The queue of a resource is at its bound."""


class Resource:
    """A capacity that requests share: first come, first served; the capacity can be changed while it is in use.

    `async with resource:` waits for one unit and holds it. `queue_bound` limits the waiting; beyond it QueueFull.
    """

    def __init__(self, name: str, capacity: int, queue_bound: int | None = None) -> None:
        self.name = name
        self.capacity = capacity
        self.queue_bound = queue_bound
        self.speed = 1.0
        self.in_use = 0
        self.waiting_elsewhere = 0
        self.totals = Totals()
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def queue_length(self) -> int:
        """Requests that wait for a unit now."""
        return len(self._waiting) + self.waiting_elsewhere

    @property
    def has_unit_left(self) -> bool:
        """Whether a unit would be had without waiting."""
        return self.in_use < self.capacity and not self._waiting

    def set_capacity(self, capacity: int) -> None:
        """Turn the knob: more units serve those who wait at once, fewer take effect as units come back."""
        self.capacity = capacity
        self._admit()

    def __call__(self) -> "Holding":
        """Give the context manager that waits for one unit and holds it."""
        return Holding(self)

    async def acquire(self) -> float:
        """Wait for one unit; give the waiting time in seconds."""
        if self.has_unit_left:
            self.in_use += 1
            return 0.0
        if self.queue_bound is not None and len(self._waiting) >= self.queue_bound:
            raise QueueFull(self.name)
        began_s = perf_counter()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()  # the unit came in the same moment as the cancellation
            elif turn in self._waiting:
                self._waiting.remove(turn)
            self.note_vain_wait(perf_counter() - began_s)
            raise
        return perf_counter() - began_s

    def release(self) -> None:
        """Give one unit back."""
        self.in_use -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.in_use < self.capacity:
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_use += 1
                turn.set_result(None)

    def note_vain_wait(self, waited_s: float) -> None:
        """Enter a wait that ended without a unit into the books."""
        self.totals.waited_s += waited_s
        if stay := current_stay.get():
            stay.waited_in_vain(self.name, waited_s)

    def note_acquired(self, waited_s: float) -> None:
        """Enter a wait that is over into the books."""
        self.totals.waited_s += waited_s
        if stay := current_stay.get():
            stay.acquired(self.name, waited_s)

    def note_released(self, held_s: float) -> None:
        """Enter a holding that is over into the books."""
        self.totals.completions += 1
        self.totals.held_s += held_s
        if stay := current_stay.get():
            stay.released(self.name, held_s)

    def observed(self) -> "Observation":
        """Measure waiting for and holding something that is granted elsewhere, such as a locked row of the database."""
        return Observation(self)


class Observation:
    """One unit that somebody else grants: waited for from the entry on, and held from `granted` to the exit."""

    __slots__ = ("_granted_s", "_resource", "_since_s")

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._since_s = 0.0
        self._granted_s: float | None = None

    def __enter__(self) -> "Observation":
        self._resource.waiting_elsewhere += 1
        self._since_s = perf_counter()
        return self

    def granted(self) -> None:
        """Note that the waiting is over."""
        self._granted_s = perf_counter()
        self._resource.waiting_elsewhere -= 1
        self._resource.in_use += 1
        self._resource.note_acquired(self._granted_s - self._since_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._granted_s is None:
            self._resource.waiting_elsewhere -= 1
            self._resource.note_vain_wait(perf_counter() - self._since_s)
            return
        self._resource.in_use -= 1
        self._resource.note_released(perf_counter() - self._granted_s)


class Holding:
    """One request's use of one unit of a resource."""

    __slots__ = ("_began_s", "_resource", "waited_s", "worked_s")

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._began_s = 0.0
        self.waited_s = 0.0
        self.worked_s: float | None = None
        """How long the unit has worked, where that is not as long as it was held."""

    async def __aenter__(self) -> "Holding":
        self.waited_s = await self._resource.acquire()
        self._resource.note_acquired(self.waited_s)
        self._began_s = perf_counter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        resource = self._resource
        try:
            if resource.speed < 1:
                worked_s = perf_counter() - self._began_s if self.worked_s is None else self.worked_s
                await asyncio.sleep(worked_s * (1 / resource.speed - 1))
        finally:
            resource.note_released(perf_counter() - self._began_s)
            resource.release()
