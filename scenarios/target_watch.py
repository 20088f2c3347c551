"""Watches, while a load goes to a target, for what has to end it: the stop file, and the end of the permission."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import gevent

from scenarios.loopback import TargetRefusedError
from scenarios.target import Target
from scenarios.window import CHINA

LOOK_S = 0.25
"""Of the 2 s in which the load has to end; the rest is for ending it."""


def why_to_end(target: Target, now: datetime) -> str:
    """Say what ends the load at a moment, by the key of the target file; empty: nothing does."""
    if target.stop_file is not None and Path(target.stop_file).exists():
        return "stop_file"
    try:
        target.check_permission(now)
    except TargetRefusedError:
        return "allowed_until"
    return ""


def watch(target: Target, end: Callable[[str], None]) -> None:
    """Look until something ends the load; `end` hears what."""
    while not (why := why_to_end(target, datetime.now(CHINA))):
        gevent.sleep(LOOK_S)
    end(why)
