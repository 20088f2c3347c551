"""One process of the portal is killed."""

import signal
from typing import ClassVar

import psutil

from scenarios.faults.fault import Fault
from scenarios.stack import Stack


class ServerKilled(Fault, frozen=True, tag="server_killed"):
    """`kill -9` of one of several server processes, with all that it is answering; the portal itself starts another."""

    title: ClassVar[str] = "one server process is killed"
    touches: ClassVar[frozenset[str]] = frozenset(["portal"])
    least_server_workers: ClassVar[int] = 2

    def begin(self, stack: Stack) -> None:
        """Kill the oldest one."""
        workers = stack.server_processes()
        min(workers, key=psutil.Process.create_time).send_signal(signal.SIGKILL)
