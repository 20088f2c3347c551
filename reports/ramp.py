"""The curve of goodput over rising loads: its knee, and the Universal Scalability Law through it."""

from collections.abc import Sequence
from math import isfinite

import msgspec
import numpy as np

from reports.scalability import fit_scalability, knee
from reports.trial_figures import TrialFigures

LIGHT_SHARE = 0.1
"""Of the load: nobody waits, so that held time is service demand alone."""


class Ramp(msgspec.Struct, frozen=True):
    """Goodput at rising shares of the load, its knee, and the Universal Scalability Law through it."""

    load_shares: tuple[float, ...]
    goodput_per_s: tuple[float, ...]
    knee_share: float | None
    peak_share: float | None = None
    """Where the law has its peak; None where it has none, or could not be fitted."""
    contention: float | None = None
    contention_error: float | None = None
    coherency: float | None = None
    coherency_error: float | None = None


def goodput_curve(ramp: Sequence[TrialFigures]) -> Ramp:
    """Give the curve through trials of the portal as it is, by rising share of the load; the first is at light load."""
    shares = tuple(it.load_share for it in ramp)
    goodput = tuple(it.goodput_per_s for it in ramp)
    load = np.array(shares) / LIGHT_SHARE  # the law counts in units of the smallest load
    bend = knee(load, np.array(goodput))
    knee_share = None if bend is None else bend * LIGHT_SHARE
    try:
        law = fit_scalability(load, np.array(goodput))
    except ValueError:  # nothing came in time, or no fit was found
        return Ramp(shares, goodput, knee_share)
    return Ramp(
        shares,
        goodput,
        knee_share,
        peak_share=law.peak_load * LIGHT_SHARE if isfinite(law.peak_load) else None,
        contention=law.contention,
        contention_error=law.contention_error if isfinite(law.contention_error) else None,
        coherency=law.coherency,
        coherency_error=law.coherency_error if isfinite(law.coherency_error) else None,
    )
