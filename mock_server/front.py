"""The front of the server: the first and the last hand on every request.

It answers static files, gives every other request a worker slot, and tells how long the request stayed where: in the
Server-Timing header to the client, in the metrics to the operator. The machine room (health, metrics, control), the
staff's pages and the waiting room need no slot, so that they can be reached while the portal is full.
"""

from pathlib import Path
from time import perf_counter
from typing import cast

import msgspec
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from mock_server import metrics
from mock_server.portal import Portal
from mock_server.problems import MESSAGES
from mock_server.protections.door import TurnedAway
from mock_server.protections.line import ClientLeft, Line
from mock_server.resources import QueueFull
from mock_server.static_files import PREFIX as STATIC
from mock_server.static_files import StaticFiles
from mock_server.stay import Stay, current_stay

NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""Every answer is what its Content-Type says, whatever a browser would make of its first bytes."""
MACHINE_ROOM = ("/healthz", "/readyz", "/metrics", "/control/", "/schema")
STAFF = ("/control-page", "/exam-office", "/staff")
NEEDS_NO_SLOT = (*MACHINE_ROOM, *STAFF, "/api/queue/", "/queue")

BUSY_PAGE = (Path(__file__).parent / "static" / "busy.html").read_bytes()
CLIENT_LEFT = 499
"""Status in the metrics for a client that did not wait, as nginx has it."""


class Front:
    """The ASGI application that stands before Litestar's."""

    def __init__(self, app: Litestar, static: StaticFiles) -> None:
        self._app = app
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        stay = Stay()
        current_stay.set(stay)
        began_s = perf_counter()
        status = 500

        async def send_measured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                timing = (b"server-timing", stay.server_timing().encode())
                message["headers"] = [*message["headers"], timing, NO_SNIFFING]
            await send(message)

        path = scope["path"]
        if path.startswith(STATIC):
            route = STATIC
            await self._serve_static(scope, receive, send_measured)
        else:
            await self._serve(path, scope, receive, send_measured)
            route = scope.get("path_template") or "unknown"
        metrics.request_histogram(route, status).observe(perf_counter() - began_s)

    async def _serve_static(self, scope: Scope, receive: Receive, send: Send) -> None:
        if reads := self._app.state.portal.hooks.reads_static_files:
            portal = self._app.state.portal
            async with portal.resources["worker_slots"]():
                for _ in range(reads):
                    await portal.storage.run(self._static.read, scope["path"])
        await self._static(scope, receive, send)

    async def _serve(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path.startswith(NEEDS_NO_SLOT):
            await self._app(scope, receive, send)
            return
        portal: Portal = self._app.state.portal
        slots, door, it = portal.resources["worker_slots"], portal.door, portal.profile.protections
        try:
            door.look_at(cast(HTTPScope, scope))
        except TurnedAway:
            await _turn_away(scope, send, door.retry_after_s())
            return
        if slots.has_unit_left:
            async with slots():
                door.has_waited(0.0)
                await self._app(scope, receive, send)
            return
        line, turn, since_s = Line(receive), slots(), perf_counter()
        try:
            async with line.turn(turn, it.deadline_s, drops_who_left=it.drops_who_left):
                door.has_waited(turn.waited_s)
                await self._app(scope, line.receive, send)
        except QueueFull:
            await _turn_away(scope, send, door.retry_after_s())
        except TurnedAway:
            door.has_waited(perf_counter() - since_s)
            await _turn_away(scope, send, door.retry_after_s())
        except ClientLeft:
            door.has_waited(perf_counter() - since_s)
            await _answer(send, CLIENT_LEFT, b"", [])


async def _turn_away(scope: Scope, send: Send, retry_after_s: int) -> None:
    """Say that the portal is busy: to a browser that opens a page, with a page."""
    status, message = MESSAGES["busy"]
    headers = [(b"retry-after", str(retry_after_s).encode())]
    if b"text/html" in dict(scope["headers"]).get(b"accept", b""):
        await _answer(send, status, BUSY_PAGE, [(b"content-type", b"text/html; charset=utf-8"), *headers])
        return
    problem = {"type": "/problems/busy", "title": "busy", "status": status, "detail": message}
    headers = [(b"content-type", b"application/problem+json"), *headers]
    await _answer(send, status, msgspec.json.encode(problem), headers)


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
