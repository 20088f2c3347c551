"""Processes of a rehearsal: who descends from whom, and who waits when cores are short.

Niceness alone is not enough on Linux. With autogroups, which most kernels have switched on, each *session* gets an
equal share of the cores, and niceness counts within a session alone. Every part of the portal has a session of its own,
and PostgreSQL gives each of its connections one: together they pushed the load generator aside, for seconds at a time,
however nice they were. So their sessions are made nice too.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import psutil

LOOK_S = 1.0
"""How often it is looked for processes that are new, such as the database's for a connection."""
_PROC = Path("/proc")
_KNOWS_CHILDREN = (_PROC / "self" / "task" / str(os.getpid()) / "children").exists()


def descendants(pid: int, others: frozenset[int] = frozenset()) -> Iterator[int]:
    """Give the children of a process, and theirs; `others` are left out, with their descendants."""
    for child in _children(pid):
        if child not in others:
            yield child
            yield from descendants(child, others)


def _children(pid: int) -> list[int]:
    if _KNOWS_CHILDREN:  # a small file for each thread; psutil reads one for each process of the machine
        with suppress(OSError):
            files = (_PROC / str(pid) / "task").glob("*/children")
            return [int(child) for file in files for child in file.read_text().split()]
        return []
    with suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children()]
    return []


def make_nice(pid: int, niceness: int) -> None:
    """Make a process nice, and on Linux the session that it is in."""
    # One that has ended, or belongs to somebody else; and unprivileged users may change few sessions a second.
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.nice() < niceness:
            process.nice(niceness)
    with suppress(OSError):
        session = _PROC / str(pid) / "autogroup"
        if not session.read_text().endswith(f" nice {niceness}\n"):
            session.write_text(str(niceness))


@contextmanager
def kept_nice(pids: Iterable[int], niceness: int) -> Iterator[None]:
    """Keep processes and all their descendants nice, new ones too, for as long as the context lasts."""
    over = Event()

    def keep() -> None:
        while True:
            for root in pids:
                for pid in (root, *descendants(root)):
                    make_nice(pid, niceness)
            if over.wait(LOOK_S):
                return

    keeper = Thread(target=keep, name="keeps the portal nice", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
