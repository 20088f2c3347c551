"""What a candidate's browser does at a portal that has too much to do: it counts down, or stands in line."""

import time

import gevent
import gevent.server
import msgspec
import pytest
from locust.event import EventHook

from scenarios import mock_portal as portal
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, GaveUp
from scenarios.http_client import Connections
from scenarios.mock import MOCK
from scenarios.run_clock import RunClock

WAITS = {"number": 7, "ticket": "t", "ahead": 3, "wait_s": 0.4, "poll_after_s": 0.1, "queue_pass": None}
ADMITTED = {**WAITS, "ahead": 0, "queue_pass": "p"}
QUEUE_FIRST = {"type": "/problems/queue_first"}


class Scripted:
    """A portal that gives the next answer of a script to each request, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.server = gevent.server.StreamServer(("127.0.0.1", 0), self.serve)
        self.server.start()

    def serve(self, connection, _):
        """Answer requests without a body."""
        while head := connection.recv(65536):
            self.asked.append(head.decode())
            status, headers, document = self.answers.pop(0) if self.answers else (204, "", None)
            body = msgspec.json.encode(document) if document is not None else b""
            lines = (
                f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(lines.encode() + body)


@pytest.fixture
def visit():
    """Give a browser at a scripted portal, with the rows that it records of requests and of standing in line."""
    servers, opened = [], []

    def make(*answers, **settings):
        scripted = Scripted(*answers)
        servers.append(scripted.server)
        opened.append(Connections(f"http://127.0.0.1:{scripted.server.server_port}"))
        behaviour = Behaviour(BehaviourSettings(retry_share=1.0, **settings), 1, 1)
        rows, standings = [], []
        clock = RunClock(time.time(), sleep=gevent.sleep)
        record = (rows.append, print, standings.append)
        browser = Browser(opened[-1], EventHook().fire, behaviour, clock, 0, *record, 0.0, MOCK)
        return browser, scripted, rows, standings

    yield make
    for connections in opened:
        connections.close_idle()
    for server in servers:
        server.stop()


@pytest.mark.parametrize(("share", "waits"), [(1.0, True), (0.0, False)])
def test_a_page_that_says_when_is_tried_then(visit, share, waits):
    """Retry-After: 1 is heeded by who lets the page count down; the others reload as they like, here at once."""
    busy = (503, "Retry-After: 1\r\n", {"type": "/problems/busy"})
    browser, scripted, rows, _ = visit(busy, (200, "", {}), heeds_retry_after_share=share, retry_mean_s=0.001)
    assert "ok" == browser.want(portal.home()).outcome
    assert waits == (rows[1].sent_s - rows[0].done_s >= 1.0)
    assert ["X-Retry" in head for head in scripted.asked] == [False, True]
    assert "X-Retry: 2" in scripted.asked[1]


def test_who_has_to_queue_takes_a_number_and_goes_on_with_the_pass(visit):
    """It polls as often as it is told, asks again for what it wanted, and gives the number back in the end."""
    browser, scripted, rows, standings = visit(
        (429, "", QUEUE_FIRST), (201, "", WAITS), (200, "", WAITS), (200, "", ADMITTED), (202, "", {})
    )
    assert "ok" == browser.want(portal.sms_code("13900139000")).outcome
    browser.close()
    browser.close()
    paths = [head.split(" HTTP")[0] for head in scripted.asked]
    assert [
        "POST /api/sms-codes",
        "POST /api/queue/tickets",
        "GET /api/queue/tickets/t",
        "GET /api/queue/tickets/t",
        "POST /api/sms-codes",
        "DELETE /api/queue/tickets/t",
    ] == paths
    assert ["Queue-Pass: p" in head for head in scripted.asked] == [False] * 4 + [True] * 2
    assert ["sms_code", "queue", "queue", "queue", "sms_code", "queue"] == [row.step for row in rows]
    assert [(7, 3, 0.4)] == [(it.number, it.ahead, it.promised_s) for it in standings]
    assert 0.2 <= standings[0].admitted_s - standings[0].taken_s
    assert rows[4].intended_s >= standings[0].admitted_s, "the wait in line is told apart"


def test_who_has_waited_in_line_for_too_long_leaves(visit):
    """Patience with the queue ends too; the number is given back, and the place is somebody else's."""
    impatient = {"queue_patience_median_s": 0.3, "queue_patience_sigma": 1e-6}
    browser, scripted, _, standings = visit(
        (429, "", QUEUE_FIRST), (201, "", WAITS), *[(200, "", WAITS)] * 9, **impatient
    )
    with pytest.raises(GaveUp, match="queue: patience"):
        browser.want(portal.sms_code("13900139000"))
    browser.close()
    assert [None] == [it.admitted_s for it in standings]
    assert scripted.asked[-1].startswith("DELETE /api/queue/tickets/t ")


def test_the_queue_s_page_asks_again_when_no_answer_comes(visit, monkeypatch):
    """An error of the waiting room costs nobody their place."""
    monkeypatch.setattr("scenarios.browser.QUEUE_ANSWER_S", 0.05)
    browser, _, rows, standings = visit(
        (429, "", QUEUE_FIRST), (201, "", WAITS), (502, "", None), (200, "", ADMITTED), (202, "", {})
    )
    assert "ok" == browser.want(portal.sms_code("13900139000")).outcome
    assert ["refused", "ok", "failed", "ok", "ok"] == [row.outcome for row in rows]
    assert 1 == len(standings)
