"""Who gives up comes back on time, however the run clock moves meanwhile."""

import time

import gevent
import pytest

from scenarios.arrival import Arrival
from scenarios.open_arrivals import LEAST_PAUSE_S, OpenArrivals
from scenarios.pace import Pace
from scenarios.run_clock import RunClock


@pytest.fixture
def arrivals(monkeypatch):
    """Give open arrivals before a load that begins some time, their clock, and when people start, in run seconds."""
    clock = RunClock(time.time() + 86_400, Pace.steady(0.0, 10.0), gevent.sleep)
    it, started_s = OpenArrivals(None, clock), {}
    monkeypatch.setattr(it, "_start", lambda arrival: started_s.update({arrival.candidate: clock.now_s()}))
    yield it, clock, started_s
    it.stop()


def until_started(count, started_s, clock):
    """Wait until so many have started; 5 s is what they waited once."""
    while len(started_s) < count:
        assert clock.now_s() < 4.5
        gevent.sleep(0.05)


def test_who_gave_up_before_the_load_comes_back_on_time_in_it(arrivals):
    """While visits catch up, second 0 is not known; they were late by up to 5 s when it came.

    On a busy machine everybody may be late: nobody is too early, and nobody has waited for those 5 s.
    """
    it, clock, started_s = arrivals
    due_s = {1: 2.0, 2: 0.3, 3: 2.1}
    for candidate, at_s in due_s.items():
        it.expect(Arrival(candidate, 1024, "status", 10 * at_s, planned=False))
    gevent.sleep(0.1)
    assert {} == started_s
    clock.begin_at(time.time())
    until_started(1, started_s, clock)
    due_s[4] = clock.now_s() + 0.1
    it.expect(Arrival(4, 1024, "status", 10 * due_s[4], planned=False))
    until_started(4, started_s, clock)
    assert [2, 4, 1, 3] == list(started_s)
    assert all(started_s[candidate] > at_s - LEAST_PAUSE_S for candidate, at_s in due_s.items())


def test_nobody_comes_back_when_the_load_has_stopped(arrivals):
    """Neither those who would have come by now."""
    it, clock, started_s = arrivals
    clock.begin_at(time.time())
    it.expect(Arrival(1, 1024, "status", 1.0, planned=False))
    it.stop()
    gevent.sleep(0.2)
    assert {} == started_s


def test_a_load_says_whether_everybody_has_come(arrivals):
    """One whose time is up before its plan is has not come to its end: it can be resumed."""
    it, clock, started_s = arrivals
    clock.begin_at(time.time())
    planned = [Arrival(number, 0, "status", float(number), planned=True) for number in range(6)]
    assert not it.run(iter(planned), end_s=6.0, most_s=0.3)
    assert [0, 1, 2] == list(started_s)
    assert 3.0 == it.next_s
    assert it.run(iter(planned[3:]), end_s=6.0, most_s=10.0)
