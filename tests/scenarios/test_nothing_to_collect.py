"""Visits leave nothing for Python's collector: it would stop the event loop, for all the longer the more are inside.

What a visit holds in a cycle lives on after it, 10 MB uploads included, until the collector finds it. In an overloaded
run that was thousands of failed requests, freed all at once: nothing else happened for up to 1.7 s.
"""

import gc
import time

import gevent
import gevent.server
import pytest
from locust.env import Environment

from fakes.candidates import FlawShares
from scenarios.arrival import Arrival
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, GaveUp
from scenarios.http_client import Connections
from scenarios.mock import MOCK
from scenarios.portal import Request
from scenarios.run_clock import RunClock
from scenarios.visit import Surroundings
from scenarios.visitor import CandidateUser, Rehearsal

IMPATIENT = BehaviourSettings(
    patience_median_s=0.05, patience_sigma=0.01, retries_most=1, retry_share=1.0, retry_mean_s=0.01, stall_share=0.0
)


@pytest.fixture
def portal():
    """Give the address of a portal that shows its home page and answers nothing else."""

    def handle(connection, _):
        while data := connection.recv(65536):
            if data.startswith(b"GET / "):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server = gevent.server.StreamServer(("127.0.0.1", 0), handle)
    server.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop(0.1)


@pytest.fixture
def no_collector():
    """Collect what there is, and then nothing until the end of the test."""
    gevent.sleep(0.01)  # greenlets that earlier tests have killed die now
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def visits_of(address, purpose, count):
    """Give a function that makes so many visits of Locust users, one after the other, and the rows of their ends."""
    environment = Environment(user_classes=[CandidateUser], host=address)
    runner = environment.create_local_runner()
    clock, ended = RunClock(time.time(), sleep=gevent.sleep), []
    rehearsal = Rehearsal(
        worker=0,
        seed=1,
        portal=MOCK,
        clock=clock,
        around=Surroundings(None, None, None),
        behaviour=IMPATIENT,
        flaws=FlawShares(),
        close_s=1e6,
        connect=lambda: Connections(address),
        missing_steps=frozenset(),
        record_request=lambda _: None,
        record_promise=lambda _: None,
        record_standing=lambda _: None,
        record_visit=ended.append,
        note_start=lambda *_: None,
        come_back=lambda _: None,
    )

    def make():
        for candidate in range(count):
            user = CandidateUser(environment)
            user.arrival, user.rehearsal, user.visit_clock = Arrival(candidate, 0, purpose, 0.0), rehearsal, clock
            user.start(runner.user_greenlets).join()
        return [row.outcome for row in ended]

    return make


@pytest.mark.parametrize(("purpose", "outcome"), [("look", "finished"), ("register", "gave_up")])
@pytest.mark.usefixtures("no_collector")
def test_a_visit_leaves_nothing(portal, purpose, outcome):
    """Neither one that ends well nor one whose requests are abandoned, reloaded and given up."""
    make = visits_of(portal, purpose, count=3)
    gc.collect()  # of Locust's runner
    assert [outcome] * 3 == make()
    assert 0 == gc.collect()


def test_a_visit_that_our_own_error_ends_is_told_apart(portal, monkeypatch):
    """It is no candidate's decision: the run is void by it."""

    def fail(*_):
        raise KeyError("id")

    monkeypatch.setattr("scenarios.journey.make_visit", fail)
    assert ["broke_off"] == visits_of(portal, "look", count=1)()


@pytest.mark.usefixtures("no_collector")
def test_an_abandoned_upload_is_gone_at_once(portal):
    """Its bytes too: they would fill the memory until the collector comes."""

    class Paper(bytes):
        gone = 0

        def __del__(self):
            Paper.gone += 1

    failed = []
    clock = RunClock(time.time(), sleep=gevent.sleep)
    browser = Browser(
        Connections(portal),
        Environment().events.request.fire,
        Behaviour(IMPATIENT, 1, 1),
        clock,
        0,
        failed.append,
        lambda _: None,
        lambda _: None,
        due_s=0.0,
        portal=MOCK,
    )
    with pytest.raises(GaveUp):
        browser.want(Request("scan_front", "PUT", "/scan", body=Paper(20_000_000)))
    assert {"abandoned"} == {row.outcome for row in failed}
    assert 1 == Paper.gone
