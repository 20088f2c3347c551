"""A slice has what the plan has in that time."""

import msgspec
import numpy as np
import polars as pl
import pytest

from scenarios.arrivals import slice_arrivals
from scenarios.plan import make_plan
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stages import draw_stages

SCENARIO = with_overrides(load_scenario("opening-day"), population=50_000)


@pytest.fixture(scope="module")
def arrivals():
    """Give the arrivals of the opening day."""
    return slice_arrivals(make_plan(SCENARIO), SCENARIO)


def test_slice_has_run_seconds_in_order(arrivals):
    """The load begins a minute before the opening, so the opening is at run second 60."""
    assert {
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "purpose": pl.String,
        "planned_s": pl.Float64,
        "due_s": pl.Float64,
    } == dict(arrivals.schema)
    assert arrivals["due_s"].is_sorted()
    assert 0 <= arrivals["due_s"][0] < 60
    assert 60 < arrivals["due_s"][-1] < 180
    plan = make_plan(SCENARIO)
    assert len(plan.filter(pl.col("planned_s") < 120)) == len(arrivals)


def test_speed_shortens_the_run_and_not_the_slice():
    """At speed 10 the same run time has ten times the portal time."""
    plan = make_plan(SCENARIO)
    fast = with_overrides(SCENARIO, speed=10)
    arrivals = slice_arrivals(plan, fast)
    assert len(plan.filter(pl.col("planned_s") < 1_740)) == len(arrivals)
    assert arrivals["due_s"][-1] < 180
    first_after_opening = plan.filter(pl.col("planned_s") >= 0)["planned_s"][0]
    assert pytest.approx(6 + first_after_opening / 10) == arrivals.filter(pl.col("due_s") >= 6)["due_s"][0]


def test_empty_slice_keeps_its_columns():
    """Nobody is at the gate when the population is one person who comes later."""
    alone = with_overrides(SCENARIO, population=1)
    arrivals = slice_arrivals(make_plan(alone), alone)
    assert 0 == len(arrivals)
    assert ["candidate", "visit", "purpose", "planned_s", "due_s"] == arrivals.columns


def test_visits_under_way_come_first():
    """An hour after the opening many are inside: theirs are the visits that have begun and are not done."""
    at_s = 3_600.0
    later = msgspec.structs.replace(SCENARIO, start_s=at_s)
    stages = draw_stages(later)
    plan = make_plan(later, stages)
    arrivals = slice_arrivals(plan, later, stages)
    inside = arrivals.filter(pl.col("due_s") < 0)
    assert len(inside) > 10
    assert inside["due_s"].to_list() == arrivals["due_s"][: len(inside)].to_list()
    registering = inside.filter(pl.col("purpose") == "register")["candidate"].to_numpy()
    done_s = stages.registered_s[registering]
    went_on = ~np.isnan(stages.face_visit_s) & (stages.face_visit_s == stages.arrival_s)
    assert ((done_s > at_s) | went_on[registering]).all()
    begun = np.flatnonzero((stages.arrival_s < at_s) & (stages.registered_s > at_s) & (stages.arrival_s > at_s - 7_200))
    assert set(begun.tolist()) <= set(registering.tolist())
    assert slice_arrivals(plan, later).equals(arrivals.filter(pl.col("due_s") >= 0))


def test_adaptive_arrivals_are_due_when_the_pace_says():
    """The whole plan, without due times: those are known when the run has found its pace."""
    adaptive = msgspec.structs.replace(SCENARIO, population=500, pace="adaptive")
    plan = make_plan(adaptive)
    arrivals = slice_arrivals(plan, adaptive)
    assert len(plan) == len(arrivals)
    assert arrivals["due_s"].is_null().all()
