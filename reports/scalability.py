"""How throughput grows with load, and where it stops: the Universal Scalability Law, and the knee of a measured curve.

    C(N) = λ·N / (1 + σ·(N - 1) + κ·N·(N - 1))

    throughput │      ▄▄▀▀▀▀▄▄▄▄        λ: throughput of one         σ: contention, a share that must queue
               │   ▄▀▀  ▲       ▀▀▀▄    κ: coherency, what each costs each other: with it, more load gives less
               │ ▄▀     knee
               └──────────────────────► N

N. J. Gunther, Guerrilla Capacity Planning (2007), chapters 4 to 6. N is whatever there is more and more of: candidates
inside, processes, or, for a portal under open load, the offered rate over a unit of it.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_POINTS = 4
"""One more than there are parameters; standard errors of a perfect fit would be none."""
LEAST_BEND = 0.05
"""A curve that rises above the straight line between its ends by less than this share has no knee."""


@dataclass(frozen=True)
class Scalability:
    """The law's parameters, and the standard error of each. `rate` is in the unit of the throughput."""

    rate: float
    contention: float
    coherency: float
    rate_error: float
    contention_error: float
    coherency_error: float

    def throughput(self, load: Floats) -> Floats:
        """Give the throughput by the law at loads."""
        return law(load, self.rate, self.contention, self.coherency)

    @property
    def peak_load(self) -> float:
        """The load with the most throughput, √((1 - σ) / κ); infinite where more load never gives less."""
        if self.coherency <= 0:
            return math.inf
        return math.sqrt(max(0.0, 1 - self.contention) / self.coherency)

    @property
    def most(self) -> float:
        """The most throughput there is: at the peak, or the limit λ / σ that it comes close to, if there is one."""
        if math.isfinite(self.peak_load):
            return float(self.throughput(np.array([self.peak_load]))[0])
        return self.rate / self.contention if self.contention > 0 else math.inf


def law(load: Floats, rate: float, contention: float, coherency: float) -> Floats:
    """Give the throughput at loads, in the unit of `rate`.

    >>> law(np.array([1.0, 11.0]), 100.0, 0.1, 0.0).tolist()
    [100.0, 550.0]
    """
    found: Floats = rate * load / (1 + contention * (load - 1) + coherency * load * (load - 1))
    return found


def fit_scalability(load: Floats, throughput: Floats) -> Scalability:
    """Fit the law to measured throughputs at different loads, by least squares, no parameter below 0.

    Loads are 1 and more: give them in units of the smallest that makes sense. Standard errors come from the fit's
    curvature, so they mean little for a parameter at its bound 0. Some loads should be past the knee: below it, σ and κ
    can hardly be told apart, and their errors say so. Raises ValueError for under LEAST_POINTS different loads, a
    load under 1, a throughput not above 0, or where no fit is found.
    """
    if len(load) != len(throughput) or len(np.unique(load)) < LEAST_POINTS:
        raise ValueError(f"{len(np.unique(load))} different loads: a fit takes {LEAST_POINTS} at least")
    if load.min() < 1 or not (np.isfinite(throughput).all() and throughput.min() > 0):
        raise ValueError("loads must be 1 or more, and throughputs above 0")
    one = float((throughput / load).max())
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", scipy.optimize.OptimizeWarning
        )  # errors are then infinite, and say so themselves
        try:
            found, covariance = scipy.optimize.curve_fit(
                law, load, throughput, p0=(one, 0.01, 0.0001), bounds=(0.0, np.inf), x_scale=(one, 0.01, 0.0001)
            )
        except RuntimeError as error:
            raise ValueError(f"no fit was found: {error}") from error
    return Scalability(*map(float, found), *map(float, np.sqrt(np.diag(covariance))))


def knee(load: Floats, goodput: Floats) -> float | None:
    """Give the load at the knee of a curve that rises and then flattens or falls; None where it has none.

    It is the measured point that lies highest above the straight line from the first point to the level of the highest
    one at the last load, both axes scaled to 1 (V. Satopää and others, "Finding a kneedle in a haystack", 2011): from
    there on more load gains less than on average. `load` in any order. Raises ValueError for under 3 different loads.
    """
    order = np.argsort(load, kind="stable")
    x, y = load[order], goodput[order]
    if len(np.unique(x)) < 3:
        raise ValueError(f"{len(np.unique(x))} different loads: a knee takes 3 at least")
    height = float(y.max() - y[0])
    if height <= 0:
        return None
    above = (y - y[0]) / height - (x - x[0]) / (x[-1] - x[0])
    highest = int(above.argmax())
    return float(x[highest]) if above[highest] > LEAST_BEND else None
