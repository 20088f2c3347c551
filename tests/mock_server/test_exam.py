"""Seats, numbers and scores as pure functions (rules 23 and 24)."""

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.exam import certificate_number, drawn_scores, drawn_seat, passed_subjects, ticket_number
from mock_server.rules import SUBJECTS, Level, filing_number
from mock_server.settings import Limits

LIMITS = Limits()
MANY = 10_000
ID_NUMBERS = [f"11010519491231{number:04d}" for number in range(MANY)]
TWO = ["junior_comprehensive", "junior_practice"]


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000))
def test_no_seat_is_given_twice_and_sites_fill_up(seats_a_room, rooms_a_site, seed):
    """Rule 23: the first n filings of a province take all n seats of its first site, the next n those of the next."""
    limits = Limits(seats_a_room=seats_a_room, rooms_a_site=rooms_a_site)
    n = seats_a_room * rooms_a_site
    found = [drawn_seat(seed, filing_number("44", 2025, i), limits) for i in range(1, 2 * n + 1)]
    everywhere = {
        (site, room, seat)
        for site in (1, 2)
        for room in range(1, rooms_a_site + 1)
        for seat in range(1, seats_a_room + 1)
    }
    assert everywhere == {(it.site, it.room, it.seat) for it in found}
    assert [1] * n + [2] * n == [it.site for it in found]


def test_seats_are_drawn():
    """Neither in the order of filing nor the same in every province or under every seed."""
    orders = [
        [drawn_seat(seed, filing_number(province, 2025, i), LIMITS) for i in range(1, 61)]
        for seed, province in ((1, "44"), (1, "11"), (2, "44"))
    ]
    assert 3 == len({tuple((it.room, it.seat) for it in order) for order in orders})
    assert all(order != sorted(order, key=lambda it: (it.room, it.seat)) for order in orders)


def test_tickets_and_certificates_have_numbers_of_their_own():
    """Level and filing number make both; no two filings share one."""
    filings = [filing_number(province, 2025, i) for province in ("11", "44") for i in (1, 2, 11)]
    for number in (ticket_number, certificate_number):
        assert len(filings) * len(Level) == len({number(filing, level) for filing in filings for level in Level})


@pytest.mark.parametrize("limits", [LIMITS, Limits(absent_share=0.0, score_mean=70, score_deviation=5, pass_score=75)])
def test_shares_of_the_absent_and_of_passes_are_those_that_are_set(limits):
    """Rule 24: within four standard errors, subject by subject."""
    drawn = [drawn_scores(1, 2025, number, TWO, limits) for number in ID_NUMBERS]
    came = [scores for scores in drawn if scores != [None, None]]
    absent = 1 - len(came) / MANY
    error = (limits.absent_share * (1 - limits.absent_share) / MANY) ** 0.5
    assert pytest.approx(limits.absent_share, abs=4 * error) == absent
    # A score is rounded: 59.5 points and more pass a line of 60.
    share = 1 - NormalDist(limits.score_mean, limits.score_deviation).cdf(limits.pass_score - 0.5)
    for index, subject in enumerate(TWO):
        passed = sum(subject in passed_subjects(TWO, scores, limits) for scores in came)
        assert pytest.approx(share, abs=4 * (share * (1 - share) / len(came)) ** 0.5) == passed / len(came), index


@given(st.sampled_from(ID_NUMBERS), st.sampled_from(Level), st.floats(0.1, 500), st.integers(0, 100))
def test_scores_are_points_of_100_or_all_missing(id_number, level, deviation, mean):
    """However wide they spread; absent means absent from all subjects."""
    scores = drawn_scores(1, 2025, id_number, list(SUBJECTS[level]), Limits(score_deviation=deviation, score_mean=mean))
    assert len(SUBJECTS[level]) == len(scores)
    assert all(score is None for score in scores) or all(0 <= score <= 100 for score in scores)


def test_the_line_itself_passes():
    """60 of 100 is a pass, 59 and an empty seat are none."""
    assert ["b"] == passed_subjects(["a", "b", "c"], [59, 60, None], LIMITS)


def test_scores_depend_on_seed_year_person_and_subject_alone():
    """The same again, also for some of the subjects; another year is another exam."""
    numbers, all_come = ID_NUMBERS[:200], Limits(absent_share=0)
    all_of_them = [drawn_scores(1, 2025, number, TWO, all_come) for number in numbers]
    assert all_of_them == [drawn_scores(1, 2025, number, TWO, all_come) for number in numbers]
    assert [scores[1:] for scores in all_of_them] == [drawn_scores(1, 2025, it, TWO[1:], all_come) for it in numbers]
    assert all_of_them != [drawn_scores(1, 2026, number, TWO, all_come) for number in numbers]
    assert all_of_them != [drawn_scores(2, 2025, number, TWO, all_come) for number in numbers]
