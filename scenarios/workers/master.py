"""The master: it conducts a run that workers play, and keeps what they observe in the run folder."""

import logging
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
import polars as pl
from gevent.pool import Group
from locust.env import Environment

from scenarios import run_folder
from scenarios.arrival import Arrival
from scenarios.conductor import HEAD_START_S, Conductor
from scenarios.generator import Tell, arrivals_of, stop_locust
from scenarios.generator_processes import WhenLost, WorkersError, check_steady
from scenarios.lateness import Lateness
from scenarios.live_figures import LiveFigures
from scenarios.loopback import check_loopback
from scenarios.pace import Pace
from scenarios.pids import note_pids
from scenarios.player import not_begun
from scenarios.run_clock import RunClock
from scenarios.run_folder import VisitRow, kept_in, table_in
from scenarios.target import Target
from scenarios.target_watch import watch
from scenarios.workers.crew import Crew
from scenarios.workers.dealer import Dealer
from scenarios.workers.messages import (
    Account,
    Begin,
    Cannot,
    ClockAsked,
    ClockTold,
    Deal,
    End,
    EndAsked,
    FromWorker,
    Part,
    Ready,
    ShareAsked,
    ShareTold,
)
from scenarios.workers.shares import Shares, check_shares

logger = logging.getLogger(__name__)

AHEAD_S = 10.0
"""How long before they are due arrivals are dealt: nobody is late by a master that is busy for some seconds."""
LOOK_S = 0.1
SOON_S = 2.0
"""At the start: whoever joins within this of the first one takes a part from the beginning."""
READY_MOST_S = 390.0
"""Papers, and visits that are under way when the load begins."""
LAST_ACCOUNT_MOST_S = 15.0


@dataclass
class _Hired:
    """A worker with a part."""

    number: int
    client_id: str
    host: str = ""
    ready: bool = False
    heard_s: float = 0.0
    """The run second of its last account."""
    requests: int = 0
    inside: int = 0
    health: dict[str, Any] | None = None
    is_done: bool = False
    is_lost: bool = False


class Master:
    """Conducts one run of a crew. Addresses and target as for the generator of one process."""

    def __init__(
        self,
        environment: Environment,
        crew: Crew,
        run: Path,
        when_lost: WhenLost,
        provider_address: str = "",
        control_address: str = "",
        tell: Tell | None = None,
        target: Target | None = None,
    ) -> None:
        self._addresses = str(environment.host), provider_address
        if target is None:
            for address in self._addresses:
                check_loopback(address)
        self._target = target
        self._shares = None if target is None else Shares(target.most_requests_per_s)
        self._environment = environment
        self._crew = crew
        self._run = run
        self._when_lost = when_lost
        self._tell: Tell = tell or (lambda *_, **__: None)
        self._conductor = Conductor(run, control_address)
        self._scenario = self._conductor.scenario
        self._clock = RunClock(not_begun(), Pace.steady(self._scenario.start_s, self._scenario.speed), gevent.sleep)
        planned = self._conductor.planned()
        self._planned = len(planned)
        self._dealer = Dealer(arrivals_of(planned))
        self._hired: dict[str, _Hired] = {}
        self._keep = kept_in(run)
        self._lost_visits = table_in(run, "visits", run_folder.VISITS, "master")
        self._lateness = Lateness()
        self._live = LiveFigures(self._lateness)
        self._started = 0
        self._over_before: list[tuple[int, int]] = []
        self._why_not: str | None = None
        self._background = Group()
        self._has_begun = False
        self._over = False
        self._stopped_s: float | None = None

    def play(self) -> None:
        """Have the whole load played; Locust's runner stops when it is over. Raises WorkersError."""
        scenario, clock = self._scenario, self._clock
        check_steady(scenario)
        for name in ("requests", "visits", "promises", "standings", "generator"):
            (self._run / name).mkdir(exist_ok=True)
        self._crew.on_said = self._hear
        self._conductor.hold_clock(scenario.start_s)
        if self._target is not None:
            self._background.spawn(watch, self._target, self._end_because)
        self._hire_first()
        self._wait_until_ready()
        over = pl.DataFrame(self._over_before, schema={"candidate": pl.UInt32, "visit": pl.UInt16}, orient="row")
        self._planned = len(self._conductor.without(over))
        clock.begin_at(time.time() + HEAD_START_S)
        for worker in self._hired.values():
            self._crew.tell(worker.client_id, Begin(clock.started_unix_s))
        self._has_begun = True
        self._conductor.begin(clock)
        self._background.spawn(self._report_progress)
        self._deal_until_the_end()
        stop_locust(self._environment)

    def stop(self) -> None:
        """End the load at all workers, and take their last accounts. May be called before the load began."""
        if not self._has_begun or self._stopped_s is not None:
            return
        self._stopped_s = max(0.0, self._clock.now_s())
        for worker in self._present():
            self._crew.tell(worker.client_id, End())
        with gevent.Timeout(LAST_ACCOUNT_MOST_S, False):
            while any(not worker.is_done and self._crew.is_there(worker.client_id) for worker in self._present()):
                gevent.sleep(LOOK_S)
        self._wait_until_nobody_sends()

    def finish(self) -> None:
        """Record how the load ended. May be called before the load began."""
        self._crew.on_said = lambda *_: None
        self._background.kill()
        if not self._has_begun:
            return
        assert self._stopped_s is not None  # Locust says that it stops before it has stopped
        for worker in self._present():
            if not worker.is_done:
                self._lose(worker)
        planned_s = self._dealer.planned_s
        next_s = self._scenario.end_s if planned_s is None else planned_s
        self._conductor.end(self._clock, self._stopped_s, next_s, over=self._over)
        self._lost_visits.close()
        self._has_begun = False

    def _present(self) -> list[_Hired]:
        return [worker for worker in self._hired.values() if not worker.is_lost]

    def _hire_first(self) -> None:
        """Hire all workers that are there, each with its share of the visits that are under way."""
        until_s = time.monotonic() + SOON_S
        newcomers: list[str] = []
        while time.monotonic() < until_s or not newcomers:
            newcomers += self._crew.newcomers()
            gevent.sleep(LOOK_S)
            if time.monotonic() > until_s + READY_MOST_S:
                raise WorkersError("no worker has joined")
        newcomers = list(dict.fromkeys(newcomers))
        if self._target is not None:
            check_shares(len(newcomers), self._target.most_requests_per_s)
        for client_id in newcomers:
            self._join(self._number(client_id))
        shares = self._dealer.deal(self._scenario.start_s)
        if shares:
            self._tell("catching_up", visits=sum(map(len, shares.values())))
        for worker in self._hired.values():
            self._give_part(worker, shares.get(worker.number, []))

    def _wait_until_nobody_sends(self) -> None:
        """Wait until those of whom there is no last account have no share of the ceiling any more."""
        if self._shares is None:
            return
        for worker in self._present():
            if not worker.is_done:
                self._shares.leave(worker.number)
        while not self._shares.all_let_go(time.monotonic()):
            gevent.sleep(LOOK_S)

    def _end_because(self, why: str) -> None:
        """End the load before its time."""
        if "interrupted_because" not in self._conductor.about["load"]:
            self._conductor.note_load(interrupted_because=why)
            self._tell(why)
            stop_locust(self._environment)

    def _number(self, client_id: str) -> int:
        self._hired[client_id] = worker = _Hired(len(self._hired), client_id)
        return worker.number

    def _has_room(self) -> bool:
        """Say whether one worker more gets a share of the ceiling, if there is one."""
        return self._shares is None or len(self._present()) < self._shares.most

    def _join(self, number: int) -> None:
        self._dealer.join(number)
        if self._shares is not None:
            self._shares.join(number)

    def _give_part(self, worker: _Hired, under_way: list[Arrival]) -> None:
        part = Part(worker.number, self._conductor.about, *self._addresses, under_way)
        self._crew.tell(worker.client_id, part)

    def _wait_until_ready(self) -> None:
        with gevent.Timeout(READY_MOST_S, WorkersError("a worker was not ready in time")):
            while not all(worker.ready for worker in self._hired.values()):
                gevent.sleep(LOOK_S)
                if self._why_not:
                    raise WorkersError(self._why_not)
                for worker in self._hired.values():
                    if not self._crew.is_there(worker.client_id):
                        raise WorkersError(f"worker {worker.number} was lost before the load began")

    def _deal_until_the_end(self) -> None:
        clock, scenario = self._clock, self._scenario
        while self._stopped_s is None and self._present() and clock.now_s() < scenario.length_s:
            for worker in self._present():
                if not self._crew.is_there(worker.client_id):
                    self._lose(worker)
                    if self._when_lost == "void":
                        return
            for client_id in self._crew.newcomers():
                if client_id not in self._hired and self._has_room():
                    self._number(client_id)
                    self._give_part(self._hired[client_id], [])
            ahead_s = clock.pace.portal_s(clock.now_s() + AHEAD_S)
            by_number = {worker.number: worker for worker in self._hired.values()}
            for number, arrivals in self._dealer.deal(min(ahead_s, scenario.end_s)).items():
                self._crew.tell(by_number[number].client_id, Deal(arrivals))
            gevent.sleep(LOOK_S)
        self._over = self._stopped_s is None and bool(self._present())

    def _lose(self, worker: _Hired) -> None:
        """Enter into the books that a worker is lost, and with it the visits that were under way there."""
        worker.is_lost, worker.inside = True, 0
        self._crew.dismiss(worker.client_id)
        if self._shares is not None:
            self._shares.leave(worker.number)
        if not worker.ready:
            return
        now_s, portal_s = self._clock.now_s(), self._clock.portal_now_s()
        loss = self._dealer.lose(worker.number, portal_s)
        for arrival, started_s in loss.broken_off:
            who = (worker.number, arrival.candidate, arrival.visit, arrival.purpose, arrival.planned)
            due_s = self._clock.pace.run_s(arrival.planned_s)
            self._lost_visits.add(VisitRow(*who, due_s, started_s, worker.heard_s, "lost", "", "worker_lost"))
        self._lost_visits.flush()
        overdue_s = [now_s - self._clock.pace.run_s(it.planned_s) for it in loss.handed_on if it.planned_s < portal_s]
        self._conductor.about.setdefault("lost_workers", []).append(
            {
                "worker": worker.number,
                "host": worker.host,
                "heard_s": round(worker.heard_s, 3),
                "missed_s": round(now_s, 3),
                "broken_off": len(loss.broken_off),
                "handed_on": len(loss.handed_on) if self._when_lost == "hand-on" and self._stopped_s is None else 0,
                "overdue": len(overdue_s),
                "overdue_most_s": round(max(overdue_s, default=0.0), 3),
                "then": self._when_lost,
            }
        )
        self._conductor.write()
        self._tell("worker_lost", worker=worker.number, at_s=round(now_s, 1))

    def _hear(self, client_id: str, said: FromWorker) -> None:
        worker = self._hired.get(client_id)
        if worker is None or worker.is_lost:
            return  # dismissed: who it started since has been handed on
        match said:
            case ClockAsked(asked_s):
                self._crew.tell(client_id, ClockTold(asked_s, time.time()))
            case ShareAsked(asked_s, by_asked_s) if self._shares is not None and self._stopped_s is None:
                most = self._shares.tell(worker.number, asked_s, by_asked_s, time.monotonic())
                self._crew.tell(client_id, ShareTold(asked_s, most))
            case EndAsked(why):
                self._end_because(why)
            case Cannot(why):
                self._why_not = f"worker {worker.number} cannot play: {why}"
                if self._has_begun:  # it comes late: the others play on without it
                    logger.warning("%s", self._why_not)
                    self._lose(worker)
            case Ready() as ready:
                self._take_in(worker, ready)
            case Account() as account:
                self._take(worker, account)

    def _take_in(self, worker: _Hired, ready: Ready) -> None:
        worker.ready, worker.host = True, ready.host
        joined_s = round(max(0.0, self._clock.now_s()), 3) if self._has_begun else 0.0
        self._conductor.about.setdefault("workers", []).append(
            {
                "worker": worker.number,
                "host": ready.host,
                "joined_s": joined_s,
                "clock_offset_ms": round(ready.clock_offset_ms, 3),
                "clock_uncertain_ms": round(ready.clock_uncertain_ms, 3),
            }
        )
        if ready.host == socket.gethostname():
            note_pids(self._run, {f"generator-{worker.number}": ready.pid})
        if self._has_begun:
            self._join(worker.number)
            self._crew.tell(worker.client_id, Begin(self._clock.started_unix_s))
            self._conductor.write()
        else:
            self._over_before += ready.account.over
        self._take(worker, ready.account)

    def _take(self, worker: _Hired, account: Account) -> None:
        for part, content in account.parts.items():
            self._keep(part, content)
        dealer, number = self._dealer, worker.number
        dealer.returning(number, account.returning)
        for visit, started_s in account.begun:
            arrival = dealer.begin(number, visit, started_s)
            self._started += arrival.planned
            due_s = self._clock.pace.run_s(arrival.planned_s)
            if arrival.planned and due_s >= 0:
                self._lateness.add(started_s - due_s)
        dealer.over(number, account.over)
        self._live.add(account.waits_s)
        worker.heard_s = max(0.0, self._clock.now_s()) if self._has_begun else 0.0
        worker.requests, worker.inside, worker.health = account.requests, account.inside, account.health
        worker.is_done = account.is_last

    def _report_progress(self) -> None:
        while True:
            gevent.sleep(0.5)
            now_s = self._clock.now_s()
            requests = sum(worker.requests for worker in self._hired.values())
            known = [worker.health for worker in self._present() if worker.health]
            self._tell(
                "load",
                at_s=round(now_s, 1),
                planned=self._planned,
                started=self._started - len(self._over_before),
                inside=sum(worker.inside for worker in self._present()),
                requests=requests,
                portal_time=self._conductor.portal_time(self._clock),
                speed=self._scenario.speed,
                ceiling_per_s=None,
                left_s=round(self._clock.pace.run_s(self._scenario.end_s) - now_s, 1),
                **self._live.now(now_s, requests),
                generator=max(known, key=lambda health: health["cpu_share"], default=None),
            )
