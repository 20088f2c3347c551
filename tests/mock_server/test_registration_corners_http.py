"""Corners of rules 1 to 22 on a real server: what is refused with which words, and what the reviewer decides."""

from datetime import timedelta

import pytest
from registrant import DAY, MANY, SEED, book, number_with_decision, wait_until

from fakes.candidates import Candidate
from fakes.levels import SUBJECTS
from fakes.papers import PaperKind
from mock_server.life import Event
from mock_server.rules import PROVINCES
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.portal import Request


def test_an_id_number_is_registered_once(registrant):
    """Rule 1: another phone does not open a second account of the same person."""
    one, other = registrant(3000).register(), registrant(3001)
    again = portal.account(one.person, other.person.mobile, other.sms_code())
    assert (409, "id_number_registered") == other.refused(again)
    assert 1 == len(book(one.stack, "accounts", id_number=one.person.id_number))


@pytest.mark.parametrize("name", ["张", " 张 ", "张" * 31])
def test_names_have_2_to_30_letters(registrant, name):
    """Rule 1: spaces around a name do not count."""
    one = registrant(3002)
    request = portal.account(one.person, one.person.mobile, "000000")
    messages = one.field_messages(request._replace(json=request.json | {"name": name}))
    assert {"name": "姓名应为 2 至 30 个字"} == messages


def test_logging_out_ends_one_log_in(registrant):
    """The token is worth nothing any more; the log-in on another device goes on."""
    one = registrant(3003).register()
    elsewhere = dict(one.headers)
    one.log_in().accepted(Request("", "DELETE", "/api/sessions/current"))
    assert (401, "not_logged_in") == one.refused(portal.identity())
    one.headers = elsewhere
    one.accepted(portal.identity())


def test_support_unbinds_what_is_bound(registrant):
    """Rule 2: a phone without account, a call without reason, a ticket that nobody has."""
    one = registrant(3004)
    call = {"phone": one.person.mobile, "sms_code": one.sms_code(), "reason": "原机主的账号不是我的"}
    path = "/api/support/unbindings"
    assert {"reason": "请说明原因"} == one.field_messages(Request("", "POST", path, json=call | {"reason": " "}))
    assert (404, "phone_not_bound") == one.refused(Request("", "POST", path, json=call))
    assert (404, "ticket_not_found") == one.refused(Request("", "GET", f"{path}/999999"))


def test_the_face_check_comes_after_the_submission_and_once(registrant):
    """Rule 5: not before the identity is submitted, and not again."""
    one = registrant(3005).register()
    face_check = portal.face_check(one.paper(PaperKind.SELFIE))
    assert (409, "identity_not_submitted") == one.refused(face_check)
    one.submit_identity().pass_face_check()
    assert (409, "face_check_already_passed") == one.refused(face_check)


def test_the_catalogue(registrant):
    """Rules 6, 13 and 18: levels with their subjects and fees, provinces and which of them ask for insurance."""
    catalogue = registrant(3006).accepted(portal.catalogue())
    assert {"junior": 6000, "intermediate": 6500, "senior": 6500} == {
        level["code"]: level["fee_a_subject_fen"] for level in catalogue["levels"]
    }
    assert ["初级", "中级", "高级"] == [level["name"] for level in catalogue["levels"]]
    for level in catalogue["levels"]:
        expected = [{"code": subject.code, "name": subject.name} for subject in SUBJECTS[level["code"]]]
        assert expected == level["subjects"]
    provinces = {province["code"]: province for province in catalogue["provinces"]}
    assert (31, "北京") == (len(provinces), provinces["11"]["name"])
    assert {"11", "31"} == {code for code, province in provinces.items() if province["asks_for_insurance"]}


def test_what_the_form_lacks_is_named(registrant):
    """Rules 12 and 14: one message for each field, all at once."""
    one = registrant(3007).identified()
    empty = {
        "province": "00",
        "employer": " ",
        "job_description": "",
        "employed_since": "2025-03-11",  # the portal's today is 10 March
        "workplace_province": "",
        "degree_certificate": " ",
    }
    assert {
        "province": "请选择报考省份",
        "employer": "请填写工作单位",
        "job_description": "工作证明缺少岗位说明",
        "employed_since": "任职起始日期不能晚于今天",
        "workplace_province": "请选择工作单位所在省份",
        "degree_certificate": "请填写学历证书编号",
    } == one.field_messages(one.application(**empty))
    one.accepted(one.application(employed_since="2025-03-10"))


def test_one_registers_at_home_or_at_work(registrant):
    """Rule 14: by household that province and no other; by workplace the province that the form names."""
    one = registrant(3008).identified()
    home = one.person.household.province
    elsewhere = "11" if home != "11" else "31"
    at_home = {"basis": "household", "workplace_province": elsewhere}
    messages = one.field_messages(one.application(**at_home, province=elsewhere))
    assert {"province": f"按户籍报考应选择{PROVINCES[home]}"} == messages
    at_work = {"basis": "workplace", "workplace_province": elsewhere}
    messages = one.field_messages(one.application(**at_work, province=home))
    assert {"province": "按工作地报考应选择工作单位所在省份"} == messages
    one.application_id = portal.application_id(one.accepted(one.application(**at_home, province=home)))
    one.accepted(one.change(**at_work, province=elsewhere))


def test_another_certificate_is_checked_again(registrant):
    """Rule 10: a changed number has not been checked; the same number need not be checked again."""
    one = registrant(3009).identified().apply()
    one.accepted(one.change())
    assert one.status["degree_checked"]
    one.accepted(one.change(degree_certificate="100000000000000000"))
    assert not one.status["degree_checked"]
    assert (409, "degree_not_checked") == one.refused(portal.submission(one.application_id))
    assert (422, "degree_unknown") == one.refused(portal.degree_check(one.application_id))
    one.accepted(one.change())
    one.accepted(portal.degree_check(one.application_id))
    one.file()


def test_what_is_filed_is_not_edited(registrant):
    """Rule 21: neither form nor papers nor degree, until it is withdrawn; the page says how it stands, in Chinese."""
    one = registrant(3010).identified().apply()
    assert "填报中" == one.status["state_name"]
    one.file()
    assert "审核中" == one.status["state_name"]
    paper = one.material(PaperKind.WORK_PROOF)
    for request in (one.change(), paper, portal.degree_check(one.application_id)):
        answer = one.send(request)
        assert (409, "application_not_editable") == (answer.status_code, problem_code(answer.json()))
        assert "当前状态（审核中）不能修改" == answer.json()["detail"]
    assert "当前状态（审核中）不能进行此操作" == one.send(portal.submission(one.application_id)).json()["detail"]
    one.accepted(one.step("withdrawal"))
    assert ["已撤回"] == [line["state_name"] for line in one.accepted(portal.my_applications())]


def test_some_provinces_ask_for_months_of_insurance(registrant):
    """Rule 13: in Beijing six months and the paper; five are too few."""
    one = registrant(3011).identified()
    beijing = {"basis": "workplace", "province": "11", "workplace_province": "11"}
    one.apply(**beijing, insured_months=5)
    answer = one.send(portal.submission(one.application_id))
    assert (409, "insurance_too_short") == (answer.status_code, problem_code(answer.json()))
    assert "该省要求社保缴纳满 6 个月" == answer.json()["detail"]
    one.accepted(one.change(**beijing, insured_months=6))
    assert one.file().startswith("11-2025-")


def test_elsewhere_nobody_asks_for_months_of_insurance(registrant):
    """Rule 13: outside of those provinces the proof is optional."""
    one = registrant(3012).identified()
    one.apply(basis="workplace", province="44", workplace_province="44", insured_months=0)
    assert one.file().startswith("44-2025-")


def test_a_pass_of_more_than_a_year_ago_does_not_count(registrant, stack):
    """Rule 22: all subjects are taken again; a pass of 365 days ago counts."""
    number = next(n for n in range(3020, 3100) if Candidate(SEED, MANY + n).level == "junior")
    one = registrant(number).identified()
    first, second = (subject.code for subject in SUBJECTS["junior"])
    control = stack.control()
    control.set_past_passes(
        [
            {"id_number": one.person.id_number, "subject": first, "passed_on": "2024-03-09T09:00:00+08:00"},
            {"id_number": one.person.id_number, "subject": second, "passed_on": "2024-03-11T09:00:00+08:00"},
        ]
    )
    control.close()
    lacking = one.field_messages(one.application(subjects=[second]))
    assert {"subjects": "已合格并保留的科目不用再报：社会工作实务（初级）"} == lacking
    one.accepted(one.application(subjects=[first]))


def test_a_pass_that_is_told_again_has_its_new_date(registrant, stack):
    """Rule 22: passed two years ago and again last year: last year counts."""
    number = next(n for n in range(3040, 3100) if Candidate(SEED, MANY + n).level == "junior")
    one = registrant(number).identified()
    first, second = (subject.code for subject in SUBJECTS["junior"])
    control = stack.control()
    for passed_on in ("2023-05-28T09:00:00+08:00", "2024-05-26T09:00:00+08:00"):
        control.set_past_passes([{"id_number": one.person.id_number, "subject": first, "passed_on": passed_on}])
    control.close()
    one.accepted(one.application(subjects=[second]))


def test_a_form_of_wrong_types_is_malformed(registrant):
    """400 says which field has which fault."""
    one = registrant(3013).identified()
    for field, value in (
        ("level", "expert"),
        ("work_years", "seven"),
        ("subjects", "all"),
        ("employed_since", "today"),
    ):
        request = one.application(**{field: value})
        assert (400, "malformed_request") == one.refused(request)
        assert [field] == list(one.field_messages(request))
    (message,) = one.field_messages(Request("", "POST", "/api/applications", json={})).values()
    assert "level" in message


def test_a_draft_expires_at_the_close(registrant, turn, scenario):
    """Rule 15: the page says so at once, and the office writes it down."""
    one = registrant(3014).identified().apply()
    turn(timedelta(seconds=scenario.window.length_s + 1))
    assert "逾期不予受理" == one.status["state_name"]
    wait_until(lambda: book(one.stack, "applications", id=one.application_id, state="expired"))


def test_some_are_rejected(reviewed):
    """Rule 16: the candidate reads why, on the page and by SMS, and can neither change nor withdraw any more."""
    one = reviewed(Event.REJECT, 3100)
    assert ("rejected", "审核不通过") == (one.state, one.status["state_name"])
    assert "所报级别与材料不符" == one.status["reviewer_note"]
    wait_until(lambda: "【报名系统】审核不通过：所报级别与材料不符。" in one.texts(), "the SMS")
    assert (409, "application_not_editable") == one.refused(one.change())
    assert (409, "illegal_move") == one.refused(one.step("withdrawal"))
    assert (409, "illegal_move") == one.refused(one.payment("key"))


def test_a_supplement_needs_a_new_paper(reviewed, turn):
    """Rule 17: the SMS says what is asked for; without a better paper nothing goes back to review."""
    one = reviewed(Event.REQUEST_SUPPLEMENT, 3100)
    assert ("待补交材料", "degree_certificate") == (one.status["state_name"], one.status["supplement_paper"])
    wait_until(lambda: "【报名系统】请在 5 天内补交材料：学历证书不清晰，请补交。" in one.texts(), "the SMS")
    one.accepted(one.material(PaperKind.SOCIAL_INSURANCE))  # new, but not what the reviewer asked for
    answer = one.send(one.step("supplement"))
    assert (409, "supplement_empty") == (answer.status_code, problem_code(answer.json()))
    assert "请先重新上传需要补交的材料：学历证书" == answer.json()["detail"]
    assert "supplement_requested" == one.state
    one.accepted(one.material(PaperKind.DEGREE_CERTIFICATE))
    one.accepted(one.step("supplement"))
    assert one.status["supplement_paper"] is None
    turn(9.5 * DAY)
    one.wait_for_state("approved")  # who hands in better papers is approved


def test_filing_again_meets_the_same_reviewer(registrant, turn):
    """Rule 16: who withdraws and files again does not get around the supplement that the papers need."""
    one = registrant(number_with_decision(Event.REQUEST_SUPPLEMENT, 3170)).identified().apply()
    one.file()
    one.accepted(one.step("withdrawal"))
    one.accepted(one.change())
    one.file()
    turn(4 * DAY)
    one.wait_for_state("supplement_requested")


def test_without_a_supplement_the_application_is_closed(reviewed, turn):
    """Rule 17: the page says so at once, and the office writes it down."""
    one = reviewed(Event.REQUEST_SUPPLEMENT, 3150)
    turn(16 * DAY)
    assert "逾期关闭" == one.status["state_name"]
    wait_until(lambda: book(one.stack, "applications", id=one.application_id, state="closed"))


def test_a_clock_that_is_put_back_turns_no_order_round(registrant, turn):
    """What follows on something is not before it in the books, however the clock is put meanwhile."""
    one = registrant(3300).register()
    turn(timedelta(hours=6))
    one.submit_identity()
    turn(timedelta(hours=4))
    one.pass_face_check()
    turn(timedelta(hours=3))
    one.apply()
    turn(timedelta(hours=5))
    one.file()
    turn(timedelta(hours=2))
    one.accepted(one.step("withdrawal"))
    control = one.stack.control()
    broken = {it["name"]: it["examples"] for it in control.audit() if it["violations"]}
    control.close()
    assert {} == broken


def test_a_better_paper_is_one_also_by_a_clock_that_was_put_back(reviewed, turn):
    """The reviewer asked while the clock was ahead: what is uploaded afterwards comes after that."""
    one = reviewed(Event.REQUEST_SUPPLEMENT, 3310)
    turn(3 * DAY)
    one.accepted(one.material(PaperKind(one.status["supplement_paper"])))
    assert "under_review" == one.accepted(one.step("supplement"))["state"]
