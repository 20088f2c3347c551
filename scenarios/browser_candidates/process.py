"""Has people at browsers ride along in a run, in a process of their own; and says beforehand whether they can."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.browser_candidates.chromium import what_is_missing
from scenarios.pids import note_pids
from scenarios.processes import kept_nice
from scenarios.scenario import Scenario
from scenarios.stack import Stack, StackError
from scenarios.stack_start import stop_process

ROOT = Path(__file__).parent.parent.parent
MOST_BROWSERS = 8


def check_browsers(browsers: int, scenario: Scenario) -> None:
    """Make sure, before anything is started, that so many can ride along in a scenario. Raises StackError."""
    if not browsers:
        return
    asked = f"--browser-candidates {browsers}"
    if not 0 < browsers <= MOST_BROWSERS:
        raise StackError(
            f"{asked}: from 0 to {MOST_BROWSERS}; they share the cores with the portal, and would measure each other"
        )
    if scenario.is_adaptive or scenario.speed != 1:
        raise StackError(f"{asked}: what a person sees is real time, and the clock of {scenario.name} runs faster")
    if not scenario.start_s < scenario.window.length_s or scenario.end_s <= 0:
        raise StackError(f"{asked}: nobody can register in {scenario.name}: the window is closed while it lasts")
    if missing := what_is_missing():
        raise StackError(f"{asked}: {missing}")


@contextmanager
def riding_along(run: Path, stack: Stack, browsers: int) -> Iterator[None]:
    """Let so many people ride along, with the niceness of the load, until the context or the load ends."""
    if not browsers:
        yield
        return
    command = [sys.executable, "-m", "scenarios.browser_candidates", str(run.resolve())]
    command += ["--portal", stack.candidates_address, "--browsers", str(browsers)]
    with (run / "logs" / "browser.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT)
    note_pids(run, {"browser": process.pid})
    try:
        # A browser of an administrator gives itself more of the CPU than anybody: then the load would come late.
        with kept_nice([process.pid], os.nice(0)):
            yield
    finally:
        stop_process(process)
