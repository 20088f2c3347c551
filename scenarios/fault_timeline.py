"""Plays a scenario's faults on a running stack while the load lasts, and notes when each came and went.

load begins ─► fault begins ─► fault ends ─► …          faults.json: what was done when, in run seconds
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from scenarios.faults import FAILURES, AnyFault, begin_or_undo
from scenarios.pids import note_pids
from scenarios.run_clock import RunClock, clock_of_load
from scenarios.stack import Stack

Tell = Callable[[dict[str, Any]], object]

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
def faults_played(run: Path, faults: tuple[AnyFault, ...], stack: Stack, tell: Tell = lambda _: None) -> Iterator[None]:
    """Play faults at their moments for as long as the context lasts; what still lasts then is undone.

    `tell` hears of each as it begins, ends or fails; in a thread of its own, which must not be kept waiting.
    """
    if not faults:
        yield
        return
    over = threading.Event()
    played = [Played(msgspec.to_builtins(it)["name"], it.words) for it in faults]
    player = threading.Thread(target=_play, args=(run, faults, played, stack, over, tell), name="faults", daemon=True)
    player.start()
    try:
        yield
    finally:
        over.set()
        player.join()
        _note(run, played)


def _note(run: Path, played: list[Played]) -> None:
    partial = run / f"{FILE}.partial"
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(played), indent=2) + b"\n")
    partial.replace(run / FILE)


def _play(
    run: Path,
    faults: tuple[AnyFault, ...],
    played: list[Played],
    stack: Stack,
    over: threading.Event,
    tell: Tell,
) -> None:
    while (clock := clock_of_load(run)) is None:
        if over.wait(LOOK_S):
            return
    _note(run, played)
    # At one moment, ends come before begins.
    moments = [(it.from_s, True, n) for n, it in enumerate(faults)] + [
        (it.to_s, False, n) for n, it in enumerate(faults)
    ]
    lasting: set[int] = set()
    for at_s, begins, number in sorted(moments):
        is_over = over.wait(max(0.0, at_s - clock.now_s()))
        if begins and not is_over:
            if _began(faults[number], played[number], stack, clock):
                lasting.add(number)
        elif not begins and number in lasting:  # where the load is over, what lasts is undone at once
            lasting.remove(number)
            _end(faults[number], played[number], stack, clock)
            note_pids(run, stack.processes)
        else:
            continue
        _note(run, played)  # who watches the run sees which are under way
        tell({"now": "fault", "number": number, "until_s": faults[number].to_s, **msgspec.to_builtins(played[number])})


def _began(fault: AnyFault, note: Played, stack: Stack, clock: RunClock) -> bool:
    """Begin a fault; say whether that worked. What was done of one that did not is undone."""
    begun_s = round(clock.now_s(), 3)
    try:
        begin_or_undo(fault, stack)
    except FAILURES as error:
        note.failed = str(error)
        return False
    note.from_s = begun_s
    return True


def _end(fault: AnyFault, note: Played, stack: Stack, clock: RunClock) -> None:
    try:
        fault.end(stack)
    except FAILURES as error:
        note.failed = str(error)
    else:
        note.to_s = round(clock.now_s(), 3)
