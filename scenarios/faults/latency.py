"""Everything takes longer on its way."""

from collections.abc import Iterator
from typing import ClassVar

from scenarios.bounds import check_not_negative, check_positive
from scenarios.faults.toxic import StreamToxic
from scenarios.network.pieces import Draw, Piece, Shape


class Latency(StreamToxic, frozen=True, tag="latency"):
    """Each piece is so long on its way, give or take the jitter; order is kept.

    Longer than the fault lasts, it is a line that is dead for a time and then delivers what was sent.
    """

    latency_ms: float
    """How much longer each piece is on its way."""
    jitter_ms: float = 0.0
    """At most; each delay is drawn evenly from both sides of the latency."""

    title: ClassVar[str] = "latency"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "latency_ms")
        check_not_negative(self, "jitter_ms")
        if self.jitter_ms > self.latency_ms:
            raise ValueError(f"jitter_ms is {self.jitter_ms:g}; it must be at most latency_ms, {self.latency_ms:g}")

    @property
    def figures(self) -> str:
        """How much."""
        return f"latency of {self.latency_ms:g}{f' ± {self.jitter_ms:g}' if self.jitter_ms else ''} ms"

    def shape(self, draw: Draw) -> Shape:
        """Delay each piece."""

        def delayed(piece: Piece) -> Iterator[Piece]:
            delay_ms = self.latency_ms + (2 * draw() - 1) * self.jitter_ms
            yield piece.until(piece.due_s + delay_ms / 1000)

        return delayed
