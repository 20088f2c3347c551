"""Checks of the measurement while the load runs: those of `soundness.py` that can be made by then, by the same limits.

A run is judged as it stands: what is too late for one in a hundred arrivals may yet be made up by those to come.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from reports.generator_checks import clock_steps, generator_cpu, loop_lag, open_files
from reports.machine import by_worker
from reports.pace import TRUE_SPEED
from reports.soundness import lateness
from reports.soundness_check import Check

LEAST_S = 10
"""With fewer seconds, a single bad one would be the 95th percentile."""


def void_so_far(late_p99_ms: float | None, health: Mapping[str, Sequence[float]]) -> list[str]:
    """Give why a run would be void if it ended now, a sentence each.

    `late_p99_ms` is of the arrivals at true rate so far; `health` has the columns of `generator/` in the run folder, a
    row a second, and the `speed` of portal time.
    """
    seconds = pl.DataFrame(health)
    if len(seconds) < LEAST_S:
        return []
    true = seconds.filter(pl.col("speed") == TRUE_SPEED)
    checks: list[Check] = [open_files(seconds), clock_steps(seconds)]
    if len(true) >= LEAST_S:
        checks += [lateness(late_p99_ms), generator_cpu(by_worker(true)), loop_lag(true)]
    return [check.sentence for check in checks if check.standing == "void"]
