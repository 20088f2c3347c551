"""The rules as pure functions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.candidates import Candidate
from mock_server.clock import CHINA
from mock_server.problems import MESSAGES
from mock_server.rules import (
    SUBJECTS,
    Basis,
    Degree,
    Field,
    Level,
    Paper,
    Qualification,
    eligibility_error,
    fee_fen,
    id_number_error,
    papers_missing,
    phone_error,
    subjects_error,
)
from mock_server.settings import Limits
from mock_server.working_days import CalendarUnknownError, is_working_day, office_time_after
from scenarios.window import Window

LIMITS = Limits()
OPENING = Window().opening


@given(st.integers(0, 500_000))
def test_invented_candidates_pass_rules_1_and_6_to_9(number):
    """What fakes invents is what the portal accepts, although the two share no code."""
    person = Candidate(1, number)
    assert id_number_error(person.id_number) is None
    assert phone_error(person.mobile) is None
    claim = person.claim
    qualification = Qualification(
        Level(claim.level),
        Degree(person.degree.grade),
        Field(person.degree.field),
        claim.years_of_work,
        claim.years_in_management,
        claim.earlier_certificate_number,
    )
    assert eligibility_error(qualification, LIMITS) is None
    retained = {subject.code for subject in person.retained_subjects}
    assert subjects_error(Level(claim.level), [subject.code for subject in person.subjects], retained) is None
    assert person.place.basis in set(Basis)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("11010519491231002", "18 位"),
        ("110105194912310021", "校验位"),
        ("99010519491231002X", "地区"),
        ("110105194913310020", "出生日期"),
    ],
)
def test_wrong_id_numbers_are_told_why(number, word):
    """Each kind of mistake has its own message (rule 1)."""
    assert word in id_number_error(number)


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Qualification(Level.JUNIOR, Degree.COLLEGE, Field.OTHER, 9, 0, None), "大专"),
        (Qualification(Level.JUNIOR, Degree.BACHELOR, Field.OTHER, 0.9, 0, None), "1 年"),
        (Qualification(Level.INTERMEDIATE, Degree.BACHELOR, Field.SOCIAL_WORK, 9, 0, None), "初级证书"),
        (Qualification(Level.INTERMEDIATE, Degree.BACHELOR, Field.SOCIAL_WORK, 4.9, 0, "C"), "5 年"),
        (Qualification(Level.INTERMEDIATE, Degree.MASTER, Field.SOCIAL_WORK, 1.9, 0, None), "2 年"),
        (Qualification(Level.SENIOR, Degree.MASTER, Field.SOCIAL_WORK, 30, 30, None), "中级证书"),
        (Qualification(Level.SENIOR, Degree.MASTER, Field.SOCIAL_WORK, 30, 4.9, "C"), "5 年管理"),
    ],
)
def test_who_is_not_eligible_is_told_which_condition_fails(person, word):
    """Rules 7 to 9, one condition at a time."""
    assert word in eligibility_error(person, LIMITS)


def test_limits_are_settings():
    """A portal with another limit decides otherwise."""
    person = Qualification(Level.JUNIOR, Degree.BACHELOR, Field.OTHER, 0.9, 0, None)
    assert eligibility_error(person, Limits(junior_work_years=0.5)) is None


def test_subjects_that_are_retained_are_not_taken_again():
    """Rule 22: all subjects but those passed last year."""
    first, second = SUBJECTS[Level.JUNIOR]
    assert subjects_error(Level.JUNIOR, [second], {first}) is None
    assert "不用再报" in subjects_error(Level.JUNIOR, [first, second], {first})
    assert "缺少" in subjects_error(Level.JUNIOR, [second], set())
    assert "没有科目" in subjects_error(Level.JUNIOR, ["senior_practice"], set())


def test_fees_in_fen():
    """Rule 18: 60 yuan a subject junior, 65 intermediate."""
    assert [12000, 19500, 6500] == [
        fee_fen(level, len(SUBJECTS[level]), LIMITS) for level in (Level.JUNIOR, Level.INTERMEDIATE, Level.SENIOR)
    ]


def test_who_comes_from_elsewhere_brings_one_more_proof():
    """Rule 14: a residence permit or a social-insurance proof."""
    both = {Paper.DEGREE_CERTIFICATE, Paper.WORK_PROOF}
    assert set() == papers_missing("44", "44", both, LIMITS)
    assert {Paper.RESIDENCE_PROOF} == papers_missing("44", "42", both, LIMITS)
    assert set() == papers_missing("44", "42", both | {Paper.SOCIAL_INSURANCE}, LIMITS)
    assert {Paper.SOCIAL_INSURANCE} == papers_missing("11", "11", both, LIMITS)  # rule 13
    assert both == papers_missing("44", "44", set(), LIMITS)


def test_every_refusal_has_a_message():
    """Candidates read Chinese; the machine room reads English."""
    chinese = {code for code, (_, text) in MESSAGES.items() if any("\u4e00" <= letter <= "\u9fff" for letter in text)}
    assert {"control_token_wrong", "control_value_wrong", "paper_refused"} == set(MESSAGES) - chinese


def test_make_up_working_days_count():
    """The official calendar of 2025: 27 April was a working Sunday, 1 May a free Thursday."""
    assert is_working_day(date(2025, 4, 27))
    assert not is_working_day(date(2025, 5, 1))


def test_years_beyond_the_calendar_are_named():
    """A year that the calendar does not know is refused, not guessed."""
    with pytest.raises(CalendarUnknownError, match="2099"):
        is_working_day(date(2099, 1, 1))
    assert is_working_day(date(2099, 1, 1), plain=True)
    assert not is_working_day(date(2099, 1, 3), plain=True)


@given(st.integers(0, 29 * 24 * 60), st.integers(0, 24 * 60))
def test_office_time_ends_in_office_hours(minutes, working_minutes):
    """However long the work, it ends on a working day, within hours, and no earlier than it takes."""
    begin = OPENING + timedelta(minutes=minutes)
    end = office_time_after(begin, timedelta(minutes=working_minutes))
    assert end - begin >= timedelta(minutes=working_minutes)
    local = end.astimezone(CHINA)
    assert is_working_day(local.date())
    assert timedelta(hours=9) <= timedelta(hours=local.hour, minutes=local.minute) <= timedelta(hours=17)
