"""The portal stands still."""

import signal
from contextlib import suppress
from typing import ClassVar

import psutil

from scenarios.faults.fault import Fault
from scenarios.stack import Stack


class PortalFrozen(Fault, frozen=True, tag="portal_frozen"):
    """Every server process is stopped in the middle of what it does, and goes on later as if nothing had been."""

    title: ClassVar[str] = "every server process stands still"
    touches: ClassVar[frozenset[str]] = frozenset(["portal"])

    def begin(self, stack: Stack) -> None:
        """Stop them, first the one that looks after the others: it would replace who does not answer it."""
        _send(stack.portal_processes(), signal.SIGSTOP)

    def end(self, stack: Stack) -> None:
        """Let them go on, the one that looks after the others last."""
        _send(stack.portal_processes()[::-1], signal.SIGCONT)


def _send(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            process.send_signal(number)
