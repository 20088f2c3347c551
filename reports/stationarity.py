"""Whether a stretch of constant load is stationary, as the scenario claims, or waits grow while it lasts."""

from typing import NamedTuple

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_BATCHES = 20
"""Neighbouring seconds of a queue are alike, which a trend test takes for evidence; batches of them are less so."""
LEAST_SECONDS = 8


class Trend(NamedTuple):
    """Whether medians rise or fall over a stretch."""

    tau: float
    """Kendall's rank correlation of the medians with time, -1 to 1."""
    p: float
    """How often chance alone gives as much."""
    change: float
    """By what share of their median the medians change from start to end (Theil and Sen's slope)."""
    change_ms: float


def trend(at_s: Floats, latency_ms: Floats, from_s: float, to_s: float) -> Trend | None:
    """Look for a trend in the latencies of requests by when they were wanted; None for under LEAST_SECONDS of them.

    Mann's test (H. B. Mann, Econometrica 13, 1945) on medians of at most MOST_BATCHES batches of whole seconds.
    """
    inside = (at_s >= from_s) & (at_s < to_s)
    seconds = pl.DataFrame({"second": np.floor(at_s[inside] - from_s), "ms": latency_ms[inside]})
    medians = seconds.group_by("second").median().sort("second")["ms"].to_numpy()
    if len(medians) < LEAST_SECONDS:
        return None
    parts = np.array_split(medians, min(MOST_BATCHES, len(medians)))
    batches = np.array([np.median(part) for part in parts])
    if np.ptp(batches) == 0:
        return Trend(0.0, 1.0, 0.0, 0.0)
    steps = np.arange(len(batches))
    found = scipy.stats.kendalltau(steps, batches)
    change_ms = float(scipy.stats.theilslopes(batches, steps).slope) * (len(batches) - 1)
    middle_ms = float(np.median(batches))
    change = change_ms / middle_ms if middle_ms > 0 else 0.0
    return Trend(float(found.statistic), float(found.pvalue), change, change_ms)
