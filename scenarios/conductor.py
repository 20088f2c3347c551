"""Tells the portal the time of a run, and notes in the run folder when its load began and ended."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import gevent
import msgspec
import polars as pl

from scenarios.control import CONTROL_TOKEN_VARIABLE, Control
from scenarios.pace import Piece
from scenarios.run_clock import RunClock
from scenarios.run_folder import write_run_json
from scenarios.scenario import Scenario
from scenarios.timekeeper import tell_pace

HEAD_START_S = 1.0
"""Between the last preparation and run second 0."""


class Conductor:
    """Leads the load of a prepared run, whichever processes play it.

    A portal without a control token in the environment keeps its own time, and needs no address here.
    """

    def __init__(self, run: Path, control_address: str = "") -> None:
        self.run = run
        self.about: dict[str, Any] = msgspec.json.decode((run / "run.json").read_bytes())
        self.scenario = msgspec.convert(self.about["scenario"], Scenario)
        token = os.environ.get(CONTROL_TOKEN_VARIABLE)
        self._control = Control(control_address, token) if token else None
        self._telling: gevent.Greenlet | None = None

    def hold_clock(self, portal_s: float) -> None:
        """Have the portal's clock stand at a portal second until the load begins."""
        if self._control:
            self._control.set_clock(self.scenario.window.moment(portal_s), 0.0)

    def planned(self) -> pl.DataFrame:
        """Give the planned arrivals."""
        return pl.read_parquet(self.run / "arrivals.parquet")

    def without(self, over: pl.DataFrame) -> pl.DataFrame:
        """Take visits (`candidate`, `visit`) that were over before the load began out of the planned arrivals."""
        left = self.planned().join(over, on=["candidate", "visit"], how="anti", maintain_order="left")
        left.write_parquet(self.run / "arrivals.parquet")
        return left

    def begin(self, clock: RunClock) -> None:
        """Note when the load begins, and tell the portal how its clock runs from then on."""
        self.note_load(started_at=clock.started_at.isoformat(), planned_length_s=self.scenario.length_s)
        if self._control:
            # Run second 0 is a moment ahead: the portal hears in time, also at a steady pace.
            self._telling = gevent.spawn(tell_pace, clock, lambda pieces: self._set_portal_clock(clock, pieces))

    def end(self, clock: RunClock, stopped_s: float, next_s: float, *, over: bool) -> None:
        """Note how the load ended: when it stopped, and up to which portal second everybody came who was due."""
        if self._telling:
            self._telling.kill()
        length_s = min(stopped_s, max(0.0, clock.pace.run_s(next_s)))
        self.note_load(length_s=length_s, interrupted=not over)

    def note_load(self, **facts: Any) -> None:
        """Note facts of the load in `run.json`."""
        self.about["load"].update(facts)
        self.write()

    def write(self) -> None:
        """Write `run.json`."""
        write_run_json(self.run, self.about)

    def portal_time(self, clock: RunClock) -> str:
        """Give what the portal's clock shows."""
        shown: datetime = self.scenario.window.moment(clock.portal_now_s())
        return shown.isoformat(timespec="seconds")

    def _set_portal_clock(self, clock: RunClock, pieces: list[Piece]) -> None:
        assert self._control is not None
        window, began_s = self.scenario.window, clock.started_unix_s
        self._control.set_clock_ahead([(began_s + it.from_s, window.moment(it.portal_s), it.speed) for it in pieces])
