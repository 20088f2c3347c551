"""What a request costs a load generator: CPU of its processes, told apart from what it costs to start.

CPU s |            x  long run
      |       .
      |  x  short run         cost = start + marginal * requests, through both
      | .
      +---------------- requests
"""

import resource
from typing import NamedTuple


class Spent(NamedTuple):
    """What one run has cost: CPU seconds, user and system, of all its processes, and the requests that it sent."""

    requests: int
    cpu_s: float


class Cost(NamedTuple):
    """Cost of a load generator."""

    marginal_s: float
    """CPU seconds for each 1,000 requests more."""
    start_s: float
    """CPU seconds of a run without requests."""
    whole_s: float
    """CPU seconds for each 1,000 requests of the long run, its start included."""
    requests: int
    """Of the long run."""


def children_cpu_s() -> float:
    """Give the CPU seconds of all processes that this one, or one of them, has started and waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cost(short: Spent, long: Spent) -> Cost:
    """Tell start and marginal cost apart by two runs that differ in their length alone.

    >>> cost(Spent(1_000, 3.0), Spent(5_000, 5.0))
    Cost(marginal_s=0.5, start_s=2.5, whole_s=1.0, requests=5000)
    """
    marginal_s = (long.cpu_s - short.cpu_s) / (long.requests - short.requests)
    start_s = short.cpu_s - marginal_s * short.requests
    return Cost(1000 * marginal_s, start_s, 1000 * long.cpu_s / long.requests, long.requests)
