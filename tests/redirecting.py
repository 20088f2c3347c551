"""A small server whose every answer points to another one, for tests that nobody follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def redirecting_server() -> Iterator[tuple[str, str, list[str]]]:
    """Give the server's address, that of the other one, and the list of the paths that the other one is asked for.

    A path such as `/308` is answered with that status, every other one with 307.
    """
    reached: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def answer(self) -> None:
            reached.append(self.path)
            self.reply(HTTPStatus.OK)

        def reply(self, status: int, **headers: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

        do_GET = do_POST = do_PUT = lambda self: self.answer()  # noqa: N815 - http.server's names

    class Pointing(Other):
        def answer(self) -> None:
            status = int(self.path[1:]) if self.path[1:].isdigit() else HTTPStatus.TEMPORARY_REDIRECT
            self.reply(status, Location=f"http://127.0.0.1:{other.server_port}/elsewhere")

    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    pointing = ThreadingHTTPServer(("127.0.0.1", 0), Pointing)
    with other, pointing:
        for server in (other, pointing):
            Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield f"http://127.0.0.1:{pointing.server_port}", f"http://127.0.0.1:{other.server_port}", reached
        finally:
            for server in (other, pointing):
                server.shutdown()
