"""What a part costs this process, and the portal that it is done to."""

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import psutil

from scenarios.stack import Stack

SAMPLE_S = 0.25


class Cost(NamedTuple):
    """What something took."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def peak_of_mine_bytes() -> int:
    """Give the most memory that this process has had; not getrusage, which also counts who has forked it."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found  # every process has it
    return 1024 * int(found[1])


class PortalWatch:
    """Watches server and database while it is open: their CPU time, and the most memory that they have at a time.

    The processes of the database share memory, so each page counts in parts (PSS), once in all.
    """

    def __init__(self, stack: Stack) -> None:
        self._roots = {name: psutil.Process(stack.processes[name]) for name in ("server", "database")}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._peak_bytes = dict.fromkeys(self._roots, 0)
        self._cpu_s = self._cpu_so_far_s()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()
        self._cpu_s = {name: spent_s - self._cpu_s[name] for name, spent_s in self._cpu_so_far_s().items()}

    def costs(self, wall_s: float) -> dict[str, Cost]:
        """Give what each took in these seconds."""
        return {name: Cost(wall_s, self._cpu_s[name], self._peak_bytes[name]) for name in self._roots}

    def added_to(self, cost: Cost) -> Cost:
        """Give the cost of all together; peaks that came at different times count as one."""
        cpu_s, peak_bytes = sum(self._cpu_s.values()), sum(self._peak_bytes.values())
        return Cost(cost.wall_s, cost.cpu_s + cpu_s, cost.peak_bytes + peak_bytes)

    def _sample(self) -> None:
        while not self._stopped.wait(SAMPLE_S):
            for name, root in self._roots.items():
                size_bytes = sum(map(_pss_bytes, _its(name, root)))
                self._peak_bytes[name] = max(self._peak_bytes[name], size_bytes)

    def _cpu_so_far_s(self) -> dict[str, float]:
        """Give the CPU time so far; the database counts its connections that have ended too."""
        spent_s = {}
        for name, root in self._roots.items():
            spent_s[name] = sum(map(_cpu_s, _its(name, root)))
            if name == "database":
                times = root.cpu_times()
                spent_s[name] += times.children_user + times.children_system
        return spent_s


def _its(name: str, root: psutil.Process) -> list[psutil.Process]:
    """Give the processes of a part; the database is a child of the server, and a part of its own."""
    return [root, *root.children()] if name == "database" else [root]


def _pss_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0
