"""Differences of paired runs: the same arrivals, one thing changed."""

from collections.abc import Sequence
from statistics import mean, stdev

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """A mean, and the interval that holds the true one in 95 of 100 cases."""

    mean: float
    low: float
    high: float


def paired_interval(differences: Sequence[float]) -> Interval:
    """Give mean and 95 % interval of differences of pairs, by Student's t; at least two.

    >>> paired_interval([0.1, 0.2, 0.3])
    Interval(mean=0.2, low=-0.048414, high=0.448414)
    """
    from scipy.stats import t  # takes a second to import

    middle = mean(differences)
    margin = float(t.ppf(0.975, len(differences) - 1)) * stdev(differences) / len(differences) ** 0.5
    return Interval(round(middle, 6), round(middle - margin, 6), round(middle + margin, 6))
