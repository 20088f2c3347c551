"""The client of the load generator, against servers whose every byte is known."""

import gzip
from contextlib import contextmanager

import gevent
import gevent.event
import gevent.server
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.http_client import BadAnswerError, ConnectionEndedError, Connections
from scenarios.uplink import PacedBody

ANSWERS = {
    b"with a length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer-Timing: total;dur=1\r\n\r\nhello",
    b"in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    b"after 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"compressed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" + gzip.compress(b"hello"),
}


@contextmanager
def server(handle):
    """Serve each connection by `handle`; give the address."""
    it = gevent.server.StreamServer(("127.0.0.1", 0), lambda connection, _: handle(connection))
    it.start()
    yield f"http://127.0.0.1:{it.server_port}"
    it.stop(0.1)


def reads_request(connection):
    """Read one request with its body; give it, or nothing where the connection has ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(ANSWERS)), cut=st.integers(1, 200))
def test_an_answer_is_read_however_it_comes(kind, cut):
    """In two pieces, cut anywhere; the connection serves the next request too."""
    answer, seen = ANSWERS[kind], []

    def handle(connection):
        while request := reads_request(connection):
            seen.append((connection, request))
            connection.sendall(answer[:cut])
            gevent.sleep(0)
            connection.sendall(answer[cut:])

    with server(handle) as address:
        connections = Connections(address)
        for _ in range(2):
            response = connections.send("GET", "/path", {"Name": "value"})
            assert (200, b"hello") == (response.status, response.body)
        connections.close_idle()
    assert seen[0][0] is seen[1][0]
    assert seen[0][1].startswith(b"GET /path HTTP/1.1\r\n")
    assert b"\r\nName: value\r\n" in seen[0][1]


def test_an_answer_may_last_until_the_connection_ends():
    """No length, no chunks: the end is the end, and the connection serves nobody else."""
    opened = []

    def handle(connection):
        opened.append(connection)
        reads_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")
        connection.close()

    with server(handle) as address:
        connections = Connections(address)
        assert [b"hello"] * 2 == [connections.send("GET", "/").body for _ in range(2)]
    assert 2 == len(opened)


def test_a_long_body_leaves_in_pieces_and_whole():
    """No byte is lost or copied twice, and POST without a body says that it has none."""
    seen = []

    def handle(connection):
        while request := reads_request(connection):
            seen.append(request)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    body = bytes(range(256)) * 4000
    with server(handle) as address:
        connections = Connections(address)
        assert 204 == connections.send("PUT", "/", None, PacedBody(body, 1e12, 0.0, gevent.sleep)).status
        assert 204 == connections.send("POST", "/").status
        connections.close_idle()
    assert seen[0].endswith(b"\r\n\r\n" + body)
    assert b"Content-Length: 0" in seen[1]


def test_an_upload_that_is_refused_before_its_end_says_why():
    """The portal answers and closes while the body is still on its way: the answer counts, not the broken line."""

    def handle(connection):
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        connection.close()

    with server(handle) as address:
        body = PacedBody(bytes(8_000_000), 1e9, 0.0, gevent.sleep)
        response = Connections(address).send("PUT", "/", None, body)
    assert (413, b"big") == (response.status, response.body)


@pytest.mark.parametrize(("method", "answered"), [("GET", True), ("POST", False)])
def test_a_connection_that_the_portal_closed_meanwhile(method, answered):
    """It closes as the request leaves. Whoever only looks is sent again, nobody pays twice."""
    requests = []

    def handle(connection):
        while request := reads_request(connection):
            requests.append(request)
            if len(requests) == 2:  # the second one on the same connection
                connection.close()
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with server(handle) as address:
        connections = Connections(address)
        connections.send("GET", "/")
        if answered:
            assert 200 == connections.send(method, "/").status
        else:
            with pytest.raises(ConnectionEndedError):
                connections.send(method, "/")
        connections.close_idle()
    assert (3 if answered else 2) == len(requests)


def test_a_connection_that_the_portal_closes_while_it_idles_is_let_go_at_once():
    """Tens of thousands think or fill in forms at a time: none may hold a file open for what is over."""
    over = gevent.event.Event()

    def handle(connection):
        reads_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        over.wait()

    with server(handle) as address:
        connections = [Connections(address) for _ in range(10)]
        before = psutil.Process().num_fds()
        for it in connections:
            it.send("GET", "/")
        assert before + 20 == psutil.Process().num_fds()  # both ends are of this process
        over.set()
        gevent.sleep(0.1)
        assert before == psutil.Process().num_fds()


@pytest.mark.parametrize("answer", [b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"])
def test_an_answer_that_is_none_or_breaks_off_is_said(answer):
    """It is a failure of its own name, and no half an answer."""

    def handle(connection):
        reads_request(connection)
        connection.sendall(answer)
        connection.close()

    with server(handle) as address, pytest.raises(BadAnswerError):
        Connections(address).send("GET", "/")


def test_nobody_there_is_an_os_error():
    """As everything that goes wrong on the line."""
    with server(lambda connection: connection.close()) as address:
        pass
    with pytest.raises(OSError, match="refused"):
        Connections(address).send("GET", "/")


def test_silence_ends_where_it_is_bounded():
    """An outside service that is frozen holds nobody for good; a later request has a connection of its own."""
    opened = []

    def handle(connection):
        opened.append(connection)
        while connection.recv(65536):
            pass

    with server(handle) as address:
        connections = Connections(address, silence_s=0.1)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                connections.send("GET", "/")
    assert 2 == len(opened)
