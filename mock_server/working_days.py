"""Working time of the exam offices: the official Chinese calendar, make-up working days included (rule 16)."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from mock_server.clock import CHINA

OFFICE_OPENS = time(9)
OFFICE_CLOSES = time(17)
OFFICE_DAY = timedelta(hours=8)


class CalendarUnknownError(ValueError):
    """The official calendar of a year is not published in the library yet."""


def is_working_day(day: date, *, plain: bool = False) -> bool:
    """Say whether offices work on `day`; `plain` takes Monday to Friday for it, in years without a calendar.

    >>> is_working_day(date(2025, 1, 26))  # a Sunday, made up for the Spring Festival
    True

    Raises CalendarUnknownError for a year that the library does not know.
    """
    if plain:
        return day.weekday() < 5
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarUnknownError(
            f"no official calendar for {day.year}: choose a window in 2004 to 2026, update chinese-calendar, "
            "or set plain_calendar"
        ) from None


def office_time_after(moment: datetime, working: timedelta, *, plain: bool = False) -> datetime:
    """Give the moment at which offices have worked for `working` since `moment`; `plain` as in `is_working_day`.

    >>> office_time_after(datetime(2025, 3, 14, 16, tzinfo=CHINA), timedelta(hours=2)).isoformat()
    '2025-03-17T10:00:00+08:00'
    """
    day = moment.astimezone(CHINA).date()
    left = working
    begin = moment
    while True:
        opens = datetime.combine(day, OFFICE_OPENS, CHINA)
        closes = datetime.combine(day, OFFICE_CLOSES, CHINA)
        begin = max(begin, opens)
        if begin < closes and is_working_day(day, plain=plain):
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
        day += timedelta(days=1)
