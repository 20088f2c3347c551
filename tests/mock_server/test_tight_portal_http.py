"""Limits that run out within a test: codes, log-ins, room for requests, and patience with an outside service."""

import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from registrant import wait_until

from fakes.papers import PaperKind
from scenarios import portal
from scenarios.stack_start import running_stack

CODE_VALID_S = 1.0
SESSION_VALID_S = 3.0
PROFILE = """
purpose = "One request at a time, one that waits, and little patience."
worker_slots = 1
queue_bound = 1
lines = {timeout_s = 1.0}
"""


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give a tight portal, and a face check that would take a minute."""
    folder = tmp_path_factory.mktemp("tight")
    (folder / "tight.toml").write_text(PROFILE)
    tight = msgspec.structs.replace(
        scenario,
        profile=str(folder / "tight.toml"),
        limits={"sms_code_valid_s": CODE_VALID_S, "sms_resend_s": 0.0, "session_valid_s": SESSION_VALID_S},
        providers={**scenario.providers, "face_check": {"median_ms": 60_000.0, "sigma": 0.0, "capacity": 64}},
    )
    with running_stack(tight, folder) as running:
        yield running


def test_a_code_ends(registrant):
    """Rule 1: a code that is too old opens no account; a new one does."""
    one = registrant(3300)
    old = portal.account(one.person, one.person.mobile, one.sms_code())
    time.sleep(CODE_VALID_S)
    assert (422, "sms_code_expired") == one.refused(old)
    one.register()


def test_a_code_that_nobody_asked_for_has_expired(registrant):
    """Rule 1: the portal does not tell which phones have asked for a code."""
    one = registrant(3301)
    assert (422, "sms_code_expired") == one.refused(portal.account(one.person, one.person.mobile, "123456"))


def test_a_code_may_be_tried_five_times(registrant):
    """Rule 1: after five wrong ones even the right one is refused; a new one is taken."""
    one = registrant(3302)
    code = one.sms_code()
    right = portal.account(one.person, one.person.mobile, code)
    wrong = portal.account(one.person, one.person.mobile, "000000" if code != "000000" else "111111")
    assert [(422, "sms_code_wrong")] * 5 == [one.refused(wrong) for _ in range(5)]
    assert (422, "sms_code_attempts") == one.refused(right)
    one.register()


def test_a_log_in_ends(registrant):
    """A log-in is good for as long as the portal says, and then a new one is needed."""
    one = registrant(3303).register()
    began_s = time.monotonic()
    one.log_in().accepted(portal.identity())
    wait_until(lambda: not one.send(portal.identity()).is_success, "the end of the log-in")
    assert time.monotonic() - began_s >= SESSION_VALID_S
    assert (401, "not_logged_in") == one.refused(portal.identity())
    one.log_in().accepted(portal.identity())


def test_a_service_that_does_not_answer_is_named(registrant):
    """502 after the patience of the profile (1 s), and the candidate may try again."""
    one = registrant(3304).register().submit_identity().log_in()
    began_s = time.monotonic()
    answer = one.send(portal.face_check(one.paper(PaperKind.SELFIE)))
    assert time.monotonic() - began_s >= 1
    assert (502, "provider_unavailable") == (answer.status_code, portal.problem_code(answer.json()))
    assert "人脸识别服务暂时不可用，请稍后再试" == answer.json()["detail"]
    assert one.get("/api/identity")["face_checked_at"] is None


def test_whom_the_portal_has_no_room_for_is_sent_away(registrant):
    """One is served, one waits, and the others read at once that the portal is busy."""
    one = registrant(3305).register().submit_identity().log_in()
    slow = portal.face_check(one.paper(PaperKind.SELFIE))
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: one.send(slow), range(6)))
    busy = [answer for answer in answers if answer.status_code == 503]
    assert [502, 502, 503, 503, 503, 503] == sorted(answer.status_code for answer in answers)
    for answer in busy:
        assert ("busy", "系统繁忙，请稍后再试") == (portal.problem_code(answer.json()), answer.json()["detail"])
        assert 4 <= int(answer.headers["retry-after"]) <= 12
    one.log_in().accepted(portal.identity())  # there is room again
