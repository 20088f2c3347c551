"""What the server did wrongly once: each test failed before its mistake was mended."""

import pytest
from registrant import DAY, MANY, SEED, number_with_decision, wait_until
from single_requests import loopback

from fakes.candidates import Candidate
from fakes.levels import SUBJECTS
from mock_server.life import Event
from scenarios import mock_portal as portal
from scenarios.loopback_client import loopback_client
from scenarios.portal import Request

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def may_take_two_levels(number):
    """Say whether a candidate may register for intermediate, and for junior too, and is approved at once."""
    person = Candidate(SEED, MANY + number)
    both = person.level == "intermediate" and person.degree.field == "social_work"
    return both and number == number_with_decision(Event.APPROVE, number)


def test_an_order_has_the_fee_of_the_application_as_it_stands(approved, turn):
    """Withdrawn with an order open, changed to another level and approved again: the order is over the new fee."""
    one = approved(next(number for number in range(3400, 3500) if may_take_two_levels(number)))
    assert 19500 == one.accepted(one.payment("key"))["amount_fen"]
    one.accepted(one.step("withdrawal"))
    one.accepted(one.change(level="junior", subjects=[subject.code for subject in SUBJECTS["junior"]]))
    one.file()
    turn(8.5 * DAY)
    one.wait_for_state("approved")
    assert 12000 == one.status["fee_fen"] == one.accepted(one.payment("another key"))["amount_fen"]


def test_full_width_digits_are_no_second_person(registrant):
    """Rules 1 and 2: the same ID number in full-width digits is refused, and so is such a phone."""
    one, other = registrant(3500).register(), registrant(3501)
    number = one.person.id_number
    same = number[:6] + number[6:10].translate(FULL_WIDTH) + number[10:]
    request = portal.account(one.person, other.person.mobile, other.sms_code())
    assert (422, "field_errors") == other.refused(request._replace(json=request.json | {"id_number": same}))
    assert (422, "field_errors") == other.refused(portal.sms_code("138" + "00138000".translate(FULL_WIDTH)))


def test_values_that_no_column_holds_are_the_candidates_mistake(registrant):
    """400 or 422, never 500."""
    one = registrant(3510).identified()
    for changes in ({"insured_months": 3_000_000_000}, {"work_years": 1e300}, {"employer": "a\0b"}):
        assert one.send(one.application(**changes)).status_code in (400, 422), changes


@pytest.mark.parametrize("path", ["applications/99999999999999999999", "support/unbindings/99999999999999999999"])
def test_numbers_that_no_column_holds_are_not_there(registrant, path):
    """400 or 404, never 500."""
    one = registrant(3520)
    if not path.startswith("support"):
        one.register()
    assert one.send(Request("", "GET", f"/api/{path}")).status_code in (400, 404)


def test_a_certificate_number_may_be_too_long(registrant):
    """The national record takes 64 letters: more are refused, with a message and not with 500."""
    one = registrant(3530).identified()
    answer = one.send(one.application(degree_certificate="1" * 65))
    if answer.is_success:
        answer = one.send(portal.degree_check(answer.json()["id"]))
    assert answer.status_code in (400, 422, 502)


def test_a_signature_of_other_letters_is_wrong(stack):
    """403, never 500."""
    form = {"order_no": "x", "amount_fen": "1", "status": "paid", "sign": "签"}
    answer = loopback.post(f"{stack.address}/api/payment-callbacks/alipay", data=form)
    assert 403 == answer.status_code


def test_a_supplement_that_nobody_asked_for_is_an_illegal_move(registrant):
    """Rule 17: nobody is told to upload a paper that the portal would not take."""
    one = registrant(3540).identified().apply()
    one.file()
    assert (409, "illegal_move") == one.refused(one.step("supplement"))


def test_a_body_that_is_no_json_is_malformed(registrant):
    """400 with a code and in Chinese, as every other refusal."""
    request = Request("", "POST", "/api/sessions", body=b"{", headers={"Content-Type": "application/json"})
    assert (400, "malformed_request") == registrant(3550).refused(request)


def test_a_field_that_is_missing_is_named(registrant):
    """The field itself, not `data`."""
    request = Request("", "POST", "/api/sessions", json={"password": "x"})
    assert ["id_number"] == list(registrant(3551).field_messages(request))


def test_patience_with_outside_services_is_a_knob(stack, registrant):
    """A profile that is set while the portal runs takes effect in all its parts, lines.timeout_s included."""
    one = registrant(3560)
    control = stack.control()
    profile = control.profile()
    control.close()
    hasty = profile | {"lines": profile["lines"] | {"timeout_s": 0.0001}}
    with loopback_client(headers={"Authorization": f"Bearer {stack.control_token}"}) as client:
        client.put(f"{stack.address}/control/profile", json=hasty).raise_for_status()
        phones = iter(f"1390000{number:04d}" for number in range(10_000))
        try:
            wait_until(lambda: one.send(portal.sms_code(next(phones))).status_code == 502, "the new patience")
        finally:
            client.put(f"{stack.address}/control/profile", json=profile).raise_for_status()
