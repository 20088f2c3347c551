"""By what figures of two set-ups differ, in runs with the same arrivals, and how well that is known.

Both runs are cut into the same blocks of time, and the same blocks are drawn of both. What the blocks have in common in
both runs, such as a minute with many arrivals, falls away; what is left is the effect, and what chance made of it.

    block         1     2     3    …           ratio of B to A, of all draws
    A            ▁▂    ▅█    ▃▄    …   ─►            ▂▅█▅▂
    B            ▁▃    ▆█    ▄▄    …            1.02   1.08   1.14
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.percentile_interval import CONFIDENCE, RESAMPLES
from reports.sensitivity import AS_WORK_DOES, Sensitivity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCKS = 20
"""Of time, each longer than the portal remembers at moderate use; docs/compare.md says what more and fewer do."""
BINS = 200
AROUND = 0.2
"""So far to each side of a quantile, as a share of the values, its draws are looked for."""
LEAST = 1e-4
"""Figures are compared by their ratio, and 0 has none: smaller ones count as this. In ms it is nothing."""
RUN_NOISE = 0.01
"""All work of a run takes longer or shorter by this than in another of the same set-up, as machines do."""
WORK_BY_CPU = 2.5
"""Where the load generator, whose work is the same, needs 1 % more CPU a request, the portal's work takes so many per
cent longer: 1.8 to 3.5 by resource, in the runs of docs/compare.md."""

Standing = Literal["worse", "better", "same", "unclear"]


class Figure(Protocol):
    """A figure of one run that can be taken again with its blocks weighted."""

    @property
    def value(self) -> float:
        """The figure of the run as it was."""

    @property
    def sensitivity(self) -> Sensitivity:
        """By how much it grows where work takes longer."""

    def drawn(self, weights: Floats) -> Floats:
        """Give the figure for each row of weights, a column a block."""


@dataclass(frozen=True)
class Quantile:
    """A quantile of values: in how many of each bin (of which `edges` are the upper ends) each block has."""

    value: float
    q: float
    edges: Floats
    counts: Floats
    """A row a block, a column a bin."""
    sensitivity: Sensitivity = AS_WORK_DOES

    @classmethod
    def of(
        cls, values: Floats, block: Ints, q: float, blocks: int, sensitivity: Sensitivity = AS_WORK_DOES
    ) -> "Quantile":
        """Give the q-quantile of values, at least one, each of which lies in a block."""
        shares = np.linspace(max(0.0, q - AROUND), min(1.0, q + AROUND), BINS + 1)
        edges = np.unique(np.quantile(values, shares))
        bins = np.minimum(np.searchsorted(edges, values), len(edges) - 1)
        counts = np.bincount(block * len(edges) + bins, minlength=blocks * len(edges)).reshape(blocks, len(edges))
        return cls(float(np.quantile(values, q)), q, edges, counts.astype(np.float64), sensitivity)

    def drawn(self, weights: Floats) -> Floats:
        """Give the quantile for each row of weights, exact to one part in BINS."""
        sums = np.cumsum(weights @ self.counts, axis=1)
        found: Floats = self.edges[(sums >= self.q * sums[:, -1:]).argmax(axis=1)]
        return found


@dataclass(frozen=True)
class Share:
    """A sum over another, such as waiting over uses; both by block."""

    tops: Floats
    bottoms: Floats
    sensitivity: Sensitivity = AS_WORK_DOES

    @property
    def value(self) -> float:
        """The whole of it; 0 where there is nothing to divide by."""
        bottom = float(self.bottoms.sum())
        return float(self.tops.sum()) / bottom if bottom else 0.0

    def drawn(self, weights: Floats) -> Floats:
        """Give the share for each row of weights."""
        bottoms = weights @ self.bottoms
        found: Floats = np.divide(weights @ self.tops, bottoms, out=np.zeros(len(weights)), where=bottoms > 0)
        return found


@dataclass(frozen=True)
class Measured:
    """One figure in all runs of both set-ups.

    `noise` is what runs of the same set-up differ by besides what their blocks show, as standard deviation of the
    logarithm. `least` is a difference, in the unit of the figure, that nobody minds, whatever its ratio. `absolute`:
    the effect is a difference, as of shares, which may well be 0; else it is a ratio.
    """

    baseline: Sequence[Figure]
    other: Sequence[Figure]
    noise: float = RUN_NOISE
    least: float = 0.0
    absolute: bool = False

    def scaled(self, value: Floats | float) -> Floats:
        """Give values on the scale on which they are compared."""
        return np.asarray(value, np.float64) if self.absolute else np.log(np.maximum(value, LEAST))

    def point(self, runs: Sequence[Figure]) -> float:
        """Give the figure of a set-up: the mean of its runs, on that scale."""
        return float(np.mean([self.scaled(run.value) for run in runs]))

    def draws(self, weights: Floats) -> Floats:
        """Give the effect on that scale for each row of weights."""
        base, other = (
            np.mean([self.scaled(run.drawn(weights)) for run in runs], axis=0) for runs in (self.baseline, self.other)
        )
        found: Floats = other - base
        return found


@dataclass(frozen=True)
class Effect:
    """What became of one figure. Below 1 (or 0, for `absolute`) it fell: for waits and failures that is better."""

    baseline: float
    other: float
    effect: float
    """Ratio of other to baseline; for `absolute` the difference."""
    low: float
    high: float
    """Of its interval; all intervals that were asked for together hold the truth together, at 95 %."""
    standing: Standing
    absolute: bool


def effects(
    measured: Mapping[str, Measured],
    blocks: int,
    limit: float,
    confidence: float = CONFIDENCE,
    seed: int = 1,
) -> dict[str, Effect]:
    """Give the effect on every figure, with intervals that hold together.

    The spread of an effect is that of its draws from the blocks (a block bootstrap of all runs at once), and what runs
    of the same set-up differ by besides (their `noise`). The intervals reach as many spreads to each side as the
    largest of all figures does in `confidence` of the draws (the max-t method: J. P. Romano and M. Wolf, Econometrica
    73, 2005), and more for so few blocks, by Student's law.

    A figure is worse or better where its whole interval lies on one side of no change, and the effect itself is past
    `limit` (0.05: 5 %; for `absolute`: past `least`), so that what is real but small is no difference. It is the same
    where the whole interval lies within the limit. Else it is unclear: it may be the same, it may not.
    """
    if not measured:
        return {}
    weights = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLES).astype(np.float64)
    small = blocks / (blocks - 1)  # variances of draws from so few blocks are too small
    points = {name: it.point(it.other) - it.point(it.baseline) for name, it in measured.items()}
    draws = np.array([it.draws(weights) - points[name] for name, it in measured.items()])
    variances = small * draws.var(axis=1, ddof=1)
    between = np.array(
        [0.0 if it.absolute else it.noise**2 * (1 / len(it.baseline) + 1 / len(it.other)) for it in measured.values()]
    )
    spreads = np.sqrt(variances)
    known = np.divide(draws, spreads[:, None], out=np.zeros_like(draws), where=spreads[:, None] > 0)
    gauss = float(np.quantile(np.abs(known).max(axis=0), confidence)) if known.any() else 0.0
    gauss = max(gauss, float(scipy.stats.norm.ppf((1 + confidence) / 2)))
    reach = float(scipy.stats.t.isf(scipy.stats.norm.sf(gauss), blocks - 1))
    # What a whole run differs by moves all its figures alike: one chance to be wrong, however many figures there are.
    alone = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    reaches = np.sqrt(reach**2 * variances + alone**2 * between)
    return {
        name: _effect(it, points[name], float(far), limit)
        for (name, it), far in zip(measured.items(), reaches, strict=True)
    }


def _effect(it: Measured, point: float, far: float, limit: float) -> Effect:
    base, other = it.point(it.baseline), it.point(it.other)
    if it.absolute:
        margin = it.least
        return Effect(base, other, point, point - far, point + far, _standing(point, far, margin, margin), True)
    base, other = math.exp(base), math.exp(other)
    up = math.log1p(max(limit, it.least / base))
    down = max(math.log1p(limit), -math.log(max(1e-9, 1 - it.least / base)))
    effect, low, high = (math.exp(it) for it in (point, point - far, point + far))
    return Effect(base, other, effect, low, high, _standing(point, far, up, down), False)


def _standing(point: float, far: float, up: float, down: float) -> Standing:
    if point > up and point - far > 0:
        return "worse"
    if point < -down and point + far < 0:
        return "better"
    return "same" if -down <= point - far and point + far <= up else "unclear"
