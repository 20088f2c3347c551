"""What one process plays of a run: it starts visits at their times, and records all that they do."""

import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event
from gevent.pool import Group
from locust.env import Environment

from fakes.candidates import FlawShares
from fakes.paper_bank import PaperBank
from scenarios import run_folder
from scenarios.arrival import Arrival
from scenarios.generator_health import GeneratorHealth
from scenarios.lateness import Lateness
from scenarios.live_figures import LiveFigures
from scenarios.open_arrivals import OpenArrivals
from scenarios.reach import Reach
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow, Schema, Table, VisitRow
from scenarios.scenario import Scenario
from scenarios.visit import Surroundings
from scenarios.visitor import Rehearsal

Submit = Callable[[Callable[[], None]], Any]
"""Carries work off the event loop."""


def to_a_thread(work: Callable[[], None]) -> None:
    """Carry work to a native thread: the event loop must not wait for a disk."""
    gevent.get_hub().threadpool.spawn(work)


class Player:
    """Starts visits on one Locust environment and keeps their tables, as worker number `worker`.

    `table` gives the table of a name. Who else has to know hears of each request, start and end of a visit, and of
    who will come back.
    """

    def __init__(
        self,
        environment: Environment,
        scenario: Scenario,
        clock: RunClock,
        worker: int,
        *,
        reach: Reach,
        bank: PaperBank,
        table: Callable[[str, Schema], Table],
        on_request: Callable[[RequestRow], None] = lambda _: None,
        on_start: Callable[[Arrival, float], None] = lambda *_: None,
        on_end: Callable[[VisitRow], None] = lambda _: None,
        on_return: Callable[[Arrival], None] = lambda _: None,
    ) -> None:
        self.arrivals = OpenArrivals(environment, clock)
        self.lateness = Lateness()
        self.live = LiveFigures(self.lateness)
        self._environment = environment
        self._clock = clock
        self._requests = table("requests", run_folder.REQUESTS)
        visits = table("visits", run_folder.VISITS)
        promises = table("promises", run_folder.PROMISES)  # also those of visits that catch up
        standings = table("standings", run_folder.STANDINGS)
        health = table("generator", run_folder.GENERATOR)
        self._tables = (self._requests, visits, promises, standings, health)
        self.health = GeneratorHealth(health, worker, clock, self.inside, self.lateness, gate=reach.gate)
        self._background = Group()
        self._on_request, self._on_start = on_request, on_start

        def record_visit(row: VisitRow) -> None:
            visits.add(row)
            on_end(row)

        def come_back(arrival: Arrival) -> None:
            self.arrivals.expect(arrival)
            on_return(arrival)

        self.arrivals.rehearsal = Rehearsal(
            worker=worker,
            seed=scenario.seed,
            portal=reach.portal,
            clock=clock,
            around=Surroundings(bank=bank, read_phone=reach.read_phone, pay=reach.pay),
            behaviour=scenario.behaviour,
            flaws=FlawShares(**scenario.flaw_shares),
            close_s=scenario.window.length_s,
            connect=reach.connect,
            missing_steps=reach.missing_steps,
            record_request=self._record_request,
            record_promise=promises.add,
            record_standing=standings.add,
            record_visit=record_visit,
            note_start=self._note_start,
            come_back=come_back,
        )

    @property
    def requests(self) -> int:
        """How many requests of the load have ended."""
        return self._requests.count

    def inside(self) -> int:
        """Give how many visits are under way."""
        return len(self._environment.runner.user_greenlets)

    def catch_up(self, earlier: list[Arrival]) -> list[Arrival]:
        """Bring visits that are under way when the load begins to where they are; give those that are not over."""
        if not earlier:
            return []
        begun = Event()
        inside = self.arrivals.catch_up(earlier, begun)
        self._background.spawn(self._release, begun)
        return inside

    def watch_itself(self) -> None:
        """Record this process' health from now on."""
        self._background.spawn(self.health.run)

    def stop(self) -> None:
        """Let nobody come any more."""
        self.arrivals.stop()

    def flush(self, submit: Submit) -> None:
        """Keep what has gathered in the tables."""
        for table in self._tables:
            table.flush(submit)

    def close(self) -> None:
        """Keep all that is not kept yet."""
        self._background.kill()
        for table in self._tables:
            table.close()

    def _record_request(self, row: RequestRow) -> None:
        if row.sent_s >= 0:  # what was sent to catch up is not part of the load
            self._requests.add(row)
            self.live.answered(row)
            self._on_request(row)

    def _note_start(self, arrival: Arrival, started_s: float) -> None:
        if arrival.planned and arrival.due_s >= 0:
            at_true_rate = self._clock.pace.piece_at(arrival.due_s).speed == 1
            self.lateness.add(started_s - arrival.due_s, at_true_rate=at_true_rate)
        self._on_start(arrival, started_s)

    def _release(self, begun: Event) -> None:
        while self._clock.now_s() < 0:
            gevent.sleep(min(0.05, -self._clock.now_s()))
        begun.set()


def not_begun() -> float:
    """Give where run second 0 is until it is known, as Unix time: tomorrow."""
    return time.time() + 86_400.0
