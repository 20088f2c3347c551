"""Resources: named capacities whose waiting and holding are measured apart.

waiting ──► holding ──► released          utilisation = held time / (capacity · elapsed time)
(queue)     (in use, at most `capacity`)   mean queue  = waiting time / elapsed time        (Little's law)
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
        self.in_use = 0
        self.totals = Totals()
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def queue_length(self) -> int:
        """Requests that wait for a unit now."""
        return len(self._waiting)

    def set_capacity(self, capacity: int) -> None:
        """Turn the knob: more units serve those who wait at once, fewer take effect as units come back."""
        self.capacity = capacity
        self._admit()

    def __call__(self) -> "Holding":
        """Give the context manager that waits for one unit and holds it."""
        return Holding(self)

    async def acquire(self) -> float:
        """Wait for one unit; give the waiting time in seconds."""
        if self.in_use < self.capacity and not self._waiting:
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
            self._note_vain_wait(perf_counter() - began_s)
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

    def _note_vain_wait(self, waited_s: float) -> None:
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

    def observed(self, waited_s: float = 0.0) -> "Observation":
        """Measure the holding of something that is granted elsewhere, such as a row locked in the database."""
        return Observation(self, waited_s)


class Observation:
    """The holding of one unit that somebody else has granted, after `waited_s` seconds."""

    __slots__ = ("_began_s", "_resource", "_waited_s")

    def __init__(self, resource: Resource, waited_s: float) -> None:
        self._resource = resource
        self._waited_s = waited_s
        self._began_s = 0.0

    def __enter__(self) -> None:
        self._resource.note_acquired(self._waited_s)
        self._resource.in_use += 1
        self._began_s = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resource.in_use -= 1
        self._resource.note_released(perf_counter() - self._began_s)


class Holding:
    """One request's use of one unit of a resource."""

    __slots__ = ("_began_s", "_resource")

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._began_s = 0.0

    async def __aenter__(self) -> None:
        waited_s = await self._resource.acquire()
        self._resource.note_acquired(waited_s)
        self._began_s = perf_counter()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resource.note_released(perf_counter() - self._began_s)
        self._resource.release()
