"""A server that answers each request at once, and notes when it came: all load generators are measured at this place.

    python -m benchmarks.fixed_server PORT

No framework, only uvicorn with its parser and event loop in C: the load generator is to be what limits.
"""

import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import uvicorn

from scenarios.stack_start import HOST, free_port, stop_process

PAGE = b"<html>" + b"Registration is open. " * 90 + b"</html>"
ANSWER = b'{"state":"open","token":"c29tZXRoaW5n","id":7}'
CAME = "/came"
"""Gives what came since it was asked last, and is itself not counted."""
START_S = 30.0

came: list[tuple[str, float]] = []


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one request: an ASGI application."""
    at_s, path = time.time(), scope["path"]
    while (await receive()).get("more_body"):
        pass
    body = PAGE if path == "/" else ANSWER
    if path == CAME:
        body = msgspec.json.encode(came)
        came.clear()
    else:
        came.append((path, at_s))
    kind = b"text/html" if path == "/" else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class FixedServer:
    """The server while it runs."""

    def __init__(self, address: str) -> None:
        self.address = address

    def came(self) -> list[tuple[str, float]]:
        """Give the path of each request since this was asked last, and the Unix time at which it came."""
        content = httpx.get(self.address + CAME, trust_env=False, timeout=60).raise_for_status().content
        return msgspec.json.decode(content, type=list[tuple[str, float]])


@contextmanager
def fixed_server() -> Iterator[FixedServer]:
    """Start it in a process of its own, and stop it at the end."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.fixed_server", str(port)], start_new_session=True)
    server = FixedServer(f"http://{HOST}:{port}")
    try:
        deadline_s = time.monotonic() + START_S
        while True:
            try:
                server.came()
                break
            except httpx.TransportError:
                if process.poll() is not None or time.monotonic() > deadline_s:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        stop_process(process)


if __name__ == "__main__":
    gc.disable()  # nothing here makes cycles, and a collector would make answers late
    uvicorn.run(
        answer, host=HOST, port=int(sys.argv[1]), lifespan="off", log_level="warning", access_log=False, backlog=4096
    )
