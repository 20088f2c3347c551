"""How late the planned arrivals of one load generator process have started, as counts."""

from bisect import bisect_left, bisect_right
from itertools import accumulate

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the counts; what is later is in one count more. In docs/run-folder.md too."""
MOST_MS = 1000
"""What is later than this counts as this in a percentile."""


class Lateness:
    """Counts started arrivals by how late they were.

    >>> late = Lateness()
    >>> late.add(0.0004), late.add(0.0025), late.add(60.0)
    (None, None, None)
    >>> late.counts, late.quantile_ms(0.5)
    ([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 3.0)
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0
        self._by_ms = [0] * (MOST_MS + 1)

    def add(self, late_s: float, *, at_true_rate: bool = True) -> None:
        """Count an arrival that has started so many seconds after it was due."""
        self.counts[bisect_left(BOUNDS_S, late_s)] += 1
        self.sum_s += late_s
        if at_true_rate:
            self._by_ms[min(MOST_MS, max(0, int(1000 * late_s)))] += 1

    def quantile_ms(self, share: float) -> float | None:
        """Give a quantile of all so far that were due at true rate, to the ms above; None before the first."""
        return quantile_ms(self._by_ms, share)


def quantile_ms(counts: list[int], share: float) -> float | None:
    """Give the quantile of a histogram by whole ms, of the upper edges of its bins; None where it is empty.

    Linear between neighbours, as the report's.

    >>> quantile_ms([97, 2, 0, 1], 0.99), quantile_ms([0, 0], 0.99)
    (2.02, None)
    """
    until = list(accumulate(counts))
    if not until[-1]:
        return None
    at = share * (until[-1] - 1)
    lower, upper = (bisect_right(until, min(rank, until[-1] - 1)) + 1 for rank in (int(at), int(at) + 1))
    return round(lower + (at - int(at)) * (upper - lower), 2)
