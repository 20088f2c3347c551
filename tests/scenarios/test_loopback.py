"""Nothing but this machine is ever a target."""

import httpx
import pytest
from redirecting import redirecting_server

from scenarios.control import Control
from scenarios.gateway import Gateway
from scenarios.http_client import Connections
from scenarios.loopback import TargetRefusedError, check_loopback

LOOK_ALIKES = [
    "http://example.com:80",
    "http://10.0.0.1:8600",
    "http://0.0.0.0:8600",
    "http://localhost:8600",
    "http://localhost.example.com:80",
    "http://127.0.0.1.example.com:80",
    "http://127.0.0.1.nip.io:80",
    "http://127.0.0.1.:80",
    "http://localhost.:80",
    "http://2130706433:80",
    "http://0x7f000001:80",
    "http://0x7f.0.0.1:80",
    "http://0177.0.0.1:80",
    "http://127.1:80",
    "http://127.0.0.1%2eexample.com:80",
    "http://１２７.0.0.1:80",
    "http://127。0。0。1:80",
    "http://127.0.0.1@example.com:80",
    "http://user:secret@127.0.0.1:80",
    "http://@127.0.0.1:80",
    "http://127.0.0.1:80@example.com:80",
    "http://example.com:80\\@127.0.0.1:80",
    "http://127.0.0.1:80\\@example.com:80",
    "http://example.com#@127.0.0.1:80",
    "http://127.0.0.1:80#@example.com",
    "http://127.0.0.1:80?@example.com",
    "http://127.0.0.1:80\n",
    "http://127.0.0.1:\t80",
    " http://127.0.0.1:80",
    "http://[::ffff:10.0.0.1]:80",
    "http://[::ffff:127.0.0.1]:80",
    "http://[::]:80",
    "http://[::1%25eth0]:80",
    "http://[::1%eth0]:80",
    "http://[fe80::1]:80",
    "http://[::127.0.0.1]:80",
    "http://[0:0:0:0:0:0:0:1]:80",
    "http://[::1].example.com:80",
    "http://[::1]",
    "https://127.0.0.1:80",
    "ftp://127.0.0.1:80",
    "file://127.0.0.1:80",
    "http://127.0.0.1",
    "http://127.0.0.1:",
    "http://127.0.0.1:0",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:８０",
    "http://127.0.0.1:80/path",
    "http://127.0.0.1:80//",
    "//127.0.0.1:80",
    "127.0.0.1:80",
    "",
]


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_everything_else_is_refused(address):
    """Look-alikes, names, other spellings, other schemes and other hosts; by every client before it sends anything."""
    for door in (check_loopback, Connections, Gateway, lambda it: Control(it, "token")):
        with pytest.raises(TargetRefusedError, match="no load is sent to"):
            door(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8600", "http://127.1.2.3:80/", "http://[::1]:8600"])
def test_loopback_is_taken(address):
    """This machine, by its loopback addresses."""
    check_loopback(address)


@pytest.fixture
def elsewhere():
    """Give a server whose every answer points to another one."""
    with redirecting_server() as servers:
        yield servers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_candidates_are_not_sent_elsewhere(elsewhere, status):
    """A portal that points elsewhere has that as its answer, and nobody else is asked."""
    pointing, _, reached = elsewhere
    for method in ("GET", "POST", "PUT"):
        assert status == Connections(pointing).send(method, f"/{status}").status
    assert [] == reached


def test_control_and_gateway_are_not_sent_elsewhere(elsewhere):
    """Neither the control token nor money goes where an answer points."""
    pointing, other, reached = elsewhere
    control = Control(pointing, "token")
    with pytest.raises(httpx.HTTPStatusError):
        control.census()
    control.close()
    assert not Gateway(pointing).pay(f"{other}/pay")  # only the path of the URL is used
    assert [] == reached
