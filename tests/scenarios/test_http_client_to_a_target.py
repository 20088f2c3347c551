"""The client of the load generator on its way to a target: TLS, names, headers, and the gate."""

import time
from contextlib import contextmanager
from datetime import datetime, timedelta

import gevent
import gevent.server
import gevent.ssl
import msgspec
import pytest
import trustme
from redirecting import redirecting_server

from scenarios.http_client import ConnectionEndedError
from scenarios.target import Target, TargetError, Tls
from scenarios.target_reach import find_addresses, target_reach
from scenarios.window import CHINA
from tests.scenarios.test_http_client import reads_request

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def authority():
    """Give somebody who certifies, whom no system trusts."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    """Give a file with the certificate of the authority."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


@contextmanager
def server(handle, context=None):
    """Serve each connection by `handle`, with TLS where there is a context for it; give the port."""
    tls = {} if context is None else {"ssl_context": context}
    it = gevent.server.StreamServer(("127.0.0.1", 0), lambda connection, _: handle(connection), **tls)
    it.start()
    yield it.server_port
    it.stop(0.1)


def serving(authority, name, *, asks_for_certificate=False):
    """Give the context of a server that shows a certificate for a name."""
    context = gevent.ssl.SSLContext(gevent.ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    if asks_for_certificate:
        authority.configure_trust(context)
        context.verify_mode = gevent.ssl.CERT_REQUIRED
    return context


def answering(requests):
    """Answer every request, and note it with its connection."""

    def handle(connection):
        while request := reads_request(connection):
            requests.append((connection, request))
            connection.sendall(ANSWER)

    return handle


def target(base_url, **keys):
    """Give a target with room enough, which is allowed where it needs it."""
    return Target(base_url=base_url, **{"most_requests_per_s": 1000.0, **keys})


@contextmanager
def connected(it):
    """Look a target up, and give connections to it."""
    connections = target_reach(it, find_addresses(it)).connect()
    yield connections
    connections.close_idle()


def answer(it):
    """Give what a target answers to one request."""
    with connected(it) as connections:
        return connections.send("GET", "/")


def test_https_is_spoken_over_connections_that_are_kept(authority, ca_file):
    """With a certificate that is checked; the header Host, and the target's own headers are in each request."""
    requests = []
    with server(answering(requests), serving(authority, "127.0.0.1")) as port:
        it = target(f"https://127.0.0.1:{port}", tls=Tls(ca_file=ca_file), headers={"X-Rehearsal": "yes"})
        body = bytes(range(256)) * 4000
        with connected(it) as connections:
            said = [connections.send("PUT", "/", {"Name": "value"}, it).body for it in (None, b"short", body)]
    assert [b"hello"] * 3 == said
    assert 1 == len({connection for connection, _ in requests})
    assert requests[2][1].endswith(b"\r\n\r\n" + body)
    head = requests[0][1].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [b"PUT / HTTP/1.1", b"Host: 127.0.0.1:%d" % port] == head[:2]
    assert {b"X-Rehearsal: yes", b"Name: value"} < set(head)


@pytest.mark.parametrize(
    ("name", "trusts", "why"),
    [
        ("127.0.0.1", False, "certificate of its own needs"),
        ("elsewhere.example.cn", True, "IP address mismatch"),
    ],
)
def test_who_is_not_who_they_should_be_gets_no_request(authority, ca_file, name, trusts, why):
    """A certificate that nobody vouches for, or for another name: said in a line before the load; off, it is taken."""
    requests = []
    with server(answering(requests), serving(authority, name)) as port:
        tls = Tls(ca_file=ca_file) if trusts else Tls()
        with pytest.raises(TargetError, match=why) as wrong:
            find_addresses(target(f"https://127.0.0.1:{port}", tls=tls))
        assert "\n" not in str(wrong.value)
        assert [] == requests
        assert b"hello" == answer(target(f"https://127.0.0.1:{port}", tls=Tls(verify=False))).body


def test_a_portal_may_ask_for_a_certificate(authority, ca_file, tmp_path):
    """The harness shows the one that the file names."""
    shown = authority.issue_cert("rehearsal.example.cn")
    shown.private_key_and_cert_chain_pem.write_to_path(tmp_path / "mine.pem")
    requests = []
    with server(answering(requests), serving(authority, "127.0.0.1", asks_for_certificate=True)) as port:
        without = Tls(ca_file=ca_file)
        with pytest.raises(OSError, match=r"(?i)certificate|closed|ended|eof|reset"):
            answer(target(f"https://127.0.0.1:{port}", tls=without))
        mine = Tls(ca_file=ca_file, client_certificate=str(tmp_path / "mine.pem"))
        assert b"hello" == answer(target(f"https://127.0.0.1:{port}", tls=mine)).body
    assert 1 == len(requests)


def test_files_of_certificates_that_are_none(tmp_path):
    """One line, before the load."""
    with pytest.raises(TargetError, match=r"\[tls\]: a file of certificates cannot be used"):
        find_addresses(target("https://127.0.0.1:9", tls=Tls(ca_file=str(tmp_path / "none.pem"))))


def test_a_connection_that_the_portal_closed_while_idle(authority, ca_file):
    """Over TLS too, the next request has another one."""
    requests = []

    def handle(connection):
        requests.append(reads_request(connection))
        connection.sendall(ANSWER)
        connection.unwrap()
        connection.close()

    def ask_thrice(port):
        with connected(target(f"https://127.0.0.1:{port}", tls=Tls(ca_file=ca_file))) as connections:
            for _ in range(3):
                assert b"hello" == connections.send("POST", "/", None, b"once").body
                gevent.sleep(0.02)

    with server(handle, serving(authority, "127.0.0.1")) as port:
        ask_thrice(port)
    assert 3 == len([it for it in requests if it])


def test_who_loses_patience_in_a_handshake_leaves_no_connection_behind(recwarn):
    """A portal that takes the connection and says nothing."""
    open_ = []

    def handle(connection):
        open_.append(connection)
        while connection.recv(65536):
            pass
        open_.remove(connection)

    with server(handle) as port:
        it = target(f"https://127.0.0.1:{port}", tls=Tls(verify=False))
        connections = target_reach(it, {f"127.0.0.1:{port}": "127.0.0.1"}).connect()
        with gevent.Timeout(0.2, False):
            connections.send("GET", "/")
        gevent.sleep(0.05)
        assert [] == open_
    assert not recwarn.list


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_target_that_points_elsewhere_is_not_followed(status):
    """Its answer is the answer."""
    with redirecting_server() as (pointing, _, reached), connected(target(pointing)) as connections:
        assert status == connections.send("GET", f"/{status}").status
        assert [] == reached


def test_a_name_is_looked_up_once_and_said():
    """Requests go to the address that was found, and say the name."""
    requests = []
    with server(answering(requests)) as port:
        now = datetime.now(CHINA)
        allowed = {
            "allowed_by": "Li Wei, +86 10 5550 0100",
            "allowed_host": f"localhost:{port}",
            "allowed_from": now - timedelta(hours=1),
            "allowed_until": now + timedelta(hours=1),
        }
        it = target(f"http://localhost:{port}", **allowed)
        assert {f"localhost:{port}": "127.0.0.1"} == find_addresses(it)
        assert 200 == answer(it).status
    assert f"Host: localhost:{port}".encode() in requests[0][1]
    with pytest.raises(TargetError, match=f"localhost:{port} is not reached"):
        find_addresses(it)
    name = "no-such-host.invalid:80"
    no_such = msgspec.structs.replace(it, base_url=f"http://{name}", allowed_host=name)
    with pytest.raises(TargetError, match=r"no-such-host\.invalid: its address cannot be looked up"):
        find_addresses(no_such)


def test_the_ceiling_holds_for_all_visits_together():
    """Of 25 visits that come at once, 10 requests a second arrive; those held back are counted."""
    arrived_s = []

    def handle(connection):
        while reads_request(connection):
            arrived_s.append(time.monotonic())
            connection.sendall(ANSWER)

    with server(handle) as port:
        it = target(f"http://127.0.0.1:{port}", most_requests_per_s=10.0)
        reach = target_reach(it, find_addresses(it))

        def visit():
            connections = reach.connect()
            connections.send("GET", "/")
            connections.close_idle()

        began_s = time.monotonic()
        gevent.joinall([gevent.spawn(visit) for _ in range(25)], raise_error=True)
    assert 25 == len(arrived_s)
    # A request may take its time to arrive, but none arrives before it has left.
    assert arrived_s[10] - began_s >= 1
    assert arrived_s[20] - began_s >= 2
    assert 15 == reach.gate.held_back


def test_a_portal_that_always_closes_is_not_asked_for_ever():
    """Neither with a gate, before which connections are opened."""
    asked = []

    def handle(connection):
        asked.append(reads_request(connection))
        connection.close()

    with server(handle) as port, pytest.raises(ConnectionEndedError):
        answer(target(f"http://127.0.0.1:{port}"))
    assert 1 == len([it for it in asked if it])


def test_whoever_waits_at_the_gate_and_leaves_closes_their_connection():
    """A request that never left leaves nothing behind, and takes no turn."""
    open_ = []

    def handle(connection):
        open_.append(connection)
        while reads_request(connection):
            connection.sendall(ANSWER)
        open_.remove(connection)

    with server(handle) as port:
        reach = target_reach(
            target(f"http://127.0.0.1:{port}", most_requests_per_s=1.0), {f"127.0.0.1:{port}": "127.0.0.1"}
        )
        reach.gate.wait()
        with gevent.Timeout(0.1, False):
            reach.connect().send("GET", "/")
        gevent.sleep(0.05)
        assert [] == open_
