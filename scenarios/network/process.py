"""The network from the side of who starts it: its process, and the commands that it takes."""

import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

WITHIN_S = 20.0


class NetworkError(OSError):
    """The network could not be started, or does not do as told; the message is one line."""


class NetworkStillError(NetworkError):
    """The network has not answered in time; it may still do as told."""


class Ends(NamedTuple):
    """Where a link listens and where it leads, as `Link` has them."""

    listens: str
    leads_to: str


class Command(msgspec.Struct):
    """What the process is told: a toxic begins, or ends."""

    number: int
    begins: bool
    toxic: Any


class Answer(msgspec.Struct, omit_defaults=True):
    """What the process says: at first where its links listen, then how the command of that number went."""

    number: int = 0
    addresses: dict[str, str] = {}
    failed: str = ""


class Network:
    """The links that a stack has: none without a process."""

    def __init__(self, process: subprocess.Popen[bytes] | None = None) -> None:
        self._process = process
        self._commands = 0
        self.addresses = self._answer().addresses if process else {}
        """Where each link listens."""

    @property
    def pid(self) -> int | None:
        """The process id, where there is a process."""
        return self._process.pid if self._process else None

    def url(self, link: str, direct: str) -> str:
        """Give the base URL of a link, or the direct one where it has none."""
        return f"http://{self.addresses[link]}" if link in self.addresses else direct

    def tell(self, toxic: msgspec.Struct, *, begins: bool) -> None:
        """Let a toxic begin or end, and wait until it has. Raises OSError.

        One that has not begun in time is taken off again, as soon as the network comes to it.
        """
        self._command(toxic, begins=begins)
        try:
            answer = self._answer()
        except NetworkStillError:
            if begins:
                self._command(toxic, begins=False)
            raise
        if answer.failed:
            raise NetworkError(answer.failed)

    def _command(self, toxic: msgspec.Struct, *, begins: bool) -> None:
        if self._process is None or self._process.stdin is None:
            raise NetworkError("there is no network to disturb")
        self._commands += 1
        self._process.stdin.write(msgspec.json.encode(Command(self._commands, begins, toxic)) + b"\n")

    def _answer(self) -> Answer:
        """Give the answer to the last command; earlier ones that come late are nobody's any more."""
        while (answer := self._next_answer()).number != self._commands:
            pass
        return answer

    def _next_answer(self) -> Answer:
        assert self._process is not None  # or nobody was asked
        assert self._process.stdout is not None  # it was started with a pipe
        if not select.select([self._process.stdout], [], [], WITHIN_S)[0]:
            raise NetworkStillError(f"the network has not answered for {WITHIN_S:g} s")
        if line := self._process.stdout.readline():
            return msgspec.json.decode(line, type=Answer)
        raise NetworkError("the network has ended")


@contextmanager
def running_network(links: Mapping[str, Ends], seed: int, log: Path) -> Iterator[Network]:
    """Run a network of these links, and end it; without any there is nothing to run. Raises NetworkError."""
    if not links:
        yield Network()
        return
    command = [sys.executable, "-m", "scenarios.network", "--seed", str(seed)]
    for name, ends in links.items():
        command += ["--link", name, *ends]
    with log.open("ab") as errors:
        # A session of its own: Ctrl-C reaches the rehearsal alone, which then stops everything in order.
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            bufsize=0,  # or `select` would not see what has been read ahead
        )
    try:
        try:
            network = Network(process)
        except NetworkError as error:
            said = log.read_text(errors="replace").strip().splitlines()
            raise NetworkError(said[-1] if said else str(error)) from None
        yield network
    finally:
        process.kill()  # it holds nothing that is worth keeping, and may stand still
        process.communicate()
