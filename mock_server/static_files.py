"""Static files, answered from memory: what a portal's web server would do in front of the application."""

from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from litestar.types import Receive, Scope, Send

PREFIX = "/static/"


class StaticFiles:
    """An ASGI application for folders of small files, with ETag and a cache life of a year."""

    def __init__(self, *folders: Path) -> None:
        self._files: dict[str, tuple[bytes, list[tuple[bytes, bytes]]]] = {}
        self._paths = {path.name: path for folder in folders for path in folder.iterdir()}
        for path in self._paths.values():
            content = path.read_bytes()
            kind = guess_type(path.name)[0] or "application/octet-stream"
            headers = [
                (b"content-type", kind.encode()),
                (b"etag", f'"{sha256(content).hexdigest()[:16]}"'.encode()),
                (b"cache-control", b"public, max-age=31536000, immutable"),
                (b"content-length", str(len(content)).encode()),
            ]
            self._files[path.name] = (content, headers)

    def read(self, path: str) -> None:
        """Read the file behind a path from disk, as an application without a cache does."""
        if found := self._paths.get(path.removeprefix(PREFIX)):
            found.read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Answer with the file, with 304 where the browser has it, or with 404."""
        content, headers = self._files.get(scope["path"].removeprefix(PREFIX), (b"", None))
        status = 200
        if headers is None:
            status, headers = 404, [(b"content-length", b"0")]
        elif dict(scope["headers"]).get(b"if-none-match") == headers[1][1]:
            status, content, headers = 304, b"", headers[1:3]
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": content, "more_body": False})
