"""A ceiling that is never exceeded, wherever a second is said to begin, and that holds nobody back without need."""

import time

import gevent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.rate_ceiling import Gate, RateCeiling

ROUNDING_S = 1e-9
rates = st.floats(0.2, 40.0)
gaps_s = st.lists(st.one_of(st.just(0.0), st.floats(0.0, 0.5)), min_size=1, max_size=200)


def leaving(most_per_s, gaps_s, lags_s):
    """Let requests through that come with these gaps, each as late as a timer may be; give when they came and left."""
    ceiling, came_s, before_s, moments = RateCeiling(most_per_s), 0.0, 0.0, []
    for gap_s, lag_s in zip(gaps_s, lags_s, strict=True):
        came_s += gap_s
        left_s = max(came_s, before_s, ceiling.earliest_s)
        if left_s > came_s:
            left_s += lag_s
        ceiling.leave(left_s)
        moments.append((came_s, left_s))
        before_s = left_s
    return moments


@given(most_per_s=rates, gaps_s=gaps_s, data=st.data())
def test_no_second_has_more(most_per_s, gaps_s, data):
    """Of every request: so many after it, a second or more has passed; below one a second, as long as one may take."""
    lags_s = data.draw(st.lists(st.floats(0.0, 0.3), min_size=len(gaps_s), max_size=len(gaps_s)))
    left_s = [left for _, left in leaving(most_per_s, gaps_s, lags_s)]
    most, window_s = max(1, int(most_per_s)), max(1.0, 1 / most_per_s)
    for first, next_one in zip(left_s, left_s[most:], strict=False):
        assert next_one - first >= window_s - ROUNDING_S
    assert most <= most_per_s * window_s + ROUNDING_S


@given(most_per_s=rates, gaps_s=gaps_s)
def test_nobody_waits_without_need(most_per_s, gaps_s):
    """Who waited left just as the second before was used up; all others left when they came."""
    moments = leaving(most_per_s, gaps_s, [0.0] * len(gaps_s))
    most, window_s = max(1, int(most_per_s)), max(1.0, 1 / most_per_s)
    for number, (came_s, left_s) in enumerate(moments):
        if left_s > came_s:
            before_s = moments[number - 1][1]
            assert pytest.approx(left_s) == max(moments[number - most][1] + window_s, before_s)


def test_a_gate_holds_back_and_counts():
    """Of 25 that come at once, at 10 a second, 10 leave at once, 10 a second later, 5 after that; 15 had to wait."""
    gate, left_s, waited_s = Gate(10.0), [], []

    def send():
        came_s = time.monotonic()
        gate.wait()
        left_s.append(time.monotonic())
        waited_s.append(left_s[-1] - came_s)

    began_s = time.monotonic()
    gevent.joinall([gevent.spawn(send) for _ in range(25)])
    assert left_s[10] - began_s >= 1
    assert left_s[20] - began_s >= 2
    assert 15 == gate.held_back
    assert 18 < gate.held_back_s <= sum(waited_s)


def test_who_is_interrupted_takes_no_turn():
    """A candidate who is gone leaves the line, and those behind move up."""
    gate = Gate(1.0)
    gate.wait()
    gone, waiting = gevent.spawn(gate.wait), gevent.spawn(gate.wait)
    gevent.sleep(0.05)
    began_s = time.monotonic()
    gone.kill()
    waiting.join()
    assert time.monotonic() - began_s < 1.5
