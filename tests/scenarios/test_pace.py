"""Portal time runs forward, never slower than true, never faster than asked, and back and forth agree."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.pace import SLOT_S, Load, Pace, Piece, Speeds, busiest, load_of, plan_pieces

LOADS = st.lists(st.floats(0, 5_000), min_size=1, max_size=200)


def pace_of(requests, *, ceiling_per_s=100.0, most_speed=10_000.0, true=None, portal_s=-60.0):
    """Plan a whole pace over slots of requests that begin at portal second -60."""
    load = Load(-60.0, np.array(requests, np.float64))
    true = np.zeros(len(requests), np.bool_) if true is None else np.array(true)
    return load, Pace(
        plan_pieces(load, true, ceiling_per_s, Speeds(most_speed, most_speed), run_s=0.0, portal_s=portal_s)
    )


def test_a_busy_slot_takes_its_requests_by_the_ceiling():
    """600 requests at 100 a second take 6 s for a minute of portal time: speed 10."""
    load, pace = pace_of([600.0])
    assert [Piece(0.0, -60.0, 10.0), Piece(6.0, 0.0, 10_000.0)] == pace.pieces
    assert 0.0 == load.end_s


def test_more_than_the_ceiling_runs_true():
    """Overload is not stretched: who comes in that minute comes in that minute."""
    _, pace = pace_of([60_000.0])
    assert Piece(0.0, -60.0, 1.0) == pace.pieces[0]


def test_quiet_slots_fly_together():
    """Slots of nothing are put together until a piece lasts a second: the portal is not told of each."""
    _, pace = pace_of([0.0] * 1_000, most_speed=6_000.0)
    assert 10 == len(pace.pieces) - 1
    assert pytest.approx([6_000.0] * 11) == [piece.speed for piece in pace.pieces]


def test_true_slots_are_true_to_the_second():
    """A slot that is marked runs at speed 1, and its neighbours do not share its piece."""
    _, pace = pace_of([0.0, 0.0, 30.0, 0.0], most_speed=600.0, true=[False, False, True, False])
    assert [600.0, 1.0, 600.0, 600.0] == pytest.approx([piece.speed for piece in pace.pieces])
    assert pytest.approx(SLOT_S) == pace.run_s(120.0) - pace.run_s(60.0)


@settings(deadline=None)
@given(requests=LOADS, ceiling=st.floats(1, 2_000), most=st.floats(1, 200_000), portal=st.floats(-60, 10_000))
def test_time_runs_forward_within_its_bounds(requests, ceiling, most, portal):
    """Every speed is between 1 and the most; portal time is continuous and rises."""
    load, pace = pace_of(requests, ceiling_per_s=ceiling, most_speed=most, portal_s=portal)
    assert all(1 - 1e-6 <= piece.speed <= most * (1 + 1e-6) for piece in pace.pieces)
    for before, after in zip(pace.pieces, pace.pieces[1:], strict=False):
        assert before.from_s < after.from_s
        reached_s = before.portal_s + (after.from_s - before.from_s) * before.speed
        assert pytest.approx(after.portal_s, abs=1e-3) == reached_s
    assert pace.pieces[0].from_s == 0.0
    assert pace.pieces[0].portal_s >= min(portal, load.end_s) - 1e-9


@settings(deadline=None)
@given(requests=LOADS, at=st.floats(0, 20_000))
def test_back_and_forth_agree(requests, at):
    """The run second of a portal time is when it is that time; one by one and all at once alike."""
    _, pace = pace_of(requests)
    portal_s = pace.portal_s(at)
    assert pytest.approx(at, abs=1e-3) == pace.run_s(portal_s)
    assert pytest.approx(pace.run_s(portal_s)) == pace.run_s_of(np.array([portal_s]))[0]


def test_what_has_passed_stays():
    """A new plan leaves the past as it was: the table of pieces is what truly happened."""
    _, pace = pace_of([600.0] * 10)
    before = pace.portal_s(2.0)
    later = pace.continued(3.0, [Piece(3.0, pace.portal_s(3.0), 2.0)])
    assert before == later.portal_s(2.0)
    assert pace.portal_s(3.0) + 2.0 == later.portal_s(4.0)
    assert {"from_s": pl.Float64, "portal_s": pl.Float64, "speed": pl.Float64} == dict(later.table().schema)


def test_the_busiest_slots_within_the_budget():
    """6,000 requests at 10 a second take 10 minutes; half of that is 5 slots, the busiest ones."""
    load = Load(0.0, np.array([500.0, 900.0, 100.0, 800.0, 700.0, 600.0, 1000.0, 400.0, 300.0, 700.0]))
    assert [1, 3, 4, 6, 9] == np.flatnonzero(busiest(load, 10.0, 0.5)).tolist()
    assert not busiest(load, 10.0, 0.05).any()


def test_load_counts_the_requests_of_visits_where_they_begin():
    """A visit counts as many requests as its purpose usually makes."""
    arrivals = pl.DataFrame({"purpose": ["look", "look", "status"], "planned_s": [-10.0, 61.0, 62.0]})
    assert [1.0, 0.0, 8.0] == load_of(arrivals, -60.0, 120.0).requests.tolist()


def test_time_flies_only_while_nobody_is_inside():
    """A visit may be under way for a quarter of an hour after it began: until then the lower speed holds."""
    load = Load(0.0, np.array([0.0] * 10 + [0.001] + [0.0] * 30))
    assert [False] * 10 + [True] * 16 + [False] * 15 == load.somebody().tolist()
    nobody = np.zeros(41, np.bool_)
    pace = Pace(plan_pieces(load, nobody, 100.0, Speeds(6_000.0, 60.0), run_s=0.0, portal_s=0.0))
    assert pytest.approx(16.0, abs=1.0) == pace.run_s(26 * SLOT_S) - pace.run_s(10 * SLOT_S)


def test_nobody_who_hurries_is_overtaken_by_the_close():
    """In the last 12 hours the clock runs at a tenth of its highest speed, also while nobody is inside."""
    slots = round(24 * 3600 / SLOT_S)
    load = Load(0.0, np.zeros(slots), close_s=18 * 3600.0)
    highest = load.highest(Speeds(400_000.0, 60_000.0))
    assert [400_000.0] * 360 + [6_000.0] * 720 + [400_000.0] * 360 == highest.tolist()
