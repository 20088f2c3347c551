"""Every candidate's stages make sense in order, keep the rules' deadlines, and follow the published laws."""

import datetime as dt

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.identity_numbers import id_numbers
from scenarios.behaviour import Behaviour, BehaviourSettings, choices
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stage_settings import StageSettings
from scenarios.stages import APPROVED, NONE, OUTCOMES, REJECTED, SUPPLEMENT, draw_stages
from scenarios.window import CHINA, Window
from scenarios.working_days import CalendarUnknownError, is_working_day, office_time

SCENARIO = with_overrides(load_scenario("opening-day"), population=100_000)
CLOSE_S = SCENARIO.window.length_s
DAY_S = 86_400

SHORT = Window(
    opening=dt.datetime(2025, 3, 10, 9, 0, tzinfo=CHINA),
    closing=dt.datetime(2025, 3, 12, 17, 0, tzinfo=CHINA),
    exam_dates=(dt.date(2025, 3, 29),),
)


@pytest.fixture(scope="module")
def stages():
    """Give the stages of 100,000 candidates."""
    return draw_stages(SCENARIO)


def happened(times_s):
    """Give who gets there."""
    return ~np.isnan(times_s)


def share(part, whole):
    """Give how large a part of the whole it is."""
    return (part & whole).sum() / whole.sum()


def hour_of_day(times_s):
    """Give the hour of the day, with its fraction, of times in the window that opens at nine."""
    return (times_s / 3_600 + 9) % 24


def test_every_array_has_one_entry_a_candidate(stages):
    """Times are portal seconds, the outcome a small number."""
    for name, values in stages._asdict().items():
        assert (100_000,) == values.shape
        assert (np.uint8 if name == "outcome" else np.float64) == values.dtype


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63), population=st.integers(1, 2_000), short=st.booleans(), hurry=st.floats(0.01, 3))
def test_stages_make_sense_in_order(seed, population, short, hurry):
    """Each stage comes after the ones that it needs, within its deadline; nothing is filed after the close."""
    scenario = msgspec.structs.replace(
        with_overrides(SCENARIO, seed=seed, population=population),
        window=SHORT if short else Window(),
        demand=msgspec.structs.replace(SCENARIO.demand, delta_days=hurry),
        behaviour=BehaviourSettings(changes_share=0.3, misses_face_check_share=0.2),
        stages=StageSettings(supplement_share=0.5, face_check_median_s=900, supplement_median_s=900),
    )
    it, close_s = draw_stages(scenario), scenario.window.length_s
    order = (
        (it.arrival_s, it.registered_s),
        (it.arrival_s, it.face_visit_s),
        (it.registered_s, it.face_checked_s),
        (it.face_visit_s, it.face_checked_s),
        (it.face_visit_s, it.apply_visit_s),
        (it.face_checked_s, it.filed_s),
        (it.apply_visit_s, it.filed_s),
        (it.filed_s, it.change_visit_s),
        (it.change_visit_s, it.changed_s),
        (np.fmax(it.filed_s, it.changed_s), it.decided_s),
        (it.decided_s, it.supplement_visit_s),
        (it.supplement_visit_s, it.supplemented_s),
        (it.supplemented_s, it.decided_again_s),
        (it.approved_s, it.pay_visit_s),
        (it.pay_visit_s, it.paid_s),
        (it.paid_s, it.invoice_asked_s),
    )
    for before_s, after_s in order:
        there = happened(after_s)
        assert happened(before_s)[there].all()
        assert (before_s[there] <= after_s[there]).all()
    back = it.face_visit_s > it.arrival_s
    assert (it.face_visit_s[back] >= it.registered_s[back]).all()
    back = it.apply_visit_s > it.face_visit_s
    assert (it.apply_visit_s[back] >= it.face_checked_s[back]).all()
    for last_s in (it.face_visit_s, it.apply_visit_s, it.filed_s, it.changed_s):
        assert not (last_s >= close_s).any()
    assert not (it.supplemented_s > it.decided_s + 5 * DAY_S + 1e-6).any()
    assert not (it.paid_s > it.approved_s + 7 * DAY_S + 1e-6).any()

    people = choices(scenario.behaviour, seed, np.arange(population))
    in_48_h = it.face_checked_s <= it.registered_s + 2 * DAY_S + 1e-6
    missed = happened(it.face_checked_s) & people.misses_face_check
    assert in_48_h[happened(it.face_checked_s) & ~missed].all()
    assert (it.face_visit_s[missed] >= it.registered_s[missed] + 2 * DAY_S).all()
    assert (happened(it.decided_s) == happened(it.filed_s)).all()
    assert (happened(it.decided_s) == (it.outcome != NONE)).all()
    assert (happened(it.approved_s) == ((it.outcome == APPROVED) | happened(it.supplemented_s))).all()
    assert (it.outcome[happened(it.supplemented_s)] == SUPPLEMENT).all()


def test_same_session_has_the_same_visit(stages):
    """Who goes on at once has no visit of their own for it; the plan and each person agree on who does."""
    for candidate in range(500):
        person = Behaviour(SCENARIO.behaviour, SCENARIO.seed, candidate)
        if happened(stages.face_visit_s)[candidate]:
            assert person.face_check_now == (stages.face_visit_s[candidate] == stages.arrival_s[candidate])
        if happened(stages.apply_visit_s)[candidate]:
            assert person.apply_now == (stages.apply_visit_s[candidate] == stages.face_visit_s[candidate])
        assert person.pays >= happened(stages.paid_s)[candidate]
        assert person.changes >= happened(stages.changed_s)[candidate]


def test_registering_takes_each_person_the_time_of_their_forms(stages):
    """Who comes after the opening minute submits the identity when the forms of the visit are filled in."""
    later = np.flatnonzero(stages.arrival_s > 60)[:200]
    forms_s = [sum(Behaviour(SCENARIO.behaviour, SCENARIO.seed, int(who)).account_forms_s(4)) for who in later]
    assert pytest.approx(forms_s) == (stages.registered_s - stages.arrival_s)[later].tolist()


def test_shares_are_those_of_the_model(stages):
    """Outcomes, lapses, payments and invoices; 5 standard deviations are allowed."""
    filed, asked = happened(stages.filed_s), stages.outcome == SUPPLEMENT
    approved, paid = happened(stages.approved_s), happened(stages.paid_s)
    for expected, part, whole in (
        (0.15, asked, filed),
        (0.02, stages.outcome == REJECTED, filed),
        (0.90, happened(stages.supplemented_s), asked),
        (0.87, paid, approved),
        (0.50, happened(stages.invoice_asked_s), paid),
        (0.01, happened(stages.changed_s), filed),
    ):
        assert pytest.approx(expected, abs=5 * (expected * (1 - expected) / whole.sum()) ** 0.5) == share(part, whole)
    assert ("none", "approved", "supplement asked for", "rejected") == OUTCOMES


def test_nearly_everybody_files(stages):
    """Only who comes in the last minutes, or missed the face check in the last days, is too late."""
    assert happened(stages.filed_s)[stages.arrival_s < CLOSE_S - 5 * DAY_S].mean() > 0.998
    assert 0.97 < happened(stages.filed_s).mean() < 0.99


def test_misses_come_after_the_account_has_lapsed(stages):
    """2% of those who come early enough, a median of 1 active day after the 48 hours; they fill in all forms again."""
    late = stages.face_visit_s - stages.registered_s > 2 * DAY_S
    early = stages.arrival_s < CLOSE_S - 10 * DAY_S
    assert pytest.approx(0.02, abs=0.003) == late[early].mean()
    for candidate in np.flatnonzero(late)[:50]:
        forms_s = sum(Behaviour(SCENARIO.behaviour, SCENARIO.seed, int(candidate), visit=64).account_forms_s(4))
        took_s = (stages.face_checked_s - stages.face_visit_s)[candidate]
        assert forms_s < took_s < forms_s + 300
    assert 0.7 < np.median((stages.face_visit_s - stages.registered_s)[early & late]) / DAY_S - 2 < 1.5


def test_decisions_come_on_full_hours_of_working_days(stages):
    """From 9 to 17, by the official calendar: none at Qingming, 4 to 6 April."""
    for released_s in (stages.decided_s, stages.decided_again_s):
        decided_s = released_s[happened(released_s)]
        assert set(range(9, 18)) >= set(hour_of_day(decided_s).tolist())
        days = {SCENARIO.window.moment(second).date() for second in np.unique(decided_s)}
        assert all(is_working_day(day) for day in days)
        assert dt.date(2025, 4, 4) not in days
        assert dt.date(2025, 4, 7) in days


def test_review_is_uniform_over_three_working_days(stages):
    """Office days between the last filing and its decision: evenly 0 to 3, and half an hour to the full hour."""
    office = office_time(SCENARIO.window, 20)
    filed_s = np.fmax(stages.filed_s, stages.changed_s)[happened(stages.filed_s)]
    decided_s = stages.decided_s[happened(stages.decided_s)]
    office_days = office.to_office_days(decided_s) - office.to_office_days(filed_s)
    assert office_days.max() <= 3 + 1 / 8
    quartiles = np.quantile(office_days, [0.25, 0.5, 0.75]) - 1 / 16
    assert pytest.approx([0.75, 1.5, 2.25], abs=0.03) == quartiles.tolist()
    assert pytest.approx(1.5 + 1 / 16, abs=0.015) == office_days.mean()


def test_five_working_days_of_review_by_setting():
    """The other source says 5; the portal's limit of the same name goes before the setting."""
    by_setting = msgspec.structs.replace(SCENARIO, stages=StageSettings(review_working_days=5), population=2_000)
    by_limit = msgspec.structs.replace(SCENARIO, limits={"review_working_days": 5}, population=2_000)
    usual = draw_stages(with_overrides(SCENARIO, population=2_000))
    longer = draw_stages(by_setting)
    assert np.array_equal(longer.decided_s, draw_stages(by_limit).decided_s, equal_nan=True)
    assert np.nanmean(longer.decided_s - longer.filed_s) > 1.4 * np.nanmean(usual.decided_s - usual.filed_s)
    assert np.array_equal(longer.filed_s, usual.filed_s, equal_nan=True)


def test_change_comes_while_the_review_is_pending_and_starts_it_anew(stages):
    """Between the filing and the close, and the decision is that of the second filing."""
    changed = happened(stages.changed_s)
    assert (stages.changed_s[changed] < CLOSE_S).all()
    assert (stages.decided_s[changed] > stages.changed_s[changed]).all()
    assert np.median((stages.changed_s - stages.filed_s)[changed]) > 0.05 * DAY_S


def test_supplements_come_at_once_or_late(stages):
    """40% of those who come do so within hours, in people's hours; of the others, more than half in the later half."""
    came = happened(stages.supplement_visit_s)
    delay_days = ((stages.supplement_visit_s - stages.decided_s) / DAY_S)[came]
    assert 0.36 < (delay_days < 1).mean() < 0.52  # the δ law has some of its own on the first day
    assert (delay_days > 2.5).mean() > 0.5 * 0.6
    assert delay_days.max() <= 5
    hour = hour_of_day(stages.supplement_visit_s[came]).astype(int)
    assert 10 * (hour == 3).sum() < (hour == 10).sum()


def test_payments_come_within_a_day_or_late(stages):
    """55% within 24 h and the rest by a δ of 0.2 days, so most of them in the last day and a half."""
    paid = happened(stages.paid_s)
    delay_days = ((stages.pay_visit_s - stages.approved_s) / DAY_S)[paid]
    assert 0.55 < (delay_days <= 1).mean() < 0.62
    late = delay_days[delay_days > 1]
    assert (late > 5.5).mean() > 0.5
    assert delay_days.max() <= 7


def test_closing_peak_becomes_a_payment_wave(stages):
    """Of all payments, more than a third come in the week after the close."""
    paid_days = (stages.paid_s[happened(stages.paid_s)] - CLOSE_S) / DAY_S
    assert ((0 < paid_days) & (paid_days < 7)).mean() > 1 / 3


def test_one_setting_moves_nothing_but_its_own():
    """Common random numbers: without invoices everything else is as it was."""
    some = with_overrides(SCENARIO, population=3_000)
    without = msgspec.structs.replace(some, behaviour=BehaviourSettings(wants_invoice_share=0))
    for name, values in draw_stages(some)._asdict().items():
        others = getattr(draw_stages(without), name)
        assert (name != "invoice_asked_s") == np.array_equal(values, others, equal_nan=True)


def test_plain_calendar_is_for_years_that_the_library_does_not_know():
    """2031 is refused, with the way out; with it the plan has such a window too."""
    dates = {
        "opening": dt.datetime(2031, 3, 10, 9, 0, tzinfo=CHINA),
        "closing": dt.datetime(2031, 4, 8, 17, 0, tzinfo=CHINA),
        "exam_dates": (dt.date(2031, 5, 24),),
    }
    few = with_overrides(SCENARIO, population=500)
    with pytest.raises(CalendarUnknownError, match="no official calendar for 2031"):
        msgspec.structs.replace(few, window=Window(**dates))
    plain = msgspec.structs.replace(few, window=Window(**dates, plain_calendar=True))
    assert happened(draw_stages(plain).paid_s).sum() > 300


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"supplement_share": 1.5}, "supplement_share is 1.5; a share lies between 0 and 1"),
        ({"payment_delta_days": -0.2}, "payment_delta_days is -0.2; it must be above 0"),
        ({"filing_median_s": 0}, "filing_median_s is 0; it must be above 0"),
        (
            {"supplement_share": 0.5, "rejected_share": 0.6},
            "rejected_share is 0.6; it must not exceed 1 - supplement_sh",
        ),
        ({"poll_busy_from_days": 6}, "poll_busy_from_days is 6; it must not exceed poll_busy_to_days, 5"),
        ({"poll_busy_from_days": -1}, "poll_busy_from_days is -1; it must be above 0"),
    ],
)
def test_refuses_impossible_settings_by_name(values, said):
    """A wrong parameter is named, with what would be right."""
    with pytest.raises(ValueError, match=said):
        StageSettings(**values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[stages.results_demand]\nopening_weight = 0.5\n", "opening_weight + base_weight + deadline_weight is 0.65"),
        ("[stages.ticket_demand]\nsurge_hour = 10\n", "ticket_demand has a surge_hour; only the registration's"),
        ("[limits]\nsupplement_share = 1.2\n", "supplement_share is 1.2; a share lies between 0 and 1"),
        ("[stages]\nreview_days = 3\n", "stages.review_days is not a field; the fields are face_check_median_s, "),
    ],
)
def test_mistake_in_a_scenario_file_is_answered_in_one_line(tmp_path, text, said):
    """The tables of the stages are read and checked like all others."""
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\npurpose = "y"\npopulation = 10\nstart_s = 0\n' + text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine.toml: ") as refusal:
        load_scenario(path)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_with_a_staggered_opening_people_come_when_their_province_opens(stages):
    """Who comes at once comes so much later, who comes at the close hardly; the order within a province stays."""
    gap_s = 600.0
    window = msgspec.structs.replace(SCENARIO.window, province_gap_s=gap_s)
    staggered = draw_stages(msgspec.structs.replace(SCENARIO, window=window))
    opens_s = window.opens_s(id_numbers(SCENARIO.seed, np.arange(100_000)))
    later_s = staggered.arrival_s - stages.arrival_s
    assert {0.0, 600.0, 1200.0, 1800.0} == set(opens_s.tolist())
    first = stages.arrival_s < DAY_S / 24
    assert np.allclose(later_s[first], opens_s[first], rtol=0.01)
    assert (later_s[stages.arrival_s > CLOSE_S - 3600] < 10).all()
    assert staggered.arrival_s.max() <= CLOSE_S
    at_gate = stages.arrival_s < 0
    assert (staggered.arrival_s[at_gate] < opens_s[at_gate]).all(), "they stand at the gate of their own opening"
