"""The portal stands still."""

import signal
from typing import ClassVar

from scenarios.faults.fault import Fault
from scenarios.stack import Stack


class PortalFrozen(Fault, frozen=True, tag="portal_frozen"):
    """Every server process is stopped in the middle of what it does, and goes on later as if nothing had been."""

    title: ClassVar[str] = "every server process stands still"

    def begin(self, stack: Stack) -> None:
        """Stop them."""
        for process in stack.server_processes():
            process.send_signal(signal.SIGSTOP)

    def end(self, stack: Stack) -> None:
        """Let them go on."""
        for process in stack.server_processes():
            process.send_signal(signal.SIGCONT)
