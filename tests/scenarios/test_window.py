"""The window takes real dates and refuses impossible ones."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from scenarios.window import CHINA, Window


def test_default_spans_30_calendar_days():
    """Day 1 is a Monday, day 30 ends at 17:00."""
    window = Window()
    assert 29 == (window.closing.date() - window.opening.date()).days
    assert 0 == window.opening.weekday()
    assert 29 + 8 / 24 == window.length_days


def test_takes_the_real_dates_of_2025():
    """Registration ran from 10 to 31 March."""
    window = Window(closing=datetime(2025, 3, 31, 17, 0, tzinfo=CHINA))
    assert 21 * 86_400 + 8 * 3_600 == window.length_s


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (datetime(2025, 3, 10, 9, 0), "opening is 2025-03-10T09:00:00; "),  # noqa: DTZ001 - a naive time
        (datetime(2025, 3, 10, 1, 0, tzinfo=UTC), "it must be a whole minute of UTC+8"),
        (datetime(2025, 3, 10, 9, 0, 30, tzinfo=CHINA), "such as 2025-03-10T09:00:00+08:00"),
        (datetime(2025, 4, 8, 17, 0, tzinfo=CHINA), "closing is 2025-04-08T17:00:00+08:00; it must come"),
    ],
)
def test_refuses_wrong_times(opening, said):
    """Each refusal says what was wrong and what would be right."""
    with pytest.raises(ValueError, match=re.escape(said)):
        Window(opening=opening)


def test_takes_any_zone_of_utc_plus_8():
    """A time from a TOML file has a zone object of its own."""
    parsed = datetime(2025, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=8), "CST"))
    assert Window() == Window(opening=parsed)


def test_refuses_an_exam_before_the_closing():
    """The exam comes after the registration."""
    with pytest.raises(ValueError, match="exam_dates has 2025-04-08; an exam comes after the closing"):
        Window(exam_dates=(date(2025, 4, 8),))
