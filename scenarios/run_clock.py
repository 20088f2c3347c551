"""Run seconds: the time axis of a rehearsal. Second 0 is when the load begins."""

import time
from datetime import datetime

from scenarios.window import CHINA


class RunClock:
    """Counts run seconds; anchored once to real time, then by the monotonic clock, which nobody can step."""

    def __init__(self, started_unix_s: float) -> None:
        self.started_unix_s = started_unix_s
        self._offset_s = time.monotonic() - (time.time() - started_unix_s)

    @property
    def started_at(self) -> datetime:
        """When second 0 is, or was."""
        return datetime.fromtimestamp(self.started_unix_s, CHINA)

    def now_s(self) -> float:
        """Give the run second; below 0 before the load begins."""
        return time.monotonic() - self._offset_s
