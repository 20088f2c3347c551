"""Whatever is sent vanishes."""

import math
from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_not_negative
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape


class Timeout(StreamToxic, frozen=True, tag="timeout"):
    """Nothing gets through any more, and nobody is told; a connection on which something vanished is closed in the end.

    One that was idle for all that time goes on.
    """

    after_ms: float = 0.0
    """How long after the first that has vanished the connection is closed; 0: when the fault ends."""

    title: ClassVar[str] = "everything vanishes"
    closes_at_end: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_not_negative(self, "after_ms")

    @property
    def figures(self) -> str:
        """What vanishes, and for how long."""
        return f"{self.title}{f', {self.after_ms:g} ms later the connection,' if self.after_ms else ''}"

    def shape(self, draw: Draw) -> Shape:  # noqa: ARG002
        """Hold everything until the connection is closed."""

        def swallowed(piece: Piece) -> Iterator[Piece]:
            yield Piece(Ending.CLOSE, piece.due_s + self.after_ms / 1000 if self.after_ms else math.inf)

        return swallowed
