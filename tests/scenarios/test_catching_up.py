"""A visit that is under way skips the pauses that lie before the load, and sleeps the rest of the present one."""

import time

import gevent
from gevent.event import Event

from scenarios.catching_up import CatchingUp
from scenarios.pace import Pace
from scenarios.run_clock import RunClock


def test_pauses_before_the_load_are_skipped():
    """Of 100 s of pauses, 80 s lie before second 0: 80 s pass at once, then the visit waits for the load."""
    clock = RunClock(time.time() + 86_400, Pace.steady(1000.0, 100.0), gevent.sleep)
    begun, arrived = Event(), []
    catching_up = CatchingUp(clock, 80.0, begun, lambda: arrived.append(True))
    paused = []

    def visit():
        for pause_s in (30.0, 40.0, 20.0, 10.0):
            catching_up.pause(pause_s)
            paused.append((pause_s, clock.now_s()))

    walking = gevent.spawn(visit)
    gevent.sleep(0.05)
    assert [30.0, 40.0] == [pause_s for pause_s, _ in paused]
    assert [True] == arrived
    assert 1000.0 == catching_up.portal_now_s()
    clock.begin_at(time.time())
    begun.set()
    walking.join(2)
    (_, third_s), (_, fourth_s) = paused[2:]
    assert 0.1 <= third_s < 0.15  # 10 of its 20 portal seconds were left, at speed 100
    assert 0.2 <= fourth_s < 0.27
