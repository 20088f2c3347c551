"""Has a run sampled by a process of its own (sampler.py), and hears from it what it sampled."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from scenarios.pids import note_pids
from scenarios.stack_start import stop_process

ROOT = Path(__file__).parent.parent
News = deque[dict[str, Any]]
"""Events from other threads, until the one that passes events on comes to them."""


@contextmanager
def sampling(
    run: Path, processes: Mapping[str, int], metrics: Sequence[str], news: News | None = None
) -> Iterator[None]:
    """Sample the portal's metrics, and tell `news`, and these processes for as long as the context lasts.

    `metrics` are the arguments of scenarios/sampler.py that say where metrics are.
    """
    note_pids(run, dict(processes))
    command = [sys.executable, "-m", "scenarios.sampler", str(run.resolve()), *metrics]
    told = subprocess.DEVNULL if news is None else subprocess.PIPE
    if news is not None:
        command.append("--tell")
    with (run / "logs" / "sampler.log").open("wb") as log:
        sampler = subprocess.Popen(command, stdout=told, stderr=log, start_new_session=True, cwd=ROOT)
    try:
        if news is not None:
            threading.Thread(target=_listen, args=(sampler, news), name="samples", daemon=True).start()
        yield
    finally:
        stop_process(sampler)


def _listen(sampler: subprocess.Popen[bytes], news: News) -> None:
    assert sampler.stdout is not None  # it was started with a pipe
    with sampler.stdout as lines:
        for line in lines:
            with suppress(msgspec.DecodeError):  # torn: nobody listened for a while
                news.append(msgspec.json.decode(line))
