"""How well a percentile is known: its confidence interval, also for requests that wait together."""

import math
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
BLOCKS = 10
"""Blocks of time for the bootstrap: each must be longer than the portal remembers, and there must be enough to draw."""
NEIGHBOURS = 2
"""A block is replaced by one of at most so many blocks before or after it, or by itself."""
RESAMPLES = 1000
BINS = 2000


class Interval(NamedTuple):
    """A confidence interval, in the unit of the values; `high` is infinite where there are too few values for one."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Say whether a value lies in it, so that it cannot be told on which side of it the truth is."""
        return self.low <= value <= self.high


def percentile_interval(at_s: Floats, values: Floats, q: float) -> Interval | None:
    """Give the interval of the q-quantile: the wider end, on each side, of the two below. None without values."""
    if len(values) == 0:
        return None
    one, other = order_statistic_interval(values, q), local_block_interval(at_s, values, q)
    return Interval(min(one.low, other.low), max(one.high, other.high))


def order_statistic_interval(values: Floats, q: float, confidence: float = CONFIDENCE) -> Interval:
    """Give the exact interval of the q-quantile of independent values of any law, from two order statistics.

    The number of values below the quantile is binomial, whatever the law: so the ranks that hold it with the wanted
    probability are quantiles of that (W. J. Conover, Practical Nonparametric Statistics, 3.2). `values` in any order,
    at least one.
    """
    ordered, number = np.sort(values), len(values)
    tail = (1 - confidence) / 2
    below = int(scipy.stats.binom.ppf(tail, number, q))  # so many, at least, are below it
    above = int(scipy.stats.binom.ppf(1 - tail, number, q))
    low = float(ordered[below - 1]) if below >= 1 else -math.inf
    return Interval(low, float(ordered[above]) if above < number else math.inf)


def local_block_interval(
    at_s: Floats, values: Floats, q: float, confidence: float = CONFIDENCE, seed: int = 1
) -> Interval:
    """Give the interval of the q-quantile of values that depend on one another in time: a local block bootstrap.

    Requests of a queue wait for the same things, so a thousand of them know less than a thousand independent ones. The
    values, in order of `at_s`, are cut into BLOCKS blocks of equal number, and each block is replaced by one drawn from
    its neighbours: what neighbours have in common, as the opening minute against the gate before it, stays where it is
    (E. Paparoditis and D. N. Politis, "Local block bootstrap", C. R. Acad. Sci. Paris 335, 2002). `seed` makes it
    repeatable; quantiles of draws are exact to one part in BINS.

    It is too narrow where the portal remembers for longer than a block. The true 95th percentile of a single-server
    queue lay in it in 85 to 92 of 100 simulations at 50 % use and in 77 to 80 at 80 % use for 2,000 requests, and in 90
    at 80 % use for 10,000. In the interval for independent values it lay in 51, 22 and 21.
    """
    estimate = float(np.quantile(values, q))
    ordered = values[np.argsort(at_s, kind="stable")]
    blocks = min(BLOCKS, len(ordered))
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    bins = np.array(
        [np.bincount(np.searchsorted(edges, part), minlength=len(edges)) for part in np.array_split(ordered, blocks)]
    )
    drawn = np.arange(blocks) + np.random.default_rng(seed).integers(-NEIGHBOURS, NEIGHBOURS + 1, (RESAMPLES, blocks))
    drawn = np.abs(drawn)  # the first blocks have their neighbours behind them, the last ones before them
    drawn = np.where(drawn >= blocks, 2 * (blocks - 1) - drawn, drawn).clip(0, blocks - 1)
    weights = np.array([np.bincount(row, minlength=blocks) for row in drawn])
    sums = np.cumsum(weights @ bins, axis=1)
    found = edges[(sums >= q * sums[:, -1:]).argmax(axis=1)]
    tail = (1 - confidence) / 2
    # Drawn from so few blocks, the spread is too small: by n over n - 1 for the neighbours, by Student over Gauss.
    student = float(scipy.stats.t.ppf(1 - tail, max(1, blocks - 1)) / scipy.stats.norm.ppf(1 - tail))
    wider = student * math.sqrt((2 * NEIGHBOURS + 1) / (2 * NEIGHBOURS))
    low, high = (float(end) for end in np.quantile(found, [tail, 1 - tail]))
    return Interval(estimate - wider * max(0.0, estimate - low), estimate + wider * max(0.0, high - estimate))
