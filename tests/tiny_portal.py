"""A portal of another shape, in few lines: pages, forms, a session cookie, a token against forgery, uploads, orders."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

FORM = (
    '<form method="post" action="{to}" enctype="{kind}">'
    '<input type="hidden" name="token" value="{token}">{fields}</form>'
)
PLAIN, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


class TinyPortal(ThreadingHTTPServer):
    """Its books: the sessions, the tokens of each, who has signed up, the orders, and those that were cancelled."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.tokens: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.orders: dict[str, int] = {}
        self.cancelled: set[str] = set()
        self.forged = 0

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Page(BaseHTTPRequestHandler):
    """Home page, sign-up, upload, order: each leads to the next."""

    protocol_version = "HTTP/1.1"
    server: TinyPortal

    def do_GET(self) -> None:
        """Show a page; its form has the session's token."""
        match self.path:
            case "/":
                link = '<link rel="stylesheet" href="/a.css">'
                self._show(link + self._form("/sign-up", '<input name="email"><input name="full_name">'))
            case "/a.css":
                self._answer(200, b"", "text/css")
            case "/photo":
                self._show(self._form("/photo", '<input type="file" name="photo">', PARTS))
            case _ if re.fullmatch(r"/orders/\w+", self.path):
                self._show(self._form(f"{self.path}/cancel", '<button name="sure" value="yes">cancel</button>'))
            case _:
                self._answer(404, b"", "text/html")

    def do_POST(self) -> None:
        """Take a form whose token is the session's."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        session = self._session()
        given = re.search(rb'name="token"\r\n\r\n(\w+)|token=(\w+)', body)
        if session not in self.server.tokens or not given or self.server.tokens[session].encode() not in given.groups():
            self.server.forged += 1
            self._answer(403, b"forged", "text/html")
        elif self.path == "/sign-up":
            email = parse_qs(body.decode())["email"][0]
            if email in self.server.people.values():
                self._show('<p class="error">taken</p>')
            else:
                self.server.people[session] = email
                self._lead("/photo")
        elif found := re.fullmatch(r"/orders/(\w+)/cancel", self.path):
            self.server.cancelled.add(found[1])
            self._lead("/")
        else:
            number = secrets.token_hex(4) + "0"
            self.server.orders[number] = len(body)
            self._lead(f"/orders/{number}")

    def _form(self, to: str, fields: str, kind: str = PLAIN) -> str:
        session = self._session() or secrets.token_hex(8)
        self._new = "" if self._session() else session
        token = self.server.tokens.setdefault(session, secrets.token_hex(8))
        return FORM.format(to=to, kind=kind, token=token, fields=fields)

    def _session(self) -> str:
        found = re.search(r"session=(\w+)", self.headers.get("Cookie", ""))
        return found[1] if found else ""

    def _show(self, html: str) -> None:
        self._answer(200, html.encode(), "text/html")

    def _lead(self, path: str) -> None:
        self._answer(302, b"", "text/html", Location=path)

    def _answer(self, status: int, body: bytes, content_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        if new := getattr(self, "_new", ""):
            self.send_header("Set-Cookie", f"session={new}; HttpOnly")
            self.send_header("Set-Cookie", "seen=1")
            self._new = ""
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def tiny_portal() -> Iterator[TinyPortal]:
    """Start it, and stop it at the end."""
    server = TinyPortal()
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
