"""The load generator watches itself: a measurement is worth no more than the instrument."""

import resource
import time
from collections.abc import Callable
from typing import Any

import gevent
import psutil

from scenarios.lateness import Lateness
from scenarios.rate_ceiling import Gate
from scenarios.run_clock import RunClock
from scenarios.run_folder import GENERATOR, Table

TICK_S = 0.05
NO_LIMIT = 2**32 - 1
"""Stands for an unlimited number of open files in the table."""


class GeneratorHealth:
    """Records once a second how busy this process was, how late its event loop ran timers at worst, and what it holds.

    Started arrivals are counted in `lateness`, requests that wait for a ceiling at its `gate`. `wall` is the wall
    clock, which, unlike the run's clock, can be stepped while the load runs.
    """

    def __init__(
        self,
        table: Table,
        worker: int,
        clock: RunClock,
        inside: Callable[[], int],
        lateness: Lateness,
        wall: Callable[[], float] = time.time,
        gate: Gate | None = None,
    ) -> None:
        self._table = table
        self._worker = worker
        self._clock = clock
        self._inside = inside
        self._lateness = lateness
        self._wall = wall
        self._gate = gate
        self.latest: dict[str, Any] | None = None
        """The row that was recorded last, by column."""

    def run(self) -> None:
        """Watch, until killed."""
        process = psutil.Process()
        cpu_before_s = sum(process.cpu_times()[:2])
        second_began_s = self._clock.now_s()
        worst_lag_s = 0.0
        before = (self._gate.held_back, self._gate.held_back_s) if self._gate else (0, 0.0)  # by visits that caught up
        while True:
            before_s = self._clock.now_s()
            gevent.sleep(TICK_S)
            # One right after the other: where the two clocks come apart, one of them was stepped.
            now_s, wall_s = self._clock.now_s(), self._wall() - self._clock.started_unix_s
            worst_lag_s = max(worst_lag_s, now_s - before_s - TICK_S)
            if now_s - second_began_s < 1:
                continue
            cpu_s = sum(process.cpu_times()[:2])
            row: tuple[Any, ...] = (
                self._worker,
                now_s,
                (cpu_s - cpu_before_s) / (now_s - second_began_s),
                worst_lag_s * 1000,
                self._inside(),
                process.memory_info().rss,
                process.num_fds(),
                open_files_limit(),
                wall_s,
                self._lateness.counts.copy(),
                self._lateness.sum_s,
                self._gate.held_back - before[0] if self._gate else None,
                self._gate.held_back_s - before[1] if self._gate else None,
            )
            self._table.add(row)
            self.latest = dict(zip(GENERATOR, row, strict=True))
            cpu_before_s, second_began_s, worst_lag_s = cpu_s, now_s, 0.0


def open_files_limit() -> int:
    """Give how many files and sockets this process may have open now."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return NO_LIMIT if limit == resource.RLIM_INFINITY else min(limit, NO_LIMIT)
