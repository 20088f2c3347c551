"""The load generator as one process: it conducts a run, and plays all of its arrivals on a Locust environment.

All it needs is in the run folder that `scenarios/rehearsal.py` has prepared, and in its environment: the portal's
control token, which no command line should show. With several processes it is `scenarios/workers/`.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
import polars as pl
from gevent.pool import Group
from locust.env import Environment

from fakes.paper_bank import PaperBank
from scenarios.arrival import Arrival
from scenarios.arrivals import under_way_and_due
from scenarios.conductor import HEAD_START_S, Conductor
from scenarios.gateway import Gateway
from scenarios.open_arrivals import quiet_collector
from scenarios.pace import Pace, Speeds, load_of
from scenarios.player import Player, not_begun, to_a_thread
from scenarios.reach import stack_reach
from scenarios.resuming import broken_off, left, pace_until
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow, Schema, Table, table_in
from scenarios.target import Target
from scenarios.target_reach import target_reach
from scenarios.target_watch import watch
from scenarios.timekeeper import Pacer, tell_speed

FLUSH_S = 1.0
LONG_RUN_FLUSH_S = 20.0
"""Adaptive runs last hours: fewer and larger files, and more to lose when the process is killed."""

Tell = Callable[..., None]
"""Hears what the generator does now, and facts of it by name."""


class Generator:
    """Plays a run on one Locust environment.

    Candidates reach the portal at the environment's host and the outside services at `provider_address`; the harness
    itself goes to `control_address`; with a `target` candidates go where that leads. How far it is hears `tell`.
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
        self._environment = environment
        self._run = run
        self._tell: Tell = tell or (lambda *_, **__: None)
        self._provider_address = provider_address
        self._conductor = Conductor(run, control_address)
        self._scenario = self._conductor.scenario
        self._target = target
        self._reach = (
            stack_reach(str(environment.host), provider_address)
            if target is None
            else target_reach(target, self._conductor.about["target"]["addresses"])
        )
        self._background = Group()
        self._player: Player | None = None
        self._pacer: Pacer | None = None
        self._begins_s: float = self._conductor.about["load"].get("resumed_at_s") or 0.0
        """The run second at which this process takes over."""
        self._over = False
        self._stopped_s: float | None = None
        pace = (
            pace_until(run, self._begins_s)
            if self._begins_s
            else Pace.steady(self._scenario.start_s, self._scenario.speed)
        )
        self._clock = RunClock(not_begun(), pace, gevent.sleep)

    def play(self) -> None:
        """Play the whole load; Locust's runner stops when it is over."""
        scenario, clock, conductor = self._scenario, self._clock, self._conductor
        conductor.hold_clock(clock.pace.portal_s(self._begins_s))
        if self._target is not None:
            self._background.spawn(watch, self._target, self._end_because)
        planned = conductor.planned()
        self._pacer = pacer = self._new_pacer(planned) if scenario.is_adaptive else None
        player = self._new_player(papers_of(conductor, self._tell), pacer)
        quiet_collector()
        if self._begins_s:
            planned = left(planned, self._run)
            for arrival in broken_off(self._run, clock.pace.portal_s(self._begins_s)):
                player.arrivals.expect(arrival)
        else:
            planned = self._catch_up(player, planned)
        clock.begin_at(time.time() + HEAD_START_S - self._begins_s)
        if pacer:
            pacer.plan()
            self._background.spawn(pacer.run)
            self._background.spawn(tell_speed, clock, Gateway(self._provider_address).set_speed)
        self._player = player
        conductor.begin(clock)
        player.watch_itself()
        self._background.spawn(self._flush_regularly, player)
        self._background.spawn(self._report_progress, player, len(planned))
        _, due = under_way_and_due(planned, scenario.start_s)
        self._over = player.arrivals.run(arrivals_of(due), end_s=scenario.end_s, most_s=scenario.length_s)
        stop_locust(self._environment)

    def stop(self) -> None:
        """Let nobody come any more: Locust begins to stop the users. May be called before the load began."""
        if self._player is not None:
            self._player.stop()
            self._stopped_s = max(0.0, self._clock.now_s())

    def finish(self) -> None:
        """Record how the load ended; Locust has stopped all users by now. May be called before the load began."""
        if self._player is None:
            return
        self._background.kill()
        assert self._stopped_s is not None  # Locust says that it stops before it has stopped
        self._conductor.end(self._clock, self._stopped_s, self._player.arrivals.next_s, over=self._over)
        self._player.close()
        if self._scenario.is_adaptive:
            self._note_pace()
        self._player = None

    def _end_because(self, why: str) -> None:
        """End the load before its time."""
        self._conductor.note_load(interrupted_because=why)
        self._tell(why)
        stop_locust(self._environment)

    def _new_player(self, bank: PaperBank, pacer: Pacer | None) -> Player:
        def table(name: str, schema: Schema) -> Table:
            return table_in(self._run, name, schema)

        def on_request(row: RequestRow) -> None:
            if pacer:
                pacer.saw(row)

        return Player(
            self._environment,
            self._scenario,
            self._clock,
            0,
            reach=self._reach,
            bank=bank,
            table=table,
            on_request=on_request,
        )

    def _catch_up(self, player: Player, planned: pl.DataFrame) -> pl.DataFrame:
        """Bring the visits that are under way to where they are; give the arrivals without those that are over."""
        earlier, _ = under_way_and_due(planned, self._scenario.start_s)
        if earlier.is_empty():
            return planned
        self._tell("catching_up", visits=len(earlier))
        inside = player.catch_up(list(arrivals_of(earlier)))
        still = pl.DataFrame(
            [(arrival.candidate, arrival.visit) for arrival in inside],
            schema={"candidate": pl.UInt32, "visit": pl.UInt16},
            orient="row",
        )
        return self._conductor.without(earlier.join(still, on=["candidate", "visit"], how="anti"))

    def _new_pacer(self, planned: pl.DataFrame) -> Pacer:
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
        planned = self._conductor.planned()
        due_s = pace.run_s_of(planned["planned_s"].to_numpy())
        planned.with_columns(pl.Series("due_s", due_s)).write_parquet(self._run / "arrivals.parquet")

    def _flush_regularly(self, player: Player) -> None:
        while True:
            gevent.sleep(LONG_RUN_FLUSH_S if self._scenario.is_adaptive else FLUSH_S)
            player.flush(to_a_thread)
            if self._scenario.is_adaptive:
                self._write_pace()
            if self._clock.pace.piece_at(self._clock.now_s()).speed > 1:
                gc.collect(1)  # a long run would gather uploads in dead cycles; where lag is measured, nothing stops

    def _report_progress(self, player: Player, planned: int) -> None:
        while True:
            gevent.sleep(0.5)
            now_s = self._clock.now_s()
            self._tell(
                "load",
                at_s=round(now_s, 1),
                planned=planned,
                started=player.arrivals.started,
                inside=player.inside(),
                requests=player.requests,
                portal_time=self._conductor.portal_time(self._clock),
                speed=self._clock.pace.piece_at(now_s).speed,
                ceiling_per_s=self._pacer.ceiling_per_s if self._pacer else None,
                left_s=round(self._clock.pace.run_s(self._scenario.end_s) - now_s, 1),
                **player.live.now(now_s, player.requests),
                generator=player.health.latest,
            )


def stop_locust(environment: Environment) -> None:
    """End Locust's test, and Locust with it where nobody sits at its web UI."""
    options = environment.parsed_options
    headless = options is None or options.headless
    gevent.spawn(environment.runner.quit if headless else environment.runner.stop)


def papers_of(conductor: Conductor, tell: Tell) -> PaperBank:
    """Give the papers of a run, kept in a file where many runs share it."""
    kept = Path(conductor.about["papers_file"]) if "papers_file" in conductor.about else None
    if kept and kept.exists():
        return PaperBank.load(kept)
    bank = PaperBank.build(conductor.scenario.seed, lambda done, total: tell("papers", done=done, total=total))
    if kept:
        bank.save(kept)
    return bank


def arrivals_of(rows: pl.DataFrame) -> Iterator[Arrival]:
    """Give the arrivals of a table with `candidate`, `visit`, `purpose` and `planned_s`."""
    return (Arrival(*row) for row in rows.select("candidate", "visit", "purpose", "planned_s").iter_rows())


def tell_watcher(what: str, **facts: Any) -> None:
    """Tell the process that watches this one how far it is, in a line of JSON."""
    print(json.dumps({"now": what, **facts}), flush=True)
