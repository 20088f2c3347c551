"""Rules 1 to 22 on a real server: PostgreSQL, files and outside services included."""

import threading
from datetime import timedelta

from registrant import DAY, MANY, SEED, book, pay_at_gateway, wait_until

from fakes.candidates import Candidate
from fakes.papers import SCAN_KINDS, Flaw, PaperKind
from scenarios import mock_portal as portal
from scenarios.portal import Request


def test_from_registration_to_the_invoice(approved, turn):
    """One candidate goes the whole way: account, identity, application, filing, review, payment, e-invoice."""
    one = approved(100)
    assert any("审核通过" in text for text in one.texts())  # the result comes by SMS, rule 16
    order = one.accepted(one.payment("key-1"))
    assert order["amount_fen"] == one.status["fee_fen"]
    pay_at_gateway(order)
    one.wait_for_state("paid")
    assert "paid" == one.get(f"/api/payments/{order['order_no']}")["state"]
    invoice = one.post(f"/api/applications/{one.application_id}/invoices", {"email": one.person.email})
    path = f"/api/invoices/{invoice['id']}"
    assert (409, "invoice_not_ready") == one.refused(Request("", "GET", f"{path}/file"))
    turn(20 * DAY)
    wait_until(lambda: one.get(path)["issued_at"])
    answer = one.send(Request("", "GET", f"{path}/file"))
    assert "application/pdf" == answer.headers["content-type"]
    assert answer.content.startswith(b"%PDF-")


def test_a_work_proof_without_stamp_is_asked_for_again_and_then_approved(registrant, turn):
    """Rules 12 and 17: what is missing is named, and a supplement within 5 days goes back to review."""
    one = registrant(1).identified().apply(work_proof_flaw=Flaw.MISSING_STAMP)
    one.file()
    turn(4 * DAY)  # the review takes 3 working days at most
    one.wait_for_state("supplement_requested")
    assert "公章" in one.status["reviewer_note"]
    one.accepted(one.material(PaperKind.WORK_PROOF))
    one.accepted(one.step("supplement"))
    assert "under_review" == one.state
    turn(9.5 * DAY)
    one.wait_for_state("approved")


def test_a_supplement_after_five_days_is_too_late(registrant, turn):
    """Rule 17: the application is closed, whether or not the candidate comes back."""
    one = registrant(2).identified().apply(work_proof_flaw=Flaw.MISSING_STAMP)
    one.file()
    turn(4 * DAY)  # the review takes 3 working days at most
    one.wait_for_state("supplement_requested")
    turn(16 * DAY)
    assert (409, "supplement_lapsed") == one.refused(one.step("supplement"))
    one.wait_for_state("closed")


def test_the_window_opens_and_closes(registrant, turn, scenario):
    """Rule 15: nothing before the opening, nothing after the close."""
    one, late = registrant(3), registrant(4).identified().apply()
    turn(timedelta(seconds=-30))
    assert (403, "window_not_open") == one.refused(portal.sms_code(one.person.mobile))
    turn(timedelta(seconds=scenario.window.length_s + 1))
    assert (403, "window_closed") == one.refused(portal.sms_code(one.person.mobile))
    status, code = late.refused(portal.submission(late.application_id))
    assert (status, code) in {(403, "window_closed"), (409, "illegal_move")}  # refused at the bell, or expired by then
    late.wait_for_state("expired")


def test_withdrawal_and_change_until_the_close(registrant, turn, scenario):
    """Rule 21: withdrawn, changed and filed again under the same number; never after the close."""
    one = registrant(5).identified().apply()
    number = one.file()
    withdrawal = one.step("withdrawal")
    assert "withdrawn" == one.accepted(withdrawal)["state"]
    one.accepted(one.change())
    assert number == one.file()
    turn(timedelta(seconds=scenario.window.length_s + 1))
    assert (403, "change_after_close") == one.refused(withdrawal)


def test_the_face_check_has_48_hours(registrant, turn, stack):
    """Rule 5: later than that the account lapses, and ID number and phone are free for a new one."""
    one = registrant(6).register().submit_identity()
    turn(timedelta(hours=1 + 48, seconds=1))
    assert (403, "account_lapsed") == one.refused(portal.face_check(one.paper(PaperKind.SELFIE)))
    assert (403, "account_lapsed") == one.refused(portal.log_in(one.person))
    wait_until(lambda: book(stack, "accounts", id_number=one.person.id_number)[0]["lapsed_at"])
    again = registrant(6)
    again.accepted(portal.account(again.person, again.person.mobile, again.sms_code()))
    again.http.close()


def test_one_phone_one_account_until_support_unbinds_it(registrant, turn):
    """Rule 2: 手机号重复绑定; support frees the phone from the old account."""
    old, new = registrant(7).register(), registrant(8)
    phone = old.person.mobile
    stolen = portal.account(new.person, phone, "")
    code = _fresh_code(new, phone)
    assert (409, "phone_already_bound") == new.refused(
        stolen._replace(json={**stolen.json, "phone": phone, "sms_code": code})
    )
    unbinding = {"phone": phone, "sms_code": code, "reason": "原机主的账号不是我的"}
    ticket = new.post("/api/support/unbindings", unbinding)
    assert ticket == new.post("/api/support/unbindings", unbinding)  # who did not hear the answer asks again
    turn(2 * DAY)
    wait_until(lambda: new.get(f"/api/support/unbindings/{ticket['ticket_id']}")["done_at"])
    new.accepted(stolen._replace(json={**stolen.json, "phone": phone, "sms_code": code}))


def _fresh_code(one, phone):
    """Give the phone's last code; the portal may find that a new one is asked for too soon."""
    one.send(portal.sms_code(phone))
    return portal.sms_text_code(one.texts(phone)[0])


def test_field_messages(registrant):
    """Rules 1 and 4: a clear message for each field."""
    one = registrant(9)
    request = portal.account(one.person, "12345", "000000")
    wrong = {"name": "张", "id_number": "110105194912310021", "password": "short"}
    request = request._replace(json=request.json | wrong)
    assert (422, "field_errors") == one.refused(request)
    assert {
        "name": "姓名应为 2 至 30 个字",
        "id_number": "身份证号码校验位不正确",
        "phone": "手机号应为 11 位数字，以 13 至 19 开头",
        "password": "密码应为 8 至 64 位",
    } == one.field_messages(request)
    one.register()
    addresses = portal.addresses(one.person)
    document = {**addresses.json, "residence": {"province": "00", "city": "", "detail": ""}}
    assert {"residence": "请选择省份"} == one.field_messages(addresses._replace(json=document))


def test_steps_out_of_order_are_refused(registrant):
    """409 for what the state does not allow yet, or no more."""
    one = registrant(10).register()
    assert (409, "identity_incomplete") == one.refused(portal.identity_submission())
    assert (409, "identity_not_verified") == one.refused(one.application())
    one.submit_identity()
    assert (409, "identity_already_submitted") == one.refused(one.scan(SCAN_KINDS[0]))
    one.pass_face_check()
    one.application_id = portal.application_id(one.accepted(one.application()))
    assert (409, "degree_not_checked") == one.refused(portal.submission(one.application_id))
    one.accepted(portal.degree_check(one.application_id))
    assert (409, "materials_missing") == one.refused(portal.submission(one.application_id))
    assert (409, "application_exists") == one.refused(one.application())
    assert (409, "illegal_move") == one.refused(one.payment("key"))


def test_who_is_not_eligible_or_unknown_to_the_record_is_refused(registrant):
    """Rules 7 to 10."""
    one = registrant(11).identified()
    unfit = {"level": "senior", "subjects": ["senior_practice"], "earlier_certificate": None}
    assert (422, "not_eligible") == one.refused(one.application(**unfit))
    forged = one.accepted(one.application(degree_certificate="100000000000000000"))
    assert (422, "degree_unknown") == one.refused(portal.degree_check(forged["id"]))


def test_the_applications_of_others_are_not_there(registrant):
    """404, not 403: nobody learns what exists."""
    one, other = registrant(12).identified().apply(), registrant(13).register()
    assert (404, "application_not_found") == other.refused(portal.status(one.application_id))
    assert (404, "application_not_found") == other.refused(portal.submission(one.application_id))


def test_filing_numbers_are_unique_and_gapless_by_province(registrant, stack):
    """Rule 15: many file at the same moment, and no number is given twice or left out."""
    several = [registrant(number).identified().apply() for number in range(20, 28)]
    threads = [threading.Thread(target=one.file) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences: dict[str, list[int]] = {}
    for row in book(stack, "filings"):
        sequences.setdefault(row["province"], []).append(row["sequence"])
    assert len(several) <= sum(map(len, sequences.values()))
    for province, found in sequences.items():
        assert list(range(1, len(found) + 1)) == sorted(found), province


def test_wrong_codes_and_passwords(registrant):
    """A wrong code, a code too soon, a wrong password: each says so."""
    one = registrant(30)
    code = one.sms_code()
    assert (429, "sms_too_soon") == one.refused(portal.sms_code(one.person.mobile))
    wrong = "000000" if code != "000000" else "111111"
    assert (422, "sms_code_wrong") == one.refused(portal.account(one.person, one.person.mobile, wrong))
    one.accepted(portal.account(one.person, one.person.mobile, code))
    login = portal.log_in(one.person)
    assert (401, "login_wrong") == one.refused(login._replace(json={**login.json, "password": "not the password"}))
    assert (401, "not_logged_in") == one.refused(portal.identity())


def test_retained_subjects(registrant, stack):
    """Rule 22: who passed one subject last year registers for the others alone."""
    number = next(n for n in range(1000, 2000) if Candidate(SEED, MANY + n).retained_subjects)
    one = registrant(number).identified()
    subject = one.person.retained_subjects[0].code
    person = one.person
    the_others = portal.application(person, person.claim, person.degree, person.subjects)
    assert (422, "field_errors") == one.refused(the_others)  # the portal does not know of the pass yet
    control = stack.control()
    control.set_past_passes(
        [{"id_number": one.person.id_number, "subject": subject, "passed_on": "2024-05-26T09:00:00+08:00"}]
    )
    control.close()
    assert (422, "field_errors") == one.refused(one.application())  # all subjects: one too many
    one.accepted(the_others)
