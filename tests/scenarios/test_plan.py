"""The plan has everybody's visits, at the model's rate, and one seed decides it."""

import time

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.behaviour import Behaviour
from scenarios.demand import DemandSettings, share_per_minute
from scenarios.plan import make_plan
from scenarios.scenario import load_scenario, with_overrides

SCENARIO = with_overrides(load_scenario("opening-day"), population=100_000)
CLOSE_S = SCENARIO.window.length_s


@pytest.fixture(scope="module")
def plan():
    """Give the plan of 100,000 candidates."""
    return make_plan(SCENARIO)


def of(plan, purpose):
    """Give the visits of one purpose."""
    return plan.filter(pl.col("purpose") == purpose)


def by_candidate(plan):
    """Give one row a candidate, with the planned time of each purpose."""
    return plan.pivot("purpose", index="candidate", values="planned_s").sort("candidate")


def test_columns_are_as_documented(plan):
    """Names and types are the contract with the engine."""
    assert {
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "purpose": pl.Enum(["register", "face_check", "apply"]),
        "planned_s": pl.Float64,
    } == dict(plan.schema)


def test_everybody_registers_once(plan):
    """First visits are those of all N candidates."""
    assert list(range(100_000)) == of(plan, "register")["candidate"].sort().to_list()


def test_is_in_the_order_of_time_within_the_window(plan):
    """Nobody comes before the gate or after the close."""
    times = plan["planned_s"]
    assert times.is_sorted()
    assert -60 < times[0] < 0
    assert times[-1] <= CLOSE_S


def test_minute_counts_are_poisson_around_the_rate(plan):
    """The opening hour's counts lie around the model's as Poisson counts would, by a chi-squared test."""
    expected = 100_000 * share_per_minute(SCENARIO.window, SCENARIO.demand)[:60]
    # The gate moves people before the opening but leaves them in the opening minute's count.
    counts, _ = np.histogram(of(plan, "register")["planned_s"].clip(0), np.arange(61) * 60)
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    assert 34 < chi_squared < 96  # 0.2% to 99.8%


def test_return_visits_have_their_shares(plan):
    """30% come back for the face check and 55% to apply; 5 standard deviations are allowed."""
    assert pytest.approx(30_000, abs=5 * 145) == len(of(plan, "face_check"))
    assert pytest.approx(55_000, abs=5 * 157) == len(of(plan, "apply"))


def test_visits_are_numbered_in_their_order(plan):
    """Candidates' visits are 0, 1, 2 without gaps, each later than the one before."""
    visits = plan.sort("candidate", "planned_s")
    number = visits.select(pl.int_range(pl.len(), dtype=pl.UInt16).over("candidate")).to_series()
    assert number.to_list() == visits["visit"].to_list()
    order = visits["purpose"].to_physical()
    gaps = order.diff().filter(visits["candidate"].diff() == 0)
    assert (gaps.cast(pl.Int8) > 0).all()


def test_plan_and_behaviour_agree_on_who_goes_on(plan):
    """Who goes on at once has no return visit for it, and everybody else has one."""
    rows = by_candidate(plan).head(300)
    for candidate, face_check_s, apply_s in rows.select("candidate", "face_check", "apply").iter_rows():
        person = Behaviour(SCENARIO.behaviour, SCENARIO.seed, candidate)
        assert person.face_check_now == (face_check_s is None)
        assert person.apply_now == (apply_s is None)


def test_face_check_comes_within_48_hours_and_mostly_late(plan):
    """The δ law over the 48 hours: more than half of it in the later half."""
    visits = by_candidate(plan).drop_nulls("face_check")
    delay_h = (visits["face_check"] - visits["register"]) / 3_600
    assert 0 < delay_h.min()
    assert delay_h.max() <= 48 + 1 / 60  # who stood at the gate came up to a minute earlier
    assert 0.5 < (delay_h > 24).mean()


def test_returns_are_not_before_the_visit_is_over(plan):
    """Away from the close, nobody is back within the return gap."""
    early = by_candidate(plan).filter(pl.col("register") < CLOSE_S - 5 * 86_400)
    gaps = early.select(
        pl.col("face_check") - pl.col("register"),
        apply=pl.col("apply") - pl.coalesce("face_check", "register"),
    )
    assert gaps["face_check"].min() >= SCENARIO.demand.return_gap_s
    assert gaps["apply"].min() >= SCENARIO.demand.return_gap_s


def test_median_return_to_apply_is_a_day_and_a_half(plan):
    """Counted from the early window's weekdays, where neither weekend nor close bends it much."""
    early = by_candidate(plan).filter(pl.col("register") < 2 * 86_400)
    delay_days = early.select((pl.col("apply") - pl.coalesce("face_check", "register")) / 86_400).to_series()
    assert pytest.approx(1.5, abs=0.25) == delay_days.median()


def test_nobody_is_piled_up_at_the_close(plan):
    """A capped delay would put tens of thousands on the very second of the close."""
    assert 0 == len(plan.filter(pl.col("planned_s") >= CLOSE_S))


def test_return_visits_keep_peoples_hours(plan):
    """At three at night there are few of them, at ten in the morning many."""
    returns = plan.filter(pl.col("visit") > 0)
    hour = ((returns["planned_s"] + 9 * 3_600) / 3_600).cast(pl.Int64) % 24
    assert 10 * (hour == 3).sum() < (hour == 10).sum()


def test_gate_takes_its_share_of_the_opening_minute_and_adds_nobody(plan):
    """A quarter comes early, by less than a minute; without a gate the same people come after the opening."""
    without_gate = msgspec.structs.replace(SCENARIO, demand=DemandSettings(gate_share=0))
    punctual = make_plan(without_gate)
    early = plan.filter(pl.col("planned_s") < 0)
    opening = punctual.filter(pl.col("planned_s") < 60)
    assert punctual["planned_s"][0] >= 0
    assert set(early["candidate"]) <= set(opening["candidate"])
    assert pytest.approx(0.25, abs=0.15) == len(early) / len(opening)
    others = pl.col("planned_s") >= 60
    assert punctual.filter(others).equals(plan.filter(others))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63), small=st.integers(1, 400), more=st.integers(0, 400))
def test_more_candidates_leave_the_others_as_they_were(seed, small, more):
    """The plan of the first candidates is the same in a larger population."""
    one = make_plan(with_overrides(SCENARIO, population=small, seed=seed))
    larger = make_plan(with_overrides(SCENARIO, population=small + more, seed=seed))
    assert one.equals(larger.filter(pl.col("candidate") < small))


def test_other_seed_other_plan(plan):
    """The seed decides."""
    assert not plan.equals(make_plan(with_overrides(SCENARIO, seed=2)))


def test_half_a_million_candidates_in_two_seconds():
    """CPU time of this process, so that a busy machine does not matter; measured 0.4 s."""
    scenario = load_scenario("opening-day")
    start = time.process_time()
    visits = make_plan(scenario)
    assert time.process_time() - start < 2
    assert pytest.approx(1.85 * 500_000, rel=0.01) == len(visits)
