"""What is sent arrives in slices."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_not_negative
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape


class Slicer(StreamToxic, frozen=True, tag="slicer"):
    """Each piece is cut into slices of about the same size, sent one after the other, with pauses in between."""

    average_bytes: int
    """Length of a slice."""
    variation_bytes: int = 0
    """A slice is at most so much longer or shorter; drawn evenly."""
    pause_us: float = 0.0
    """Between two slices, in microseconds."""

    title: ClassVar[str] = "slices"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_not_negative(self, "variation_bytes", "pause_us")
        if self.average_bytes <= self.variation_bytes:
            raise ValueError(
                f"average_bytes is {self.average_bytes}; it must be above variation_bytes, {self.variation_bytes}"
            )

    @property
    def figures(self) -> str:
        """How long the slices are, and the pauses."""
        varied = f" ± {self.variation_bytes}" if self.variation_bytes else ""
        paused = f", {self.pause_us:g} µs apart," if self.pause_us else ""
        return f"slices of {self.average_bytes}{varied} bytes{paused}"

    def shape(self, draw: Draw) -> Shape:
        """Cut each piece."""

        def cut(piece: Piece) -> Iterator[Piece]:
            if isinstance(piece.what, Ending):
                yield piece
                return
            first, due_s = 0, piece.due_s
            while first < len(piece.what):
                size = self.average_bytes + round((2 * draw() - 1) * self.variation_bytes)
                yield Piece(piece.what[first : first + size], due_s)
                first += size
                due_s += self.pause_us / 1e6

        return cut
