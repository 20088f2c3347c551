"""A ceiling that a run never exceeds: at most so many requests leave in any second, whoever sends them.

    requests   | || ||||  |      wanted, ceiling 3 a second
    leave      | || |||   ||     the fourth within a second waits until the first is a second old

A window that slides, not a bucket that drips: what comes within the ceiling leaves at once, however close together, and
no second has more, wherever it is said to begin.
"""

import time
from collections import deque
from math import inf

import gevent
from gevent.lock import BoundedSemaphore


class RateCeiling:
    """When requests may leave: a pure function of when the last ones did. Moments are seconds of any clock.

    >>> ceiling = RateCeiling(2.0)
    >>> for moment_s in (10.0, 10.1): ceiling.leave(moment_s)
    >>> ceiling.earliest_s
    11.0
    """

    def __init__(self, most_per_s: float) -> None:
        self._window_s = max(1.0, 1.0 / most_per_s)
        most = max(1, int(most_per_s))
        self._left_s = deque([-inf] * most, maxlen=most)

    @property
    def earliest_s(self) -> float:
        """When the next one may leave; in the past where it may at once."""
        return self._left_s[0] + self._window_s

    def leave(self, now_s: float) -> None:
        """Take in that one has left; moments do not fall."""
        self._left_s.append(now_s)


class Gate:
    """Lets the requests of one process through, first come, first served, and counts those that had to wait."""

    def __init__(self, most_per_s: float) -> None:
        self._ceiling = RateCeiling(most_per_s)
        self._line = BoundedSemaphore(1)
        self.held_back = 0
        self.held_back_s = 0.0
        """How long they waited, in sum."""

    def wait(self) -> None:
        """Wait for one's turn, and take it. Whoever is interrupted while waiting takes none."""
        came_s = time.monotonic()
        has_to_wait = self._line.locked() or self._ceiling.earliest_s > came_s
        with self._line:
            while (left_s := self._ceiling.earliest_s - (now_s := time.monotonic())) > 0:
                gevent.sleep(left_s)
            self._ceiling.leave(now_s)  # when it really leaves: a timer that is late must not lend its time to others
        if has_to_wait:
            self.held_back += 1
            self.held_back_s += now_s - came_s
