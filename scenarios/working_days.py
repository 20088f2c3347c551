"""Working time of the exam offices: the official Chinese calendar, make-up working days included (rule 16).

office days │              ┌────   a clock like that of active days: it runs from 9 to 17 on working days,
            │       ┌──────┘       8 hours are 1 office day, and it stands still at night and on days off
            │ ──────┘
            └───────────────────► portal time
"""

from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar
import numpy as np
from numpy.typing import NDArray

from scenarios.window import Window

Floats = NDArray[np.float64]

OFFICE_OPENS_H = 9
OFFICE_CLOSES_H = 17


class CalendarUnknownError(ValueError):
    """The official calendar of a year is not published in the library yet."""


class OfficeTime(NamedTuple):
    """Two clocks where the offices open and close: portal time, and office days."""

    portal_s: Floats
    office_days: Floats
    past_full_hour_s: float
    """How long after a full hour the window opens."""

    def to_office_days(self, portal_s: Floats) -> Floats:
        """Give the office days passed at each portal time."""
        return np.interp(portal_s, self.portal_s, self.office_days)

    def to_portal_s(self, office_days: Floats) -> Floats:
        """Give the portal time at which so many office days have passed."""
        return np.interp(office_days, self.office_days, self.portal_s)

    def next_full_hour(self, portal_s: Floats) -> Floats:
        """Give the full hour of the day that each portal time is, or that comes next."""
        since_hour_s = np.round(portal_s + self.past_full_hour_s, 3)  # 17:00 may come as 17:00 and some ns
        return np.ceil(since_hour_s / 3_600) * 3_600 - self.past_full_hour_s


def is_working_day(day: date, *, plain_calendar: bool = False) -> bool:
    """Say whether offices work on `day`; by a plain calendar, on every Monday to Friday.

    >>> is_working_day(date(2025, 1, 26))  # a Sunday, made up for the Spring Festival
    True

    Raises CalendarUnknownError for a year that the library does not know.
    """
    if plain_calendar:
        return day.weekday() < 5
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        known = sorted({holiday.year for holiday in chinese_calendar.holidays})
        raise CalendarUnknownError(
            f"no official calendar for {day.year}: choose dates in {known[0]} to {known[-1]}, update "
            "chinese-calendar, or set plain_calendar = true in [window], by which offices work Monday to Friday"
        ) from None


def office_time(window: Window, office_days_after_close: float) -> OfficeTime:
    """Give the office time of a window, from its opening until so many office days after its close.

    Raises CalendarUnknownError where that reaches into a year that the library does not know.
    """
    midnight = window.opening.replace(hour=0, minute=0)
    opens_s: list[float] = []
    left, moment = office_days_after_close, midnight
    while moment <= window.closing or left > 0:
        if is_working_day(moment.date(), plain_calendar=window.plain_calendar):
            opens_s.append(window.portal_s(moment + timedelta(hours=OFFICE_OPENS_H)))
            left -= moment > window.closing
        moment += timedelta(days=1)
    edges_s, count = np.array(opens_s), np.arange(len(opens_s), dtype=np.float64)
    length_s = 3_600.0 * (OFFICE_CLOSES_H - OFFICE_OPENS_H)
    return OfficeTime(
        portal_s=np.column_stack((edges_s, edges_s + length_s)).ravel(),
        office_days=np.column_stack((count, count + 1)).ravel(),
        past_full_hour_s=60.0 * window.opening.minute,
    )
