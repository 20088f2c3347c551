"""Plays a scenario's faults on a running stack while the load lasts, and notes when each came and went.

load begins ─► fault begins ─► fault ends ─► …          faults.json: what was done when, in run seconds
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from scenarios.embedded_postgres import DatabaseError
from scenarios.faults import AnyFault, FaultError
from scenarios.run_clock import RunClock, clock_of_load
from scenarios.stack import Stack, StackError

FILE = "faults.json"
LOOK_S = 0.1


class Played(msgspec.Struct):
    """A fault as it was played; `to_s` is when all that was done to undo it was done. None: not, by the load's end."""

    name: str
    words: str
    from_s: float | None = None
    to_s: float | None = None
    failed: str = ""
    """Why it could not be done or undone."""


@contextmanager
def faults_played(run: Path, faults: tuple[AnyFault, ...], stack: Stack) -> Iterator[None]:
    """Play faults at their moments for as long as the context lasts; what still lasts then is undone."""
    if not faults:
        yield
        return
    over = threading.Event()
    played = [Played(msgspec.to_builtins(it)["name"], it.words) for it in faults]
    player = threading.Thread(target=_play, args=(run, faults, played, stack, over), name="faults", daemon=True)
    player.start()
    try:
        yield
    finally:
        over.set()
        player.join()
        (run / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(played), indent=2) + b"\n")


def _play(run: Path, faults: tuple[AnyFault, ...], played: list[Played], stack: Stack, over: threading.Event) -> None:
    while (clock := clock_of_load(run)) is None:
        if over.wait(LOOK_S):
            return
    moments = [(it.from_s, 0, n) for n, it in enumerate(faults)] + [(it.to_s, 1, n) for n, it in enumerate(faults)]
    for at_s, ends, number in sorted(moments):
        begun = played[number].from_s is not None
        if over.wait(max(0.0, at_s - clock.now_s())) and not (ends and begun):
            continue  # the load is over: nothing begins any more, and what has begun is undone at once
        if ends and not begun:
            continue
        _do(faults[number], played[number], stack, clock, ends=bool(ends))


def _do(fault: AnyFault, note: Played, stack: Stack, clock: RunClock, *, ends: bool) -> None:
    try:
        if ends:
            fault.end(stack)
            note.to_s = round(clock.now_s(), 3)
        else:
            note.from_s = round(clock.now_s(), 3)
            fault.begin(stack)
    except (FaultError, StackError, DatabaseError, OSError) as error:
        note.failed = str(error)
