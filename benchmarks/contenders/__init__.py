"""Load generators that benchmarks/peers.py sets to the same work, one a file: how each is told what to send when."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.eight_steps import Step


class Work(NamedTuple):
    """So many journeys a second for so long, each over a connection of its own."""

    address: str
    """Base URL of the server."""
    steps: tuple[Step, ...]
    rate_per_s: int
    length_s: int


class Contender(NamedTuple):
    """A load generator."""

    name: str
    play: Callable[[Work, Path], None]
    """Does the work and comes back when it is done, with all it writes in that empty folder. Raises ContenderError."""
    program: str = ""
    """What has to be on PATH; empty where the project has it."""
    is_even: bool = True
    """Whether its arrivals are meant to be equally far apart."""
    planned: Callable[[Path], NDArray[np.float64]] | None = None
    """Gives the Unix times at which arrivals were due, from the folder; None for one that has no such plan."""

    @property
    def is_here(self) -> bool:
        """Say whether it can be run on this machine."""
        return not self.program or shutil.which(self.program) is not None


class ContenderError(RuntimeError):
    """A load generator that has failed; the message is one line that says which, and where its log is."""


def run_program(arguments: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a program in that folder, its output in `log`; `env` comes on top of this one's. Raises ContenderError."""
    log = folder / "log"
    with log.open("wb") as out:
        done = subprocess.run(
            arguments, cwd=folder, env={**os.environ, **(env or {})}, stdout=out, stderr=out, check=False
        )
    if done.returncode:
        said = log.read_text(errors="replace").splitlines()
        lines = [line.strip() for line in said if line.strip("-| ")] or ["it says nothing"]  # tables end with a rule
        raise ContenderError(f"{Path(arguments[0]).name} ended with exit code {done.returncode}: {lines[-1]}")
