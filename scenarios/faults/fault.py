"""What a fault is: one disturbance with a start and an end, done to a running stack."""

from contextlib import suppress
from typing import ClassVar

import msgspec
import psutil

from scenarios.stack import Stack, StackError


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """A disturbance from one second of the load to another. In a scenario file it is a table of `[[faults]]`.

    Raises ValueError for moments that make no sense.
    """

    from_s: float
    """Run second at which it begins."""
    to_s: float
    """Run second at which what was done is undone."""

    title: ClassVar[str]
    """What happens, in words."""
    touches: ClassVar[frozenset[str]]
    """What it is done to; two faults that touch the same thing cannot last at the same time."""
    least_server_workers: ClassVar[int] = 1
    """How many processes the portal must have for it."""

    def __post_init__(self) -> None:
        if not 0 <= self.from_s < self.to_s:
            raise ValueError(f"from_s is {self.from_s:g} and to_s {self.to_s:g}; write 0 <= from_s < to_s")

    @property
    def words(self) -> str:
        """What happens, with its figures."""
        return self.title

    def overlaps(self, other: "Fault") -> frozenset[str]:
        """Give what both touch at the same time."""
        return self.things & other.things if self.is_beside(other) else frozenset()

    def is_beside(self, other: "Fault") -> bool:
        """Say whether both last at some time."""
        return self.from_s < other.to_s and other.from_s < self.to_s

    @property
    def things(self) -> frozenset[str]:
        """What it is done to."""
        return self.touches

    def begin(self, stack: Stack) -> None:
        """Disturb the stack. Raises FaultError where that does not work."""
        raise NotImplementedError

    def end(self, stack: Stack) -> None:
        """Undo it, as an operator or the machine would. Raises FaultError where that does not work."""


class FaultError(RuntimeError):
    """A fault that could not be done or undone; the message is one line."""


FAILURES = (FaultError, StackError, OSError, psutil.Error)
"""Why a fault may not work: it is said, and the others go on."""


def begin_or_undo(fault: Fault, stack: Stack) -> None:
    """Begin a fault; what was done of one that does not work is undone. Raises one of FAILURES."""
    try:
        fault.begin(stack)
    except FAILURES:
        with suppress(*FAILURES):
            fault.end(stack)
        raise
