"""Starts the load generator of a run: one process that plays all, or a master with workers on this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from scenarios.scenario import Scenario
from scenarios.stack_start import HOST, free_port, stop_process

ROOT = Path(__file__).parent.parent
UNPATCHED = "LOCUST_SKIP_MONKEY_PATCH"
"""Set where Locust is only imported (scenarios/__init__.py); in the load generator, unpatched calls would stop all."""
MOST_WORKERS = 64
WhenLost = Literal["hand-on", "void"]
"""What becomes of a load that loses a worker: the others go on with who has not come yet, or it ends and is void."""


class WorkersError(ValueError):
    """Workers with whom there can be no load; the message is one line that says why."""


def check_workers(workers: int, scenario: Scenario) -> None:
    """Refuse a number of workers that cannot play a scenario on this machine. Raises WorkersError."""
    if not 1 <= workers <= MOST_WORKERS:
        raise WorkersError(f"{workers} workers: it must be 1 to {MOST_WORKERS}; each takes a core of this machine")
    if workers > 1:
        check_steady(scenario)


def check_steady(scenario: Scenario) -> None:
    """Refuse a scenario whose pace has to be found by one process that sees all. Raises WorkersError."""
    if scenario.is_adaptive:
        raise WorkersError(f"{scenario.name} is adaptive: one process finds its pace, workers are for a steady speed")


@contextmanager
def generator_processes(
    run: Path,
    where: Sequence[str],
    secrets: Mapping[str, str],
    workers: int = 1,
    when_lost: WhenLost = "hand-on",
    allowed: Sequence[str] = (),
) -> Iterator[tuple[subprocess.Popen[bytes], Mapping[str, int]]]:
    """Start the load generator; give the process that conducts and says so, and the process ids known by now by name.

    `where` are the arguments of locustfile.py that say where candidates go, `secrets` what no command line should show,
    `allowed` the arguments by which each process that sends knows that it may. Workers note their ids themselves once
    they have a part (scenarios/workers/master.py).
    """
    conducting = ["--headless", "--only-summary", *where, *allowed, "--run-folder", str(run.resolve())]
    env = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with ExitStack() as exits:
        if workers == 1:
            generator = exits.enter_context(_locust(run, "generator", conducting, {**env, **secrets}))
            yield generator, {"generator-0": generator.pid}
            return
        port = str(free_port())
        conducting += ["--master", "--expect-workers", str(workers), "--when-lost", when_lost]
        conducting += ["--master-bind-host", HOST, "--master-bind-port", port]
        playing = ["--worker", "--master-host", HOST, "--master-port", port, *allowed]
        for number in range(workers):
            exits.enter_context(_locust(run, f"generator-{number}", playing, env))
        master = exits.enter_context(_locust(run, "generator", conducting, {**env, **secrets}))
        yield master, {"generator-master": master.pid}


@contextmanager
def _locust(run: Path, name: str, options: list[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), *options]
    with (run / "logs" / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE if name == "generator" else log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
            env=env,
        )
    with process:  # closes its pipe in the end …
        try:
            yield process
        finally:
            stop_process(process)  # … and before that, the process
