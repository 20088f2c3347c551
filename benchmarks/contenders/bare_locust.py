"""Locust as its documentation has it: users at a constant throughput, who keep nothing but Locust's statistics."""

import sys
from functools import partial
from pathlib import Path

from benchmarks.contenders import Contender, Work, run_program
from scenarios.generator_processes import ROOT, UNPATCHED


def play(kind: str, work: Work, folder: Path) -> None:
    """Do the work with one of the classes of bare_users.py: as many users as journeys a second, one a second each.

    Raises ContenderError.
    """
    users = str(work.rate_per_s)
    env = {"PYTHONPATH": str(ROOT), "BARE_STEPS": str(len(work.steps)), UNPATCHED: ""}
    run_program(
        [
            *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("bare_users.py")), kind),
            *("--host", work.address, "--headless", "--only-summary"),
            *("--users", users, "--spawn-rate", users, "--run-time", f"{work.length_s}s"),
        ],
        folder,
        env,
    )


FAST_HTTP_USER = Contender("FastHttpUser", partial(play, "FastSteps"))
HTTP_USER = Contender("HttpUser", partial(play, "Steps"))
