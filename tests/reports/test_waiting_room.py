"""How a waiting room did, read from made standings whose faults are known."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import write_report
from reports.run_folder import open_run
from reports.waiting_room import inversions, most_at_once, read_waiting_room
from tests.reports.made_run import calm_run, facts

STANDINGS = [
    # number, promised, taken, admitted: the third comes after the fourth, and two never come in
    (1, None, 0.0, 1.0),
    (2, 10.0, 0.0, 12.0),
    (3, 10.0, 1.0, 40.0),
    (4, 10.0, 2.0, 14.0),
    (5, 20.0, 3.0, None),
    (6, 20.0, 4.0, None),
]


@pytest.fixture
def run(tmp_path):
    """Give a made run in which the first six visits stood in line; two may be inside."""
    standings = [
        {
            "candidate": candidate,
            "visit": 0,
            "number": number,
            "promised_s": promised_s,
            "taken_s": taken_s,
            "admitted_s": admitted_s,
            "ended_s": admitted_s or 50.0,
        }
        for candidate, (number, promised_s, taken_s, admitted_s) in enumerate(STANDINGS)
    ]
    portal = {**facts()["portal"], "capacities": {"protections": {"places_inside": 2}}}
    return calm_run(tmp_path / "run", facts(portal=portal), standings=standings)


def test_what_became_of_the_numbers(run):
    """Four of six were called, one of them after a higher number; promises of 10 s took 12 and 39."""
    opened = open_run(run)
    visits = opened.visits.collect()
    room = read_waiting_room(opened, visits.with_columns(pl.lit(None, pl.Float64).alias("ended_s")))
    assert (6, 4, 1) == (room.taken, room.admitted, room.inversions)
    assert 2 == room.left + room.waiting
    assert {"p50": pytest.approx(12.0), "p95": pytest.approx(34.95), "most": pytest.approx(39.0)} == room.waited_s
    assert pytest.approx(-(2 + 29 + 2) / 3) == room.promise_error_s["mean"]
    assert (4, 2, 2) == (room.most_inside, room.limit, room.overshoot)


def test_the_report_says_so(run):
    """A section of the page: what is wrong is said in its first line."""
    write_report(run)
    page = (run / "report.html").read_text()
    assert "1 were called after somebody who had come later." in page
    assert "The waiting room" in page


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_who_is_called_in_order_was_called_in_order(moments):
    """No inversions in a sorted list; and none at all with a tolerance beyond everything."""
    assert 0 == inversions(np.sort(np.array(moments)), 0.0)
    assert 0 == inversions(np.array(moments), 2e6)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 100)), max_size=30))
def test_most_at_once_is_what_counting_at_each_arrival_gives(stays):
    """The most is reached when somebody comes."""
    from_s = np.array([begin for begin, _ in stays])
    to_s = np.array([begin + length for begin, length in stays])
    counted = [int(((from_s <= moment) & (to_s > moment)).sum()) for moment in from_s]
    assert max(counted, default=0) == most_at_once(from_s, to_s)
