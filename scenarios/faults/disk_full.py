"""The disk is full."""

import resource
from typing import ClassVar

from scenarios.faults.fault import Fault, FaultError
from scenarios.stack import Stack


class DiskFull(Fault, frozen=True, tag="disk_full"):
    """No file of a server process can grow by a byte: uploads, log and metrics meet it; the database's disk has room.

    The kernel does it, by the limit of file sizes (RLIMIT_FSIZE) that one process may set for another of the same user.
    """

    title: ClassVar[str] = "the disk is full for uploads"
    touches: ClassVar[frozenset[str]] = frozenset(["portal"])  # who is started anew would have room

    def begin(self, stack: Stack) -> None:
        """Leave no room."""
        self._limit(stack, 0)

    def end(self, stack: Stack) -> None:
        """Give the room back that we have ourselves: the portal had it from us."""
        self._limit(stack, resource.getrlimit(resource.RLIMIT_FSIZE)[0])

    def _limit(self, stack: Stack, soft_bytes: int) -> None:
        if not hasattr(resource, "prlimit"):
            raise FaultError("only Linux lets one process limit the files of another")
        for process in stack.server_processes():
            _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (soft_bytes, hard))
