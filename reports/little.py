"""Little's law: the mean number inside is the arrival rate times the mean stay, L = λ·W.

It holds for every system over any stretch of time, if stays are cut at the stretch's ends; so where two ways of
counting disagree, one of them has lost something. J. D. C. Little, "A proof for the queuing formula L = λW",
Operations Research 9 (1961).
"""

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


class Sampled(NamedTuple):
    """The mean of a number that was sampled now and then, its standard error, and from when to when it was sampled."""

    mean: float
    error: float
    from_s: float
    to_s: float


def sampled_mean(at_s: Floats, number: Floats) -> Sampled | None:
    """Give the mean over time of a number sampled at rising moments; None for fewer than three samples.

    The standard error is that of reading it at moments only: it comes from how much neighbouring samples differ, so
    that slow changes, which sampling follows, do not count (J. von Neumann's mean square successive difference).
    """
    if len(at_s) < 3:
        return None
    length_s = float(at_s[-1] - at_s[0])
    mean = float(np.trapezoid(number, at_s)) / length_s
    steps = np.diff(number)
    return Sampled(mean, float(np.sqrt((steps**2).mean() / 2 / len(number))), float(at_s[0]), float(at_s[-1]))
