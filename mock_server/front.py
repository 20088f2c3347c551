"""The front of the server: the first and the last hand on every request.

It answers static files, gives every other request a worker slot, and tells how long the request stayed where: in the
Server-Timing header to the client, in the metrics to the operator. The machine room (health, metrics, control) needs no
slot, so that it can be reached while the portal is full.
"""

from time import perf_counter

import msgspec
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import Message, Receive, Scope, Send

from mock_server import metrics
from mock_server.problems import MESSAGES
from mock_server.resources import QueueFull
from mock_server.static_files import PREFIX as STATIC
from mock_server.static_files import StaticFiles
from mock_server.stay import Stay, current_stay

MACHINE_ROOM = ("/healthz", "/readyz", "/metrics", "/control/", "/schema")


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
                message["headers"] = [*message["headers"], (b"server-timing", stay.server_timing().encode())]
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
        if path.startswith(MACHINE_ROOM):
            await self._app(scope, receive, send)
            return
        try:
            async with self._app.state.portal.resources["worker_slots"]():
                await self._app(scope, receive, send)
        except QueueFull:
            status, message = MESSAGES["busy"]
            problem = {"type": "/problems/busy", "title": "busy", "status": status, "detail": message}
            headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"5")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": msgspec.json.encode(problem), "more_body": False})
