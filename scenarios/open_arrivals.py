"""Open arrivals on Locust: candidates come when the plan says, however slow the portal is.

Locust's own dispatcher keeps a number of users alive: it starts them in bursts once a second and replaces those that
finish, so a slow portal would slow the load down (a closed workload). Here the dispatcher starts nobody, and each
worker starts the users of its share of the plan itself, each at its absolute time. Who is late starts at once and is
counted as late, never dropped.
"""

import gc
import select
from collections.abc import Iterable, Iterator
from typing import Any

import gevent
from gevent import monkey
from gevent.pool import Group
from geventhttpclient.connectionpool import ConnectionPool
from locust.dispatch import UsersDispatcher
from locust.env import Environment

from scenarios.run_clock import RunClock
from scenarios.visitor import Arrival, CandidateUser, Rehearsal

LEAST_PAUSE_S = 0.0005
"""Due times closer than this are served together: the event loop's timers are not finer."""


class NoDispatch(UsersDispatcher):
    """Locust's dispatcher, but it starts and stops nobody: candidates come by the plan."""

    def __iter__(self) -> Iterator[dict[str, dict[str, int]]]:
        """Give one round of dispatch, in which no worker has anything to start or to stop."""
        return iter([{worker.id: {} for worker in self._worker_nodes}])


class OpenArrivals:
    """Starts the users of one worker's share of the arrivals."""

    def __init__(self, environment: Environment, clock: RunClock) -> None:
        self._environment = environment
        self._clock = clock
        self._returning = Group()
        self.rehearsal: Rehearsal | None = None
        self.started = 0

    def run(self, arrivals: Iterable[Arrival], end_s: float) -> None:
        """Start everyone at their time, until the load ends at `end_s`."""
        poll_for_liveness()
        quiet_collector()
        for arrival in arrivals:
            self._sleep_until(arrival.due_s)
            self._start(arrival)
        self._sleep_until(end_s)

    def come_back(self, arrival: Arrival) -> None:
        """Have a candidate who gave up come back later."""
        self._returning.add(gevent.spawn_later(arrival.due_s - self._clock.now_s(), self._start, arrival))

    def stop(self) -> None:
        """Let nobody come any more."""
        self._returning.kill()

    def _start(self, arrival: Arrival) -> None:
        user: Any = CandidateUser(self._environment)
        user.arrival = arrival
        user.rehearsal = self.rehearsal
        self.started += arrival.planned
        user.start(self._environment.runner.user_greenlets)

    def _sleep_until(self, due_s: float) -> None:
        while (left_s := due_s - self._clock.now_s()) > LEAST_PAUSE_S:
            gevent.sleep(left_s)


def poll_for_liveness() -> None:
    """Have geventhttpclient look for dead connections with poll.

    It uses select, which fails above 1,024 open files, so there every connection would be taken for dead and opened
    anew, and the portal would pay for connections that browsers keep.
    """
    poll = monkey.get_original("select", "poll")

    def is_alive(_: ConnectionPool, sock: Any) -> bool:
        if sock is None or sock.fileno() < 0:
            return False
        poller = poll()
        poller.register(sock.fileno(), select.POLLIN)
        return not poller.poll(0)  # readable while idle: the portal has closed it

    ConnectionPool._is_socket_alive = is_alive


def quiet_collector() -> None:
    """Keep Python's collector from stopping the event loop while the load runs: it caused most of the lateness.

    What exists by now stays for the whole run, so it need not be looked at again; what comes later dies by reference
    counting, all but few cycles, so rare collections are enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)
