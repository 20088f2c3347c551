"""How exactly arrivals come, from the times at which a server saw them."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]

SLOT_S = 0.1


def late_of_plan_ms(came_s: Floats, planned_s: Floats) -> Floats:
    """Give how late each of the arrivals of a plan came, the first for the first; both in seconds of one clock.

    >>> late_of_plan_ms(np.array([2.003, 1.001]), np.array([1.0, 2.0])).round(3)
    array([1., 3.])
    """
    return 1000 * (np.sort(came_s) - np.sort(planned_s))


def late_of_grid_ms(came_s: Floats) -> Floats:
    """Give how late each arrival came of an even grid that is nowhere written down: the one that fits best.

    Of the grids of which nobody is early it is the one with the least lateness in sum: whatever lies between a load
    generator and the server makes arrivals late, not early. A rate that is wrong throughout is no lateness, so hold the
    rate beside it.

    >>> late_of_grid_ms(np.array([5.0, 6.0, 7.5, 8.0])).round(3)
    array([  0.,   0., 500.,   0.])
    """
    came_s = np.sort(came_s) - np.min(came_s)
    number = np.arange(len(came_s))

    def late_s(gap_s: float) -> Floats:
        late: Floats = came_s - gap_s * number
        late -= late.min()
        return late

    gap_s = came_s[-1] / number[-1]
    best = minimize_scalar(lambda gap_s: late_s(gap_s).mean(), bounds=(0, 3 * gap_s), options={"xatol": 1e-12 * gap_s})
    late_ms: Floats = 1000 * late_s(best.x)
    return late_ms


def rate_per_s(came_s: Floats) -> float:
    """Give the rate of arrivals, from the first to the last.

    >>> rate_per_s(np.array([5.0, 5.5, 6.0]))
    2.0
    """
    return float((len(came_s) - 1) / np.ptp(came_s))


def dispersion(came_s: Floats) -> float:
    """Give variance over mean of the arrivals in each tenth of a second; the last, which is not whole, is left out.

    Even arrivals have 0, arrivals by chance (Poisson) 1, bursts more.
    """
    slots = np.floor((came_s - np.min(came_s)) / SLOT_S).astype(int)
    counts = np.bincount(slots)[:-1]
    return float(np.var(counts) / np.mean(counts))
