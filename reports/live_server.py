"""Shows a run while it lasts, on a port of the loopback address: `python -m reports.live_server RUN --port 8601`.

A process of its own: whoever looks takes nothing from the load generator.

    /metrics          the run, for Prometheus (OpenMetrics where it is asked for)
    /portal/metrics   the portal's own metrics, passed through
    /live.json        what the page draws; ?since=S for the points later than run second S
    /                 the page
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NoReturn
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import msgspec
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from reports import LIVE_ASSETS
from reports.live_metrics import RunCollector
from reports.live_run import LiveRun
from reports.live_view import live_view

HOST = "127.0.0.1"
LOOK_S = 1.0
PORTAL_ANSWERS_S = 2.0
PAGE_FILES = {
    "/": ("live.html", "text/html; charset=utf-8"),
    "/live.js": ("live.js", "text/javascript; charset=utf-8"),
    "/live.css": ("live.css", "text/css; charset=utf-8"),
    "/echarts.js": ("echarts.common.min.js", "text/javascript; charset=utf-8"),
}
SECURITY = [
    (
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]

Start = Callable[..., Any]


class LiveServer:
    """Answers requests about one run, as a WSGI application."""

    def __init__(self, run: LiveRun, portal_metrics: str | None) -> None:
        self._run = run
        self._portal_metrics = portal_metrics
        self._client = httpx.Client(timeout=PORTAL_ANSWERS_S, trust_env=False)
        self._lock = Lock()
        registry = CollectorRegistry()
        registry.register(RunCollector(run, self._lock))
        self._metrics = make_wsgi_app(registry)

    def look(self) -> None:
        """Take in what has come since the last look."""
        with self._lock:
            self._run.look()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(start, "405 Method Not Allowed", b"only GET\n", "text/plain", [("Allow", "GET, HEAD")])
        if path == "/metrics":
            metrics: Iterable[bytes] = self._metrics(environ, start)
            return metrics
        if path == "/portal/metrics":
            return self._pass_through(start)
        if path == "/live.json":
            return self._live(environ.get("QUERY_STRING", ""), start)
        if path in PAGE_FILES:
            name, kind = PAGE_FILES[path]
            return _answer(start, "200 OK", (LIVE_ASSETS / name).read_bytes(), kind)
        said = "there are /, /metrics, /portal/metrics and /live.json\n"
        return _answer(start, "404 Not Found", said.encode(), "text/plain")

    def _live(self, query: str, start: Start) -> Iterable[bytes]:
        try:
            since_s = float(parse_qs(query).get("since", ["0"])[0])
        except ValueError:
            return _answer(start, "400 Bad Request", b"since: give a run second, such as 12.5\n", "text/plain")
        with self._lock:
            view = live_view(self._run, since_s)
        return _answer(start, "200 OK", msgspec.json.encode(view), "application/json")

    def _pass_through(self, start: Start) -> Iterable[bytes]:
        if self._portal_metrics is None:
            return _answer(start, "404 Not Found", b"this portal gives no metrics\n", "text/plain")
        try:
            answer = self._client.get(self._portal_metrics).raise_for_status()
            return _answer(start, "200 OK", answer.content, answer.headers["content-type"])
        except httpx.HTTPError as error:
            return _answer(start, "502 Bad Gateway", f"the portal does not answer: {error}\n".encode(), "text/plain")


def _answer(start: Start, status: str, body: bytes, kind: str, more: Iterable[tuple[str, str]] = ()) -> list[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *SECURITY, *more])
    return [body]


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: Prometheus asks every few seconds."""


def main() -> NoReturn:
    """Show a run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m reports.live_server")
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--portal-metrics", help="URL of the portal's own metrics")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = LiveServer(LiveRun(options.run), options.portal_metrics)
    server = make_server(HOST, options.port, app, ThreadingWSGIServer, _Silent)
    Thread(target=server.serve_forever, daemon=True, name="answers").start()
    while True:
        app.look()
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main()
