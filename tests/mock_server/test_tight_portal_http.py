"""Limits that run out within a test: codes, log-ins, room for requests, and patience with an outside service."""

import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from registrant import wait_until
from single_requests import loopback

from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.sampler import read_resources
from scenarios.stack_start import running_stack

CODE_VALID_S = 1.0
SESSION_VALID_S = 3.0
LOGIN_ATTEMPTS, LOGIN_WAIT_S = 3, 2.0
SMS_A_DAY = 4
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
        limits={
            "sms_code_valid_s": CODE_VALID_S,
            "sms_resend_s": 0.0,
            "sms_a_day": SMS_A_DAY,
            "session_valid_s": SESSION_VALID_S,
            "login_attempts": LOGIN_ATTEMPTS,
            "login_wait_s": LOGIN_WAIT_S,
        },
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


def wrong_password(one):
    """Give the log-in of somebody who guesses."""
    request = portal.log_in(one.person)
    return request._replace(json=request.json | {"password": "not the password"})


def hashes(stack):
    """Give how many passwords the portal has hashed."""
    time.sleep(0.2)  # the metrics take over what happened every 50 ms
    return read_resources(loopback.get(f"{stack.address}/metrics").text)["password_hash"]["completions"]


def test_who_guesses_passwords_has_to_wait(registrant, stack):
    """After 3 wrong ones here even the right one is refused, without a hash, until the time is over; others log in."""
    one, other = registrant(3306).register(), registrant(3307).register()
    began_s = time.monotonic()
    assert [(401, "login_wrong")] * LOGIN_ATTEMPTS == [one.refused(wrong_password(one)) for _ in range(LOGIN_ATTEMPTS)]
    before = hashes(stack)
    answers = [one.send(request) for request in (wrong_password(one), portal.log_in(one.person))]
    assert [429, 429] == [answer.status_code for answer in answers]
    assert "密码错误次数过多，请 1 分钟后再试" == answers[1].json()["detail"]
    assert before == hashes(stack)
    other.log_in()
    wait_until(lambda: one.send(portal.log_in(one.person)).is_success, "the end of the wait")
    assert time.monotonic() - began_s >= LOGIN_WAIT_S
    assert (401, "login_wrong") == one.refused(wrong_password(one))  # and they are counted anew


def test_numbers_without_an_account_have_to_wait_too(registrant):
    """Nobody learns from the wait who has registered."""
    one = registrant(3308)
    for _ in range(LOGIN_ATTEMPTS):
        assert (401, "login_wrong") == one.refused(wrong_password(one))
    assert (429, "login_attempts") == one.refused(wrong_password(one))


def test_a_right_password_ends_the_count(registrant):
    """Who mistypes now and then never has to wait."""
    one = registrant(3309).register()
    for _ in range(2):
        for _ in range(LOGIN_ATTEMPTS - 1):
            assert (401, "login_wrong") == one.refused(wrong_password(one))
        one.log_in()


def test_what_is_nobodys_is_not_hashed(registrant, stack):
    """An ID number that cannot be, or a password of a megabyte: refused as wrong, and no work for the portal."""
    one = registrant(3310)
    before = hashes(stack)
    request = portal.log_in(one.person)
    for changes in ({"id_number": "110105194912310021"}, {"password": "x" * 1_000_000}, {"password": "short"}):
        assert (401, "login_wrong") == one.refused(request._replace(json=request.json | changes))
    assert before == hashes(stack)


def test_a_phone_gets_so_many_codes_a_day(registrant):
    """Rule 1: nobody's phone is flooded, and nobody guesses codes all day; an account that is opened ends the count."""
    one, other = registrant(3311), registrant(3312)
    for _ in range(SMS_A_DAY):
        one.sms_code()
    answer = one.send(portal.sms_code(one.person.mobile))
    assert (429, "sms_too_many") == (answer.status_code, problem_code(answer.json()))
    assert "该手机号 24 小时内获取验证码已达 4 次，请稍后再试" == answer.json()["detail"]
    assert SMS_A_DAY == len(one.texts())
    for _ in range(SMS_A_DAY - 1):
        other.sms_code()
    other.register()
    other.sms_code()


def test_a_service_that_does_not_answer_is_named(registrant):
    """502 after the patience of the profile (1 s), and the candidate may try again."""
    one = registrant(3304).register().submit_identity().log_in()
    began_s = time.monotonic()
    answer = one.send(portal.face_check(one.paper(PaperKind.SELFIE)))
    assert time.monotonic() - began_s >= 1
    assert (502, "provider_unavailable") == (answer.status_code, problem_code(answer.json()))
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
        assert ("busy", "系统繁忙，请稍后再试") == (problem_code(answer.json()), answer.json()["detail"])
        assert 4 <= int(answer.headers["retry-after"]) <= 12
    one.log_in().accepted(portal.identity())  # there is room again
