"""The ceiling: how many requests a second the portal answers without strain, found by trying.

Additive increase would take minutes to find a ceiling of unknown size, so it is raised by a share, every second that
it is reached and all is well, and lowered by a larger share at the first strain (the idea of TCP's congestion control:
Jacobson, "Congestion avoidance and control", SIGCOMM 1988). The first minute finds it; as the mix of requests changes
with the weeks, it is corrected all along.
"""

from typing import NamedTuple

FIRST_PER_S = 120.0
"""Where the search begins: a portal that cannot answer so many is busy at any speed."""

_STRAIN_S = 0.2  # median answer: few steps wait for an outside service, so the median is the portal's own
_FAILED_SHARE = 0.05  # of a second's answers: more is strain
_BUSY_SHARE = 0.9  # of the load generator's core
_REACHED_SHARE = 0.7  # below that, the second says nothing about the ceiling
_FIRST_RAISE = 1.5  # until the first strain: the way up from FIRST_PER_S takes seconds
_RAISE, _LOWER = 1.08, 0.8
_STRAINED_S = 2  # seconds in a row: the collector or a checkpoint of the database makes a single bad one
_REST_S = 3  # after lowering, what waits must first be worked off
_LEAST_PER_S = 5.0


class Second(NamedTuple):
    """What the load generator saw in the last second."""

    answered: int
    median_s: float
    """Of the time that answers took; 0 without any."""
    failed: int
    """Failed and abandoned ones among the answers."""
    cpu_share: float
    """Of one core, used by the load generator."""


class Ceiling:
    """A ceiling that is corrected second by second, or one that is set and stays."""

    def __init__(self, set_per_s: float | None = None) -> None:
        self.per_s = set_per_s or FIRST_PER_S
        self._is_set = set_per_s is not None
        self._rest_s = 0
        self._strained_s = 0
        self._raise = _FIRST_RAISE

    def hear(self, second: Second) -> bool:
        """Take in one second; say whether the ceiling has changed.

        >>> ceiling = Ceiling()
        >>> ceiling.hear(Second(answered=100, median_s=0.01, failed=0, cpu_share=0.3)), round(ceiling.per_s, 1)
        (True, 180.0)
        """
        if self._is_set:
            return False
        if self._rest_s:
            self._rest_s -= 1
            return False
        strained = second.median_s > _STRAIN_S or second.failed > _FAILED_SHARE * max(second.answered, 20)
        if strained or second.cpu_share > _BUSY_SHARE:
            self._strained_s += 1
            if self._strained_s < _STRAINED_S:
                return False
            self.per_s = max(_LEAST_PER_S, self.per_s * _LOWER)
            self._rest_s, self._strained_s, self._raise = _REST_S, 0, _RAISE
            return True
        self._strained_s = 0
        if second.answered >= _REACHED_SHARE * self.per_s:
            self.per_s *= self._raise
            return True
        return False
