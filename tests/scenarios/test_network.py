"""A link without toxics is a line like any other: bytes, half-closing, resets and refusals pass."""

import asyncio
import signal
import socket
import subprocess
import sys
import textwrap

import psutil
import pytest
import uvloop
from registrant import wait_until

from scenarios.faults.down import Down
from scenarios.faults.latency import Latency
from scenarios.network.link import Link
from scenarios.network.process import Ends, NetworkError, running_network
from tests.scenarios.line import on_a_line


@on_a_line
async def test_everything_passes(line):
    """Megabytes each way, on several connections at once, and what comes after one side has half-closed."""
    said = [bytes([number]) * 3_000_000 for number in range(3)]
    clients = [await line.client() for _ in said]
    for client, text in zip(clients, said, strict=True):
        client.say(text)
        client.writer.write_eof()
    assert [text + b"bye" for text in said] == await asyncio.gather(*(it.rest() for it in clients))
    assert ["end"] * 3 == line.endings


@on_a_line
async def test_a_reset_passes(line):
    """Who tears a connection down is not taken for one who ends it in good order."""
    client = await line.client()
    await client.trip_s()
    client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.writer.transport.abort()
    async with asyncio.timeout(5):
        while not line.endings:
            await asyncio.sleep(0.01)
    assert ["reset"] == line.endings


@on_a_line
async def test_who_leads_nowhere_resets(line):
    """Where nobody listens at the other end, the connection is torn down at once."""
    line.link._leads_to = "127.0.0.1:1"
    with pytest.raises(ConnectionResetError):
        await (await line.client()).hear(1)


@on_a_line
async def test_connections_that_are_over_are_forgotten(line):
    """Nothing is kept of them."""
    for _ in range(5):
        client = await line.client()
        await client.trip_s()
        client.writer.write_eof()
        assert b"bye" == await client.rest()
    await asyncio.sleep(0.05)
    assert {} == line.link._connections


def test_a_socket_is_a_link_too(tmp_path):
    """A database is reached by its socket, which a cut line refuses, and which is there again afterwards."""

    async def look():
        server = await asyncio.start_unix_server(_echo_once, tmp_path / "there")
        link = Link("portal_database", str(tmp_path / "here"), str(tmp_path / "there"), 1)
        link.up()
        assert b"hello" == await _ask(link.address)
        link.down()
        with pytest.raises(ConnectionRefusedError):
            await _ask(link.address)
        link.up()
        assert b"hello" == await _ask(link.address)
        await link.close()
        server.close()
        await server.wait_closed()

    uvloop.run(look())


async def _echo_once(reader, writer):
    writer.write(await reader.readexactly(5))
    writer.close()


async def _ask(path):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"hello")
    try:
        return await reader.readexactly(5)
    finally:
        writer.close()


@pytest.fixture
def server():
    """Give a socket that listens; what comes waits in it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def address(listener):
    """Give host and port of a socket that listens."""
    host, port = listener.getsockname()
    return f"{host}:{port}"


def test_the_process_does_as_told_and_says_when_not(server, tmp_path):
    """A toxic is there once the command has been answered; one that is not there cannot be taken off."""
    down = Down(1, 2, link="portal_providers")
    with running_network({"portal_providers": Ends("127.0.0.1:0", address(server))}, 1, tmp_path / "log") as network:
        host, port = network.addresses["portal_providers"].split(":")
        socket.create_connection((host, int(port))).close()
        network.tell(down, begins=True)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))
        network.tell(down, begins=False)
        socket.create_connection((host, int(port))).close()
        with pytest.raises(NetworkError, match="portal_providers: "):
            network.tell(Latency(1, 2, link="portal_providers", latency_ms=1), begins=False)
        process = psutil.Process(network.pid)
    assert not process.is_running()


def test_an_address_that_cannot_be_had_is_one_line(server, tmp_path):
    """Whoever starts it reads what is in the way."""
    taken = Ends(address(server), address(server))
    with (
        pytest.raises(NetworkError, match="in use"),
        running_network({"portal_providers": taken}, 1, tmp_path / "log"),
    ):
        pass


def test_it_ends_with_who_has_started_it(tmp_path):
    """After a kill -9 too: nobody is left to pass anything on."""
    script = f"""
        from pathlib import Path
        from scenarios.network.process import Ends, running_network
        links = {{"portal_providers": Ends("127.0.0.1:0", "127.0.0.1:1")}}
        with running_network(links, 1, Path({str(tmp_path / "log")!r})) as it:
            print(it.pid, flush=True)
            input()
    """
    starter = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with starter:
        network = psutil.Process(int(starter.stdout.readline()))
        starter.send_signal(signal.SIGKILL)
    wait_until(lambda: not network.is_running(), "the network's end")


def test_a_toxic_that_is_answered_late_is_taken_off_and_its_answer_is_nobodys(server, tmp_path, monkeypatch):
    """Whoever speaks to a network that stood still hears how their own command went."""
    late = Latency(1, 2, link="portal_providers", latency_ms=150)
    with running_network({"portal_providers": Ends("127.0.0.1:0", address(server))}, 1, tmp_path / "log") as network:
        process = psutil.Process(network.pid)
        process.suspend()
        with monkeypatch.context() as patched:
            patched.setattr("scenarios.network.process.WITHIN_S", 0.2)
            with pytest.raises(NetworkError, match="not answered"):
                network.tell(late, begins=True)
        process.resume()
        with pytest.raises(NetworkError, match="portal_providers: "):
            network.tell(late, begins=False)
        network.tell(late, begins=True)
        network.tell(late, begins=False)
