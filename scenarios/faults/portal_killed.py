"""All of the portal is killed, and started again."""

from typing import ClassVar

from scenarios.faults.fault import Fault
from scenarios.stack import Stack


class PortalKilled(Fault, frozen=True, tag="portal_killed"):
    """`kill -9` of every server process; the database stays. Nobody answers until the portal is started again."""

    title: ClassVar[str] = "every server process is killed, and the portal started again"
    touches: ClassVar[frozenset[str]] = frozenset(["portal"])

    def begin(self, stack: Stack) -> None:
        """Kill them."""
        stack.kill_portal()

    def end(self, stack: Stack) -> None:
        """Start the portal on the books that it had."""
        stack.start_portal()
