"""Connections are torn down in the middle of what they carry."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_not_negative
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Ending, Piece, Shape


class ResetPeer(StreamToxic, frozen=True, tag="reset_peer"):
    """Both sides get TCP's RST in place of the first that is sent.

    Upstream the request never arrives; downstream it has been done, and who asked does not hear of it.
    """

    after_ms: float = 0.0
    """How long after that."""

    title: ClassVar[str] = "connections are reset"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_not_negative(self, "after_ms")

    @property
    def figures(self) -> str:
        """When they are reset."""
        when = f"{self.after_ms:g} ms after something" if self.after_ms else "as soon as something"
        return f"connections are reset {when} is sent"

    def shape(self, draw: Draw) -> Shape:  # noqa: ARG002
        """Put a reset in the place of what comes; who just ends may do so."""

        def reset(piece: Piece) -> Iterator[Piece]:
            if isinstance(piece.what, Ending):
                yield piece
            else:
                yield Piece(Ending.RESET, piece.due_s + self.after_ms / 1000)

        return reset
