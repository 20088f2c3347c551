"""What the portal does against overload, seen from outside: one worker slot, and a face check that takes a second."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from itertools import count

import httpx
import msgspec
import pytest
from registrant import wait_until
from single_requests import loopback

from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.laboratory import turn_knobs, with_capacities
from scenarios.portal import retry_after_s
from scenarios.stack_start import running_stack

PROFILE = """
purpose = "One request at a time, and a second's patience with outside services."
worker_slots = 1
lines = {timeout_s = 1.0}
"""


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give a portal with one slot, and a face check that would take a minute."""
    folder = tmp_path_factory.mktemp("protected")
    (folder / "narrow.toml").write_text(PROFILE)
    narrow = msgspec.structs.replace(
        scenario,
        profile=str(folder / "narrow.toml"),
        window=msgspec.structs.replace(scenario.window, province_gap_s=600.0),
        providers={**scenario.providers, "face_check": {"median_ms": 60_000.0, "sigma": 0.0, "capacity": 64}},
    )
    with running_stack(narrow, folder) as running:
        yield running


@pytest.fixture
def protect(stack):
    """Switch protections on while the portal runs, and off again."""
    with closing(stack.control()) as control:
        usual = control.profile()
        yield lambda **figures: turn_knobs(
            control, with_capacities(usual, {f"protections.{name}": figure for name, figure in figures.items()})
        )
        turn_knobs(control, usual)


NUMBERS = count(3450)


@pytest.fixture
def occupied(registrant):
    """Give how the one slot is taken for a second."""
    one = registrant(next(NUMBERS)).register().submit_identity().log_in()
    slow = portal.face_check(one.paper(PaperKind.SELFIE))
    with ThreadPoolExecutor(1) as other:
        yield lambda: other.submit(one.send, slow)


def test_a_request_is_dropped_at_its_deadline(registrant, protect, occupied):
    """It is not served late: after 0.3 s it is told to come again, while the slot is taken for a second."""
    protect(deadline_s=0.3)
    one = registrant(3402)
    taken = occupied()
    time.sleep(0.1)
    began_s = time.monotonic()
    answer = one.send(portal.window())
    assert 0.25 <= time.monotonic() - began_s < 0.85
    assert (503, "busy") == (answer.status_code, problem_code(answer.json()))
    assert 4 <= retry_after_s(answer.headers["retry-after"]) <= 12
    assert 502 == taken.result().status_code
    one.accepted(portal.window())


@pytest.mark.parametrize("drops", [True, False])
def test_nobody_works_for_who_has_left(stack, registrant, protect, occupied, drops):
    """Who asked to be logged out and left the queue is still logged in; without the protection the work is done."""
    protect(drops_who_left=drops)
    one = registrant(next(NUMBERS)).register().log_in()
    taken = occupied()
    time.sleep(0.1)
    with socket.create_connection(("127.0.0.1", int(stack.address.rpartition(":")[2]))) as connection:
        head = f"DELETE /api/sessions/current HTTP/1.1\r\nHost: x\r\nAuthorization: {one.headers['Authorization']}"
        connection.sendall(head.encode() + b"\r\n\r\n")
        time.sleep(0.2)
    taken.result()
    assert drops == one.send(portal.identity()).is_success


@pytest.mark.parametrize("drops", [True, False])
def test_a_body_that_came_while_the_request_waited_is_whole(registrant, protect, occupied, drops):
    """An upload that had to wait is taken as it was sent, whether or not the portal looks who is still there."""
    protect(drops_who_left=drops)
    one = registrant(next(NUMBERS)).register().log_in()
    taken = occupied()
    time.sleep(0.1)
    one.accepted(portal.scan(PaperKind.ID_FRONT, one.paper(PaperKind.ID_FRONT), "front.jpg"))
    taken.result()


def test_retries_beyond_the_budget_are_sent_away(registrant, protect):
    """Of 40 retries some are served, and first tries always are."""
    protect(retry_share=0.1)
    one = registrant(3406)
    retry = portal.window()._replace(headers=portal.again(2))
    statuses = [one.send(retry).status_code for _ in range(40)]
    assert [200] * 10 == statuses[:10]
    assert 25 <= statuses.count(503) <= 30
    one.accepted(portal.window())


def test_while_requests_wait_lookers_are_turned_away_and_who_pays_is_not(registrant, protect, occupied):
    """After some seconds of a full slot those who only look are told to come again."""
    protect(shed_wait_ms=20.0)
    one = registrant(3407).register().log_in()
    looks = [registrant(number) for number in range(3410, 3416)]

    def look(client):
        return [client.send(portal.window()).status_code for _ in range(4)]

    with ThreadPoolExecutor(6) as crowd:
        for _ in range(5):
            taken = occupied()
            statuses = [status for each in crowd.map(look, looks) for status in each]
            taken.result()
            if 503 in statuses:
                break
    assert 503 in statuses
    one.accepted(portal.addresses(one.person))


@pytest.mark.parametrize(
    ("dropping", "patience_s", "answer"),
    [({"deadline_s": 0.3}, 5.0, 503), ({"drops_who_left": True}, 0.3, None)],
    ids=["at their deadline", "when nobody waits any more"],
)
def test_who_is_dropped_has_waited(stack, protect, occupied, dropping, patience_s, answer):
    """One request had its turn, and at once: only what the others waited in vain tells that too many were let in.

    Of the same senders, who are of different ranks, the last one is turned away the next time, while the slot is free.
    """
    protect(shed_wait_ms=20.0, **dropping)
    taken = occupied()
    time.sleep(0.1)

    def look(sender, patience_s=5.0):
        with suppress(httpx.ReadTimeout):
            headers = portal.authorization(f"looker-{sender}")
            return loopback.get(f"{stack.address}/api/window", headers=headers, timeout=patience_s).status_code
        return None

    with ThreadPoolExecutor(24) as crowd:
        assert [answer] * 24 == list(crowd.map(lambda sender: look(sender, patience_s), range(24)))
    taken.result()
    assert {200, 503} == {look(sender) for sender in range(24)}


def test_a_service_that_fails_is_left_alone_for_a_while(stack, registrant, protect):
    """After three failures the fourth call is not made; when the time is over, and the service well, all is well."""
    protect(breaker_failures=3, breaker_open_s=1.0)
    phones = [registrant(number).person.mobile for number in range(3420, 3440)]
    one = registrant(3420)

    def asked():
        answer = one.send(portal.sms_code(phones.pop()))
        return answer.status_code, answer.elapsed.total_seconds()

    def treat(**treatment):
        loopback.put(f"{stack.provider_address}/treatments/sms", json=treatment).raise_for_status()

    treat(mood="silent")
    assert [(502, True)] * 3 == [(status, took_s > 0.9) for status, took_s in (asked() for _ in range(3))]
    assert [(502, False)] == [(status, took_s > 0.3) for status, took_s in [asked()]]
    treat(mood="usual")
    assert 502 == asked()[0], "it was asked although it was to be left alone"
    wait_until(lambda: asked()[0] == 202, "the service being asked again")


def test_the_doors_open_with_a_pass_of_the_waiting_room_and_to_one_account(registrant, protect):
    """Without one, with a made-up one, and with another account's, people are sent to the queue."""
    one, other = registrant(next(NUMBERS)).register(), registrant(next(NUMBERS)).register()
    protect(places_inside=1)
    assert (429, "queue_first") == one.refused(portal.log_in(one.person))
    assert (429, "queue_first") == one.refused(portal.sms_code(one.person.mobile))
    forged = portal.log_in(one.person)._replace(headers={"Queue-Pass": "0b3c7d4e-0000-4000-8000-000000000000"})
    assert (429, "queue_first") == one.refused(forged)
    place = one.accepted(portal.queue_ticket())
    ticket = portal.queue_place(place["ticket"])
    wait_until(lambda: portal.queue_pass(one.accepted(ticket)), "being admitted")
    queue_pass = portal.queue_pass(one.accepted(ticket))
    log_in = portal.log_in(one.person)._replace(headers=queue_pass)
    one.headers = portal.authorization(portal.token(one.accepted(log_in)))
    one.accepted(portal.identity())
    one.accepted(log_in)  # the same person may log in again
    assert (429, "queue_first") == other.refused(portal.log_in(other.person)._replace(headers=queue_pass))
    behind = other.accepted(portal.queue_ticket())
    assert other.accepted(portal.queue_place(behind["ticket"]))["queue_pass"] is None
    one.accepted(portal.queue_leave(place["ticket"]))
    wait_until(lambda: portal.queue_pass(other.accepted(portal.queue_place(behind["ticket"]))), "the next one's turn")
    assert (404, "queue_ticket_unknown") == one.refused(portal.queue_place(place["ticket"]))
    assert (429, "queue_first") == one.refused(log_in), "a pass that was given back is used up"


def test_the_queue_answers_while_the_portal_is_full(registrant, protect, occupied):
    """The page of who waits takes no worker slot."""
    protect(places_inside=1)
    one = registrant(next(NUMBERS))
    place = one.accepted(portal.queue_ticket())
    taken = occupied()
    time.sleep(0.1)
    began_s = time.monotonic()
    one.accepted(portal.queue_place(place["ticket"]))
    assert time.monotonic() - began_s < 0.5
    taken.result()


def test_provinces_open_one_group_after_the_other(registrant, turn):
    """At 09:25 three of the four are in, 10 minutes apart; the fourth reads when it is their turn."""
    everybody = (registrant(number) for number in NUMBERS)
    of_group = {int(one.person.id_number[:2]) % 4: one for one, _ in zip(everybody, range(40), strict=False)}
    codes = {group: one.sms_code() for group, one in of_group.items()}
    turn(timedelta(minutes=25))
    shown = [of_group[group].accepted(portal.window(of_group[group].person)) for group in range(4)]
    assert [True, True, True, False] == [portal.is_open(it) for it in shown]
    assert [-1500, -900, -300, 300] == [round(portal.opens_in_s(it), -1) for it in shown]
    early = of_group[3]
    answer = early.send(portal.account(early.person, early.person.mobile, codes[3]))
    assert (403, "window_not_open") == (answer.status_code, problem_code(answer.json()))
    assert "报名尚未开始，开始时间：2025-03-10 09:30" == answer.json()["detail"]
    assert of_group[2].accepted(portal.account(of_group[2].person, of_group[2].person.mobile, codes[2]))
    assert (400, "malformed_request") == early.refused(portal.window()._replace(path="/api/window?province=x"))
