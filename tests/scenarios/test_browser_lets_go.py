"""A candidate who loses patience closes the connection, also in the middle of an upload."""

import time

import gevent
import gevent.event
import gevent.server
import gevent.socket
import pytest
from locust.event import EventHook

from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, GaveUp
from scenarios.http_client import Connections
from scenarios.mock import MOCK
from scenarios.portal import Request
from scenarios.run_clock import RunClock


def test_an_abandoned_upload_closes_its_connection():
    """The portal sees the end of the connection at once: no half-sent body holds one of its workers."""
    ended = gevent.event.Event()

    def portal_that_only_listens(connection, _):
        while connection.recv(65536):
            pass
        ended.set()

    server = gevent.server.StreamServer(("127.0.0.1", 0), portal_that_only_listens)
    server.start()
    connections = Connections(f"http://127.0.0.1:{server.server_port}")
    slow = BehaviourSettings(
        patience_median_s=0.2, patience_sigma=0.01, retries_most=0, uplink_median_bits_per_s=1e5, stall_share=0.0
    )
    rows, promises, standings = [], [], []
    clock = RunClock(time.time(), sleep=gevent.sleep)
    browser = Browser(
        connections,
        EventHook().fire,
        Behaviour(slow, 1, 1),
        clock,
        0,
        rows.append,
        promises.append,
        standings.append,
        0.0,
        MOCK,
    )
    with pytest.raises(GaveUp, match="scan_front: patience"):
        browser.want(Request("scan_front", "PUT", "/", body=bytes(500_000), about="id_front"))
    assert ["abandoned"] == [row.outcome for row in rows]
    assert [("paper", "id_front", "info")] == [(it.promise, it.item, it.outcome) for it in promises]
    assert ended.wait(2), "the connection is still open"
    server.stop()
