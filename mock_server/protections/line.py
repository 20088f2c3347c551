"""A request that waits for its turn: not beyond its deadline, and not when its sender has left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar.types import Receive

from mock_server.protections.door import TurnedAway
from mock_server.resources import Holding

BUFFER_BYTES = 4 * 1024 * 1024
"""As much of a waiting body is taken in at most, where the portal does not look whether its sender is still there."""


class ClientLeft(Exception):  # noqa: N818 - what a candidate does, not an error
    """The sender closed the connection while the request waited: nobody would read the answer."""


class Line:
    """What a request has sent while it waited is kept: `receive` gives it to the application, and then the rest."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: list[Any] = []

    async def receive(self) -> Any:
        """Give the next message, as ASGI has it."""
        return self._kept.pop(0) if self._kept else await self._receive()

    @asynccontextmanager
    async def turn(self, holding: Holding, deadline_s: float, *, drops_who_left: bool) -> AsyncIterator[None]:
        """Wait for a unit and hold it; `deadline_s` 0 is none.

        Raises TurnedAway when the deadline has passed, ClientLeft when nobody waits any more, QueueFull.
        """
        comes = asyncio.create_task(holding.__aenter__())
        leaves = asyncio.create_task(self._leaves() if drops_who_left else self._buffer())
        try:
            await asyncio.wait([comes, leaves], timeout=deadline_s or None, return_when=asyncio.FIRST_COMPLETED)
            if not comes.done():
                raise ClientLeft if leaves.done() else TurnedAway
            comes.result()
            await _stop(leaves)  # from here on, what comes is the application's to read
            yield
        finally:
            await _stop(leaves)
            await _stop(comes)
            if not comes.cancelled() and comes.exception() is None:
                await holding.__aexit__(None, None, None)

    async def _leaves(self) -> None:
        """Return when the sender has left. Of an upload one piece is kept, and the rest left in the network."""
        while True:
            message: Any = await self._receive()
            if message["type"] == "http.disconnect":
                return
            self._kept.append(message)
            if message["more_body"]:
                await _for_ever()

    async def _buffer(self) -> None:
        """Take the body in, as a proxy does that buffers requests: whoever sent it may leave, the work is done."""
        size_bytes = 0
        while size_bytes < BUFFER_BYTES:
            message: Any = await self._receive()
            if message["type"] == "http.disconnect":
                break
            self._kept.append(message)
            size_bytes += len(message["body"])
            if not message["more_body"]:
                break
        await _for_ever()


async def _for_ever() -> None:
    """Wait until cancelled."""
    await asyncio.get_running_loop().create_future()


async def _stop(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
