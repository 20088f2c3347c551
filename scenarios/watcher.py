"""Shows how a rehearsal goes: drawn at a terminal, in plain lines elsewhere, as JSON for programs, or not at all."""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live

from scenarios import live_words as words
from scenarios.live_view import live_view
from scenarios.watched import Event, Judge, Watched

LEAST_FRAME_S = 0.1
"""Between two pictures: papers come by the dozen a second."""
LINE_EVERY_S = 5.0
"""Between two plain lines about the load."""


class Watcher(Protocol):
    """Hears the events of one rehearsal, from entering it to leaving it."""

    def __enter__(self) -> "Watcher":
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was, but for what is said."""

    def __call__(self, event: Event) -> None:
        """Show one event."""


class LiveView:
    """Draws the rehearsal where a person sees it, in place; what happens stands above as lines."""

    def __init__(self, console: Console, judge: Judge) -> None:
        self._console = console
        self._watched = Watched(judge)
        # Drawn when something is heard, by whoever says it: no thread, no picture that says the same again.
        self._live = Live(console=console, auto_refresh=False)
        self._drawn_s = 0.0

    def __enter__(self) -> "LiveView":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.update(live_view(self._watched))
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Draw the picture anew."""
        self._watched.hear(event)
        if line := words.happening(event):
            self._console.print(line, highlight=False, markup=False)
        now_s = time.monotonic()
        if now_s - self._drawn_s >= LEAST_FRAME_S and event["now"] not in ("resources", "portal"):
            self._drawn_s = now_s
            self._live.update(live_view(self._watched), refresh=True)


class PlainLines:
    """Prints a line for each thing that happens, and one every few seconds of the load: no control codes."""

    def __init__(self, console: Console, judge: Judge) -> None:
        self._console = console
        self._watched = Watched(judge)
        self._counted: set[str] = set()
        self._void: tuple[str, ...] = ()
        self._said_s = -LINE_EVERY_S

    def __enter__(self) -> "PlainLines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        """Print what is new."""
        self._watched.hear(event)
        now = event["now"]
        if line := words.happening(event):
            self._print(line)
        elif now in words.COUNTED and now not in self._counted:
            self._counted.add(now)
            self._print(f"{words.COUNTED[now]} …")
        elif now == "load":
            if event["at_s"] - self._said_s >= LINE_EVERY_S:
                self._said_s = event["at_s"]
                self._print(words.standing_line(self._watched))
            if self._watched.void != self._void:
                self._void = self._watched.void
                self._print(f"Void as it stands: {' '.join(self._void)}" if self._void else "Sound again.")

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


class JsonLines:
    """Says each event as a line of JSON on standard output; of the load one a second, and when it becomes void."""

    def __init__(self, judge: Judge) -> None:
        self._watched = Watched(judge)
        self._void: tuple[str, ...] = ()
        self._second: int | None = None

    def __enter__(self) -> "JsonLines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        """Say it."""
        self._watched.hear(event)
        if event["now"] != "load":
            tell(event)
        elif self._second != (second := int(event["at_s"])):
            self._second = second
            tell(event)
        if self._watched.void != self._void:
            self._void = self._watched.void
            tell({"now": "void_so_far", "reasons": self._void})


class Silent:
    """Shows nothing."""

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        """Let it pass."""


def tell(event: Mapping[str, Any]) -> None:
    """Write one event as a line of JSON; a reader that has gone hears no more, and ends nothing."""
    try:
        print(json.dumps(event, ensure_ascii=False, default=str), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
