"""Did the load come as planned? Started arrivals against planned ones: their rate, their gaps, and what delays them.

The plan is fixed before the run, drawn from the demand model as a Poisson process whose rate changes. A started
arrival is its planned one and its lateness, so nothing here is held against the demand model, only against this plan: a
check against the model would call one in a hundred perfect runs faulty, and always those of the same seeds.

    planned   |  |    ||   |  |   |    |  ||  |
    stalled   |  |    |           ||||||| ||  |     too few, then too many, and gaps that no Poisson process has
"""

import warnings
from typing import NamedTuple

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOOK_EVERY_S = 0.1
LEAST_PLANNED = 100
"""A second with fewer planned arrivals than this is judged as if it had so many: one of three is no share."""
BLOCK = 200
"""Arrivals of which the gaps are compared at a time: over more, a stall would drown; of fewer, little could be said."""
LEAST_ARRIVALS = 50
"""With fewer arrivals nothing is said about gaps or correlations."""
SAME_MOMENT_S = 0.001
"""Gaps below this are one moment to any portal, and finer than one process can start arrivals."""
GAPS_P = 0.002
"""A block whose gaps are less likely than this does not follow the plan. A sound run's are nearly its plan's: of 28,800
simulated blocks, with lateness of 6 ms at up to 300 arrivals a second, none came below 0.0027."""


def rate_deviations(due_s: Floats, started_s: Floats, from_s: float, to_s: float) -> Floats:
    """Give by what share the started arrivals of each second deviate from the planned ones.

    Seconds begin every LOOK_EVERY_S, so that none is split by chance; empty for a stretch under a second. Any order.

    >>> late = np.arange(0.005, 4, 0.01)
    >>> float(rate_deviations(late, np.where((late > 1) & (late < 2), 2.0, late), 0.0, 4.0).max().round(2))
    1.0
    """
    parts = int((to_s - from_s) / LOOK_EVERY_S + 1e-9)
    in_a_second = round(1 / LOOK_EVERY_S)
    if parts < in_a_second:
        return np.empty(0)
    edges = from_s + LOOK_EVERY_S * np.arange(parts + 1)
    planned, started = (_by_second(np.histogram(at_s, edges)[0], in_a_second) for at_s in (due_s, started_s))
    deviations: Floats = np.abs(started - planned) / np.maximum(planned, LEAST_PLANNED)
    return deviations


def _by_second(counts: NDArray[np.int64], in_a_second: int) -> NDArray[np.int64]:
    sums = np.concatenate([[0], np.cumsum(counts)])
    found: NDArray[np.int64] = sums[in_a_second:] - sums[:-in_a_second]
    return found


class Block(NamedTuple):
    """So many arrivals one after the other, when they begin, and how likely it is that their gaps follow the plan."""

    from_s: float
    arrivals: int
    p: float
    """Of the two-sample Anderson-Darling test; at least 0.001, where its table ends."""

    @property
    def follows(self) -> bool:
        """Whether started gaps could be of the law of the planned ones."""
        return self.p > GAPS_P


def gap_blocks(due_s: Floats, started_s: Floats) -> list[Block]:
    """Compare the gaps between started arrivals with those between planned ones, BLOCK arrivals at a time.

    Two-sample Anderson-Darling (F. W. Scholz and M. A. Stephens, JASA 82, 1987): both samples have the plan's rate,
    whatever it is in this block, so no rate has to be estimated. They are not independent: on a sound run they are
    nearly the same, so it accuses less often than its level says. Gaps below SAME_MOMENT_S count as that. Empty for
    fewer than LEAST_ARRIVALS. The entries of both arrays belong together, in any order.
    """
    if len(due_s) < LEAST_ARRIVALS:
        return []
    order = np.argsort(due_s, kind="stable")
    found = []
    for block in np.array_split(order, max(1, len(order) // BLOCK)):
        planned, started = (np.maximum(np.diff(np.sort(at_s[block])), SAME_MOMENT_S) for at_s in (due_s, started_s))
        found.append(Block(float(due_s[block[0]]), len(block), _of_one_law(planned, started)))
    return found


def _of_one_law(one: Floats, other: Floats) -> float:
    """Give how likely two samples of one law would differ so much; at least 0.001."""
    if np.ptp(np.concatenate([one, other])) == 0:
        return 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it says where its table ends
        return float(scipy.stats.anderson_ksamp([one, other], variant="midrank").pvalue)


class Correlation(NamedTuple):
    """Spearman's rank correlation, -1 to 1, how often chance alone gives as much, and how many pairs it is of."""

    rho: float
    p: float
    pairs: int

    def is_at_least(self, rho: float, p: float) -> bool:
        """Say whether it is so large and not by chance."""
        return self.rho >= rho and self.p <= p


def rank_correlation(one: Floats, other: Floats) -> Correlation:
    """Give Spearman's correlation of two arrays of pairs; 0 where one of them never changes, or under 5 pairs."""
    if len(one) < 5 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return Correlation(0.0, 1.0, len(one))
    found = scipy.stats.spearmanr(one, other)
    return Correlation(float(found.statistic), float(found.pvalue), len(one))


def persistence(due_s: Floats, late_s: Floats) -> Correlation:
    """Correlate the lateness of each arrival with that of the next: a stall delays many in a row."""
    late = late_s[np.argsort(due_s, kind="stable")]
    return rank_correlation(late[:-1], late[1:])


class Coupling(NamedTuple):
    """How a generator's lateness goes with the slowness of the portal, by seconds."""

    correlation: Correlation
    later_ms: float
    """Mean lateness in the slower half of the seconds over that in the quicker half."""


def coupling(due_s: Floats, late_s: Floats, sent_s: Floats, latency_s: Floats) -> Coupling:
    """Correlate lateness with latency, second by second: a generator that waits for a slow portal omits its worst.

    Lateness is the mean of the arrivals due in a second, latency the mean of the requests sent in it. Seconds without
    either are left out.
    """
    late = pl.DataFrame({"second": np.floor(due_s), "late": late_s}).group_by("second").mean()
    slow = pl.DataFrame({"second": np.floor(sent_s), "latency": latency_s}).group_by("second").mean()
    both = late.join(slow, on="second").sort("latency", "second")
    if both.height < 5:
        return Coupling(Correlation(0.0, 1.0, both.height), 0.0)
    half = both.height // 2
    seconds = both["late"].to_numpy()
    later_ms = 1000 * float(seconds[-half:].mean() - seconds[:half].mean())
    return Coupling(rank_correlation(seconds, both["latency"].to_numpy()), later_ms)
