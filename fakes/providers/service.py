"""The queueing stand-in: how long a call to an outside service waits and how long it is served."""

import asyncio
import time
from collections import OrderedDict, deque
from enum import StrEnum
from hashlib import blake2b
from heapq import heapreplace
from typing import NamedTuple

from fakes.draws import Draws
from fakes.providers.settings import ServiceSettings

MOST_CALLERS = 1_000_000


class ServiceStoppedError(Exception):
    """The service fails, or its process stops: the call will not be served."""


class Mood(StrEnum):
    """How a service treats its callers."""

    USUAL = "usual"
    SILENT = "silent"
    """It takes calls and says nothing until it is itself again; whoever still waits then is served."""
    FAILING = "failing"
    """It turns every call away at once."""


class Attempt(NamedTuple):
    """One call of one caller: its draws, and the how-manieth call of this caller it was, from 1 up."""

    draws: Draws
    number: int


def number_of(key: str) -> int:
    """Give the 64-bit number that a caller's draws are bound to: a digest of an ID number, phone or order.

    >>> number_of("13800138000") == number_of("13800138000"), number_of("13800138000") == number_of("1")
    (True, False)
    """
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


class Lines:
    """First come, first served by `capacity` parallel lines whose service times are known on arrival.

    The start of each job then follows from the moments at which the lines come free (Kiefer and Wolfowitz,
    "On the theory of queues with many servers", 1955). So the capacity is exact: a timer that fires late
    delays one answer, never the jobs behind it. Moments are seconds of one clock that never goes back.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._free_at = [0.0] * capacity  # a heap: the line that comes free first is in front
        self._starts: deque[float] = deque()  # starts that were in the future; first come, first served sorts them

    def admit(self, now: float, held_s: float) -> float:
        """Take in a job that arrives now and holds a line for `held_s`; give the moment at which it starts.

        >>> one = Lines(1)
        >>> one.admit(10.0, 2.0), one.admit(10.5, 2.0)
        (10.0, 12.0)
        """
        start = max(now, self._free_at[0])
        heapreplace(self._free_at, start + held_s)
        self._forget_started(now)
        if start > now:
            self._starts.append(start)
        return start

    def in_use(self, now: float) -> int:
        """Give the number of lines that are held now."""
        return sum(free_at > now for free_at in self._free_at)

    def queue_length(self, now: float) -> int:
        """Give the number of jobs that wait now."""
        self._forget_started(now)
        return len(self._starts)

    def _forget_started(self, now: float) -> None:
        while self._starts and self._starts[0] <= now:
            self._starts.popleft()


class Service:
    """One outside service as its callers meet it, with counters of what was completed.

    `wait_s` and `held_s` are the sums over completed calls of the time in the queue and the time in a line.
    """

    def __init__(self, name: str, seed: int, settings: ServiceSettings) -> None:
        self.name = name
        self.lines = Lines(settings.capacity)
        self.completions = 0
        self.wait_s = 0.0
        self.held_s = 0.0
        self.speed = 1.0
        """By how much service times are shortened: they go by the portal's clock where that flies."""
        self.slower = 1.0
        """By how much service times are lengthened."""
        self.mood = Mood.USUAL
        self._heard = asyncio.Event()
        self._heard.set()
        self._seed = seed
        self._settings = settings
        self._purpose = f"{name}/service time"
        self._attempts: OrderedDict[int, int] = OrderedDict()
        self._waiting: set[asyncio.Future[None]] = set()
        self._stopped = False

    async def serve(self, key: str) -> Attempt:
        """Let a call wait for its turn and be served; `key` says whose call it is (ID number, phone, order).

        Raises ServiceStoppedError when the process stops first.
        """
        await self.until_heard()
        if self._stopped or self.mood is Mood.FAILING:
            raise ServiceStoppedError
        attempt = self._next_attempt(key)
        drawn_s = attempt.draws.lognormal(
            self._settings.median_ms / 1000, self._settings.sigma, self._purpose, attempt.number
        )
        held_s = drawn_s * self.slower / self.speed
        now = time.monotonic()
        start = self.lines.admit(now, held_s)
        await self._pass_time(start + held_s - now)
        self.completions += 1
        self.wait_s += start - now
        self.held_s += held_s
        return attempt

    def be(self, mood: Mood, slower: float = 1.0) -> None:
        """Treat callers so from now on, those who wait in a silence too; `slower` is of calls that come from now on."""
        self.mood, self.slower = mood, slower
        if mood is Mood.SILENT:
            self._heard.clear()
        else:
            self._heard.set()

    async def until_heard(self) -> None:
        """Wait for as long as the service is silent."""
        await self._heard.wait()

    def forget(self) -> None:
        """Take the next call of every caller for the first one."""
        self._attempts.clear()

    def stop(self) -> None:
        """Turn away every call that is inside, so that the process can end at once."""
        self._stopped = True
        self._heard.set()
        for future in self._waiting:
            if not future.done():
                future.set_exception(ServiceStoppedError)

    def _next_attempt(self, key: str) -> Attempt:
        caller = number_of(key)
        number = self._attempts.pop(caller, 0) + 1
        self._attempts[caller] = number
        if len(self._attempts) > MOST_CALLERS:
            self._attempts.popitem(last=False)
        return Attempt(Draws(self._seed, caller), number)

    async def _pass_time(self, seconds: float) -> None:
        """Sleep, but so that `stop` can end it (asyncio.sleep can only be cancelled with its request)."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        timer = loop.call_later(seconds, _finish, future)
        self._waiting.add(future)
        try:
            await future
        finally:
            timer.cancel()
            self._waiting.discard(future)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
