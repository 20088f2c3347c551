"""From which figure on a check of the measurement warns, and from which on it makes the run void; with the reasons.

A void run says nothing of the portal. A warning says that something is not as it should be and may colour the figures.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from reports.books import LATE_MS
from reports.machine import BUSY_SHARE

Standing = Literal["pass", "warn", "void", "not measured", "not claimed"]


class Limit(NamedTuple):
    """A check warns above `warn` and is void above `void`; None: it never does."""

    warn: float | None
    void: float | None
    why: str


BY_CHANCE = 0.01
"""A correlation or a trend that chance alone would give more often than this is none."""
NOTABLE_LATE_MS = 10.0
"""Lateness below this, at the 99th percentile, colours no latency that anybody acts on, whatever it goes with."""
NOTABLE_RHO = 0.5
"""A generator that shares its cores with the portal is a little late in busy seconds; this much is more than that."""
NOTABLE_MS = 10.0
"""A trend that changes waits by less than this is felt by nobody."""
SAMPLING_ERRORS = 3.0
"""Two counts of the same are apart when they differ by more than so many standard errors of sampling …"""
NOTABLE_INSIDE = 0.5
"""… and by more than so many candidates."""

LIMITS: Mapping[str, Limit] = {
    "lateness": Limit(
        LATE_MS / 2,
        LATE_MS,
        "ms at the 99th percentile; 50 ms is a tenth of what a person notices, and it is in no latency",
    ),
    "achieved_rate": Limit(
        0.05,
        0.10,
        "share of a second's arrivals, at the 99th percentile of all seconds; a queue near its limit answers a tenth "
        "more load with twice the wait",
    ),
    "gaps": Limit(
        0.0,
        0.05,
        "share of arrivals whose gaps are not those of the plan; what touches less than 5 % of them cannot be the "
        "reason for a 95th percentile",
    ),
    "persistence": Limit(
        0.2,
        None,
        "Spearman's correlation; it only says why arrivals are late: whether they are too late says `lateness`",
    ),
    "coordinated_omission": Limit(
        NOTABLE_LATE_MS,
        LATE_MS,
        "ms by which arrivals are later in slow seconds; the load then spares the portal just when it is slow, so "
        "latencies come out too good; the bounds are those of lateness",
    ),
    "stationarity": Limit(
        0.25,
        None,
        "change of the median over the stretch; the load is sound, but its figures hold for that length alone",
    ),
    "percentile": Limit(
        None, None, "ms to the objective's limit: within the interval nobody can say on which side the truth is"
    ),
    "generator_cpu": Limit(
        0.7,
        BUSY_SHARE,
        "share of a core at the 95th percentile of the seconds; from 90 % on, work queues within the generator",
    ),
    "loop_lag": Limit(
        LATE_MS,
        5 * LATE_MS,
        "ms at the 95th percentile of each second's worst; answers are noted so late at most, and every latency has it",
    ),
    "other_work": Limit(
        0.1,
        None,
        "share of all cores, in one of 20 stretches of 5 s; a portal that has a tenth of its cores less is a tenth "
        "slower, and waits far more where it is near its limit; the load is sound all the same, so it is never void",
    ),
    "open_files": Limit(
        0.8, 0.95, "share of what the process may have open; at the limit, connections fail in the generator"
    ),
    "workers": Limit(
        2.5,
        5.0,
        "seconds without a sample, which come once a second; a worker that is silent starts nobody, or nobody knows",
    ),
    "lost_workers": Limit(
        0.0,
        0.05,
        "share of all visits that broke off with a worker; what touches less than 5 % of them cannot be the reason for "
        "a 95th percentile, and a load that was to end with its worker says nothing",
    ),
    "littles_law": Limit(
        0.05,
        0.10,
        "share by which two counts of those inside differ; 5 % is more than sampling once a second explains, 10 % of "
        "the visits are as many as an objective on failures allows to lose",
    ),
    "rate_ceiling": Limit(
        0.0,
        0.01,
        "share of all requests that waited for the ceiling of a target file; one in a hundred moves the 99th "
        "percentile, and what it then measures is the ceiling",
    ),
    "clock_steps": Limit(
        LATE_MS,
        10 * LATE_MS,
        "ms that the wall clock jumped within a second; the portal's time and the sampler's axis hang on it, latencies "
        "and arrivals do not",
    ),
}


def standing(name: str, figure: float, *, notable: bool = True) -> Standing:
    """Give the standing of a check's figure; what is not notable passes, however large.

    >>> standing("lateness", 20.0), standing("lateness", 30.0), standing("lateness", 60.0)
    ('pass', 'warn', 'void')
    """
    limit = LIMITS[name]
    if notable and limit.void is not None and figure > limit.void:
        return "void"
    return "warn" if notable and limit.warn is not None and figure > limit.warn else "pass"
