"""A link between two parts: it listens in the place of one of them, and passes on what comes."""

import asyncio
import logging
import socket
from pathlib import Path

from fakes.draws import uniform
from scenarios.embedded_postgres import socket_of
from scenarios.network.connection import Connection
from scenarios.network.pieces import LinkName, Shaping

BACKLOG = 4096
"""Connections that may wait to be accepted: more than the portal's own, so that it is the portal's that counts."""
ACCEPTED_AT_ONCE = 64

logger = logging.getLogger(__name__)


class Link:
    """Listens at `listens`, connects to `leads_to`: each `HOST:PORT` (0 for a free one) or the path of a Unix socket.

    `leads_to` may also be the folder of an embedded database, whose socket is where its lock file says at that moment.
    """

    def __init__(self, name: LinkName, listens: str, leads_to: str, seed: int) -> None:
        self.name = name
        self.address = listens
        """Where it listens; known whole once it is up."""
        self._leads_to = leads_to
        self._seed = seed
        self._toxics: list[Shaping] = []
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._count = 0
        self._listener: socket.socket | None = None
        self._is_up = False

    def begin(self, toxic: Shaping) -> None:
        """Let a toxic shape what passes, in open connections and new ones."""
        self._toxics.append(toxic)
        for connection in self._connections:
            self._touch(connection, toxic)

    def end(self, toxic: Shaping) -> None:
        """Take a toxic off. Raises ValueError where it is not there."""
        self._toxics.remove(toxic)
        for connection, task in self._connections.items():
            if not connection.end(toxic):
                task.cancel()

    def up(self) -> None:
        """Take connections. Raises OSError."""
        if self._listener is None:
            self._listener = self._bound()
        self._listener.listen(BACKLOG)
        self._is_up = True
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def down(self) -> None:
        """Close every connection and refuse new ones, until it is up again. Raises OSError."""
        listener = self._listener
        if listener is not None and self._is_up:
            self._is_up, self._listener = False, None
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
            if listener.family != socket.AF_UNIX:
                # Bound and not listening it refuses, and nobody else can take the port meanwhile.
                self._listener = self._bound()
        for task in self._connections.values():
            task.cancel()

    async def close(self) -> None:
        """Be down for good."""
        self.down()
        await asyncio.gather(*self._connections.values(), return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    def _bound(self) -> socket.socket:
        """Give a socket that is bound to the link's address, and keep the port that it got."""
        address = parsed(self.address)
        if isinstance(address, str):
            Path(address).unlink(missing_ok=True)  # of the listener before
            listener = socket.socket(socket.AF_UNIX)
        else:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
        if not isinstance(address, str):
            host, port = listener.getsockname()
            self.address = f"{host}:{port}"
        return listener

    def _accept(self) -> None:
        assert self._listener is not None  # it has called
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                near, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # it is tried again at once: who waits is still there
                logger.warning("%s: a connection could not be accepted: %s", self.name, error)
                return
            self._open(near)

    def _open(self, near: socket.socket) -> None:
        try:
            address = parsed(str(socket_of(Path(self._leads_to))) if Path(self._leads_to).is_dir() else self._leads_to)
            far = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        except OSError as error:  # of a database that is not there, or of too many open files
            logger.warning("%s: a connection leads nowhere: %s", self.name, error)
            near.close()
            return
        for it in (near, far):
            it.setblocking(False)
            if it.family != socket.AF_UNIX:
                it.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._count += 1
        connection = Connection(self._count, near, far)
        for toxic in self._toxics:
            self._touch(connection, toxic)
        task = self._connections[connection] = connection.start(address)
        task.add_done_callback(lambda _: self._connections.pop(connection))

    def _touch(self, connection: Connection, toxic: Shaping) -> None:
        if uniform(self._seed, f"{toxic.key} touches", connection.number) < toxic.share:
            connection.begin(toxic, self._seed)


def parsed(address: str) -> tuple[str, int] | str:
    """Give host and port of an address, or the path of a socket.

    >>> parsed("127.0.0.1:80"), parsed("/tmp/.s.PGSQL.5432")
    (('127.0.0.1', 80), '/tmp/.s.PGSQL.5432')
    """
    host, _, port = address.rpartition(":")
    return address if address.startswith("/") else (host, int(port))
