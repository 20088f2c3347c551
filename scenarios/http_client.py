"""HTTP/1.1 as a candidate's browser speaks it to one endpoint: connections that are kept, requests, answers.

Locust's own client makes a parsed URL, cookies and three kinds of response objects for each request, and one that
failed holds itself in a cycle (response, error, traceback, frame), upload included, until the collector stops the event
loop to free thousands at once. Here a request is one string, an answer one tuple, and nothing outlives its use.

Redirects are never followed, and cookies are the browser's (scenarios/cookies.py). What is sent goes to an endpoint,
and there are two ways to one: an address of this machine, or a target that somebody has allowed
(scenarios/target_reach.py).
"""

import select
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import gevent.socket
import gevent.ssl
import httptools
from gevent import monkey

from scenarios.loopback import check_loopback
from scenarios.rate_ceiling import Gate

RECEIVE_BYTES = 65_536
IDLE_MOST = 64
"""Connections that are kept for later; those that come back beyond it are closed."""
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE", "HEAD", "OPTIONS"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_GZIP = 16 + zlib.MAX_WBITS
_READABLE = 1
"""For gevent's event loop: there is something to read, or the end."""

_poll = monkey.get_original("select", "poll")
"""gevent's own cannot look without waiting, and select knows no file beyond the 1,024th."""


class ConnectionEndedError(OSError):
    """The other side closed the connection before it answered."""


class BadAnswerError(OSError):
    """What came is not HTTP, or breaks off."""


class Response(NamedTuple):
    """An answer, read to its end. Names of headers are in lower case; one that came again has its values one a line."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def header(self, name: bytes) -> str:
        """Give a header's value; empty where there is none."""
        return self.headers.get(name, b"").decode("latin-1")


class Body(Protocol):
    """A request body that leaves piece by piece. One that has been sent is used up."""

    def __len__(self) -> int:
        """Give the bytes of all pieces."""

    def __iter__(self) -> Iterator[memoryview]:
        """Give the pieces, each when it may leave."""


class Endpoint(NamedTuple):
    """Where requests go, looked up beforehand, and what is the same in each of them."""

    ip: str
    port: int
    host: str
    """Name and port as the header Host has them."""
    name: str = ""
    """The name that a certificate must bear."""
    tls: gevent.ssl.SSLContext | None = None
    headers: str = ""
    """Header lines of each request, each with its end."""
    gate: Gate | None = None
    """What each request waits for before it leaves."""


def loopback_endpoint(address: str) -> Endpoint:
    """Give the endpoint of an address of this machine. Raises TargetRefusedError for any other."""
    check_loopback(address)
    url = urlsplit(address)
    return Endpoint(str(url.hostname), int(url.port or 0), url.netloc)


class Connections:
    """Connections to one endpoint: each request takes one that is idle, or opens another.

    `silence_s` is how long the other side may be silent (TimeoutError); else the sender's own patience ends the wait.
    Whoever is interrupted in the middle of a request, by whatever exception, leaves no connection behind.
    A plain address is one of this machine; raises TargetRefusedError where it is not.
    """

    def __init__(self, to: str | Endpoint, silence_s: float | None = None) -> None:
        self._to = to = loopback_endpoint(to) if isinstance(to, str) else to
        self._gate = to.gate
        self._head = f" HTTP/1.1\r\nHost: {to.host}\r\nUser-Agent: rehearse\r\nAccept-Encoding: gzip\r\n{to.headers}"
        self._silence_s = silence_s
        self._idle: dict[gevent.socket.socket, Any] = {}
        """Those that wait for their next request, the one used last at the end, each with what watches it."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | Body | None = None
    ) -> Response:
        """Send a request and read the answer. Raises OSError."""
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()]) if headers else ""
        length = f"Content-Length: {len(body) if body else 0}\r\n" if body or method in _WITH_BODY else ""
        head = f"{method} {path}{self._head}{lines}{length}\r\n".encode("latin-1")
        while True:
            connection, is_new = self._ready()
            try:
                response, goes_on = _exchange(connection, head, body)
            except ConnectionEndedError as ended:
                connection.close()
                # The portal closed what had idled, just as the request left: browsers try again then.
                if is_new or method not in _IDEMPOTENT or not (body is None or isinstance(body, bytes)):
                    raise ended from None
                continue
            except BaseException:
                connection.close()
                raise
            if goes_on and len(self._idle) < IDLE_MOST:
                self._keep(connection)
            else:
                connection.close()
            return response

    def close_idle(self, keep: int = 0) -> None:
        """Close the connections that idle, all but `keep`."""
        while len(self._idle) > keep:
            self._take_from_idle().close()

    def check(self) -> None:
        """Open a connection and close it again: is somebody there, and who they should be? Raises OSError."""
        self._open().close()

    def _ready(self) -> tuple[gevent.socket.socket, bool]:
        """Give a connection on which a request may leave now, and whether it is new."""
        opened = None
        if self._gate is not None:
            opened = None if self._idle else self._open()  # before the gate: who has left it sends at once
            try:
                self._gate.wait()
            except BaseException:
                if opened is not None:
                    opened.close()
                raise
        if opened is None:
            idle = self._take_idle()
            if idle is not None:
                return idle, False
            opened = self._open()
        return opened, True

    def _open(self) -> gevent.socket.socket:
        to = self._to
        family = gevent.socket.AF_INET6 if ":" in to.ip else gevent.socket.AF_INET
        connection = gevent.socket.socket(family, gevent.socket.SOCK_STREAM)
        try:
            connection.settimeout(self._silence_s)
            connection.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)  # as browsers do
            connection.connect((to.ip, to.port))
            if to.tls is not None:
                connection = to.tls.wrap_socket(connection, server_hostname=to.name, do_handshake_on_connect=False)
                connection.do_handshake()  # apart from the wrapping: who is interrupted in it closes the right one
        except BaseException:
            connection.close()
            raise
        return connection

    def _keep(self, connection: gevent.socket.socket) -> None:
        """Keep a connection until the portal closes it: who fills in a form for minutes holds no file open."""
        watching = gevent.get_hub().loop.io(connection.fileno(), _READABLE, ref=False)
        self._idle[connection] = watching
        watching.start(self._let_go, connection)

    def _let_go(self, connection: gevent.socket.socket) -> None:
        self._idle.pop(connection).close()
        connection.close()

    def _take_from_idle(self) -> gevent.socket.socket:
        connection, watching = self._idle.popitem()
        watching.close()
        return connection

    def _take_idle(self) -> gevent.socket.socket | None:
        while self._idle:
            connection = self._take_from_idle()
            looks = _poll()
            looks.register(connection.fileno(), select.POLLIN)
            if not looks.poll(0):
                return connection
            connection.close()  # readable while idle: the portal has closed it
        return None


class _Reading:
    """One answer while it is read: what the parser calls back."""

    __slots__ = ("body", "goes_on", "headers", "is_complete", "is_final", "parser")

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.body: list[bytes] = []
        self.is_complete = False
        self.is_final = False
        self.goes_on = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in self.headers:  # cookies come one a line
            value = self.headers[name] + b"\n" + value
        self.headers[name] = value

    def on_headers_complete(self) -> None:
        self.is_final = self.parser.get_status_code() >= 200
        if not self.is_final:
            self.headers = {}  # "100 Continue" and its like: the answer is still to come

    def on_body(self, piece: bytes) -> None:
        self.body.append(piece)

    def on_message_complete(self) -> None:
        self.is_complete = self.is_final
        self.goes_on = self.parser.should_keep_alive()  # it knows no more once it waits for the next message

    @property
    def lasts_until_the_end(self) -> bool:
        """Whether the answer has no length of its own: the end of the connection is its end."""
        return self.is_final and not self.headers.keys() & {b"content-length", b"transfer-encoding"}


def _exchange(connection: gevent.socket.socket, head: bytes, body: bytes | Body | None) -> tuple[Response, bool]:
    """Send a request; give the answer, and whether the connection can be used again."""
    sent_whole = True
    try:
        if body is None or isinstance(body, bytes):
            connection.sendall(head + body if body else head)
        else:
            connection.sendall(head)
            for piece in body:
                connection.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        sent_whole = False  # the portal may have refused a body before it was whole, and said why
    response, goes_on = _receive(connection)
    return response, goes_on and sent_whole


def _receive(connection: gevent.socket.socket) -> tuple[Response, bool]:
    reading = _Reading()
    parser = reading.parser
    try:
        while not reading.is_complete:
            try:
                data = connection.recv(RECEIVE_BYTES)
            except ConnectionResetError:
                data = b""
            if data:
                parser.feed_data(data)
            elif reading.lasts_until_the_end:
                break
            elif reading.headers or reading.body:
                raise BadAnswerError("the answer breaks off")
            else:
                raise ConnectionEndedError("the connection ended before an answer came")
        body = reading.body[0] if len(reading.body) == 1 else b"".join(reading.body)
        if reading.headers.get(b"content-encoding") == b"gzip":
            body = zlib.decompress(body, _GZIP)
        return Response(parser.get_status_code(), reading.headers, body), reading.goes_on
    except (httptools.HttpParserError, zlib.error) as error:
        raise BadAnswerError(str(error)) from None
    finally:
        del reading.parser  # which holds the callbacks, and they it: no cycle is left for the collector
