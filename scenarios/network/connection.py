"""One connection through the network: two streams, each with a reader, a bounded queue and a writer.

    source ─► reader ─► queue ─► toxics, one after the other ─► writer ─► target

Arrival is noted by the reader, so that delays overlap as on a real line: a piece leaves at its arrival and the latency.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from scenarios.network.pieces import Direction, Ending, Piece, Shape, Shaping, draws

READ_BYTES = 32_768
QUEUED_PIECES = 32
"""What a line holds in one direction, 1 MiB at most: who sends more waits, as for TCP's window."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER on, for 0 s: closing sends RST."""


class Connection:
    """Passes on what two sockets have for each other, as the toxics on it have it, until both have ended."""

    def __init__(self, number: int, near: socket.socket, far: socket.socket) -> None:
        self.number = number
        self._near = near
        self._far = far
        self._is_reset = False
        self._streams: dict[Direction, _Stream] = {"upstream": _Stream(near, far), "downstream": _Stream(far, near)}

    def begin(self, toxic: Shaping, seed: int) -> None:
        """Let a toxic shape what passes from now on."""
        for direction in toxic.directions:
            shape = toxic.shape(draws(seed, f"{toxic.key} {direction}", self.number))
            self._streams[direction].put_on(toxic, shape)

    def end(self, toxic: Shaping) -> bool:
        """Take a toxic off; say whether the connection can go on: not where it holds something back that is lost."""
        streams = [self._streams[direction] for direction in toxic.directions]
        if toxic.closes_at_end and any(it.is_held_by(toxic) for it in streams):
            return False
        for it in streams:
            it.take_off(toxic)
        return True

    def start(self, address: tuple[str, int] | str) -> asyncio.Task[None]:
        """Connect to `address` and pass on until the end; give the task, which closes the connection when cancelled."""
        task = asyncio.create_task(self._run(address))
        task.add_done_callback(self._close)  # also where it is cancelled before it has begun, or while it ends
        return task

    async def _run(self, address: tuple[str, int] | str) -> None:
        tasks: list[asyncio.Task[Any]] = []
        try:
            await asyncio.get_running_loop().sock_connect(self._far, address)
            readers = [asyncio.create_task(it.read()) for it in self._streams.values()]
            writers = [asyncio.create_task(it.write()) for it in self._streams.values()]
            tasks = [*readers, *writers]
            self._is_reset = await _ending(set(writers)) is Ending.RESET
        except OSError:  # nobody is there
            self._is_reset = True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _close(self, _: asyncio.Task[None]) -> None:
        for it in (self._near, self._far):
            if self._is_reset and it.family != socket.AF_UNIX:
                it.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            it.close()


async def _ending(writers: set[asyncio.Task[Ending]]) -> Ending:
    """Give how a connection ends: when both directions have, or as soon as one says so for both."""
    while True:
        done, writers = await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
        endings = {it.result() for it in done}
        for whole in (Ending.RESET, Ending.CLOSE):
            if whole in endings:
                return whole
        if not writers:
            return Ending.END


class _Stream:
    """One direction of a connection."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self._source = source
        self._target = target
        self._queue: asyncio.Queue[Piece] = asyncio.Queue(QUEUED_PIECES)
        self._shapes: dict[Shaping, Shape] = {}
        self._changed = False
        """Whether a toxic has come or gone since the writer looked."""
        self._waiting: asyncio.Future[None] | None = None
        """Done when the writer has waited long enough for a moment, or a toxic comes or goes."""

    def put_on(self, toxic: Shaping, shape: Shape) -> None:
        self._shapes[toxic] = shape
        self._wake()

    def take_off(self, toxic: Shaping) -> None:
        if self._shapes.pop(toxic, None) is not None:
            self._wake()

    def is_held_by(self, toxic: Shaping) -> bool:
        """Say whether a toxic, perhaps with others, holds something back."""
        return toxic in self._shapes and self._waiting is not None

    def _wake(self) -> None:
        self._changed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def read(self) -> None:
        """Read until the source has ended."""
        loop = asyncio.get_running_loop()
        what: bytes | Ending = b""
        while not isinstance(what, Ending):
            try:
                what = await loop.sock_recv(self._source, READ_BYTES) or Ending.END
            except OSError:
                what = Ending.RESET
            await self._queue.put(Piece(what, time.monotonic()))

    async def write(self) -> Ending:
        """Write until the stream ends; give how."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                piece = await self._queue.get()
                if not self._shapes and not isinstance(piece.what, Ending):
                    await loop.sock_sendall(self._target, piece.what)
                elif ending := await self._pass_on(piece):
                    break
            if ending is Ending.END:
                self._target.shutdown(socket.SHUT_WR)
        except OSError:  # the target has gone: who still sends shall know
            return Ending.RESET
        return ending

    async def _pass_on(self, piece: Piece) -> Ending | None:
        """Pass a piece on as the toxics have it, anew where they change; give what the stream ends with, if it does."""
        loop = asyncio.get_running_loop()
        while True:
            self._changed = False
            for part in self._shaped(piece):
                await self._wait_until(part.due_s)
                if self._changed:
                    break
                if isinstance(part.what, Ending):
                    return part.what
                await loop.sock_sendall(self._target, part.what)
                assert isinstance(piece.what, bytes)  # or no part of it were bytes
                piece = piece._replace(what=piece.what[len(part.what) :])
            if not piece.what:
                return None

    def _shaped(self, piece: Piece) -> Iterator[Piece]:
        parts = iter([piece])
        for shape in self._shapes.values():
            parts = chain.from_iterable(map(shape, parts))
        return parts

    async def _wait_until(self, due_s: float) -> None:
        """Wait for a moment, or until a toxic comes or goes; not at all where one has."""
        left_s = due_s - time.monotonic()
        if left_s <= 0 or self._changed:
            return
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._waiting, None if left_s == float("inf") else left_s)
        finally:
            self._waiting = None
