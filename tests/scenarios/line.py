"""A real line for tests: an echo server, a link to it, and clients that come by the link."""

import asyncio
import functools
import time
from contextlib import asynccontextmanager

import uvloop

from scenarios.network.link import Link, parsed

WITHIN_S = 5.0


class Line:
    """A link and the server at its other end; `heard` has what it got on each connection, `endings` how they ended."""

    def __init__(self, server, link):
        self.link = link
        self.heard = []
        self.endings = []
        self._server = server
        self._writers = []

    async def echo(self, reader, writer):
        """Say everything again, and at the end, half-closed, goodbye."""
        self._writers.append(writer)
        got = []
        self.heard.append(got)
        try:
            while data := await reader.read(65536):
                got.append(data)
                writer.write(data)
                await writer.drain()
            self.endings.append("end")
            writer.write(b"bye")
        except ConnectionError:
            self.endings.append("reset")
        writer.close()

    async def client(self):
        """Give a new connection by the link."""
        reader, writer = await asyncio.open_connection(*parsed(self.link.address))
        self._writers.append(writer)
        return Client(reader, writer)

    async def stop(self):
        """Close everything."""
        await self.link.close()
        for writer in self._writers:
            writer.transport.abort()
        self._server.close()
        await self._server.wait_closed()
        await asyncio.sleep(0.01)  # transports close one turn of the loop later


class Client:
    """One connection: what it says comes back."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    def say(self, data):
        """Send some bytes."""
        self.writer.write(data)

    async def hear(self, size):
        """Give the next bytes that come back."""
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.readexactly(size)

    async def rest(self):
        """Give all that comes until the end."""
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.read()

    async def trip_s(self, data=b"x"):
        """Say something; give how long it takes to come back."""
        began_s = time.monotonic()
        self.say(data)
        assert data == await self.hear(len(data))
        return time.monotonic() - began_s


@asynccontextmanager
async def a_line(seed=1):
    """Give a line for as long as the context lasts."""
    it = Line(None, None)
    it._server = await asyncio.start_server(it.echo, "127.0.0.1", 0)
    host, port = it._server.sockets[0].getsockname()
    it.link = Link("candidates_portal", "127.0.0.1:0", f"{host}:{port}", seed)
    it.link.up()
    try:
        yield it
    finally:
        await it.stop()


def on_a_line(test):
    """Give the test that runs this asynchronous one with a line of its own, on the network's event loop."""

    async def with_a_line(**others):
        async with a_line() as line:
            await test(line, **others)

    @functools.wraps(test)
    def run():
        uvloop.run(with_a_line())

    del run.__wrapped__  # pytest would look for a fixture of the name of its argument
    return run
