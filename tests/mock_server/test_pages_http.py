"""The pages over plain HTTP: who gets in where, and what a form that is not theirs does."""

from datetime import timedelta

import pytest
from registrant import book
from single_requests import loopback

from fakes.papers import Flaw
from mock_server.pages.cookies import staff_pass
from scenarios import mock_portal as portal
from scenarios.loopback_client import loopback_client

STAFF_PATHS = ["/exam-office", "/exam-office/1", "/exam-office/1/papers/id_front", "/control-page"]
STAFF_FORMS = ["clock", "profile", "faults", "past-passes", "reset", "audit"]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def visitor(stack):
    """Give a client that keeps cookies, as a browser does."""
    with loopback_client(base_url=stack.address, timeout=30) as client:
        yield client


@pytest.fixture
def reviewer(stack, visitor):
    """Give a client that has typed in the control token."""
    answer = visitor.post("/staff", data={"token": stack.control_token, "to": "exam-office"})
    assert (303, "/exam-office") == (answer.status_code, answer.headers["location"])
    return visitor


def log_in(visitor, one):
    """Log in at the page."""
    return visitor.post("/log-in", data={"id_number": one.person.id_number, "password": one.person.password})


def test_a_code_that_is_refused_is_said_beside_its_field(visitor, turn):
    """Also what no field is to blame for: the page's script shows that part of the page alone anew."""
    turn(-timedelta(minutes=1))
    answer = visitor.post("/register/sms-code", data={"phone": "13800000000"})
    assert 200 != answer.status_code
    part = answer.text.partition('id="phone-and-code"')[2].partition("</div>\n</div>")[0]
    assert "报名尚未开始" in part


def test_pages_of_others_are_not_there(visitor, registrant):
    """404 and not 403, for every page and form that names an application; nothing of it moves."""
    one, other = registrant(71_000).identified().apply(), registrant(71_001).identified()
    one.file()
    assert 303 == log_in(visitor, other).status_code
    mine = f"/applications/{one.application_id}"
    for page in ("", "/form", "/payments/1"):
        assert 404 == visitor.get(mine + page).status_code, page
    steps = (
        "degree-check",
        "submission",
        "supplement",
        "withdrawal",
        "payments",
        "invoices",
        "payments/1/cancellation",
    )
    answers = {
        step: visitor.post(f"{mine}/{step}", data={"channel": "alipay", "email": "a@example.com"}) for step in steps
    }
    assert dict.fromkeys(steps, 404) == {step: answer.status_code for step, answer in answers.items()}
    assert 404 == visitor.post(f"{mine}/materials/work_proof", files={"file": ("a.pdf", b"%PDF-")}).status_code
    assert 404 == visitor.get("/invoices/1").status_code
    assert "under_review" == one.state


def test_a_log_in_is_a_cookie_that_only_pages_read(visitor, registrant):
    """HttpOnly and SameSite=Strict; the JSON interface does not know it; logging out ends it."""
    one = registrant(71_010).register()
    cookie = log_in(visitor, one).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))
    assert 200 == visitor.get("/identity").status_code
    assert 401 == visitor.get("/api/identity").status_code
    kept = dict(visitor.cookies)
    visitor.post("/log-out")
    assert (
        "/log-in" == visitor.get("/identity", headers={"Cookie": f"candidate={kept['candidate']}"}).headers["location"]
    )


def test_a_page_runs_own_scripts_alone(visitor):
    """The home page too; and no page is kept by a cache, or by another page's frame."""
    for path in ("/", "/log-in", "/support/999"):
        policy = visitor.get(path).headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_forms_of_other_pages_are_refused(stack, visitor, registrant):
    """A browser says where a form comes from; other ports of this machine are of the same site, and not the portal."""
    one = registrant(71_020).register()
    log_in(visitor, one)
    for origin in ("http://127.0.0.1:1", "null", "https://example.com"):
        assert 403 == visitor.post("/log-out", headers={"Origin": origin}).status_code
    assert 303 == visitor.post("/log-out", headers={"Origin": stack.address}).status_code


def test_staff_pages_are_closed_without_the_token(stack, visitor):
    """Wrong tokens are refused; the token itself in the cookie is not what opens the pages."""
    for pass_ in ("", "x", stack.control_token, staff_pass("another")):
        cookies = {"Cookie": f"staff={pass_}"}
        for path in STAFF_PATHS:
            answer = visitor.get(path, headers=cookies)
            assert 303 == answer.status_code
            assert answer.headers["location"].startswith("/staff?to=")
        for form in STAFF_FORMS:
            assert 303 == visitor.post(f"/control-page/{form}", headers=cookies).status_code
        assert 303 == visitor.post("/exam-office/1", data={"verdict": "approve"}, headers=cookies).status_code
    for token in ("", "x", stack.control_token[:-1], f"{stack.control_token}x", "签"):
        answer = visitor.post("/staff", data={"token": token})
        assert (401, None) == (answer.status_code, answer.headers.get("set-cookie"))


@pytest.mark.parametrize("to", ["//example.com", "https://example.com", "../..", "staff"])
def test_the_staffs_door_leads_to_their_pages_alone(stack, visitor, to):
    """No open redirect."""
    assert "/exam-office" == visitor.post("/staff", data={"token": stack.control_token, "to": to}).headers["location"]


def test_a_cashier_leads_back_to_this_machine_alone(stack, approved):
    """What a link says of where to go back to is not believed."""
    one = approved(71_100)
    order = one.accepted(one.payment("key"))
    mine = f"{stack.address}/applications"
    for back, is_shown in ((mine, True), ("http://example.com/", False), ("javascript:alert(1)", False)):
        page = loopback.get(order["pay_url"], params={"back": back})
        assert is_shown == (f'href="{back}"' in page.text)
    pay = order["pay_url"].removesuffix("/pay") + "/payments-by-hand"
    assert 403 == loopback.post(pay, headers={"Origin": "http://example.com"}).status_code
    assert 303 == loopback.post(pay).status_code
    one.wait_for_state("paid")


def test_what_candidates_write_is_shown_as_text(visitor, reviewer, registrant):
    """In their own form, and at the exam office."""
    one = registrant(71_040).identified()
    one.apply(employer=SCRIPT, job_description=f'"{SCRIPT}')
    one.file()
    log_in(visitor, one)
    for path in (f"/applications/{one.application_id}/form", f"/exam-office/{one.application_id}"):
        page = reviewer.get(path)
        assert 200 == page.status_code
        assert SCRIPT not in page.text
        assert "&lt;script&gt;" in page.text


def test_a_decision_by_hand_is_a_move_like_any_other(reviewer, registrant):
    """By the state machine, into the same book; once; and not without the employer's stamp (rule 12)."""
    one, unstamped = registrant(71_050).identified().apply(), registrant(71_051).identified().apply(Flaw.MISSING_STAMP)
    one.file()
    unstamped.file()
    office = f"/exam-office/{one.application_id}"
    assert 422 == reviewer.post(office, data={"verdict": "reject"}).status_code
    assert 303 == reviewer.post(office, data={"verdict": "approve"}).status_code
    assert 409 == reviewer.post(office, data={"verdict": "reject", "note": "材料不符"}).status_code
    assert "approved" == one.state
    moves = [row["event"] for row in book(one.stack, "application_events", application_id=one.application_id)]
    assert ["submit", "approve"] == moves
    assert "审核通过" in one.texts()[0]
    refused = reviewer.post(f"/exam-office/{unstamped.application_id}", data={"verdict": "approve"})
    assert 409 == refused.status_code
    assert "工作证明缺少单位公章" in refused.text
    assert "全部" in reviewer.post("/control-page/audit").text


def test_papers_are_shown_to_the_exam_office_and_cannot_run(reviewer, registrant):
    """A photo to be looked at, a document to be saved, in a sandbox; another application's are not there."""
    one = registrant(71_060).identified().apply()
    one.file()
    office = f"/exam-office/{one.application_id}/papers"
    photo, document = reviewer.get(f"{office}/id_front"), reviewer.get(f"{office}/work_proof")
    assert ("image/jpeg", "inline") == (photo.headers["content-type"], photo.headers["content-disposition"])
    assert document.headers["content-disposition"].startswith("attachment")
    assert "sandbox" == photo.headers["content-security-policy"] == document.headers["content-security-policy"]
    assert 404 == reviewer.get(f"{office}/..%2f..%2fportal.json").status_code


def test_knobs_are_checked_before_they_are_turned(stack, reviewer):
    """Each with its bounds, beside its field; what is right takes effect."""
    control = stack.control()
    before = control.profile()
    flat = {name: value for name, value in before.items() if not isinstance(value, dict)}
    for outer, inner in before.items():
        if isinstance(inner, dict):
            flat |= {f"{outer}.{name}": value for name, value in inner.items()}
    form = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in flat.items()}
    refused = reviewer.post("/control-page/profile", data=form | {"image_threads": "65", "lines.sms": "x"})
    assert 422 == refused.status_code
    assert "请填写 1 至 64 的数字" in refused.text
    assert before == control.profile()
    assert 303 == reviewer.post("/control-page/profile", data=form).status_code
    assert before == control.profile()
    control.close()


def test_a_form_may_have_anything_in_it(visitor, registrant):
    """400 or 422 and a page, never 500: numbers that no column holds, letters where numbers belong, nothing at all."""
    one = registrant(71_070).identified()
    log_in(visitor, one)
    fields = portal.application(one.person, one.person.claim, one.person.degree, one.person.subjects).json
    for changes in (
        {"insured_months": "3000000000"}, {"work_years": "nan"}, {"work_years": "1e999"}, {"employer": "a\0b"},
        {"employed_since": "gestern"}, {"level": "professor"}, {"subjects": []},
    ):  # fmt: skip
        data = {name: value for name, value in (fields | changes).items() if value is not None}
        answer = visitor.post("/applications/new", data=data)
        assert answer.status_code in (400, 422), changes
        assert answer.headers["content-type"].startswith("text/html")
    assert 422 == visitor.post("/applications/new").status_code
    assert 422 == visitor.post("/identity/face-check").status_code  # no file


def test_no_page_is_in_the_document(visitor):
    """The interface is for programs; nobody's client is made from pages."""
    paths = visitor.get("/schema/openapi.json").json()["paths"]
    assert [] == [
        path for path in paths if not path.startswith(("/api", "/control/", "/healthz", "/readyz", "/metrics"))
    ]


def test_an_address_where_nothing_is(visitor):
    """A page for a browser that opens it, a problem document for a program."""
    page, problem = visitor.get("/nothing", headers={"Accept": "text/html"}), visitor.get("/nothing")
    assert (404, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "没有这个页面" in page.text
    assert (404, "application/problem+json") == (problem.status_code, problem.headers["content-type"])
    assert "/problems/not_found" == problem.json()["type"]


def test_who_must_queue_is_led_to_the_waiting_room(visitor, stack):
    """Where it is open: the page takes a number, and lets in who has one."""
    control = stack.control()
    before = control.profile()
    try:
        control.set_profile(before | {"protections": before["protections"] | {"places_inside": 1}})
        given = {"id_number": "11010519491231002X", "password": "long enough"}
        assert "/queue" == visitor.post("/log-in", data=given).headers["location"]
        page = visitor.get("/queue")
        assert "您的排队号" in page.text
    finally:
        control.set_profile(before)
        control.close()
