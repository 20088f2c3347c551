"""The stack under rehearsal while it runs: where its parts are, and what can be done to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scenarios.control import Control

KILLED_WITHIN_S = 20.0


class StackError(RuntimeError):
    """The stack could not be started; the message is one line that says what is in the way."""


@dataclass
class Stack:
    """A running portal with its outside services."""

    address: str
    provider_address: str
    control_token: str
    database: str
    server_workers: int
    processes: dict[str, int] = field(default_factory=dict)
    """Process ids by name; each stands for itself and its children."""
    database_folder: Path | None = None
    """Where the embedded database has its data; None for a database that was given."""
    start_portal: Callable[[], None] = field(default=lambda: None, repr=False)
    """Starts the portal again, on the books that it had, once all its processes are gone. Raises StackError."""

    def server_processes(self) -> list[psutil.Process]:
        """Give the processes that answer requests: the portal's children where it has several, else itself."""
        portal = psutil.Process(self.processes["server"])
        if self.server_workers == 1:
            return [portal]
        return [it for it in portal.children() if "multiprocessing.spawn" in " ".join(it.cmdline())]

    def kill_portal(self) -> None:
        """Kill every process of the portal, at once; the database stays."""
        portal = psutil.Process(self.processes["server"])
        everyone = [portal, *(it for it in portal.children(recursive=True) if it.name() != "postgres")]
        for process in everyone:
            process.kill()
        psutil.wait_procs(everyone, timeout=KILLED_WITHIN_S)

    def control(self) -> Control:
        """Give a client for the control endpoints."""
        return Control(self.address, self.control_token)
