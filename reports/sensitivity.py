"""By how much a latency grows where work takes longer: what a whole run differs by when its machine is slower.

of a request: ▒▒▒▒▒▒▒▒ ████████ ░░░░░░░░░    where the machine's work takes 1 % longer, its own work does too,
              waits    work     outside      waits grow by more, the nearer to saturation, and outside services do not
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_USE = 0.95
"""Of a resource; beyond it there is no equilibrium, and waits are as sensitive as there."""
NEAR = 0.05
"""Requests whose rank is as near to a quantile, as a share of all, are as slow as it."""


class Sensitivity(NamedTuple):
    """By how many per cent a figure grows where work takes one per cent longer."""

    to_all: float = 1.0
    """All work, that of outside services too."""
    to_ours: float = 1.0
    """What the machine does itself."""


AS_WORK_DOES = Sensitivity()


class Growth(NamedTuple):
    """The same for waiting alone, in the queues before all resources and before those of the machine."""

    of_all: float = 1.0
    of_ours: float = 1.0


def wait_growth(utilisation: float, servers: float = 1.0) -> float:
    """Give by how many per cent waits grow where all work takes one per cent longer.

    A queue of c servers is waited for S u^(sqrt(2 (c + 1)) - 1) / (c (1 - u)) for a service time S and a utilisation u
    (H. Sakasegawa, Annals of the Institute of Statistical Mathematics 29, 1977); u grows with S, and the logarithmic
    derivative is taken. From MOST_USE on it stays.

    >>> round(wait_growth(0.8, 4), 2)
    7.16
    """
    use = min(utilisation, MOST_USE)
    return math.sqrt(2 * (servers + 1)) + use / (1 - use)


def at_quantile(
    latency_ms: Floats, waited_ms: Floats, outside_ms: Floats, waited_outside_ms: Floats, q: float, growth: Growth
) -> Sensitivity:
    """Give the sensitivity of the q-quantile of latencies.

    `waited_ms` is what of each was waiting for the machine's own resources, `outside_ms` what an outside service took,
    of which `waited_outside_ms` was waiting for it. A quantile moves by what the requests that are as slow as it move
    by, in the mean (L. J. Hong, "Estimating quantile sensitivities", Operations Research 57, 2009).

    >>> work, outside = np.full(9, 10.0), np.full(9, 90.0)
    >>> sensitivity = at_quantile(work + outside, 0 * work, outside, 0 * work, 0.5, Growth())
    >>> round(sensitivity.to_all, 3), round(sensitivity.to_ours, 3)
    (1.0, 0.1)
    """
    order = np.argsort(latency_ms)
    ranks = len(order) - 1
    near = order[math.floor(max(0.0, q - NEAR) * ranks) : math.ceil(min(1.0, q + NEAR) * ranks) + 1]
    latency, waited, outside, waited_outside = (
        float(it[near].sum()) for it in (latency_ms, waited_ms, outside_ms, waited_outside_ms)
    )
    if latency <= 0:
        return AS_WORK_DOES
    to_all = 1 + (waited + waited_outside) * (growth.of_all - 1) / latency
    to_ours = max(0.0, latency - outside - waited + waited * growth.of_ours) / latency
    return Sensitivity(to_all, to_ours)
