"""The stack under rehearsal while it runs: where its parts are, and what can be done to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scenarios.control import Control
from scenarios.network.process import Network

KILLED_WITHIN_S = 20.0


class StackError(RuntimeError):
    """The stack could not be started; the message is one line that says what is in the way."""


@dataclass
class Stack:
    """A running portal with its outside services."""

    address: str
    """Where the harness reaches the portal, whatever is done to its network."""
    provider_address: str
    """Where the harness reaches the outside services."""
    control_token: str
    database: str
    server_workers: int
    network: Network = field(default_factory=Network)
    """What is between the parts, where a scenario's faults disturb it."""
    processes: dict[str, int] = field(default_factory=dict)
    """Process ids by name; each stands for itself and its children."""
    database_folder: Path | None = None
    """Where the embedded database has its data; None for a database that was given."""
    wishes: Path | None = None
    """Where the control page lays down faults that are wished for, if somebody grants them."""
    start_portal: Callable[[], None] = field(default=lambda: None, repr=False)
    """Starts the portal again, on the books that it had, once all its processes are gone. Raises StackError."""

    @property
    def candidates_address(self) -> str:
        """Where candidates reach the portal."""
        return self.network.url("candidates_portal", self.address)

    @property
    def candidates_provider_address(self) -> str:
        """Where candidates reach the outside services: they read texts and pay."""
        return self.network.url("candidates_providers", self.provider_address)

    @property
    def own_processes(self) -> list[int]:
        """Process ids of what was started for the rehearsal: a database that was given is somebody else's."""
        return [pid for name, pid in self.processes.items() if name != "database" or self.database == "embedded"]

    @property
    def metrics(self) -> str:
        """Where the portal's metrics are."""
        return f"{self.address}/metrics"

    def portal_processes(self) -> list[psutil.Process]:
        """Give the portal's process that was started, and its children; not the database. Raises psutil.Error."""
        portal = psutil.Process(self.processes["server"])
        return [portal, *(it for it in portal.children(recursive=True) if it.name() != "postgres")]

    def server_processes(self) -> list[psutil.Process]:
        """Give the processes that answer requests: children where there are several, else the portal's own."""
        portal, *children = self.portal_processes()
        return [it for it in children if "multiprocessing.spawn" in " ".join(it.cmdline())] or [portal]

    def kill_portal(self) -> None:
        """Kill every process of the portal, at once; the database stays. Raises psutil.Error."""
        everyone = self.portal_processes()
        for process in everyone:
            process.kill()
        psutil.wait_procs(everyone, timeout=KILLED_WITHIN_S)

    def control(self) -> Control:
        """Give a client for the control endpoints."""
        return Control(self.address, self.control_token)
