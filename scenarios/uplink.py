"""The line from a candidate to the portal: bodies leave no faster than it carries them."""

from collections.abc import Callable, Iterator

PIECE_S = 0.05
"""How long the line takes for one piece, where the bounds below leave it the choice."""
PIECE_LEAST_BYTES = 8_192
PIECE_MOST_BYTES = 262_144


class PacedBody:
    """A request body that leaves at the speed of an uplink, in pieces that are no copies.

    `sleep` waits for a number of seconds; `stall_s` is one long stop in the middle.
    """

    def __init__(self, body: bytes, bits_per_s: float, stall_s: float, sleep: Callable[[float], object]) -> None:
        self._body = memoryview(body)
        self._bytes_per_s = bits_per_s / 8
        self._stall_s = stall_s
        self._sleep = sleep

    def __len__(self) -> int:
        """Length in bytes, for the Content-Length header."""
        return len(self._body)

    def __iter__(self) -> Iterator[memoryview]:
        """Give the pieces, each after the time that the line takes for it."""
        size_bytes = round(min(max(self._bytes_per_s * PIECE_S, PIECE_LEAST_BYTES), PIECE_MOST_BYTES))
        for at in range(0, len(self._body), size_bytes):
            piece = self._body[at : at + size_bytes]
            pause_s = len(piece) / self._bytes_per_s
            if self._stall_s and (at + len(piece)) * 2 >= len(self._body):
                pause_s += self._stall_s
                self._stall_s = 0.0
            self._sleep(pause_s)
            yield piece
