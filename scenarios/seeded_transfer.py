"""How rows and files come to the portal's control endpoints: several bodies at a time, few in memory."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

import httpx
import polars as pl

from scenarios.control import Control, csv

SENDERS = 2
"""Bodies on their way at a time."""
WAITING = 4
"""Bodies in memory at a time, those on their way included."""
LONGEST_S = 1_800.0
"""How long the portal may take over one body, or to put its indexes back."""


class SeedingError(RuntimeError):
    """The portal could not be filled, or not be asked; the message is one line that says why."""


class Transfer:
    """Sends to one portal. `rows` counts what each book has received, `seconds` how long each phase took."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self.rows: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send one request; give the answer. Raises SeedingError."""
        try:
            answer = self._control.request(method, path, timeout=LONGEST_S, **what)
        except httpx.HTTPError as error:
            raise SeedingError(f"the portal did not answer {method} {path}: {error!r}") from error
        if answer.is_error:
            raise SeedingError(f"the portal refused {method} {path}: {_reason(answer)}")
        return answer

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        began_s = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began_s

    @contextmanager
    def importing(self, portal_time: datetime) -> Iterator["Sender"]:
        """Let the portal take its keys off, send rows, and let it put them back and go on at `portal_time`.

        Raises SeedingError.
        """
        self.ask("POST", "/import-begin")
        with self.phase("rows"), ThreadPoolExecutor(SENDERS) as senders:
            sender = Sender(self, senders)
            yield sender
            sender.wait()
        with self.phase("indexes"):
            self.ask("POST", "/import-done", json={"portal_time": portal_time.isoformat()})


class Sender:
    """Sends rows while the next ones are being made."""

    def __init__(self, transfer: Transfer, threads: ThreadPoolExecutor) -> None:
        self._transfer = transfer
        self._threads = threads
        self._free = BoundedSemaphore(WAITING)
        self._sent: list[Future[None]] = []

    def send(self, book: str, rows: pl.DataFrame) -> None:
        """Send rows of a book; waits while too many are on their way. Raises SeedingError, for earlier rows too."""
        if rows.is_empty():
            return
        for sent in [sent for sent in self._sent if sent.done()]:
            self._sent.remove(sent)
            sent.result()
        self._free.acquire()
        self._sent.append(self._threads.submit(self._put, book, rows))
        self._transfer.rows[book] = self._transfer.rows.get(book, 0) + len(rows)

    def wait(self) -> None:
        """Wait until everything has arrived. Raises SeedingError."""
        for sent in self._sent:
            sent.result()

    def _put(self, book: str, rows: pl.DataFrame) -> None:
        try:
            self._transfer.ask("PUT", f"/import/{book}", content=csv(rows))
        finally:
            self._free.release()


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"status {answer.status_code}"
