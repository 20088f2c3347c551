"""The portal's clock jumps."""

from contextlib import closing
from typing import ClassVar

import httpx

from scenarios.faults.fault import Fault, FaultError
from scenarios.stack import Stack

STEP_MOST_S = 86_400.0


class ClockStep(Fault, frozen=True, tag="clock_step"):
    """The portal's clock is put forward or back, as by a wrong correction of NTP, and is put right at the end."""

    step_s: float
    """Portal seconds; below 0 it is put back."""

    title: ClassVar[str] = "the portal's clock jumps"
    touches: ClassVar[frozenset[str]] = frozenset(["clock", "portal", "database"])  # must answer, or it cannot be set

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < abs(self.step_s) <= STEP_MOST_S:
            raise ValueError(f"step_s is {self.step_s:g}; write up to {STEP_MOST_S:g} s, forward or back, and not 0")

    @property
    def words(self) -> str:
        """Which way, and how far."""
        return f"the portal's clock is put {'forward' if self.step_s > 0 else 'back'} by {abs(self.step_s):g} s"

    def begin(self, stack: Stack) -> None:
        """Put it wrong."""
        self._step(stack, self.step_s)

    def end(self, stack: Stack) -> None:
        """Put it right."""
        self._step(stack, -self.step_s)

    def _step(self, stack: Stack, by_s: float) -> None:
        try:
            with closing(stack.control()) as control:
                control.step_clock(by_s)
        except httpx.HTTPError as error:
            raise FaultError(f"the portal's clock cannot be set: {error}") from None
