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


def test_moments_after_the_close_are_those_of_2025():
    """Tickets a week before the exam of 24 and 25 May, results in July, certificates in August (rules 23 and 24)."""
    window = Window()
    moments = (
        window.tickets_s,
        window.exam_s,
        window.exam_end_s,
        window.results_s,
        window.certificates_s,
        window.end_s,
    )
    assert [
        "2025-05-17T09:00:00+08:00",
        "2025-05-24T09:00:00+08:00",
        "2025-05-25T17:00:00+08:00",
        "2025-07-25T10:00:00+08:00",
        "2025-08-24T10:00:00+08:00",
        "2025-09-23T10:00:00+08:00",
    ] == [window.moment(moment_s).isoformat() for moment_s in moments]


def test_first_and_last_exam_day_are_found_in_any_order():
    """The tickets go by the first day, the results by the last."""
    days = date(2025, 5, 24), date(2025, 5, 25)
    assert Window(exam_dates=days).tickets_s == Window(exam_dates=days[::-1]).tickets_s
    assert Window(exam_dates=days).results_s == Window(exam_dates=days[::-1]).results_s


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ticket_lead_days": 0}, "ticket_lead_days is 0; it must be above 0"),
        ({"ticket_lead_days": 6.5}, "ticket_lead_days is 6.5; it must be a whole number of days"),
        ({"ticket_lead_days": 60}, "ticket_lead_days is 60; admission tickets come after the closing, 2025-04-08"),
        ({"results_after_days": -1}, "results_after_days is -1; it must be above 0"),
        ({"certificates_after_days": 60}, "certificates_after_days is 60; certificates do not come before the results"),
    ],
)
def test_refuses_moments_that_make_no_sense(settings, said):
    """Each refusal says what was wrong and what would be right."""
    with pytest.raises(ValueError, match=re.escape(said)):
        Window(**settings)


def test_window_without_exam_has_no_moments_after_the_close():
    """A part of the window, taken for its curve alone, has none; who asks for them is told."""
    with pytest.raises(ValueError, match="exam_dates is empty; it must have at least one day"):
        _ = Window(exam_dates=()).end_s
