"""The load generator watches itself: a measurement is worth no more than the instrument."""

from collections.abc import Callable

import gevent
import psutil

from scenarios.run_clock import RunClock
from scenarios.run_folder import Table

TICK_S = 0.05


class GeneratorHealth:
    """Records once a second how busy this process was, and how late its event loop ran timers at worst."""

    def __init__(self, table: Table, worker: int, clock: RunClock, inside: Callable[[], int]) -> None:
        self._table = table
        self._worker = worker
        self._clock = clock
        self._inside = inside

    def run(self) -> None:
        """Watch, until killed."""
        process = psutil.Process()
        cpu_before_s = sum(process.cpu_times()[:2])
        second_began_s = self._clock.now_s()
        worst_lag_s = 0.0
        while True:
            before_s = self._clock.now_s()
            gevent.sleep(TICK_S)
            now_s = self._clock.now_s()
            worst_lag_s = max(worst_lag_s, now_s - before_s - TICK_S)
            if now_s - second_began_s < 1:
                continue
            cpu_s = sum(process.cpu_times()[:2])
            self._table.add(
                (
                    self._worker,
                    now_s,
                    (cpu_s - cpu_before_s) / (now_s - second_began_s),
                    worst_lag_s * 1000,
                    self._inside(),
                    process.memory_info().rss,
                )
            )
            cpu_before_s, second_began_s, worst_lag_s = cpu_s, now_s, 0.0
