"""Uploads: streamed to disk in bounded memory, kept only when they pass their check."""

import errno
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import uuid4

from msgspec import Struct

from mock_server.problems import Refusal
from mock_server.threads import BoundedThreads

WRITE_BYTES = 256 * 1024
"""How much is gathered before it is written: few hops to a thread, and little memory for a slow uplink."""


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How a system says that a file cannot grow: the disk is full, or what this user or process may have of it."""
SHARED = "shared-"
"""Begin of the names of files that rows of many candidates refer to."""


class Body(Protocol):
    """What a file arrives in: a request whose body it is, or a part of a form."""

    @property
    def headers(self) -> Any:
        """What is said of it; `content-length`, where it is known."""

    def stream(self) -> AsyncIterator[bytes]:
        """Give its bytes as they arrive."""


class Upload(Struct):
    """A file that has arrived completely, under a name of the server's own choice."""

    path: Path
    sha256: bytes
    size_bytes: int
    keep: bool = False

    @property
    def file(self) -> str:
        """Name under which the database knows the file."""
        return self.path.name


class Uploads:
    """The folder of uploaded files. Names are the server's own, so that no request can point out of the folder."""

    def __init__(self, folder: Path, threads: BoundedThreads, fsync: bool, keeps: bool = True) -> None:
        self.folder = folder
        self.fsync = fsync
        self._keeps = keeps
        self._threads = threads
        folder.mkdir(parents=True, exist_ok=True)

    @asynccontextmanager
    async def receive(self, body: Body, limit_bytes: int) -> AsyncIterator[Upload]:
        """Stream the body to disk and give the upload; unless its `keep` is set by then, it is deleted at the end.

        Raises Refusal for a body over `limit_bytes` (as soon as that is known), for an empty one, and on a full disk.
        """
        if int(body.headers.get("content-length") or 0) > limit_bytes:
            raise Refusal("paper_too_large", limit_kib=limit_bytes // 1024)
        upload = Upload(self.folder / uuid4().hex, b"", 0)
        try:
            try:
                await self._write(body, upload, limit_bytes)
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise Refusal("disk_full") from None
                raise
            yield upload
        finally:
            if not (upload.keep and self._keeps):
                upload.path.unlink(missing_ok=True)

    async def _write(self, body: Body, upload: Upload, limit_bytes: int) -> None:
        digest = hashlib.sha256()
        with upload.path.open("xb", buffering=0) as file:
            buffer = bytearray()
            async for chunk in body.stream():
                upload.size_bytes += len(chunk)
                if upload.size_bytes > limit_bytes:
                    raise Refusal("paper_too_large", limit_kib=limit_bytes // 1024)
                buffer += chunk
                if len(buffer) >= WRITE_BYTES:
                    await self._threads.run(_append, file, digest, buffer, False)
                    buffer = bytearray()
            if not upload.size_bytes:
                raise Refusal("paper_empty")
            await self._threads.run(_append, file, digest, buffer, self.fsync)
        upload.sha256 = digest.digest()

    def discard(self, file: str | None) -> None:
        """Delete a file that another one has replaced, unless others share it."""
        if file and not file.startswith(SHARED):
            (self.folder / file).unlink(missing_ok=True)

    async def clear(self) -> None:
        """Delete all files."""
        for path in self.folder.iterdir():
            await self._threads.run(path.unlink, True)

    def path_of(self, file: str) -> Path:
        """Give the path of a kept file."""
        return self.folder / file

    async def share(self, name: str, content: bytes) -> None:
        """Keep a file that rows of many candidates refer to, under a name that begins with SHARED."""
        made = await self.write(content)
        (self.folder / made).replace(self.folder / name)

    async def write(self, content: bytes) -> str:
        """Keep a file that the portal made itself; give its name."""
        path = self.folder / uuid4().hex
        try:
            with path.open("xb", buffering=0) as file:
                await self._threads.run(_append, file, hashlib.sha256(), bytearray(content), self.fsync)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path.name


def _append(file: BinaryIO, digest: "hashlib._Hash", data: bytearray, fsync: bool) -> None:
    view = memoryview(data)
    digest.update(view)
    while view:
        view = view[file.write(view) :]
    if fsync:
        os.fsync(file.fileno())
