"""The line from a candidate to the portal: bodies leave no faster than it carries them."""

from collections.abc import Callable


class PacedBody:
    """A request body that is read at the speed of an uplink, as a file object without a file.

    `sleep` waits for a number of seconds; `stall_s` is one long stop in the middle.
    """

    def __init__(self, body: bytes, bits_per_s: float, stall_s: float, sleep: Callable[[float], object]) -> None:
        self._body = memoryview(body)
        self._at = 0
        self._bytes_per_s = bits_per_s / 8
        self._stall_s = stall_s
        self._sleep = sleep

    def __len__(self) -> int:
        """Length in bytes, for the Content-Length header."""
        return len(self._body)

    def read(self, size_bytes: int) -> bytes:
        """Give the next bytes, after the time that the line takes for them."""
        chunk = bytes(self._body[self._at : self._at + size_bytes])
        self._at += len(chunk)
        pause_s = len(chunk) / self._bytes_per_s
        if self._stall_s and self._at * 2 >= len(self._body):
            pause_s += self._stall_s
            self._stall_s = 0.0
        if pause_s:
            self._sleep(pause_s)
        return chunk
