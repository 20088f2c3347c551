"""What the exam office decides, and when, as pure functions of seed and ID number."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.clock import CHINA
from mock_server.life import Event
from mock_server.review import decision, decision_time
from mock_server.rules import PAPER_NAMES, Paper
from mock_server.settings import Limits
from mock_server.working_days import OFFICE_CLOSES, OFFICE_OPENS, is_working_day
from scenarios.window import Window

MANY = 10_000
ID_NUMBERS = [f"11010519491231{number:04d}" for number in range(MANY)]
OPENING = Window().opening
LIMITS = Limits()
MOMENTS = st.integers(0, 30 * 24 * 60).map(lambda minutes: OPENING + timedelta(minutes=minutes))


def decide(number, limits=LIMITS, *, seed=1, has_stamp=True, after_supplement=False):
    """Give the decision on one candidate."""
    return decision(seed, number, has_stamp, limits, after_supplement=after_supplement)


def shares(limits, **case):
    """Give the share of each decision over many candidates."""
    events = Counter(decide(number, limits, **case).event for number in ID_NUMBERS)
    return {event: count / MANY for event, count in events.items()}


@pytest.mark.parametrize("limits", [LIMITS, Limits(supplement_share=0.4, rejected_share=0.1)])
def test_decisions_have_the_shares_that_are_set(limits):
    """Rule 16: within four standard errors of a share of 10,000."""
    found = shares(limits)
    for event, share in ((Event.REQUEST_SUPPLEMENT, limits.supplement_share), (Event.REJECT, limits.rejected_share)):
        assert pytest.approx(share, abs=4 * (share * (1 - share) / MANY) ** 0.5) == found[event]
    assert pytest.approx(1) == sum(found.values())


def test_shares_of_0_and_1_are_exact():
    """Nobody is rejected by a portal that rejects nobody."""
    assert {Event.APPROVE: 1} == shares(Limits(supplement_share=0, rejected_share=0))
    assert {Event.REJECT: 1} == shares(Limits(supplement_share=0, rejected_share=1))
    assert {Event.REQUEST_SUPPLEMENT: 1} == shares(Limits(supplement_share=1, rejected_share=0))


def test_a_missing_stamp_is_asked_for_each_time():
    """Rule 12: whatever the shares, and after a supplement too."""
    for after_supplement in (False, True):
        assert {Event.REQUEST_SUPPLEMENT: 1} == shares(LIMITS, after_supplement=after_supplement, has_stamp=False)
    asked = decide(ID_NUMBERS[0], has_stamp=False)
    assert ("公章" in asked.note, Paper.WORK_PROOF) == (True, asked.asked_paper)


def test_a_second_look_approves():
    """Rule 17: who hands in better papers is approved."""
    assert {Event.APPROVE: 1} == shares(Limits(supplement_share=0.5, rejected_share=0.5), after_supplement=True)


def test_who_is_not_approved_is_told_why():
    """A note goes with every decision but the approval, and a supplement is of a paper that the note names."""
    for number in ID_NUMBERS[:500]:
        event, note, asked_paper = decide(number)
        assert (event is Event.APPROVE) == (note is None)
        assert (event is Event.REQUEST_SUPPLEMENT) == (asked_paper is not None)
        assert asked_paper is None or PAPER_NAMES[asked_paper] in note


def test_decisions_depend_on_the_seed_alone():
    """The same seed decides the same of everybody, another seed otherwise."""
    first, again, other = ([decide(number, seed=seed) for number in ID_NUMBERS] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def working_days_between(begin, end):
    """Count the working days after the day of `begin` up to the day of `end`."""
    days = (end.date() - begin.date()).days
    return sum(is_working_day(begin.date() + timedelta(days=day)) for day in range(1, days + 1))


@given(MOMENTS, st.sampled_from(ID_NUMBERS), st.integers(1, 3), st.sampled_from([3, 5]))
def test_a_decision_comes_on_a_full_hour_within_the_working_days(moment, id_number, round_, working_days):
    """Rule 16: 3 working days at most, or 5 by setting, in office hours, and never before the filing."""
    limits = Limits(review_working_days=working_days)
    decided = decision_time(1, id_number, round_, moment, limits).astimezone(CHINA)
    assert decided >= moment
    assert working_days_between(moment.astimezone(CHINA), decided) <= working_days
    assert (0, 0, 0) == (decided.minute, decided.second, decided.microsecond)
    assert is_working_day(decided.date())
    assert OFFICE_OPENS <= decided.time() <= OFFICE_CLOSES


@pytest.mark.parametrize("working_days", [3, 5])
def test_the_review_takes_its_time(working_days):
    """The working days of the setting are used evenly, up to the last."""
    limits = Limits(review_working_days=working_days)
    many = ID_NUMBERS[:2000]
    # Filed as the office opens on a Monday: the first day's work ends on the same day.
    decided = Counter(working_days_between(OPENING, decision_time(1, number, 1, OPENING, limits)) for number in many)
    assert list(range(working_days)) == sorted(decided)
    for count in decided.values():
        assert pytest.approx(len(many) / working_days, rel=0.15) == count
