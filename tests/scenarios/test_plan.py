"""The plan has everybody's visits, at the model's rate, and one seed decides it."""

import os
import subprocess
import sys

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.active_time import active_time, curve
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.demand import DemandSettings, share_per_minute
from scenarios.plan import PURPOSES, make_plan
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stage_settings import ResultsDemand, StageSettings, TicketDemand
from scenarios.stages import draw_stages
from scenarios.working_days import office_time

SCENARIO = with_overrides(load_scenario("opening-day"), population=100_000)
WINDOW = SCENARIO.window
CLOSE_S = WINDOW.length_s
DAY_S = 86_400
MANY_DETOURS = BehaviourSettings(changes_share=0.3, misses_face_check_share=0.2)


@pytest.fixture(scope="module")
def stages():
    """Give the stages of 100,000 candidates."""
    return draw_stages(SCENARIO)


@pytest.fixture(scope="module")
def plan(stages):
    """Give the plan of 100,000 candidates."""
    return make_plan(SCENARIO, stages)


def of(plan, purpose):
    """Give the visits of one purpose."""
    return plan.filter(pl.col("purpose") == purpose)


def by_candidate(plan):
    """Give one row a candidate, with the planned time of each purpose."""
    to_apply = plan.filter(pl.col("purpose").is_in(["register", "face_check", "apply"]))
    return to_apply.pivot("purpose", index="candidate", values="planned_s").sort("candidate")


def times_s(plan, purpose, again=0):
    """Give one entry a candidate: when they come for this purpose, NaN for never."""
    number = 64 * PURPOSES.categories.to_list().index(purpose) + again
    visits = plan.filter(pl.col("visit") == number)
    planned_s = np.full(plan["candidate"].max() + 1, np.nan)
    planned_s[visits["candidate"].to_numpy()] = visits["planned_s"].to_numpy()
    return planned_s


def test_columns_are_as_documented(plan):
    """Names and types are the contract with the engine."""
    assert {
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "purpose": pl.Enum(
            [
                "register",
                "face_check",
                "apply",
                "change",
                "supplement",
                "status",
                "pay",
                "invoice",
                "ticket",
                "results",
                "certificate",
            ]
        ),
        "planned_s": pl.Float64,
    } == dict(plan.schema)


def test_everybody_registers_once(plan):
    """First visits are those of all N candidates."""
    assert list(range(100_000)) == of(plan, "register")["candidate"].sort().to_list()


def test_is_in_the_order_of_time_within_the_window(plan):
    """Nobody comes before the gate or after the last certificates, nor after the close for what needs the window."""
    times = plan["planned_s"]
    assert times.is_sorted()
    assert -60 < times[0] < 0
    assert WINDOW.end_s - DAY_S < times[-1] <= WINDOW.end_s
    for purpose in ("register", "face_check", "apply", "change"):
        assert of(plan, purpose)["planned_s"][-1] < CLOSE_S


def test_minute_counts_are_poisson_around_the_rate(plan):
    """The opening hour's counts lie around the model's as Poisson counts would, by a chi-squared test."""
    expected = 100_000 * share_per_minute(SCENARIO.window, SCENARIO.demand)[:60]
    # The gate moves people before the opening but leaves them in the opening minute's count.
    counts, _ = np.histogram(of(plan, "register")["planned_s"].clip(0), np.arange(61) * 60)
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    assert 34 < chi_squared < 96  # 0.2% to 99.8%


def test_return_visits_have_their_shares(plan):
    """Of who comes early enough, 30% come back for the face check and 55% to apply, give or take 5 deviations."""
    early = by_candidate(plan).filter(pl.col("register") < CLOSE_S - 8 * DAY_S)
    for expected, purpose in ((0.30, "face_check"), (0.55, "apply")):
        allowed = 5 * (expected * (1 - expected) / len(early)) ** 0.5
        assert pytest.approx(expected, abs=allowed) == early[purpose].is_not_null().mean()


def test_visits_are_numbered_by_purpose_and_repetition(plan):
    """64 × the purpose's place + 0, 1, 2 … without gaps, each later than the one before."""
    visits = (
        plan.filter(pl.col("candidate") < 20_000)
        .sort("candidate", "visit")
        .with_columns(
            before_s=pl.col("planned_s").shift().over("candidate", "purpose"),
            again=pl.int_range(pl.len(), dtype=pl.UInt16).over("candidate", "purpose"),
        )
    )
    number = 64 * visits["purpose"].to_physical().cast(pl.UInt16) + visits["again"]
    assert number.to_list() == visits["visit"].to_list()
    assert (visits["planned_s"] >= visits["before_s"]).drop_nulls().all()
    assert visits["again"].max() < 64


def test_plan_and_behaviour_agree_on_who_goes_on(plan, stages):
    """Who goes on at once has no return visit for it, and everybody else has one."""
    rows = by_candidate(plan).head(300)
    for candidate, face_check_s, apply_s in rows.select("candidate", "face_check", "apply").iter_rows():
        person = Behaviour(SCENARIO.behaviour, SCENARIO.seed, candidate)
        # Everybody comes back but who missed the face check, or files when the window has closed.
        assert person.face_check_now <= (face_check_s is None)
        assert person.apply_now <= (apply_s is None)
        if face_check_s is None and apply_s is None and not (person.face_check_now and person.apply_now):
            assert np.isnan(stages.filed_s[candidate])


def test_face_check_comes_within_48_hours_and_mostly_late(plan):
    """The δ law over the 48 hours: more than half of it in the later half. Who misses it comes later still."""
    visits = by_candidate(plan).drop_nulls("face_check")
    misses = pl.Series([Behaviour(SCENARIO.behaviour, 1, one).misses_face_check for one in visits["candidate"]])
    visits = visits.filter(~misses)
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
    last = plan.filter(pl.col("planned_s").is_between(CLOSE_S - 1, CLOSE_S), pl.col("purpose") == "apply")
    assert len(last) < 50


def test_return_visits_keep_peoples_hours(plan):
    """At three at night there are few of them, at ten in the morning many."""
    for purpose in PURPOSES.categories:
        hour = ((of(plan, purpose)["planned_s"] + 9 * 3_600) / 3_600).cast(pl.Int64) % 24
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


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63), population=st.integers(1, 800))
def test_visits_make_sense_in_order(seed, population):
    """No visit before the stage that it needs, none after its time is up, no number twice."""
    scenario = msgspec.structs.replace(
        with_overrides(SCENARIO, seed=seed, population=population), behaviour=MANY_DETOURS
    )
    it = draw_stages(scenario)
    plan = make_plan(scenario, it)
    assert plan.equals(make_plan(scenario))
    assert not plan.select("candidate", "visit").is_duplicated().any()
    office = office_time(WINDOW, 40)
    invoice_s = office.to_portal_s(office.to_office_days(it.invoice_asked_s) + 5)
    last_decided_s = np.fmax(it.decided_s, it.decided_again_s)
    for purpose, after_s, before_s in (
        ("register", -60, CLOSE_S),
        ("face_check", it.registered_s, CLOSE_S),
        ("apply", it.face_checked_s, CLOSE_S),
        ("change", it.filed_s, np.fmin(it.decided_s, CLOSE_S)),
        ("supplement", it.decided_s, it.decided_s + 5 * DAY_S),
        ("status", it.filed_s, last_decided_s),
        ("pay", it.approved_s, it.approved_s + 7 * DAY_S),
        ("invoice", invoice_s, WINDOW.end_s),
        ("ticket", np.fmax(it.paid_s, WINDOW.tickets_s), WINDOW.exam_s),
        ("results", WINDOW.results_s, WINDOW.results_s + 30 * DAY_S),
        ("certificate", np.fmax(times_s(plan, "results"), WINDOW.certificates_s), WINDOW.end_s),
    ):
        visits = of(plan, purpose)
        who, planned_s = visits["candidate"].to_numpy(), visits["planned_s"].to_numpy()
        assert (np.broadcast_to(after_s, population)[who] <= planned_s).all(), purpose
        assert (planned_s <= np.broadcast_to(before_s, population)[who]).all(), purpose
        if purpose in ("ticket", "results", "certificate"):
            assert not np.isnan(it.paid_s[who]).any()


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ({"behaviour": BehaviourSettings(wants_invoice_share=0.2)}, {"invoice"}),
        ({"behaviour": BehaviourSettings(pays_share=0.5)}, {"pay", "invoice", "ticket", "results", "certificate"}),
        ({"stages": StageSettings(polls_a_day=3)}, {"status"}),
        ({"stages": StageSettings(ticket_again_share=0.5)}, {"ticket"}),
        ({"stages": StageSettings(passing_share=0.5)}, {"certificate"}),
        ({"stages": StageSettings(invoice_median_days=2)}, {"invoice"}),
    ],
)
def test_one_setting_moves_the_visits_of_its_purpose_alone(changed, moved):
    """Common random numbers: the rows of all other purposes are identical."""
    some = with_overrides(SCENARIO, population=3_000)
    plan, other = make_plan(some), make_plan(msgspec.structs.replace(some, **changed))
    assert moved == {purpose for purpose in PURPOSES.categories if not of(plan, purpose).equals(of(other, purpose))}


def test_looks_at_the_status_are_poisson(plan, stages):
    """1.5 a day of people's hours, four times that on days 3 to 5: the sum over everybody, and its scatter."""
    filed = ~np.isnan(stages.filed_s)
    filed_s = stages.filed_s[filed]
    end_s = np.fmax(stages.decided_s, stages.decided_again_s)[filed]
    time = active_time(WINDOW, SCENARIO.demand)
    busy_from_s, busy_to_s = np.minimum(filed_s + 2 * DAY_S, end_s), np.minimum(filed_s + 5 * DAY_S, end_s)
    usual_days = time.to_active_days(end_s) - time.to_active_days(filed_s)
    busy_days = time.to_active_days(busy_to_s) - time.to_active_days(busy_from_s)
    expected = 1.5 * (usual_days + 3 * busy_days)
    counted = np.bincount(of(plan, "status")["candidate"], minlength=100_000)[filed]
    assert pytest.approx(expected.sum(), rel=5 / expected.sum() ** 0.5) == counted.sum()
    # The mean of (count - rate)²/rate is 1 for a Poisson count, with a deviation of about (2 + 1/rate)^½.
    some = expected > 1
    scatter = ((counted - expected) ** 2 / expected)[some]
    assert pytest.approx(1, abs=5 * (3 / some.sum()) ** 0.5) == scatter.mean()
    # Looks on the busy days are four times as dense there as before.
    looks = of(plan, "status")
    after_s = looks["planned_s"].to_numpy() - stages.filed_s[looks["candidate"]]
    busy = ((after_s > 2 * DAY_S) & (after_s < 5 * DAY_S)).sum()
    assert pytest.approx(6 * busy_days.sum(), rel=0.01) == busy


def test_nobody_looks_at_the_status_more_than_63_times():
    """However often people look, the visit's number must not reach the next purpose's."""
    eager = with_overrides(SCENARIO, population=500)
    plan = make_plan(msgspec.structs.replace(eager, stages=StageSettings(polls_a_day=500)))
    assert 63 == of(plan, "status").group_by("candidate").len()["len"].max()


def test_tickets_come_by_their_own_curve_and_one_in_five_twice(plan, stages):
    """In the week before the exam, with a peak at its begin and one at its end."""
    once, twice = times_s(plan, "ticket", 0), times_s(plan, "ticket", 1)
    paid = ~np.isnan(stages.paid_s)
    assert (paid == ~np.isnan(once)).all()
    assert pytest.approx(0.2, abs=0.01) == (~np.isnan(twice)).sum() / paid.sum()
    assert (twice - once)[~np.isnan(twice)].min() >= SCENARIO.demand.return_gap_s - 1e-6
    law = curve(WINDOW, TicketDemand(), WINDOW.tickets_s, WINDOW.exam_s)
    all_visits = of(plan, "ticket")["planned_s"].to_numpy()
    for day in range(1, 7):
        until_s = WINDOW.tickets_s + day * DAY_S
        expected = np.interp(until_s, law.portal_s, law.cumulative)
        assert pytest.approx(expected, abs=0.01) == (all_visits < until_s).mean()


def test_results_are_the_sharpest_spike_of_all(plan, stages):
    """Everybody who paid looks; the first minute of the results has more visits than any other minute."""
    looks = times_s(plan, "results", 0)
    assert (~np.isnan(stages.paid_s) == ~np.isnan(looks)).all()
    again = [(~np.isnan(times_s(plan, "results", number))).mean() / (~np.isnan(looks)).mean() for number in (1, 2)]
    assert pytest.approx([0.4, 0.16], abs=0.01) == again
    minutes = (plan["planned_s"] / 60).floor().value_counts(sort=True)
    assert WINDOW.results_s / 60 == minutes["planned_s"][0]
    law = curve(WINDOW, ResultsDemand(), WINDOW.results_s, WINDOW.results_s + 30 * DAY_S)
    hour = np.interp(WINDOW.results_s + 3_600, law.portal_s, law.cumulative)
    assert pytest.approx(hour, abs=0.01) == (of(plan, "results")["planned_s"] < WINDOW.results_s + 3_600).mean()


def test_who_passes_fetches_a_certificate(plan, stages):
    """A quarter of those who paid, by setting."""
    fetched = ~np.isnan(times_s(plan, "certificate"))
    assert pytest.approx(0.25, abs=0.01) == fetched.sum() / (~np.isnan(stages.paid_s)).sum()


def test_certificates_before_the_end_of_the_results_come_after_the_look_at_them():
    """Where both can be had at once, people look first."""
    early = msgspec.structs.replace(WINDOW, certificates_after_days=61)
    plan = make_plan(msgspec.structs.replace(SCENARIO, population=5_000, window=early))
    between_s = times_s(plan, "certificate") - times_s(plan, "results")
    assert np.nanmin(between_s) >= SCENARIO.demand.return_gap_s - 1e-6


def test_active_time_reaches_to_the_plans_last_moment():
    """A weekday is one active day in the window and half a year later."""
    time = active_time(WINDOW, SCENARIO.demand)
    assert WINDOW.end_s == time.portal_s[-1]
    monday_s = np.array([0.0, 15 * 7 * DAY_S])
    assert pytest.approx([1, 1]) == time.to_active_days(monday_s + DAY_S) - time.to_active_days(monday_s)


MEASURE = """
import resource, sys, time
from scenarios.plan import make_plan
from scenarios.scenario import load_scenario
scenario = load_scenario("opening-day")
start_s = time.process_time()
visits = make_plan(scenario)
peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(len(visits), time.process_time() - start_s, peak_bytes)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is asked from POSIX")
def test_half_a_million_candidates_in_ten_seconds_and_two_gib():
    """CPU time and peak memory of a process of its own, on one thread; measured 2.7 s and 0.5 GiB."""
    one_thread = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", MEASURE], env=one_thread, check=True, capture_output=True, text=True)
    visits, cpu_s, peak_bytes = map(float, done.stdout.split())
    assert pytest.approx(6_500_000, rel=0.02) == visits
    assert cpu_s < 10
    assert peak_bytes < 2 * 2**30
