"""How candidates reach a target: its addresses are looked up once, before the load, and everything goes through a gate.

This is the one place besides this machine's own addresses (scenarios/http_client.py) that makes endpoints.
"""

import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import SplitResult, urlsplit

import gevent.ssl

from scenarios.http_client import Connections, Endpoint
from scenarios.mock import MOCK
from scenarios.phones import SILENCE_S, Phones
from scenarios.rate_ceiling import Gate
from scenarios.reach import Reach
from scenarios.target import PORTS, Target, TargetError, Tls, header_lines, host_and_port, own_portal
from scenarios.target_tls import tls_context
from scenarios.window import CHINA

CONNECT_S = 10.0

Addresses = Mapping[str, str]
"""The IP addresses of a target's hosts, by host and port."""


def find_addresses(target: Target) -> Addresses:
    """Look up the hosts that candidates go to, and make sure that each is there and is who it should be.

    No request is sent. Raises TargetError, and TargetRefusedError without permission.
    """
    target.check_permission(datetime.now(CHINA))
    found: dict[str, str] = {}
    for url in _candidates_go_to(target):
        name = host_and_port(url)
        if name not in found:
            found[name] = _first_there(url, target.tls)
    return found


def target_reach(target: Target, addresses: Addresses, *, is_shared: bool = False) -> Reach:
    """Give one process's way to a target, through whose gate no more leaves than its ceiling, or one's share of it.

    Raises TargetRefusedError without permission, TargetError where TLS has no files.
    """
    target.check_permission(datetime.now(CHINA))
    gate = Gate(target.most_requests_per_s, is_shared=is_shared)
    context = tls_context(target.tls, gevent.ssl.SSLContext)

    def endpoint(url: SplitResult) -> Endpoint:
        name = host_and_port(url)
        host, port = name.rsplit(":", 1)
        tls = context if url.scheme == "https" else None
        return Endpoint(addresses[name], int(port), url.netloc, host, tls, gate=gate)

    portal = endpoint(urlsplit(target.base_url))._replace(headers=header_lines(target.headers))
    inbox = None if target.sms_inbox is None else Phones(endpoint(urlsplit(target.sms_inbox)))
    return Reach(
        connect=partial(Connections, portal),
        read_phone=inbox.texts if inbox is not None else lambda _: [],
        pay=_Gateways(frozenset(target.gateways.hosts), endpoint).pay,
        missing_steps=target.missing_steps,
        portal=own_portal(target) or MOCK,
        gate=gate,
    )


class _Gateways:
    """Pays where the portal leads to, if that is at one of these hosts."""

    def __init__(self, hosts: frozenset[str], endpoint: Callable[[SplitResult], Endpoint]) -> None:
        self._hosts = hosts
        self._endpoint = endpoint
        self._connections: dict[tuple[str, str], Connections] = {}

    def pay(self, pay_url: str) -> bool:
        try:
            url = urlsplit(pay_url)
            if url.scheme not in PORTS or url.username is not None or host_and_port(url) not in self._hosts:
                return False
        except ValueError:  # no URL, or no port
            return False
        way = (url.scheme, url.netloc)
        if way not in self._connections:
            self._connections[way] = Connections(self._endpoint(url), SILENCE_S)
        path = url._replace(scheme="", netloc="", fragment="").geturl()
        try:
            return self._connections[way].send("POST", path).status == 200
        except OSError:
            return False


def _candidates_go_to(target: Target) -> list[SplitResult]:
    urls = [target.base_url, *([target.sms_inbox] if target.sms_inbox is not None else [])]
    return [urlsplit(url) for url in (*urls, *(f"//{host}" for host in target.gateways.hosts))]


def _first_there(url: SplitResult, tls: Tls) -> str:
    """Give the first address of a host at which somebody listens who is who they should be. Raises TargetError."""
    name, port = host_and_port(url).rsplit(":", 1)
    try:
        known = socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(f"{name}: its address cannot be looked up: {error.strerror or error}") from None
    context = tls_context(tls, gevent.ssl.SSLContext) if url.scheme == "https" else None
    why = ""
    for *_, (ip, *_) in known:
        try:
            Connections(Endpoint(str(ip), int(port), url.netloc, name, context), CONNECT_S).check()
            return str(ip)
        except OSError as error:
            why = why or str(error)
    hint = "; a portal with a certificate of its own needs [tls] ca_file" if "CERTIFICATE_VERIFY" in why else ""
    raise TargetError(f"{name}:{port} is not reached: {why}{hint}")
