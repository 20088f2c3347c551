"""The line from a candidate to the portal: bodies leave no faster than it carries them."""

from collections.abc import Callable, Iterator

PIECE_S = 0.05
"""How long the line takes for one piece, where the bounds below leave it the choice."""
PIECE_LEAST_BYTES = 8_192
PIECE_MOST_BYTES = 262_144


class LineDead(Exception):  # noqa: N818 - what happens to a candidate, not an error
    """Nothing goes over this line any more."""


class PacedBody:
    """A request body that leaves at the speed of an uplink, in pieces that are no copies.

    `sleep` waits for a number of seconds; `stall_s` is one long stop in the middle. Where the line is dead after a
    share of the body, LineDead is raised in place of the piece that it would be in.
    """

    def __init__(
        self,
        body: bytes,
        bits_per_s: float,
        stall_s: float,
        sleep: Callable[[float], object],
        dead_after: float | None = None,
    ) -> None:
        self._left_bytes = len(body) if dead_after is None else int(dead_after * len(body))
        self._body = memoryview(body)
        self._bytes_per_s = bits_per_s / 8
        self._stall_s = stall_s
        self._sleep = sleep

    def __len__(self) -> int:
        """Length in bytes, for the Content-Length header."""
        return len(self._body)

    def __iter__(self) -> Iterator[memoryview]:
        """Give the pieces, each after the time that the line takes for it. Raises LineDead."""
        size_bytes = round(min(max(self._bytes_per_s * PIECE_S, PIECE_LEAST_BYTES), PIECE_MOST_BYTES))
        for at in range(0, len(self._body), size_bytes):
            piece = self._body[at : at + size_bytes]
            pause_s = len(piece) / self._bytes_per_s
            if self._stall_s and (at + len(piece)) * 2 >= len(self._body):
                pause_s += self._stall_s
                self._stall_s = 0.0
            self._sleep(pause_s)
            if at + len(piece) > self._left_bytes:
                raise LineDead
            yield piece
