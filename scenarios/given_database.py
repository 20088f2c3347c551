"""Whether a database that was given by its URL runs on this machine, so that its processes can be watched."""

from contextlib import suppress
from datetime import datetime

import msgspec
import psutil

SAME_START_S = 5.0
"""PostgreSQL notes when a process of it has started a little later than the machine does."""


class DatabaseProcess(msgspec.Struct, frozen=True):
    """A process of PostgreSQL that serves a connection, as PostgreSQL itself knows it."""

    pid: int
    """On its machine, or in its container: here it may be another process, or none."""
    started_at: datetime
    postmaster_started_at: datetime
    is_asked_locally: bool
    """Whether the connection comes by a Unix socket or a loopback address."""


def postmaster_here(told: DatabaseProcess) -> int | None:
    """Give the process id of a database on this machine; None for one elsewhere, or one that may not be watched.

    Ids are the same on many machines: here, too, the process and its parent must be PostgreSQL's, and as old.
    """
    if not told.is_asked_locally:
        return None
    with suppress(psutil.Error):
        backend = psutil.Process(told.pid)
        postmaster = backend.parent()
        if postmaster and _is(backend, told.started_at) and _is(postmaster, told.postmaster_started_at):
            postmaster.cpu_times()  # which not every system tells of another user's process
            return postmaster.pid
    return None


def _is(process: psutil.Process, started_at: datetime) -> bool:
    return process.name() == "postgres" and abs(process.create_time() - started_at.timestamp()) < SAME_START_S
