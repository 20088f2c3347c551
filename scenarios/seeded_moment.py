"""Moments of the window as people write them: `2025-04-08T16:45`, `closing-15m`, `exam`."""

import re
from datetime import datetime

from scenarios.window import CHINA, Window

NAMES = ("opening", "closing", "tickets", "exam", "exam-end", "results", "certificates")
_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_NAMED = re.compile(rf"({'|'.join(sorted(NAMES, key=len, reverse=True))})(?:([+-])(\d+(?:\.\d+)?)([smhd]))?")
_RIGHT = (
    "give a time in UTC+8 such as 2025-04-08T16:45, or one of "
    f"{', '.join(NAMES)}, with an offset such as closing-15m, opening+2h or exam-7d"
)


class MomentError(ValueError):
    """A moment that cannot be read, or that the window does not have; the message is one line."""


def portal_moment_s(text: str, window: Window) -> float:
    """Give a moment as portal seconds. A time without an offset is in UTC+8.

    >>> window = Window()
    >>> portal_moment_s("opening+2h", window), portal_moment_s("2025-03-10T11:00", window)
    (7200.0, 7200.0)

    Raises MomentError.
    """
    at_s = _named_s(text, window) if _NAMED.fullmatch(text) else _written_s(text, window)
    last_s = window.end_s if window.exam_dates else window.length_s
    if not 0 <= at_s <= last_s:
        raise MomentError(
            f"{text} is {window.moment(at_s):%Y-%m-%dT%H:%M}; it must be from the opening, "
            f"{window.opening:%Y-%m-%dT%H:%M}, to {window.moment(last_s):%Y-%m-%dT%H:%M}"
        )
    return at_s


def _named_s(text: str, window: Window) -> float:
    match = _NAMED.fullmatch(text)
    assert match is not None  # the caller has looked
    name, sign, number, unit = match.groups()
    try:
        named_s = {"opening": 0.0, "closing": window.length_s}.get(name)
        at_s: float = getattr(window, f"{name.replace('-', '_')}_s") if named_s is None else named_s
    except ValueError as error:  # a window without an exam
        raise MomentError(f"{text}: {error}") from None
    offset_s = float(number) * _UNITS_S[unit] if number else 0.0
    return at_s - offset_s if sign == "-" else at_s + offset_s


def _written_s(text: str, window: Window) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MomentError(f"'{text}' is no moment: {_RIGHT}") from None
    return window.portal_s(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))
