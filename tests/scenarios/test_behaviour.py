"""People act as the published figures say, and one seed decides what each does."""

import math
import statistics
import timeit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.behaviour import Behaviour, BehaviourSettings, account_stages_s, choices

SETTINGS = BehaviourSettings()
PEOPLE = [Behaviour(SETTINGS, 1, candidate) for candidate in range(20_000)]


def share(happens):
    """Give the share of all people to whom it happens."""
    return sum(happens) / len(PEOPLE)


def test_think_time_is_exponential_with_a_cap():
    """Mean 7 s, and nobody thinks for longer than 70 s."""
    times_s = [person.think_s(3) for person in PEOPLE]
    assert pytest.approx(7, rel=0.03) == statistics.mean(times_s)
    assert max(times_s) <= 70
    capped = BehaviourSettings(think_most_s=1)
    assert max(Behaviour(capped, 1, candidate).think_s(3) for candidate in range(50)) == 1


@pytest.mark.parametrize("forms", [1, 3, 5])
def test_account_stage_has_its_total_whatever_the_forms(forms):
    """The forms' sum is lognormal: median 4 min, σ .6, never below 55 s."""
    totals_s = [sum(person.account_forms_s(forms)) for person in PEOPLE]
    assert pytest.approx(240, rel=0.03) == statistics.median(totals_s)
    assert min(totals_s) >= 55 * (1 - 1e-12)
    # Quartiles instead of the deviation, since the floor lifts the lowest.
    low, _, high = statistics.quantiles(totals_s)
    assert pytest.approx(0.6, rel=0.05) == math.log(high / low) / (2 * 0.6745)


def test_account_stage_is_split_over_its_forms():
    """Each form has a share of its own, none is empty."""
    times_s = PEOPLE[7].account_forms_s(4)
    assert 4 == len(times_s) == len(set(times_s))
    assert min(times_s) > 0


def test_other_forms_take_40_seconds():
    """Lognormal, median 40 s."""
    assert pytest.approx(40, rel=0.03) == statistics.median(person.form_s(2) for person in PEOPLE)


def test_patience_doubles_where_the_page_shows_progress():
    """Median 8 s, σ .7; the same person has twice as much."""
    plain = [person.patience_s(4) for person in PEOPLE]
    assert pytest.approx(8, rel=0.03) == statistics.median(plain)
    assert pytest.approx(0.7, rel=0.03) == statistics.stdev(map(math.log, plain))
    assert 2 * plain[0] == PEOPLE[0].patience_s(4, sees_progress=True)


def test_retries_end():
    """85% try again after about 4 s; after 8 retries nobody does."""
    pauses_s = [person.retry_after_s(2, 1) for person in PEOPLE]
    assert pytest.approx(0.85, abs=0.01) == share(pause is not None for pause in pauses_s)
    assert pytest.approx(4, rel=0.03) == statistics.mean(pause for pause in pauses_s if pause is not None)
    assert any(person.retry_after_s(2, 8) is not None for person in PEOPLE[:100])
    assert all(person.retry_after_s(2, 9) is None for person in PEOPLE[:100])


def test_amplification_when_nothing_works():
    """One try and at most 8 retries with p = .85 are (1 - p^9)/(1 - p) = 5.1 tries of each step."""

    def tries(person):
        attempt = 1
        while person.retry_after_s(0, attempt) is not None:
            attempt += 1
        return attempt

    assert pytest.approx((1 - 0.85**9) / 0.15, rel=0.02) == statistics.mean(map(tries, PEOPLE))


@pytest.mark.parametrize(("until_close_s", "mean_s"), [(7_201, 2_700), (7_200, 300), (0, 300)])
def test_come_back_sooner_in_the_last_two_hours(until_close_s, mean_s):
    """45 minutes, then 5; 2% never do."""
    delays_s = [person.come_back_after_s(until_close_s) for person in PEOPLE]
    assert pytest.approx(0.02, abs=0.004) == share(delay is None for delay in delays_s)
    assert pytest.approx(mean_s, rel=0.03) == statistics.mean(d for d in delays_s if d is not None)


def test_shares_of_people():
    """Tabs, devices, cold browsers and who goes on at once; 4 standard deviations are allowed."""
    for expected, found in (
        (0.15, share(person.tabs == 2 for person in PEOPLE)),
        (0.03, share(person.devices == 5 for person in PEOPLE)),
        (0.80, share(person.has_cold_browser(first_visit=True) for person in PEOPLE)),
        (0.20, share(person.has_cold_browser(first_visit=False) for person in PEOPLE)),
        (0.70, share(person.face_check_now for person in PEOPLE)),
        (0.45, share(person.apply_now for person in PEOPLE)),
        (0.02, share(person.misses_face_check for person in PEOPLE)),
        (0.01, share(person.changes for person in PEOPLE)),
        (0.10, share(person.lets_supplement_lapse for person in PEOPLE)),
        (0.87, share(person.pays for person in PEOPLE)),
        (0.50, share(person.wants_invoice for person in PEOPLE)),
    ):
        assert pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(PEOPLE))) == found
    assert {1, 2} == {person.tabs for person in PEOPLE}
    assert {1, 5} == {person.devices for person in PEOPLE}


def test_one_person_and_everybody_at_once_agree():
    """The plan's arrays of choices are what each person says."""
    made = choices(SETTINGS, 1, np.arange(2_000))
    for name, chosen in made._asdict().items():
        assert [getattr(person, name) for person in PEOPLE[:2_000]] == chosen.tolist(), name


def test_nobody_checks_the_face_at_once_and_too_late():
    """One draw decides both, so they exclude each other."""
    assert not any(person.face_check_now and person.misses_face_check for person in PEOPLE)


@pytest.mark.parametrize("visit", [0, 64])
def test_account_stage_of_everybody_is_the_sum_of_each_persons_forms(visit):
    """The plan knows when each person has submitted the identity."""
    sums_s = [sum(Behaviour(SETTINGS, 1, candidate, visit).account_forms_s(4)) for candidate in range(500)]
    assert pytest.approx(sums_s) == account_stages_s(SETTINGS, 1, np.arange(500), visit).tolist()


def test_uplinks():
    """Median 8 Mbit/s, σ 1.1; 2% between 50 and 250 kbit/s and 0.2% that stall for over a minute."""
    lines = [person.uplink() for person in PEOPLE]
    speeds = [line.bits_per_s for line in lines]
    assert pytest.approx(8e6, rel=0.05) == statistics.median(speeds)
    low, _, high = statistics.quantiles(speeds)
    assert pytest.approx(1.1, rel=0.05) == math.log(high / low) / (2 * 0.6745)
    # Of the others 0.08% are as slow by the lognormal law.
    assert pytest.approx(0.021, abs=0.004) == share(50e3 <= speed <= 250e3 for speed in speeds)
    stalls_s = [line.stall_s for line in lines if line.stall_s]
    assert pytest.approx(0.002, abs=0.0013) == len(stalls_s) / len(lines)
    assert min(stalls_s) > 60


@given(
    seed=st.integers(0, 2**63),
    candidate=st.integers(0, 2**32 - 1),
    visit=st.integers(0, 9),
    step=st.integers(0, 40),
)
def test_draws_are_bound_to_person_visit_step_and_attempt(seed, candidate, visit, step):
    """The same question has the same answer; another visit, step or attempt has another, traits have not."""
    person = Behaviour(SETTINGS, seed, candidate, visit)
    again = Behaviour(SETTINGS, seed, candidate, visit)
    later = Behaviour(SETTINGS, seed, candidate, visit + 1)
    patience_s = person.patience_s(step)
    assert patience_s == again.patience_s(step)
    others = {person.patience_s(step + 1), person.patience_s(step, attempt=2), later.patience_s(step)}
    assert 3 == len(others - {patience_s})
    assert person.uplink() == later.uplink()
    assert (person.tabs, person.devices) == (later.tabs, later.devices)


def test_draws_are_cheap():
    """Aim: 5 µs a draw. The best of several tries, against three times the aim for a busy machine."""
    person = PEOPLE[7]
    draws = {
        "think": lambda: person.think_s(3),
        "patience": lambda: person.patience_s(3, 2),
        "retry": lambda: person.retry_after_s(3, 2),
    }
    for name, draw in draws.items():
        cost_us = min(timeit.repeat(draw, number=2_000, repeat=5)) / 2_000 * 1e6
        assert cost_us < 15, f"{name} took {cost_us:.1f} µs"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"retry_share": 1.2}, "retry_share is 1.2; a share lies between 0 and 1"),
        ({"patience_median_s": 0}, "patience_median_s is 0; it must be above 0"),
        ({"retries_most": -1}, "retries_most is -1; it must be 0 or more"),
        ({"pays_share": -0.1}, "pays_share is -0.1; a share lies between 0 and 1"),
        ({"misses_face_check_share": 0.4}, "misses_face_check_share is 0.4; it must not exceed 1 - face_check_now_"),
        ({"stall_mean_s": 30}, "stall_least_s is 60.0; it must not exceed stall_mean_s, 30"),
    ],
)
def test_refuses_impossible_settings_by_name(settings, said):
    """A wrong parameter is named, with what would be right."""
    with pytest.raises(ValueError, match=said):
        BehaviourSettings(**settings)


MISHAPS = BehaviourSettings(phone_dies_share=0.3, taps_pay_share=0.2, pays_in_two_tabs_share=0.1)
UNLUCKY = [Behaviour(MISHAPS, 1, candidate) for candidate in range(5_000)]


def dying(person):
    """Give the uploads of a visit in which the phone dies."""
    return [upload for upload in range(1, 10) if person.phone_dies_at(upload) is not None]


def test_mishaps_come_as_often_as_a_scenario_says():
    """A phone dies once a visit, in any of the first uploads; without settings nobody has a mishap."""
    for expected, found in (
        (0.3, [dying(it) != [] for it in UNLUCKY]),
        (0.2, [it.pay_taps == 5 for it in UNLUCKY]),
        (0.1, [it.pay_tabs == 2 for it in UNLUCKY]),
    ):
        assert pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / len(UNLUCKY))) == np.mean(found)
    assert {(), (1,), (2,), (3,), (4,)} == {tuple(dying(it)) for it in UNLUCKY}
    assert {((), 1, 1)} == {(tuple(dying(it)), it.pay_taps, it.pay_tabs) for it in PEOPLE[:1_000]}


def test_mishaps_move_nothing_else():
    """Whoever has them is as quick and as patient as without."""
    for usual, unlucky in zip(PEOPLE[:200], UNLUCKY, strict=False):
        assert usual.uplink() == unlucky.uplink()
        assert (usual.think_s(3), usual.patience_s(5), usual.tabs) == (
            unlucky.think_s(3), unlucky.patience_s(5), unlucky.tabs,
        )  # fmt: skip
