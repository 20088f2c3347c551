"""A ceiling that a run never exceeds: at most so many requests leave in any second, whoever sends them.

    requests   | || ||||  |      wanted, ceiling 3 a second
    leave      | || |||   ||     the fourth within a second waits until the first is a second old

A window that slides, not a bucket that drips: what comes within the ceiling leaves at once, however close together, and
no second has more, wherever it is said to begin.
"""

import time
from collections import deque
from math import inf

from gevent.event import Event
from gevent.lock import BoundedSemaphore

_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""One that goes on while the machine sleeps, where the system has it: what was granted until then is over."""


def whole_requests(most_per_s: float) -> tuple[int, float]:
    """Give a ceiling as whole requests, and the seconds in which no more than these may leave.

    >>> whole_requests(200.0), whole_requests(0.25)
    ((200, 1.0), (1, 4.0))
    """
    return max(1, int(most_per_s)), max(1.0, 1.0 / most_per_s)


class RateCeiling:
    """When requests may leave: a pure function of when the last ones did. Moments are seconds of any clock.

    >>> ceiling = RateCeiling(2.0)
    >>> for moment_s in (10.0, 10.1): ceiling.leave(moment_s)
    >>> ceiling.earliest_s
    11.0
    """

    def __init__(self, most_per_s: float) -> None:
        self.most, self._window_s = whole_requests(most_per_s)
        """How many may leave within a window: those of the ceiling, or the share that one has of them now."""
        self._left_s = deque([-inf] * self.most, maxlen=self.most)

    @property
    def earliest_s(self) -> float:
        """When the next one may leave; in the past where it may at once, endless where none may."""
        return self._left_s[-self.most] + self._window_s if self.most else inf

    def leave(self, now_s: float) -> None:
        """Take in that one has left; moments do not fall."""
        self._left_s.append(now_s)


class Gate:
    """Lets the requests of one process through, first come, first served, and counts those that had to wait.

    One that `is_shared` lets none through before it has a share of the ceiling, nor after that has lapsed.
    """

    def __init__(self, most_per_s: float, *, is_shared: bool = False) -> None:
        self._ceiling = RateCeiling(most_per_s)
        self._line = BoundedSemaphore(1)
        self._until_s = inf
        self._granted = Event()
        if is_shared:
            self._ceiling.most = 0
        self.held_back = 0
        self.held_back_s = 0.0
        """How long they waited, in sum."""

    @staticmethod
    def now_s() -> float:
        """Give the moment on the clock by which the gate goes."""
        return time.clock_gettime(_CLOCK)

    def grant(self, most: int, until_s: float) -> None:
        """Let so many through within a window from now on, and none from a moment of the gate's clock on."""
        self._ceiling.most, self._until_s = most, until_s
        self._granted.set()

    def wait(self) -> None:
        """Wait for one's turn, and take it. Whoever is interrupted while waiting takes none."""
        came_s = self.now_s()
        has_to_wait = self._line.locked() or self._earliest_s(came_s) > came_s
        with self._line:
            while (left_s := self._earliest_s(now_s := self.now_s()) - now_s) > 0:
                self._granted.clear()
                self._granted.wait(left_s if left_s < inf else None)
            self._ceiling.leave(now_s)  # when it really leaves: a timer that is late must not lend its time to others
        if has_to_wait:
            self.held_back += 1
            self.held_back_s += now_s - came_s

    def _earliest_s(self, now_s: float) -> float:
        return self._ceiling.earliest_s if now_s < self._until_s else inf
