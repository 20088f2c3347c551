"""The line is thin."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_positive
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape

PART_S = 0.02
"""How long one part is on the line: a piece leaves part by part."""


class Bandwidth(StreamToxic, frozen=True, tag="bandwidth"):
    """Each connection carries so many bytes a second."""

    bytes_per_s: float
    """What one connection carries."""

    title: ClassVar[str] = "little bandwidth"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "bytes_per_s")

    @property
    def figures(self) -> str:
        """How much."""
        return f"bandwidth of {self.bytes_per_s:,.0f} bytes/s"

    def shape(self, draw: Draw) -> Shape:  # noqa: ARG002
        """Let each part leave when its last byte would have."""
        free_s = 0.0
        part_bytes = max(1, int(PART_S * self.bytes_per_s))

        def thinned(piece: Piece) -> Iterator[Piece]:
            nonlocal free_s
            if isinstance(piece.what, Ending):
                yield piece
                return
            for first in range(0, len(piece.what), part_bytes):
                part = piece.what[first : first + part_bytes]
                gone_s = max(piece.due_s, free_s) + len(part) / self.bytes_per_s
                yield Piece(part, gone_s)
                free_s = gone_s

        return thinned
