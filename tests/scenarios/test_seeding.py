"""How far everybody is at a moment, and what has happened to them: pure functions of the plan."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.life import DEADLINES, Event, State, move
from scenarios.scenario import load_scenario, with_overrides
from scenarios.seeded_events import events_of
from scenarios.seeded_history import Rules, histories
from scenarios.seeded_moment import MomentError, portal_moment_s
from scenarios.seeded_progress import reached
from scenarios.stages import Stages, draw_stages
from scenarios.window import Window

SCENARIO = with_overrides(load_scenario("opening-day"), population=3000)
STAGES = draw_stages(SCENARIO)
CLOSE_S = SCENARIO.window.length_s
DAY_S = 86_400.0
RULES = Rules(CLOSE_S, 48 * 3600.0, 5 * DAY_S, 7 * DAY_S, ["11", "31"], 6)
PEOPLE = pl.DataFrame(
    {"province": ["11", "13", "44"] * 1000, "insured_months": [3 if number % 50 == 0 else 60 for number in range(3000)]}
)
NEVER = np.nan

moments = st.floats(0.0, CLOSE_S + 60 * DAY_S)


def one(**stages: float) -> Stages:
    """Give the stages of one candidate, who passes these alone."""
    given = {name: np.array([stages.get(name, NEVER)]) for name in Stages._fields if name != "outcome"}
    return Stages(**given, outcome=np.array([stages.get("outcome", 0)], np.uint8))


def passed(stages: Stages, at_s: float) -> list[str]:
    """Give the names of the stages that one candidate has behind them."""
    return [name for name, mask in reached(stages, at_s, CLOSE_S)._asdict().items() if mask[0]]


IN_ONE_SESSION = one(
    arrival_s=0, registered_s=300, face_visit_s=0, face_checked_s=320, apply_visit_s=0, filed_s=500, decided_s=9000
)
IN_THREE = one(arrival_s=0, registered_s=300, face_visit_s=4000, face_checked_s=4020, apply_visit_s=8000, filed_s=8100)


@pytest.mark.parametrize(
    ("stages", "at_s", "behind"),
    [
        (IN_ONE_SESSION, 499, []),
        (IN_ONE_SESSION, 500, ["registered", "face_checked", "applied", "filed"]),
        (IN_ONE_SESSION, 9000, ["registered", "face_checked", "applied", "filed", "decided"]),
        (IN_THREE, 299, []),
        (IN_THREE, 4010, ["registered"]),
        (IN_THREE, 8050, ["registered", "face_checked"]),
        (IN_THREE, 8100, ["registered", "face_checked", "applied", "filed"]),
        (one(arrival_s=0, registered_s=300), 1e9, ["registered"]),
    ],
)
def test_who_is_inside_a_session_has_nothing_of_it(stages, at_s, behind):
    """The stages of one session count together, once the last one is done."""
    assert behind == passed(stages, at_s)


def test_who_is_still_applying_at_the_close_leaves_a_draft():
    """Until then they are inside."""
    stages = IN_THREE._replace(apply_visit_s=np.array([CLOSE_S - 50]), filed_s=np.array([NEVER]))
    assert ["registered", "face_checked"] == passed(stages, CLOSE_S - 1)
    assert ["registered", "face_checked", "applied"] == passed(stages, CLOSE_S)


@given(moments, moments)
@settings(max_examples=40, deadline=None)
def test_nobody_goes_back(one_s, other_s):
    """Whatever lies behind at a moment, lies behind later too."""
    earlier, later = (reached(STAGES, at_s, CLOSE_S) for at_s in sorted((one_s, other_s)))
    for before, after in zip(earlier, later, strict=True):
        assert not (before & ~after).any()


@given(moments)
@settings(max_examples=25, deadline=None)
def test_histories_are_lives_of_the_portal(at_s):
    """Every application has come to its state by moves that exist, in order, none of them later than the moment."""
    told = histories(STAGES, at_s, PEOPLE, RULES)
    applied = told.filter(pl.col("application_id").is_not_null())
    states = dict.fromkeys(applied["application_id"], State.DRAFT)
    moved_s = dict.fromkeys(states, 0.0)
    for number, event, from_state, to_state, moment_s in events_of(applied, RULES).iter_rows():
        assert from_state == states[number]
        assert moved_s[number] <= moment_s <= at_s
        states[number], moved_s[number] = move(State(from_state), Event(event)), moment_s
        assert states[number] == to_state
    assert states == dict(applied.select("application_id", "state").iter_rows())


@given(moments)
@settings(max_examples=25, deadline=None)
def test_numbers_are_given_without_gaps(at_s):
    """Accounts, applications and, by province, filings are numbered from 1 on, in the order of time."""
    told = histories(STAGES, at_s, PEOPLE, RULES)
    accounts = [*told["account_id"], *told["second_account_id"].drop_nulls()]
    assert list(range(1, len(accounts) + 1)) == sorted(accounts)
    for _, filed in told.filter(pl.col("filed_s").is_not_null()).sort("filed_s").group_by("province"):
        assert list(range(1, len(filed) + 1)) == filed["sequence"].to_list()


@given(moments)
@settings(max_examples=25, deadline=None)
def test_nothing_overdue_is_left(at_s):
    """Deadlines that have passed have acted, and decisions that were due are made."""
    told = histories(STAGES, at_s, PEOPLE, RULES)
    due_s = {
        State.DRAFT: pl.lit(CLOSE_S),
        State.SUPPLEMENT_REQUESTED: pl.col("supplement_due_s"),
        State.APPROVED: pl.col("payment_due_s"),
    }
    assert set(DEADLINES) == set(due_s)
    for state, moment_s in due_s.items():
        assert told.filter((pl.col("state") == state) & (moment_s <= at_s)).is_empty()
    assert told.filter((pl.col("state") == "under_review") & (pl.col("decision_s") <= at_s)).is_empty()
    waiting = pl.col("face_checked_s").is_null() & pl.col("lapsed_s").is_null()
    assert told.filter(waiting & (pl.col("registered_s") + RULES.face_check_within_s <= at_s)).is_empty()


def test_every_state_comes_about():
    """Over the window there is somebody in each state but in the middle of a change, which is one visit."""
    seen: set[str] = set()
    for day in (3, 20, 29.4, 34, 50):
        seen |= set(histories(STAGES, day * DAY_S, PEOPLE, RULES)["state"].drop_nulls())
    assert set(State) - {State.WITHDRAWN} == seen


def test_too_little_insurance_files_nothing():
    """Where the province asks for more months (rule 13), the papers are there, and the filing is not."""
    told = histories(STAGES, CLOSE_S - 1, PEOPLE, RULES)
    short = told.filter((pl.col("province") == "11") & (pl.col("insured_months") < 6))
    assert short["complete_s"].is_not_null().any()
    assert short["filed_s"].is_null().all()


def test_who_comes_too_late_for_the_face_check_has_two_accounts():
    """The first one has lapsed, 48 hours after the identity was submitted (rule 5)."""
    told = histories(STAGES, CLOSE_S, PEOPLE, RULES)
    again = told.filter(pl.col("second_account_id").is_not_null())
    assert 0.01 < len(again) / len(told) < 0.03
    assert (again["lapsed_s"] == again["registered_s"] + RULES.face_check_within_s).all()
    assert (again["lapsed_s"] <= again["second_created_s"]).all()
    assert (again["second_created_s"] < again["second_registered_s"]).all()
    assert (again["second_registered_s"] < again["face_checked_s"]).all()


@pytest.mark.parametrize(
    ("text", "at_s"),
    [
        ("opening", 0.0),
        ("opening+90s", 90.0),
        ("closing", CLOSE_S),
        ("closing-15m", CLOSE_S - 900),
        ("closing-1.5h", CLOSE_S - 5400),
        ("exam-end+1d", Window().exam_end_s + DAY_S),
        ("2025-04-08T16:45", CLOSE_S - 900),
        ("2025-04-08T08:45:00+00:00", CLOSE_S - 900),
        ("2025-03-11", 15 * 3600.0),
    ],
)
def test_moments_are_read_as_people_write_them(text, at_s):
    """A name with an offset, or a time, in UTC+8 unless it says otherwise."""
    assert at_s == portal_moment_s(text, Window())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tomorrow", "'tomorrow' is no moment: give a time in UTC+8 such as 2025-04-08T16:45, or one of opening"),
        ("closing-15", "'closing-15' is no moment"),
        ("opening-1m", "it must be from the opening, 2025-03-10T09:00, to 2025-09-23T10:00"),
        ("2026-01-01", "2026-01-01 is 2026-01-01T00:00; it must be from the opening"),
    ],
)
def test_other_moments_are_refused_in_one_line(text, words):
    """What was wrong, and what would be right."""
    with pytest.raises(MomentError) as caught:
        portal_moment_s(text, Window())
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_window_without_an_exam_has_no_such_moments():
    """The name is right, the window is not."""
    with pytest.raises(MomentError, match="exam_dates is empty"):
        portal_moment_s("results", Window(exam_dates=()))
