"""Who has ended is not believed for a while."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_positive
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape


class SlowClose(StreamToxic, frozen=True, tag="slow_close"):
    """The end of a stream comes later than what was said before it: connections stay open that nobody needs."""

    delay_ms: float
    """How late the end is told."""

    title: ClassVar[str] = "connections close late"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "delay_ms")

    @property
    def figures(self) -> str:
        """How late."""
        return f"connections close {self.delay_ms:g} ms late"

    def shape(self, draw: Draw) -> Shape:  # noqa: ARG002
        """Delay the end."""

        def late(piece: Piece) -> Iterator[Piece]:
            yield piece.until(piece.due_s + self.delay_ms / 1000) if piece.what is Ending.END else piece

        return late
