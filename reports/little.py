"""Little's law: the mean number inside is the arrival rate times the mean stay, L = λ·W.

It holds for every system over any stretch of time, if stays are cut at the stretch's ends; so where two ways of
counting disagree, one of them has lost something. J. D. C. Little, "A proof for the queuing formula L = λW",
Operations Research 9 (1961).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean_inside(started_s: Floats, ended_s: Floats, from_s: float, to_s: float) -> float:
    """Give the mean number inside between two moments: λ·W, with stays cut at both.

    `started_s` and `ended_s` have one entry a stay; a stay without an end (not a number) lasts to `to_s`. 0 for a
    stretch without length.

    >>> mean_inside(np.array([0.0, 5.0]), np.array([5.0, np.nan]), 0.0, 20.0)
    1.0
    """
    if to_s <= from_s:
        return 0.0
    ended = np.where(np.isnan(ended_s), to_s, ended_s).clip(from_s, to_s)
    stay_s = (ended - started_s.clip(from_s, to_s)).clip(0)
    return float(stay_s.sum()) / (to_s - from_s)


def inside_at(started_s: Floats, ended_s: Floats, at_s: Floats) -> Floats:
    """Give how many stays are under way at moments; one without an end (not a number) never ends.

    >>> inside_at(np.array([0.0, 5.0]), np.array([6.0, np.nan]), np.array([1.0, 5.5, 9.0])).tolist()
    [1.0, 2.0, 1.0]
    """
    begun = np.searchsorted(np.sort(started_s), at_s, side="right")
    over = np.searchsorted(np.sort(np.where(np.isnan(ended_s), np.inf, ended_s)), at_s, side="right")
    return (begun - over).astype(np.float64)


class Sampled(NamedTuple):
    """The mean number inside by samples, its standard error, and from when to when they were taken."""

    mean: float
    error: float
    from_s: float
    to_s: float


def sampled_inside(at_s: Floats, inside: Floats, started_s: Floats, ended_s: Floats) -> Sampled | None:
    """Give the mean number inside by samples at rising moments; None for fewer than three.

    Sampling once a second meets a portal that stalls once a second always in the same state. So it is not the samples
    that are averaged but how they differ from the stays under way at their moments; that is added to the exact mean of
    the stays (a control variate). Where both tell of the same visits, the two means are equal.
    """
    if len(at_s) < 3:
        return None
    from_s, to_s = float(at_s[0]), float(at_s[-1])
    apart = inside - inside_at(started_s, ended_s, at_s)
    mean = mean_inside(started_s, ended_s, from_s, to_s) + float(np.trapezoid(apart, at_s)) / (to_s - from_s)
    return Sampled(mean, float(apart.std(ddof=1)) / math.sqrt(len(apart)), from_s, to_s)
