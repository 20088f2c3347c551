"""Where a figure changed, in a series of runs: found by changeforest, and kept where chance does not explain it.

p95, ms   ▂▃▂▂▃▂▃▂│▆▅▆▇▆▆▅
          runs ─► └ here: 812 to 1,140 ms
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_RUNS = 3
"""On each side of a change: fewer are an outlier."""
BY_CHANCE = 0.001
"""A change is kept when chance alone would make one so large more seldom than this; there are many places for one."""
LEAST_NOISE = 0.001
"""Runs that are more alike than this, as a share, are so by rounding."""
LEAST_CHANGE = 0.05
"""Nobody minds less, as a share of the figure."""


class ChangePoint(msgspec.Struct, frozen=True):
    """A change of a figure's level, from the run number `at` on."""

    at: int
    before: float
    after: float
    p: float
    """How often chance alone would do it, two-sided, by Welch's test."""


def change_points(values: Sequence[float], least: float = 0.0) -> list[ChangePoint]:
    """Find where the level of figures above 0 changed, in order; levels are geometric means, 0 counts as `least`.

    Binary segmentation for changes in mean, of logarithms over their noise (as median of the steps from run to run says
    it), with Schwarz's penalty of 3 log n; then the weakest change is dropped, and what it parted is one again, until
    all are beyond BY_CHANCE, larger than LEAST_CHANGE and, in the unit of the figure, than `least`.

    >>> [(c.at, round(c.after / c.before, 1)) for c in change_points([100, 101, 99, 100, 102, 150, 151, 149, 152, 150])]
    [(5, 1.5)]
    """
    from changeforest import Control, changeforest  # it brings matplotlib along, which takes a quarter of a second

    number = len(values)
    if number < 2 * LEAST_RUNS:
        return []
    logs = np.log(np.maximum(np.asarray(values, np.float64), max(least, 1e-4)))
    noise = float(np.median(np.abs(np.diff(logs)))) / (math.sqrt(2) * float(scipy.stats.norm.ppf(0.75)))
    scaled = np.round((logs - logs[0]) / max(noise, LEAST_NOISE), 6)  # ties are ties in any unit
    # Parts must be longer than this share; that both sides have LEAST_RUNS is seen to by the test.
    control = Control(
        minimal_relative_segment_length=(LEAST_RUNS - 1) / number, minimal_gain_to_split=3 * math.log(number)
    )
    found = sorted(changeforest(scaled.reshape(-1, 1), "change_in_mean", "bs", control).split_points())
    while found:
        tried = _tested(logs, found)
        weakest = max(tried, key=lambda it: (not _matters(it, least), it.p))
        if weakest.p < BY_CHANCE and _matters(weakest, least):
            return tried
        found.remove(weakest.at)
    return []


def _matters(it: ChangePoint, least: float) -> bool:
    return abs(it.after / it.before - 1) > LEAST_CHANGE and abs(it.after - it.before) > least


def _tested(logs: Floats, points: Sequence[int]) -> list[ChangePoint]:
    parts = [logs[a:b] for a, b in pairwise([0, *points, len(logs)])]
    return [
        ChangePoint(at, math.exp(before.mean()), math.exp(after.mean()), _p(before, after))
        for at, (before, after) in zip(points, pairwise(parts), strict=True)
    ]


def _p(before: Floats, after: Floats) -> float:
    if len(before) < LEAST_RUNS or len(after) < LEAST_RUNS:
        return 1.0
    parts = [(part.mean(), max(float(part.std(ddof=1)), LEAST_NOISE), len(part)) for part in (before, after)]
    return float(scipy.stats.ttest_ind_from_stats(*parts[0], *parts[1], equal_var=False).pvalue)
