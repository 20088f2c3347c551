"""Connections end after so much."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_not_negative
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape


class LimitData(StreamToxic, frozen=True, tag="limit_data"):
    """A connection is closed once so many bytes have passed while it lasts: long answers and uploads break off."""

    limit_bytes: int
    """After so many a connection is closed."""

    title: ClassVar[str] = "connections break off"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_not_negative(self, "limit_bytes")

    @property
    def figures(self) -> str:
        """After how much."""
        return f"connections break off after {self.limit_bytes:,} bytes"

    def shape(self, draw: Draw) -> Shape:  # noqa: ARG002
        """Let pass what is left, then close."""
        left = self.limit_bytes

        def limited(piece: Piece) -> Iterator[Piece]:
            nonlocal left
            if isinstance(piece.what, Ending):
                yield piece
                return
            if passing := piece.what[:left]:
                yield piece._replace(what=passing)
                left -= len(passing)
            if not left:
                yield Piece(Ending.CLOSE, piece.due_s)

        return limited
