"""Open arrivals on Locust: candidates come when the plan says, however slow the portal is.

Locust's own dispatcher keeps a number of users alive: it starts them in bursts once a second and replaces those that
finish, so a slow portal would slow the load down (a closed workload). Here the dispatcher starts nobody, and each
worker starts the users of its share of the plan itself, each at its absolute time. Who is late starts at once and is
counted as late, never dropped.
"""

import gc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

import gevent
from gevent.event import Event
from locust.dispatch import UsersDispatcher
from locust.env import Environment

from scenarios.arrival import Arrival
from scenarios.browser import Clock
from scenarios.catching_up import CatchingUp
from scenarios.run_clock import RunClock
from scenarios.visitor import CandidateUser, Rehearsal

LEAST_PAUSE_S = 0.0005
"""Due times closer than this are served together: the event loop's timers are not finer."""
LOOK_AGAIN_S = 0.25
"""How often it is looked whether the pace has changed, so that nobody is late by that."""
CATCHING_UP_PER_S = 40.0
"""At what rate visits that are under way when the load begins walk up to where they are: the portal must bear it."""
CATCHING_UP_MOST_S = 60.0
COLLECT_AFTER = 20_000
"""New objects after which Python's collector looks at them."""
NEVER = 1_000_000_000


class NoDispatch(UsersDispatcher):
    """Locust's dispatcher, but it starts and stops nobody: candidates come by the plan."""

    def __iter__(self) -> Iterator[dict[str, dict[str, int]]]:
        """Give one round of dispatch, in which no worker has anything to start or to stop."""
        return iter([{worker.id: {} for worker in self._worker_nodes}])

    def _prepare_rebalance(self) -> None:
        """Leave everybody where they are when a worker joins or leaves."""


class OpenArrivals:
    """Starts the users of one worker's share of the arrivals."""

    def __init__(self, environment: Environment, clock: RunClock) -> None:
        self._environment = environment
        self._clock = clock
        self._expected: list[tuple[float, int, Arrival]] = []
        """As a heap: the first one first."""
        self._numbers = count()
        self._one_more = Event()
        self._starting_expected = gevent.spawn(self._start_expected)
        self._stopped = False
        self.rehearsal: Rehearsal | None = None
        self.started = 0
        self.next_s = -inf
        """When the next visit is planned, in portal seconds: everybody before has been started."""

    def run(self, arrivals: Iterable[Arrival], *, end_s: float, most_s: float) -> bool:
        """Start everyone at their time, until portal second `end_s`, but at most until run second `most_s`.

        Say whether everybody has come.
        """
        for arrival in arrivals:
            self.next_s = arrival.planned_s
            self._clock.sleep_until(arrival.planned_s, least_s=LEAST_PAUSE_S, look_again_s=LOOK_AGAIN_S)
            if self._stopped or self._clock.pace.run_s(arrival.planned_s) >= most_s:
                return False
            self._start(arrival)
        self.next_s = end_s
        self._clock.sleep_until(end_s)
        return True

    def catch_up(self, arrivals: list[Arrival], begun: Event) -> list[Arrival]:
        """Have visits that are under way walk up to where they are; give those that are still inside then.

        They go on when `begun` is set. Those that take too long to get there are taken as they are.
        """
        there: list[Arrival] = []
        visits: list[gevent.Greenlet] = []
        for arrival in arrivals:
            lead_s = self._clock.portal_now_s() - arrival.planned_s
            clock = CatchingUp(self._clock, lead_s, begun, partial(there.append, arrival))
            visits.append(self._start(arrival, clock))
            gevent.sleep(1 / CATCHING_UP_PER_S)
        with gevent.Timeout(CATCHING_UP_MOST_S, False):
            while len(there) + sum(visit.dead for visit in visits) < len(visits):
                gevent.sleep(0.1)
        inside = [arrival for arrival, visit in zip(arrivals, visits, strict=True) if not visit.dead]
        self.started = len(inside)
        return inside

    def expect(self, arrival: Arrival) -> None:
        """Start one more at its time, whenever that is: one who comes back, or whom another process hands over."""
        heappush(self._expected, (arrival.planned_s, next(self._numbers), arrival))
        self._one_more.set()

    def _start_expected(self) -> None:
        while True:
            self._one_more.clear()
            left_s = self._clock.pace.run_s(self._expected[0][0]) - self._clock.now_s() if self._expected else inf
            if left_s > LEAST_PAUSE_S:
                self._one_more.wait(min(left_s, LOOK_AGAIN_S) if self._expected else None)
            else:
                self._start(heappop(self._expected)[2])

    def stop(self) -> None:
        """Let nobody come any more."""
        self._stopped = True
        self._starting_expected.kill()

    def _start(self, arrival: Arrival, visit_clock: Clock | None = None) -> gevent.Greenlet:
        user: Any = CandidateUser(self._environment)
        user.arrival = replace(arrival, due_s=self._clock.pace.run_s(arrival.planned_s))
        user.rehearsal = self.rehearsal
        user.visit_clock = visit_clock or self._clock
        self.started += arrival.planned
        started: gevent.Greenlet = user.start(self._environment.runner.user_greenlets)
        return started


def quiet_collector() -> None:
    """Keep Python's collector from stopping the event loop while the load runs.

    What exists by now stays for the whole run, so it need not be looked at again. What comes later dies by reference
    counting, so there is next to nothing to find: the collector looks often at the few objects that are new, which
    takes a millisecond or two, and never at the many of those who are inside.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, NEVER, NEVER)
