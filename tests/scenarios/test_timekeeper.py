"""The pace follows what the portal bears, and the outside services follow the pace."""

import time

import gevent
import numpy as np

from scenarios.pace import Load, Pace, Piece, Speeds
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow
from scenarios.timekeeper import NOTICE_S, Pacer, tell_speed


def answered(took_s):
    """Give the row of a request that took so long."""
    return RequestRow(0, 1, 0, "home", 1, 0.0, 0.0, took_s, 200, "ok", "", 0, 0, "")


def test_slow_answers_bound_the_speed_while_somebody_is_inside():
    """At most 10 minutes of portal time for an answer: 60,000 where they take 10 ms, 6,000 where they take 100."""
    clock = RunClock(time.time(), Pace.steady(0.0, 1.0), gevent.sleep)
    load = Load(0.0, np.array([1.0] * 100_000))
    most = Speeds(400_000.0, 60_000.0)
    pacer = Pacer(clock, load, begins_s=0.0, ceiling_per_s=1e6, most=most, answer_most_s=600.0, true_share=0.0)
    pacer.plan()
    assert 60_000 == round(clock.pace.piece_at(clock.now_s() + 5).speed)
    keeping = gevent.spawn(pacer.run)
    for took_s in (0.1, 0.001):
        pacer.saw(answered(took_s))
        gevent.sleep(1.2)
        speed = min(60_000.0, 600.0 / took_s)
        assert round(speed) == round(clock.pace.piece_at(clock.now_s() + 5).speed)
    keeping.kill()


def test_the_outside_services_hear_of_each_speed_until_they_have_heard():
    """Once for each, and again where the first message was lost."""
    pace = Pace([Piece(0.0, 0.0, 1.0), Piece(0.3, 0.3, 500.0), Piece(1.2, 450.3, 1.0)])
    heard = []

    def tell(speed):
        heard.append(speed)
        if len(heard) == 1:
            raise ConnectionRefusedError

    telling = gevent.spawn(tell_speed, RunClock(time.time(), pace, gevent.sleep), tell)
    gevent.sleep(1.8)
    telling.kill()
    assert [500.0, 500.0, 1.0] == heard


def test_a_new_plan_gives_notice():
    """What the portal has been told of the next second holds, so that its clock never turns back."""
    clock = RunClock(time.time() - 100, Pace.steady(0.0, 50_000.0), gevent.sleep)
    load = Load(0.0, np.array([1.0] * 100_000))
    most = Speeds(400_000.0, 1_000.0)
    before_s = clock.now_s()
    Pacer(clock, load, begins_s=0.0, ceiling_per_s=1e6, most=most, answer_most_s=600.0, true_share=0.0).plan()
    assert 50_000 == clock.pace.piece_at(before_s + NOTICE_S - 0.1).speed
    assert 1_000 == round(clock.pace.piece_at(clock.now_s() + NOTICE_S + 0.1).speed)
