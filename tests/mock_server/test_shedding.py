"""Load shedding by queue wait, on a made portal: one server with a queue, first come, first served."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.protections.door import Door, TurnedAway, urgency
from mock_server.protections.shedding import PERIOD_REQUESTS, RANKS, SENDERS, Shedding
from mock_server.settings import Protections

MOST_WAIT_S = 0.02


def play(shedding, seconds, offered_per_s, served_per_s, begins_s=0.0):
    """Send evenly, from senders in turn; give the share that was let in and the mean wait in each second."""
    free_s = begins_s
    let_in, waits_s = [0] * seconds, [0.0] * seconds
    for number in range(seconds * offered_per_s):
        now_s = begins_s + number / offered_per_s
        second = int(now_s - begins_s)
        rank = (number % 4) * SENDERS + crc32(str(number).encode()) % SENDERS
        if shedding.admits(rank, now_s):
            wait_s = max(0.0, free_s - now_s)
            free_s = max(free_s, now_s) + 1 / served_per_s
            shedding.waited(wait_s)
            let_in[second] += 1
            waits_s[second] += wait_s
    return [n / offered_per_s for n in let_in], [wait_s / max(1, n) for wait_s, n in zip(waits_s, let_in, strict=True)]


def test_twice_what_is_served_is_cut_to_what_is_served():
    """Within a minute the queue is short again, and nearly all of the capacity is used."""
    shares, waits_s = play(Shedding(MOST_WAIT_S), 120, 200, 100)
    assert pytest.approx(0.5, abs=0.05) == sum(shares[60:]) / 60
    assert max(waits_s) > 1, "there was nothing to shed"
    assert sum(waits_s[60:]) / 60 < 0.2


def test_without_it_the_queue_grows():
    """The same load on the same portal, with the protection off."""
    shares, waits_s = play(Shedding(0.0), 60, 200, 100)
    assert [1.0] * 60 == shares
    assert waits_s[59] > 25


def test_when_the_crowd_has_gone_everybody_is_let_in_again():
    """One percent more each second, up to all."""
    shedding = Shedding(MOST_WAIT_S)
    play(shedding, 60, 200, 100)
    shares, _ = play(shedding, 120, 50, 100, begins_s=100.0)
    assert 1.0 == shares[-1]


def test_a_portal_that_nobody_has_asked_for_a_while_begins_anew():
    """What was shed a minute ago says nothing of now."""
    shedding = Shedding(MOST_WAIT_S)
    play(shedding, 30, 200, 100)
    assert not shedding.admits(RANKS - 1, now_s=30.5)
    shedding.admits(0, now_s=60.0)
    shedding.admits(0, now_s=62.0)
    assert [True] * 60 == [shedding.admits(0, now_s=62 + second) for second in range(60)]


@given(st.lists(st.tuples(st.integers(0, RANKS - 1), st.floats(0, 1)), max_size=3 * PERIOD_REQUESTS))
def test_the_most_urgent_is_never_turned_away(requests):
    """Whatever comes and however long it waits, rank 0 gets in."""
    shedding = Shedding(MOST_WAIT_S)
    for number, (rank, wait_s) in enumerate(requests):
        assert shedding.admits(0, number / 100)
        if shedding.admits(rank, number / 100):
            shedding.waited(wait_s)


def test_what_has_been_begun_comes_before_what_begins():
    """A submission before a page, a page before a new account, that before a look."""
    assert [0, 1, 2, 3] == [
        urgency("PUT", logged_in=True),
        urgency("GET", logged_in=True),
        urgency("POST", logged_in=False),
        urgency("GET", logged_in=False),
    ]


def test_where_nobodys_turn_comes_fewer_are_let_in():
    """All slots are held, and nobody has waited to the end yet: that is no calm."""
    shedding = Shedding(MOST_WAIT_S)
    let_in = [shedding.admits(number % RANKS, number / 100) for number in range(600)]
    assert all(let_in[:100])
    assert sum(let_in[500:]) < 90


def test_a_notification_of_a_payment_is_let_in_whatever_is_shed():
    """Its sender opens a connection for each: by the connection some would be among those who are turned away."""
    door = Door(Protections(shed_wait_ms=20.0, retry_share=0.1), seed=1)

    def is_let_in(path, number):
        headers = [(b"x-retry", b"2")]
        try:
            door.look_at({"path": path, "method": "POST", "headers": headers, "client": ("127.0.0.1", number)})
        except TurnedAway:
            return False
        return True

    assert not all(is_let_in("/api/accounts", number) for number in range(50))
    assert all(is_let_in("/api/payment-callbacks/alipay", number) for number in range(50))
