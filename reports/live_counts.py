"""Counts that only ever grow, as histograms of the text format for metrics are made of."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

LATENCY_BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)
"""Upper bounds of the latency histograms; 2 s is the objective that presets have for their pages."""
LATENESS_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of `late_counts` in the run folder; 25 ms warns, 50 ms makes a run void."""


class Histogram:
    """How many values were at most each bound, and how many more; and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts: NDArray[np.int64] = np.zeros(len(bounds) + 1, dtype=np.int64)
        self.sum = 0.0

    def add(self, values: pl.Series) -> None:
        """Count values.

        >>> it = Histogram([1.0, 2.0])
        >>> it.add(pl.Series([0.5, 1.0, 1.5, 9.0]))
        >>> it.buckets(), it.sum
        ([('1.0', 2.0), ('2.0', 3.0), ('+Inf', 4.0)], 12.0)
        """
        numbers = values.to_numpy()
        self.counts += np.bincount(np.searchsorted(self.bounds, numbers), minlength=len(self.counts))
        self.sum += float(numbers.sum())

    def buckets(self) -> list[tuple[str, float]]:
        """Give the counts up to each bound, as Prometheus wants them."""
        names = [*(str(bound) for bound in self.bounds), "+Inf"]
        return list(zip(names, self.counts.cumsum().astype(float).tolist(), strict=True))

    def quantile(self, q: float) -> float | None:
        """Give the q-quantile, linear within its bucket; above the last bound it is that bound. None without values.

        >>> it = Histogram([1.0, 2.0])
        >>> it.add(pl.Series([0.5, 0.5, 1.5, 1.5]))
        >>> it.quantile(0.75), it.quantile(0.5)
        (1.5, 1.0)
        """
        total = int(self.counts.sum())
        if total == 0:
            return None
        reached = self.counts.cumsum()
        bucket = int(np.searchsorted(reached, q * total))
        if bucket == len(self.bounds):
            return self.bounds[-1]
        low = self.bounds[bucket - 1] if bucket else 0.0
        below = int(reached[bucket - 1]) if bucket else 0
        return low + (self.bounds[bucket] - low) * (q * total - below) / int(self.counts[bucket])
