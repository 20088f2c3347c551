"""A worker: it plays what the master deals, and gives an account of it every second."""

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import msgspec
from gevent.event import AsyncResult
from gevent.lock import RLock
from gevent.pool import Group
from locust.env import Environment
from locust.runners import WorkerRunner

from fakes.paper_bank import PaperBank
from scenarios.arrival import Arrival
from scenarios.loopback import TargetRefusedError
from scenarios.machine import VERSION
from scenarios.open_arrivals import quiet_collector
from scenarios.pace import Pace
from scenarios.player import Player, not_begun
from scenarios.rate_ceiling import Gate
from scenarios.reach import Reach, stack_reach
from scenarios.run_clock import RunClock
from scenarios.run_folder import Schema, Table
from scenarios.scenario import Scenario
from scenarios.target import TargetError, load_target
from scenarios.target_reach import target_reach
from scenarios.target_watch import watch
from scenarios.workers.clock_offset import Offset, Probe, clock_offset
from scenarios.workers.messages import (
    NAME,
    Account,
    Begin,
    Cannot,
    ClockAsked,
    ClockTold,
    Deal,
    End,
    EndAsked,
    Joined,
    Part,
    Ready,
    Said,
    ShareAsked,
    ShareTold,
    heard_by_worker,
    say,
)
from scenarios.workers.shares import ASK_S, LEASE_S

logger = logging.getLogger(__name__)

ACCOUNT_S = 1.0
JOIN_AGAIN_S = 1.0
PROBES = 8
PROBE_MOST_S = 2.0


class Worker:
    """Plays its part of any run that its master conducts, one after the other.

    Load for a target goes where its own `target_file` allows it, whatever the master says: secrets and permissions do
    not travel.
    """

    def __init__(self, environment: Environment, target_file: Path | None) -> None:
        assert isinstance(environment.runner, WorkerRunner)
        self._target_file = target_file
        self._environment = environment
        self._runner: WorkerRunner = environment.runner
        self._offset = Offset(0.0, 0.0)
        self._clock_told: AsyncResult[ClockTold] = AsyncResult()
        self._playing: _Playing | None = None
        self._share: _Share | None = None
        self._on_target = Group()
        self._telling = RLock()  # the last account comes last
        self._runner.register_message(NAME, self._hear)
        gevent.spawn(self._join)

    def stop(self) -> None:
        """Let nobody come any more: Locust begins to stop the users."""
        if self._playing:
            self._playing.player.stop()

    def finish(self) -> None:
        """Give the last account; Locust has stopped all users by now."""
        self._on_target.kill(block=False)  # one may be the one that has found why to end
        if self._playing:
            playing, self._playing = self._playing, None
            with self._telling:
                self._say(playing.last_account())

    def _join(self) -> None:
        while True:
            if self._playing is None:
                self._say(Joined())
            gevent.sleep(JOIN_AGAIN_S)

    def _say(self, said: Said) -> None:
        say(self._runner, said)

    def _hear(self, environment: Environment, msg: Any) -> None:
        match heard_by_worker(msg):
            case Part() as part if self._playing is None:
                gevent.spawn(self._take_part, part)
            case ClockTold() as told:
                self._clock_told.set(told)
            case ShareTold(asked_s, most) if self._share:
                self._share.take(asked_s, most)
            case Begin(started_unix_s) if self._playing:
                self._playing.begin(started_unix_s - self._offset.known_s)
                gevent.spawn(self._give_accounts, self._playing)
            case Deal(arrivals) if self._playing:
                for arrival in arrivals:
                    self._playing.player.arrivals.expect(arrival)
            case End():
                gevent.spawn(environment.runner.stop)

    def _take_part(self, part: Part) -> None:
        try:
            theirs = part.about["rehearse_version"]
            if theirs != VERSION:
                raise ValueError(f"it has rehearse {VERSION}, and the master {theirs}: install the same")
            self._environment.host = part.portal_address
            reach = self._reach(part)
            self._playing = playing = _Playing(self._environment, part, reach)
            self._offset = clock_offset(self._probe() for _ in range(PROBES))
            account = playing.catch_up(part.under_way)
        except (ValueError, OSError, TargetRefusedError, msgspec.ValidationError, gevent.Timeout) as error:
            self._playing = None
            self._on_target.kill()
            logger.error("cannot play: %s", error)
            self._say(Cannot(f"{socket.gethostname()}: {error}"))
            return
        offset_ms, uncertain_ms = 1000 * self._offset.offset_s, 1000 * self._offset.uncertain_s
        self._say(Ready(account, socket.gethostname(), os.getpid(), offset_ms, uncertain_ms))

    def _reach(self, part: Part) -> Reach:
        of_run = part.about.get("target")
        if of_run is None:
            return stack_reach(part.portal_address, part.provider_address)
        if self._target_file is None:
            raise TargetError(f"it has no target file for {of_run['base_url']}: start it with --target")
        target = load_target(self._target_file)
        if target.base_url != of_run["base_url"]:
            raise TargetError(f"its target file is for {target.base_url}, the run is for {of_run['base_url']}")
        dealt_per_s = of_run["most_requests_per_s"]
        if target.most_requests_per_s < dealt_per_s:
            own = f"{target.most_requests_per_s:g} requests a second"
            raise TargetError(f"its target file allows {own}, and the master deals out {dealt_per_s:g}")
        shared = msgspec.structs.replace(target, most_requests_per_s=dealt_per_s)
        reach = target_reach(shared, of_run["addresses"], is_shared=True)
        assert reach.gate is not None  # targets have one
        self._share = _Share(reach.gate)
        self._on_target.spawn(watch, target, self._ask_for_the_end)
        self._on_target.spawn(self._ask_for_shares, self._share)
        return reach

    def _ask_for_shares(self, share: "_Share") -> None:
        while True:
            self._say(share.ask())
            gevent.sleep(ASK_S)

    def _ask_for_the_end(self, why: str) -> None:
        self._say(EndAsked(why))
        gevent.spawn(self._environment.runner.stop)  # at once, should the master not hear

    def _probe(self) -> Probe:
        self._clock_told = AsyncResult()
        self._say(ClockAsked(time.time()))
        told = self._clock_told.get(timeout=PROBE_MOST_S)
        return Probe(told.asked_s, told.there_s, time.time())

    def _give_accounts(self, playing: "_Playing") -> None:
        while self._playing is playing:
            gevent.sleep(ACCOUNT_S)
            with self._telling:
                if self._playing is playing:
                    self._say(playing.account())


class _Share:
    """What a worker may send of a target's ceiling, by the newest that it has been told."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._by_asked_s = gate.now_s()  # answers of a run before are of no use

    def ask(self) -> ShareAsked:
        return ShareAsked(self._gate.now_s(), self._by_asked_s)

    def take(self, asked_s: float, most: int) -> None:
        if asked_s > self._by_asked_s:
            self._by_asked_s = asked_s
            self._gate.grant(most, asked_s + LEASE_S)


class _Playing:
    """One part while it is played, and what there is to tell of it."""

    def __init__(self, environment: Environment, part: Part, reach: Reach) -> None:
        scenario = msgspec.convert(part.about["scenario"], Scenario)
        self._clock = RunClock(not_begun(), Pace.steady(scenario.start_s, scenario.speed), gevent.sleep)
        self._parts: dict[str, bytes] = {}
        self._happened = _Happened()

        def table(name: str, schema: Schema) -> Table:
            return Table(self._parts.__setitem__, name, schema, str(part.worker))

        def on_return(arrival: Arrival) -> None:
            self._happened.returning.append(arrival)

        self.player = Player(
            environment,
            scenario,
            self._clock,
            part.worker,
            reach=reach,
            bank=_papers(part.about, scenario.seed),
            table=table,
            on_start=lambda arrival, at_s: self._happened.begun.append(((arrival.candidate, arrival.visit), at_s)),
            on_end=lambda row: self._happened.over.append((row.candidate, row.visit)),
            on_return=on_return,
        )
        quiet_collector()

    def catch_up(self, under_way: list[Arrival]) -> Account:
        """Walk visits up to where they are when the load begins; tell which were over by then."""
        inside = {(it.candidate, it.visit) for it in self.player.catch_up(under_way)}
        self._happened.over += [visit for it in under_way if (visit := (it.candidate, it.visit)) not in inside]
        return self.account()

    def begin(self, started_unix_s: float) -> None:
        """Begin the load at a Unix time of this machine."""
        self._clock.begin_at(started_unix_s)
        self.player.watch_itself()

    def account(self) -> Account:
        """Tell what has happened since the last account."""
        # Rows, and who has begun and is over, are taken at one moment: writing lets others run, and a visit that ended
        # meanwhile would have its row in this account and its end in the next, which the master may never hear.
        writes: list[Callable[[], None]] = []
        self.player.flush(writes.append)
        happened, self._happened = self._happened, _Happened()
        for write in writes:
            gevent.get_hub().threadpool.apply(write)
        return self._told(happened)

    def last_account(self) -> Account:
        """Tell all that has not been told."""
        self.player.close()
        told = self._told(self._happened)
        return msgspec.structs.replace(told, is_last=True)

    def _told(self, happened: "_Happened") -> Account:
        parts = dict(self._parts)
        for part in parts:
            del self._parts[part]
        player = self.player
        waits_s, health = player.live.take(), player.health.latest
        return Account(
            parts, happened.returning, happened.begun, happened.over, waits_s, player.requests, player.inside(), health
        )


@dataclass
class _Happened:
    """What has happened since the last account, as `Account` has it."""

    returning: list[Arrival] = field(default_factory=list)
    begun: list[tuple[tuple[int, int], float]] = field(default_factory=list)
    over: list[tuple[int, int]] = field(default_factory=list)


def _papers(about: dict[str, Any], seed: int) -> PaperBank:
    # Drawn by a native thread: a worker that is not heard for some seconds counts as lost.
    kept = Path(about.get("papers_file", ""))
    draw, of = (PaperBank.load, kept) if kept.is_file() else (PaperBank.build, seed)
    bank: PaperBank = gevent.get_hub().threadpool.apply(draw, (of,))
    return bank
