"""The suspect: which capacity the candidates waited for, as far as one run can tell.

A resource that is most waited for need not be the one that is short. Worker slots and database connections fill up
while the requests that hold them wait for something further in, so the wait is followed inwards, from holder to held.
Only an experiment that changes one capacity can prove a bottleneck; what is found here is "suspected".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from reports.facts import Facts
from reports.machine import BUSY_SHARE, Processes
from reports.resources import Counters, Use, Window
from reports.server_timing import Timings

NOTABLE_SHARE = 0.10
"""Less waiting than this share of the stay, or of a use, is what any busy system shows."""
NOTABLE_S = 0.010
"""Less waiting than this a request is felt by nobody, whatever its share."""
UTILISED = 0.80
"""From here on queues grow fast; a resource is close to its limit."""
MOSTLY = 0.50
INSIDE = 0.99
"""Share of common uses in which the inner one must fit into the holding of the outer one."""
OVERLAPPING = 0.05
"""Share of common uses in which both cannot have come one after the other: there must be some, to tell apart a resource
held within another from one used after it."""
SINCE_WAIT_S = 1.0
SHORTEST_WINDOW_S = 5.0


@dataclass(frozen=True)
class Lag:
    """What the latency of answered pages was made of, in seconds summed over all of them."""

    pages: int
    latency_s: float
    stay_s: float
    waited_s: float

    @property
    def elsewhere_s(self) -> float:
        """Outside the measured stay: accept queue, event loop, network, uploads, the generator itself."""
        return max(0.0, self.latency_s - self.stay_s)

    @property
    def served_s(self) -> float:
        """In the server and not waiting for any resource."""
        return max(0.0, self.stay_s - self.waited_s)

    def is_notable(self, part_s: float, whole_s: float) -> bool:
        """Say whether a part is both a notable share of the whole and long enough to be felt."""
        return self.pages > 0 and part_s > NOTABLE_SHARE * whole_s and part_s > NOTABLE_S * self.pages


@dataclass(frozen=True)
class Suspect:
    """The capacity that is suspected, with the figures that speak against it."""

    resource: str
    """A resource's name, or `server_cpu` or `event_loop`."""
    path: tuple[str, ...]
    """From the resource most waited for to the suspect; one name where they are the same, none for CPU."""
    blamed: tuple[float, ...]
    """For each step of the path: the share of the outer one's held time that went to the inner one."""
    window_s: Window
    """The seconds in which nearly all of the waiting came, for which the figures below hold."""
    waiting_share: float | None = None
    """Share of all waiting in the load that is for the suspect itself, 0 to 1."""
    symptom_share: float = 0.0
    """Share of all waiting that is for the resources before it on the path."""
    utilisation: float | None = None
    capacity: float | None = None
    queue_max: float | None = None
    is_waited_for: bool = True
    """False: it is only close to its limit, and named in good time."""
    since_s: float | None = None
    """The first second in which requests waited over a second each on this path."""
    cpu: tuple[tuple[str, float], ...] = ()
    """Cores that each process used, when CPU is suspected."""


def read_lag(timings: Timings) -> Lag:
    """Add up what the latency of the answered pages was made of."""
    pages, latency, stay, waited = (timings.total(c) for c in ("pages", "latency", "stay", "waited"))
    return Lag(int(pages), latency, stay, waited)


def find_suspect(
    timings: Timings, counters: Counters, processes: Processes, table: list[Use], facts: Facts
) -> Suspect | None:
    """Give the suspect, or None where nothing is notably waited for and no resource is close to its limit."""
    length_s = facts.load.length_s
    lag = read_lag(timings)
    elsewhere = lag.elsewhere_s
    if elsewhere > lag.waited_s and lag.is_notable(elsewhere, lag.latency_s):
        window = _window(timings, pl.col("latency") - pl.col("stay"), length_s)
        if suspect := _short_cpu(processes, window, facts.portal.server_workers):
            return suspect
    if lag.is_notable(lag.waited_s, lag.stay_s):
        window = _window(timings, pl.col("waited"), length_s)
        start = max(timings.resources, key=lambda r: timings.total(f"wait:{r}"))
        path, blamed = follow(start, timings.resources, _blamed_share(timings, counters, window))
        return _suspect(path, blamed, window, timings, counters, table)
    busiest = max((u for u in table if u.utilisation is not None), key=lambda u: u.utilisation or 0, default=None)
    if busiest is not None and (busiest.utilisation or 0) > UTILISED:
        suspect = _suspect((busiest.resource,), (), (0.0, length_s), timings, counters, table)
        return replace(suspect, is_waited_for=False, since_s=None)
    return None


def follow(
    start: str, resources: tuple[str, ...], blamed_share: Callable[[str, str], float]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Follow the wait inwards from `start`; give the path, and the share that led to each of its steps.

    `blamed_share(outer, inner)` is the share of the outer's held time that goes to an inner one that is short, else 0.

    >>> follow("slots", ("slots", "sms"), lambda outer, inner: 0.8 if (outer, inner) == ("slots", "sms") else 0.0)
    (('slots', 'sms'), (0.8,))
    """
    path, blamed = [start], list[float]()
    while True:
        shares = {r: blamed_share(path[-1], r) for r in resources if r not in path}
        inner = max(shares, key=lambda r: shares[r], default=None)
        if inner is None or shares[inner] <= MOSTLY:
            return tuple(path), tuple(blamed)
        path.append(inner)
        blamed.append(shares[inner])


def _blamed_share(timings: Timings, counters: Counters, window: Window) -> Callable[[str, str], float]:
    def share(outer: str, inner: str) -> float:
        held = timings.total(f"held:{outer}", window)
        if held <= 0 or not is_nested(timings, outer, inner) or not _is_short(timings, counters, inner, window):
            return 0.0
        return timings.total(f"inner:{outer}:{inner}", window) / held

    return share


def is_nested(timings: Timings, outer: str, inner: str) -> bool:
    """Say whether `inner` is waited for and held while `outer` is held.

    Where a request used both, the inner one must nearly always fit into the holding of the outer one, and at least now
    and then both must be too long to have come one after the other: for the request's whole stay, or, where both are
    nested in what requests enter first, for its holding. Where neither shows, they are taken for not nested.
    """
    both = timings.total(f"both:{outer}:{inner}")
    if both == 0 or timings.total(f"sticks_out:{outer}:{inner}") > (1 - INSIDE) * both:
        return False
    if timings.total(f"overlap:{outer}:{inner}") >= OVERLAPPING * both:
        return True
    first = timings.first
    return (
        first not in (None, outer, inner)
        and timings.total(f"overlap_in_first:{outer}:{inner}") >= OVERLAPPING * both
        and is_nested(timings, str(first), outer)
        and is_nested(timings, str(first), inner)
    )


def _is_short(timings: Timings, counters: Counters, resource: str, window: Window) -> bool:
    """Say whether a resource is waited for, and either close to its limit or waited for longer than held.

    The second covers what has many units of which only one is wanted, such as the row of one province, and portals
    without counters. What is never waited for is not short, however busy its holders keep it.
    """
    wait, held = (timings.total(f"{kind}:{resource}", window) for kind in ("wait", "held"))
    if wait <= NOTABLE_SHARE * (wait + held):
        return False
    return wait > held or (counters.utilisation(resource, window) or 0.0) > UTILISED


def _window(timings: Timings, amount: pl.Expr, length_s: float) -> Window:
    """Give the seconds from which 5 % of an amount lie before and 5 % behind, at least SHORTEST_WINDOW_S long."""
    rows = timings.seconds.select("second", amount.clip(0).cum_sum().alias("sum"))
    whole = rows["sum"][-1]
    middle = rows.filter(pl.col("sum").is_between(0.05 * whole, 0.95 * whole))["second"]
    first, last = (middle[0], middle[-1] + 1) if len(middle) else (0, length_s)
    spare = max(0.0, SHORTEST_WINDOW_S - (last - first)) / 2
    return max(0.0, float(first - spare)), min(length_s, float(last + spare))


def _suspect(
    path: tuple[str, ...],
    blamed: tuple[float, ...],
    window: Window,
    timings: Timings,
    counters: Counters,
    table: list[Use],
) -> Suspect:
    shares: Mapping[str, float] = {u.resource: u.share or 0.0 for u in table}
    suspect = path[-1]
    return Suspect(
        resource=suspect,
        path=path,
        blamed=blamed,
        window_s=window,
        waiting_share=shares[suspect] if timings.resources else None,
        symptom_share=sum(shares[r] for r in path[:-1]),
        utilisation=counters.utilisation(suspect, window),
        capacity=counters.capacity(suspect),
        queue_max=counters.queue_max(suspect),
        since_s=_since(path, timings),
    )


def _since(path: tuple[str, ...], timings: Timings) -> float | None:
    known = [r for r in path if r in timings.resources]
    if not known:
        return None
    waited = pl.sum_horizontal(f"wait:{r}" for r in known) / pl.col(f"used:{known[0]}")
    seconds = timings.seconds.filter(waited > SINCE_WAIT_S)["second"]
    return float(seconds[0]) if len(seconds) else None


def _short_cpu(processes: Processes, window: Window, server_workers: int) -> Suspect | None:
    """Suspect the machine's cores when all are busy, else the event loops that fill the core that each can use.

    A process of the run folder may stand for several workers, each with an event loop of its own.
    """
    cores = processes.mean_cores(window)
    cpu = tuple(sorted(cores.items(), key=lambda item: -item[1]))
    if processes.core_count and sum(cores.values()) > BUSY_SHARE * processes.core_count:
        share = min(1.0, sum(cores.values()) / processes.core_count)
        return Suspect("server_cpu", (), (), window, utilisation=share, capacity=processes.core_count, cpu=cpu)
    servers = [used for name, used in cpu if name.startswith("server")]
    loops = max(1, server_workers // max(1, len(servers)))
    share = max(servers, default=0.0) / loops
    if share <= BUSY_SHARE:
        return None
    return Suspect("event_loop", (), (), window, utilisation=min(1.0, share), capacity=1.0, cpu=cpu)
