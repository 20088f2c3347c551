"""One load generator process: plays its share of a run's arrivals on a Locust environment, and records them.

All it needs is in the run folder that `scenarios/rehearsal.py` has prepared, and in its environment: the portal's
control token, which no command line should show.
"""

import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import msgspec
import polars as pl
from gevent.event import Event
from gevent.pool import Group
from locust.env import Environment

from fakes.candidates import FlawShares
from fakes.paper_bank import PaperBank
from scenarios import run_folder
from scenarios.arrivals import share_of
from scenarios.control import CONTROL_TOKEN_VARIABLE, Control
from scenarios.gateway import Gateway
from scenarios.generator_health import GeneratorHealth
from scenarios.lateness import Lateness
from scenarios.live_figures import LiveFigures
from scenarios.loopback import check_loopback
from scenarios.mock import MOCK
from scenarios.open_arrivals import OpenArrivals, quiet_collector
from scenarios.pace import Pace, Piece, Speeds, load_of
from scenarios.reach import stack_reach
from scenarios.resuming import broken_off, left, pace_until
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow, Table
from scenarios.scenario import Scenario
from scenarios.target import Target, own_portal
from scenarios.target_reach import target_reach
from scenarios.target_watch import watch
from scenarios.timekeeper import Pacer, tell_pace, tell_speed
from scenarios.visit import Surroundings
from scenarios.visitor import Arrival, Rehearsal

FLUSH_S = 1.0
LONG_RUN_FLUSH_S = 20.0
"""Adaptive runs last hours: fewer and larger files, and more to lose when the process is killed."""
HEAD_START_S = 1.0
"""Between the last preparation and run second 0."""
NOT_YET_S = 86_400.0
"""Where run second 0 is until it is known: tomorrow."""


Tell = Callable[..., None]
"""Hears what the generator does now, and facts of it by name."""


class Generator:
    """Plays a run on one Locust environment.

    Candidates reach the portal at the environment's host and the outside services at `provider_address`; the harness
    itself goes to `control_address`; with a `target`, they go where that leads. How far it is hears `tell`.
    """

    def __init__(
        self,
        environment: Environment,
        run: Path,
        provider_address: str = "",
        control_address: str = "",
        tell: Tell | None = None,
        target: Target | None = None,
    ) -> None:
        if target is None:
            check_loopback(control_address)
        self._environment = environment
        self._run = run
        self._tell: Tell = tell or (lambda *_, **__: None)
        self._provider_address = provider_address
        self._control_address = control_address
        self._about = msgspec.json.decode((run / "run.json").read_bytes())
        self._scenario = msgspec.convert(self._about["scenario"], Scenario)
        self._target = target
        self._reach = (
            stack_reach(str(environment.host), provider_address)
            if target is None
            else target_reach(target, self._about["target"]["addresses"], 1 / environment.runner.worker_count)
        )
        self._background = Group()
        self._tables: list[Table] = []
        self._lateness = Lateness()
        self._arrivals: OpenArrivals | None = None
        self._control: Control | None = None
        self._live = LiveFigures(self._lateness)
        self._begins_s: float = self._about["load"].get("resumed_at_s") or 0.0
        """The run second at which this process takes over."""
        self._over = False
        self._stopped_s: float | None = None
        pace = (
            pace_until(run, self._begins_s)
            if self._begins_s
            else Pace.steady(self._scenario.start_s, self._scenario.speed)
        )
        self._clock = RunClock(time.time() + NOT_YET_S, pace, gevent.sleep)

    def play(self) -> None:
        """Play the whole load; Locust's runner stops when it is over."""
        scenario, clock = self._scenario, self._clock
        worker = self._environment.runner.worker_index
        self._control = self._open_control()
        if self._control:
            # It stands until the load begins.
            self._control.set_clock(scenario.window.moment(clock.pace.portal_s(self._begins_s)), 0.0)
        if self._target is not None:
            self._background.spawn(watch, self._target, self._end_because)
        it = OpenArrivals(self._environment, clock)
        planned = share_of(
            pl.read_parquet(self._run / "arrivals.parquet"), worker, self._environment.runner.worker_count
        )
        requests = self._table("requests", run_folder.REQUESTS, worker)
        health = self._table("generator", run_folder.GENERATOR, worker)
        pacer = self._pacer(planned) if scenario.is_adaptive else None
        it.rehearsal = self._rehearsal(worker, it, requests, pacer)
        quiet_collector()
        if self._begins_s:
            planned = left(planned, self._run)
            for arrival in broken_off(self._run, clock.pace.portal_s(self._begins_s)):
                it.come_back(arrival)
        else:
            planned = self._catch_up(it, planned)
        clock.begin_at(time.time() + HEAD_START_S - self._begins_s)
        if pacer:
            pacer.plan()
            self._background.spawn(pacer.run)
        self._arrivals = it
        self._note_load(started_at=clock.started_at.isoformat(), planned_length_s=scenario.length_s)
        if self._control:
            # Run second 0 is a moment ahead: the portal hears in time, also at a steady pace.
            self._background.spawn(tell_pace, clock, self._set_portal_clock)
        if pacer:
            self._background.spawn(tell_speed, clock, Gateway(self._provider_address).set_speed)
        watching = GeneratorHealth(health, worker, clock, self._inside, self._lateness, gate=self._reach.gate)
        self._background.spawn(watching.run)
        self._background.spawn(self._flush_regularly)
        self._background.spawn(self._report_progress, requests, len(planned), pacer, watching)
        due = planned.filter(pl.col("planned_s") >= scenario.start_s)
        self._over = it.run((Arrival(*row) for row in _rows(due)), end_s=scenario.end_s, most_s=scenario.length_s)
        self._stop_locust()

    def stop(self) -> None:
        """Let nobody come any more: Locust begins to stop the users. May be called before the load began."""
        if self._arrivals is not None:
            self._arrivals.stop()
            self._stopped_s = max(0.0, self._clock.now_s())

    def finish(self) -> None:
        """Record how the load ended; Locust has stopped all users by now. May be called before the load began."""
        if self._arrivals is None:
            return
        self._background.kill()
        assert self._stopped_s is not None  # Locust says that it stops before it has stopped
        # The load lasts as long as everybody came who was due.
        length_s = min(self._stopped_s, max(0.0, self._clock.pace.run_s(self._arrivals.next_s)))
        self._note_load(length_s=length_s, interrupted=not self._over)
        for table in self._tables:
            table.close()
        if self._scenario.is_adaptive:
            self._note_pace()
        self._arrivals = None

    def _rehearsal(self, worker: int, it: OpenArrivals, requests: Table, pacer: Pacer | None) -> Rehearsal:
        scenario = self._scenario
        visits = self._table("visits", run_folder.VISITS, worker)
        promises = self._table("promises", run_folder.PROMISES, worker)  # also those of visits that catch up

        def record(row: RequestRow) -> None:
            if row.sent_s >= 0:  # what was sent to catch up is not part of the load
                requests.add(row)
                self._live.answered(row)
                if pacer:
                    pacer.saw(row)

        return Rehearsal(
            worker=worker,
            seed=scenario.seed,
            portal=own_portal(self._target) or MOCK,
            clock=self._clock,
            around=Surroundings(bank=self._papers(), read_phone=self._reach.read_phone, pay=self._reach.pay),
            behaviour=scenario.behaviour,
            flaws=FlawShares(**scenario.flaw_shares),
            close_s=scenario.window.length_s,
            connect=self._reach.connect,
            missing_steps=self._reach.missing_steps,
            record_request=record,
            record_promise=promises.add,
            record_standing=self._table("standings", run_folder.STANDINGS, worker).add,
            record_visit=visits.add,
            note_start=self._note_start,
            come_back=it.come_back,
        )

    def _note_start(self, arrival: Arrival, started_s: float) -> None:
        if arrival.planned and arrival.due_s >= 0:
            at_true_rate = self._clock.pace.piece_at(arrival.due_s).speed == 1
            self._lateness.add(started_s - arrival.due_s, at_true_rate=at_true_rate)

    def _papers(self) -> PaperBank:
        """Give the papers, kept in a file where many runs share it."""
        kept = Path(self._about["papers_file"]) if "papers_file" in self._about else None
        if kept and kept.exists():
            return PaperBank.load(kept)
        bank = PaperBank.build(self._scenario.seed, lambda done, total: self._tell("papers", done=done, total=total))
        if kept:
            bank.save(kept)
        return bank

    def _catch_up(self, it: OpenArrivals, planned: pl.DataFrame) -> pl.DataFrame:
        """Bring the visits that are under way to where they are; give the arrivals without those that are over."""
        earlier = planned.filter(pl.col("planned_s") < self._scenario.start_s)
        if earlier.is_empty():
            return planned
        self._tell("catching_up", visits=len(earlier))
        begun = Event()
        inside = it.catch_up([Arrival(*row) for row in _rows(earlier)], begun)
        self._background.spawn(self._release, begun)
        still = pl.DataFrame(
            [(arrival.candidate, arrival.visit) for arrival in inside],
            schema={"candidate": pl.UInt32, "visit": pl.UInt16},
            orient="row",
        )
        over = earlier.join(still, on=["candidate", "visit"], how="anti")
        left = planned.join(over, on=["candidate", "visit"], how="anti", maintain_order="left")
        left.write_parquet(self._run / "arrivals.parquet")
        return left

    def _release(self, begun: Event) -> None:
        while self._clock.now_s() < 0:
            gevent.sleep(min(0.05, -self._clock.now_s()))
        begun.set()

    def _pacer(self, planned: pl.DataFrame) -> Pacer:
        scenario = self._scenario
        return Pacer(
            self._clock,
            load_of(planned, scenario.start_s, scenario.end_s, scenario.window.length_s),
            begins_s=self._begins_s,
            ceiling_per_s=scenario.ceiling_per_s,
            most=Speeds(scenario.most_speed, scenario.most_speed_inside),
            answer_most_s=scenario.answer_most_s,
            true_share=scenario.true_share,
        )

    def _write_pace(self) -> None:
        now_s = self._clock.now_s()
        partial = self._run / "pace.parquet.partial"
        self._clock.pace.table().filter(pl.col("from_s") <= now_s).write_parquet(partial)
        partial.rename(self._run / "pace.parquet")

    def _note_pace(self) -> None:
        """Write how fast portal time ran, and when each planned arrival was due by that."""
        pace = self._clock.pace
        self._write_pace()
        planned = pl.read_parquet(self._run / "arrivals.parquet")
        due_s = pace.run_s_of(planned["planned_s"].to_numpy())
        planned.with_columns(pl.Series("due_s", due_s)).write_parquet(self._run / "arrivals.parquet")

    def _inside(self) -> int:
        return len(self._environment.runner.user_greenlets)

    def _table(self, name: str, schema: run_folder.Schema, worker: int) -> Table:
        table = Table(self._run, name, schema, str(worker))
        self._tables.append(table)
        return table

    def _open_control(self) -> Control | None:
        token = os.environ.get(CONTROL_TOKEN_VARIABLE)
        return Control(self._control_address, token) if token else None  # else a portal that keeps its own time

    def _set_portal_clock(self, pieces: list[Piece]) -> None:
        assert self._control is not None
        window, began_s = self._scenario.window, self._clock.started_unix_s
        self._control.set_clock_ahead([(began_s + it.from_s, window.moment(it.portal_s), it.speed) for it in pieces])

    def _note_load(self, **facts: Any) -> None:
        self._about["load"].update(facts)
        run_folder.write_run_json(self._run, self._about)

    def _flush_regularly(self) -> None:
        # Rows are turned into Parquet by a native thread: the event loop must not wait for a disk.
        submit: Callable[[Callable[[], None]], Any] = gevent.get_hub().threadpool.spawn
        while True:
            gevent.sleep(LONG_RUN_FLUSH_S if self._scenario.is_adaptive else FLUSH_S)
            for table in self._tables:
                table.flush(submit)
            if self._scenario.is_adaptive:
                self._write_pace()
            if self._clock.pace.piece_at(self._clock.now_s()).speed > 1:
                gc.collect(1)  # a long run would gather uploads in dead cycles; where lag is measured, nothing stops

    def _report_progress(self, requests: Table, planned: int, pacer: Pacer | None, watching: GeneratorHealth) -> None:
        while True:
            gevent.sleep(0.5)
            if self._arrivals is None:
                continue
            now_s = self._clock.now_s()
            self._tell(
                "load",
                at_s=round(now_s, 1),
                planned=planned,
                started=self._arrivals.started,
                inside=self._inside(),
                requests=requests.count,
                portal_time=self._scenario.window.moment(self._clock.portal_now_s()).isoformat(timespec="seconds"),
                speed=self._clock.pace.piece_at(now_s).speed,
                ceiling_per_s=pacer.ceiling_per_s if pacer else None,
                left_s=round(self._clock.pace.run_s(self._scenario.end_s) - now_s, 1),
                **self._live.now(now_s, requests.count),
                generator=watching.latest,
            )

    def _end_because(self, why: str) -> None:
        """End the load before its time."""
        self._note_load(interrupted_because=why)
        self._tell(why)
        self._stop_locust()

    def _stop_locust(self) -> None:
        options = self._environment.parsed_options
        headless = options is None or options.headless
        gevent.spawn(self._environment.runner.quit if headless else self._environment.runner.stop)


def _rows(arrivals: pl.DataFrame) -> Iterator[tuple[int, int, str, float]]:
    return arrivals.select("candidate", "visit", "purpose", "planned_s").iter_rows()


def tell_watcher(what: str, **facts: Any) -> None:
    """Tell the process that watches this one how far it is, in a line of JSON."""
    print(json.dumps({"now": what, **facts}), flush=True)
