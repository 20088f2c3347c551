"""Run seconds and portal seconds: the two time axes of a rehearsal. Run second 0 is when the load begins."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from scenarios.pace import Pace
from scenarios.window import CHINA

LOOK_AGAIN_S = 5.0
"""Whoever waits looks at the clock so often at least: the pace may have changed meanwhile."""


def clock_of_load(run: Path) -> "RunClock | None":
    """Give the clock of the load of a run folder; None until `run.json` says when it begins."""
    started_at = msgspec.json.decode((run / "run.json").read_bytes())["load"].get("started_at")
    return RunClock(datetime.fromisoformat(started_at).timestamp()) if started_at else None


class RunClock:
    """Counts run seconds; anchored once to real time, then by the monotonic clock, which nobody can step.

    `pace` says what the portal's clock shows, and may be replaced while the run goes on.
    """

    def __init__(
        self, started_unix_s: float, pace: Pace | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.pace = pace or Pace.steady(0.0, 1.0)
        self._sleep = sleep
        self.begin_at(started_unix_s)

    def begin_at(self, unix_s: float) -> None:
        """Move run second 0."""
        self.started_unix_s = unix_s
        self._offset_s = time.monotonic() - (time.time() - unix_s)

    @property
    def started_at(self) -> datetime:
        """When second 0 is, or was."""
        return datetime.fromtimestamp(self.started_unix_s, CHINA)

    def now_s(self) -> float:
        """Give the run second; below 0 before the load begins."""
        return time.monotonic() - self._offset_s

    def portal_now_s(self) -> float:
        """Give portal time as portal seconds since the opening; it stands still until the load begins."""
        return self.pace.portal_s(max(0.0, self.now_s()))

    def sleep_until(self, portal_s: float, *, least_s: float = 0.001, look_again_s: float = LOOK_AGAIN_S) -> None:
        """Sleep until portal time is `portal_s`; `least_s` and less, in run time, is not worth a sleep."""
        while (left_s := self.pace.run_s(portal_s) - self.now_s()) > least_s:
            self._sleep(min(left_s, look_again_s))

    def pause(self, portal_s: float) -> None:
        """Sleep for so many portal seconds."""
        self.sleep_until(self.portal_now_s() + portal_s)
