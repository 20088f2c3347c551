"""The office clock runs in office hours of the official calendar, as the portal's does."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.working_days import OFFICE_DAY, office_time_after
from scenarios.window import CHINA, Window
from scenarios.working_days import CalendarUnknownError, is_working_day, office_time

WINDOW = Window()
OFFICE = office_time(WINDOW, 20)
HALF_PAST = Window(
    opening=datetime(2025, 4, 25, 8, 30, tzinfo=CHINA), closing=datetime(2025, 5, 6, 17, 0, tzinfo=CHINA)
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 4, 4), False),  # Friday, the Qingming festival
        (date(2025, 4, 5), False),  # Saturday
        (date(2025, 4, 7), True),  # Monday
        (date(2025, 4, 27), True),  # Sunday, made up for the days off in May
        (date(2025, 5, 5), False),  # Monday, off
    ],
)
def test_official_calendar_has_festivals_and_days_made_up(day, works):
    """Days as the State Council published them for 2025."""
    assert works == is_working_day(day)


def test_plain_calendar_is_monday_to_friday_in_any_year():
    """Asked for by name, for years without an official calendar."""
    week = [is_working_day(date(2031, 3, day), plain_calendar=True) for day in range(3, 10)]
    assert [True] * 5 + [False] * 2 == week


def test_unknown_year_is_refused_with_the_way_out():
    """The message has the year, the years that are known, and the setting."""
    with pytest.raises(CalendarUnknownError, match=r"no official calendar for 2031: .* 2004 to 20\d\d.*plain_calendar"):
        is_working_day(date(2031, 3, 3))


def test_office_day_is_eight_hours():
    """A filing on Monday 10 March at 13:00 and one office day of review end on Tuesday at 13:00."""
    filed_s = np.array([4 * 3_600.0])
    assert 28 * 3_600 == OFFICE.to_portal_s(OFFICE.to_office_days(filed_s) + 1)[0]


def test_reaches_as_far_as_was_asked_for():
    """20 office days after the close on Tuesday 8 April lie the days off in May, and the day made up before."""
    last = WINDOW.moment(OFFICE.portal_s[-1])
    assert datetime(2025, 5, 8, 17, tzinfo=CHINA) == last


@pytest.mark.parametrize("window", [WINDOW, HALF_PAST], ids=["full hour", "half past"])
@settings(max_examples=200, deadline=None)
@given(share=st.floats(0, 1), office_days=st.floats(0.001, 5))
def test_office_time_is_that_of_the_portal(window, share, office_days):
    """Two programs, one law: the same moment after the same work, and the same full hour of release."""
    filed_s = round(share * window.length_s)
    office = office_time(window, 20)
    done_s = office.to_portal_s(office.to_office_days(np.array([filed_s])) + office_days)
    portal_done = office_time_after(window.moment(filed_s), office_days * OFFICE_DAY)
    batch = portal_done.replace(minute=0, second=0, microsecond=0)
    batch += timedelta(hours=batch < portal_done - timedelta(milliseconds=1))
    # On the stroke of five, the work is done in the evening and as well when the next morning begins.
    total = office_days + float(office.to_office_days(np.array([filed_s]))[0])
    if abs(total - round(total)) > 1e-9:
        assert pytest.approx(window.portal_s(portal_done), abs=0.01) == done_s[0]
        assert window.portal_s(batch) == office.next_full_hour(done_s)[0]


def test_full_hours_are_those_of_the_day():
    """Where the window opens at half past, the first full hour is half an hour after it."""
    office = office_time(HALF_PAST, 5)
    assert [1_800, 1_800, 5_400] == office.next_full_hour(np.array([1.0, 1_800.0, 1_801.0])).tolist()
