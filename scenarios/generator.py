"""One load generator process: plays its share of a run's arrivals on a Locust environment, and records them.

All it needs is in the run folder that `scenarios/rehearsal.py` has prepared, and in its environment: the portal's
control token, which no command line should show.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import gevent
import msgspec
import polars as pl
from gevent.pool import Group
from locust.env import Environment

from fakes.candidates import FlawShares
from fakes.paper_bank import PaperBank
from scenarios import run_folder
from scenarios.arrivals import share_of
from scenarios.control import CONTROL_TOKEN_VARIABLE, Control
from scenarios.generator_health import GeneratorHealth
from scenarios.journey import Surroundings
from scenarios.loopback import check_loopback
from scenarios.open_arrivals import OpenArrivals
from scenarios.phones import Phones
from scenarios.run_clock import RunClock
from scenarios.run_folder import Table
from scenarios.scenario import Scenario
from scenarios.visitor import Arrival, Rehearsal

FLUSH_S = 1.0
HEAD_START_S = 1.0
"""Between the last preparation and run second 0."""


class Generator:
    """Plays a run on one Locust environment."""

    def __init__(self, environment: Environment, run: Path, provider_address: str) -> None:
        for address in (str(environment.host), provider_address):
            check_loopback(address)
        self._environment = environment
        self._run = run
        self._provider_address = provider_address
        self._about = msgspec.json.decode((run / "run.json").read_bytes())
        self._scenario = msgspec.convert(self._about["scenario"], Scenario)
        self._background = Group()
        self._tables: list[Table] = []
        self._arrivals: OpenArrivals | None = None
        self._clock: RunClock | None = None

    def play(self) -> None:
        """Play the whole load; Locust's runner stops when it is over."""
        scenario = self._scenario
        runner = self._environment.runner
        worker = runner.worker_index
        bank = PaperBank.build(scenario.seed, lambda done, total: _say("papers", done=done, total=total))
        arrivals = share_of(pl.read_parquet(self._run / "arrivals.parquet"), worker, runner.worker_count)
        requests = self._table("requests", run_folder.REQUESTS, worker)
        visits = self._table("visits", run_folder.VISITS, worker)
        health = self._table("generator", run_folder.GENERATOR, worker)
        clock = self._clock = RunClock(time.time() + HEAD_START_S)
        self._set_portal_clock(clock)
        around = Surroundings(
            clock=clock,
            bank=bank,
            opening_s=-scenario.start_s / scenario.speed,
            read_phone=Phones(self._provider_address).texts,
        )
        it = self._arrivals = OpenArrivals(self._environment, clock)
        it.rehearsal = Rehearsal(
            worker=worker,
            seed=scenario.seed,
            around=around,
            behaviour=scenario.behaviour,
            flaws=FlawShares(**scenario.flaw_shares),
            record_request=requests.add,
            record_visit=visits.add,
            come_back=it.come_back,
            until_close_s=lambda: scenario.window.length_s - scenario.start_s - clock.now_s() * scenario.speed,
        )
        self._note_load(started_at=clock.started_at.isoformat(), planned_length_s=scenario.length_s)
        self._background.spawn(GeneratorHealth(health, worker, clock, self._inside).run)
        self._background.spawn(self._flush_regularly)
        self._background.spawn(self._report_progress, requests, len(arrivals))
        due = (
            Arrival(candidate, visit, purpose, due_s, planned=True)
            for candidate, visit, purpose, due_s in arrivals.iter_rows()
        )
        it.run(due, scenario.length_s)
        self._stop_locust()

    def finish(self) -> None:
        """Record how the load ended; Locust has stopped all users by now. May be called before the load began."""
        if self._arrivals is None or self._clock is None:
            return
        self._arrivals.stop()
        self._background.kill()
        length_s = max(0.0, min(self._clock.now_s(), self._scenario.length_s))
        self._note_load(length_s=length_s, interrupted=length_s < self._scenario.length_s)
        for table in self._tables:
            table.flush()
        self._arrivals = None

    def _inside(self) -> int:
        return len(self._environment.runner.user_greenlets)

    def _table(self, name: str, schema: run_folder.Schema, worker: int) -> Table:
        table = Table(self._run, name, schema, str(worker))
        self._tables.append(table)
        return table

    def _set_portal_clock(self, clock: RunClock) -> None:
        token = os.environ.get(CONTROL_TOKEN_VARIABLE)
        if not token:
            return  # a portal that keeps its own time
        scenario = self._scenario
        portal_time = scenario.window.opening + timedelta(seconds=scenario.start_s + clock.now_s() * scenario.speed)
        control = Control(str(self._environment.host), token)
        control.set_clock(portal_time, scenario.speed)
        control.close()

    def _note_load(self, **facts: Any) -> None:
        self._about["load"].update(facts)
        run_folder.write_run_json(self._run, self._about)

    def _flush_regularly(self) -> None:
        # Rows are turned into Parquet by a native thread: the event loop must not wait for a disk.
        submit: Callable[[Callable[[], None]], Any] = gevent.get_hub().threadpool.spawn
        while True:
            gevent.sleep(FLUSH_S)
            for table in self._tables:
                table.flush(submit)

    def _report_progress(self, requests: Table, planned: int) -> None:
        while True:
            gevent.sleep(0.5)
            if self._clock and self._arrivals:
                _say(
                    "load",
                    at_s=round(self._clock.now_s(), 1),
                    planned=planned,
                    started=self._arrivals.started,
                    inside=self._inside(),
                    requests=requests.count,
                )

    def _stop_locust(self) -> None:
        options = self._environment.parsed_options
        headless = options is None or options.headless
        gevent.spawn(self._environment.runner.quit if headless else self._environment.runner.stop)


def _say(what: str, **facts: Any) -> None:
    """Tell the process that watches this one how far it is, in a line of JSON; a person at a terminal is spared."""
    if not sys.stdout.isatty():
        print(json.dumps({"now": what, **facts}), flush=True)
