"""Rules 23 and 24 on a real server: admission ticket, results, certificate, and what is retained for the next year."""

from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count

import msgspec
import pytest
from pypdf import PdfReader
from registrant import (
    DAY,
    MANY,
    SEED,
    Registrant,
    number_with_decision,
    pay_at_gateway,
    set_portal_clock,
    wait_until,
)
from single_requests import loopback

from fakes.candidates import Candidate
from mock_server.exam import drawn_scores, drawn_seat, passed_subjects, ticket_number
from mock_server.life import Event
from mock_server.rules import LEVEL_NAMES, PROVINCES, SUBJECTS, Level
from mock_server.settings import Limits
from scenarios.json_portal import problem_code
from scenarios.portal import Request
from scenarios.stack_start import running_stack
from scenarios.window import Window

LIMITS = Limits()
NEXT_YEAR = Window(
    opening=datetime.fromisoformat("2026-03-09T09:00:00+08:00"),
    closing=datetime.fromisoformat("2026-04-07T17:00:00+08:00"),
    exam_dates=(date(2026, 5, 23), date(2026, 5, 24)),
)


def passes(number, subjects=None, year=2025):
    """Give what a candidate passes of these subjects (all of the level), None for who is absent."""
    person = Candidate(SEED, MANY + number)
    subjects = subjects or list(SUBJECTS[Level(person.level)])
    scores = drawn_scores(SEED, year, person.id_number, subjects, LIMITS)
    return None if None in scores else passed_subjects(subjects, scores, LIMITS)


def number_who(does, first_number):
    """Give the first number, from `first_number` up, of a candidate who is approved at once and of whom this holds."""
    numbers = (n for n in count(first_number) if n == number_with_decision(Event.APPROVE, n))
    return next(number for number in numbers if does(number))


def passes_all(number):
    """Say whether a candidate passes all subjects of the level, more than one."""
    level = Candidate(SEED, MANY + number).level
    return level != "senior" and set(SUBJECTS[Level(level)]) == set(passes(number) or ())


def passes_the_rest_a_year_later(number):
    """Say whether an intermediate candidate passes some subjects this year, and the others in the next."""
    first = passes(number)
    if Candidate(SEED, MANY + number).level != "intermediate" or not first or len(first) == 3:
        return False
    rest = [code for code in SUBJECTS[Level.INTERMEDIATE] if code not in first]
    return rest == passes(number, rest, 2026)


@pytest.fixture
def paid(approved):
    """Bring the first candidate, from a number up, whom the reviewer approves as far as the payment, and it is paid."""

    def pay(first_number):
        one = approved(first_number)
        pay_at_gateway(one.accepted(one.payment("key")))
        one.wait_for_state("paid")
        return one

    return pay


@pytest.fixture
def at(turn):
    """Turn the portal's clock to a second after the opening, plus some."""
    return lambda seconds, plus_s=0.0: turn(timedelta(seconds=seconds + plus_s))


def page(one, name):
    """Give the request for a page of the application."""
    return Request("", "GET", f"/api/applications/{one.application_id}/{name}")


def pdf_text(answer):
    """Give the words of a PDF of one page."""
    assert (200, "application/pdf") == (answer.status_code, answer.headers["content-type"])
    assert "attachment" in answer.headers["content-disposition"]
    (sheet,) = PdfReader(BytesIO(answer.content)).pages
    return sheet.extract_text()


def said(one, name):
    """Give code and words of a refusal."""
    answer = one.send(page(one, name))
    return answer.status_code, problem_code(answer.json()), answer.json()["detail"]


def test_the_admission_ticket_names_person_place_and_time(paid, registrant, at, scenario):
    """Rule 23: from a week before the exam until the last exam day has ended; made anew, and the same each time."""
    other = registrant(4099).register()
    one, window = paid(4000), scenario.window
    at(window.tickets_s, -30)
    assert (403, "admission_ticket_not_open", "准考证尚未开放，开放时间：2025-05-17 09:00") == said(
        one, "admission-ticket"
    )
    at(window.tickets_s)
    answer = one.send(page(one, "admission-ticket"))
    text = pdf_text(answer)
    status = one.status
    level = Level(status["level"])
    seat = drawn_seat(SEED, status["filing_number"], LIMITS)
    for words in (
        one.person.name,
        one.person.id_number,
        status["filing_number"],
        ticket_number(status["filing_number"], level),
        LEVEL_NAMES[level],
        *(SUBJECTS[level][code] for code in status["subjects"]),
        f"{PROVINCES[status['province']]}第 {seat.site} 考点",
        f"第 {seat.room} 考场 {seat.seat:02d} 号",
        "2025年05月24日 至 05月25日",
    ):
        assert words in text
    assert answer.content == one.send(page(one, "admission-ticket")).content
    assert (404, "application_not_found") == other.refused(page(one, "admission-ticket"))
    at(window.exam_end_s, -30)
    assert one.send(page(one, "admission-ticket")).is_success
    at(window.exam_end_s)
    assert (403, "admission_ticket_over", "准考证打印已结束：考试已于 2025-05-25 17:00 结束") == said(
        one, "admission-ticket"
    )


def test_who_has_not_paid_takes_no_exam(approved, at, scenario):
    """Rules 23 and 24: neither ticket nor results nor certificate, and the words say why."""
    one = approved(4100)
    at(scenario.window.tickets_s)
    assert (409, "admission_ticket_not_paid", "缴费完成后才能打印准考证（当前状态：视为自动放弃）") == said(
        one, "admission-ticket"
    )
    at(scenario.window.certificates_s)
    for name in ("results", "certificate"):
        assert (409, "results_none", "没有本次考试的成绩：未完成缴费（当前状态：视为自动放弃）") == said(one, name)


def test_a_pass_in_all_subjects_gives_a_certificate(paid, at, scenario, stack):
    """Rule 24: results two months after the exam, the certificate from its own day on; the census counts both then."""
    one, window = paid(number_who(passes_all, 4200)), scenario.window
    at(window.results_s, -30)
    not_yet = (403, "results_not_published", "成绩尚未公布，公布时间：2025-07-25 10:00")
    assert [not_yet, not_yet] == [said(one, name) for name in ("results", "certificate")]
    assert (0, 0) == (census(stack)["results"], census(stack)["certificates"])
    at(window.results_s)
    found = one.accepted(page(one, "results"))
    scores = drawn_scores(SEED, 2025, one.person.id_number, one.status["subjects"], LIMITS)
    assert scores == [it["score"] for it in found["subjects"]]
    assert (True, 60, "2025-08-24T10:00:00+08:00") == (found["passed"], found["pass_score"], found["certificate_from"])
    assert {(True, False, None)} == {(it["passed"], it["absent"], it["retained_until"]) for it in found["subjects"]}
    assert (403, "certificate_not_issued", "证书尚未发放，发放时间：2025-08-24 10:00") == said(one, "certificate")
    wait_until(lambda: census(stack)["results"] == census(stack)["applications"]["paid"], "all results")
    at(window.certificates_s)
    text = pdf_text(one.send(page(one, "certificate")))
    for words in (one.person.name, one.person.id_number, LEVEL_NAMES[Level(found["level"])], "2025年08月24日"):
        assert words in text
    assert census(stack)["certificates"] >= 1


def test_who_did_not_come_has_no_scores(paid, at, scenario):
    """Rule 24: absent, in all subjects; no certificate, and the words say so."""
    one = paid(number_who(lambda number: passes(number) is None, 4300))
    at(scenario.window.certificates_s)
    found = one.accepted(page(one, "results"))
    assert {(None, True, False, None)} == {
        (it["score"], it["absent"], it["passed"], it["retained_until"]) for it in found["subjects"]
    }
    assert (False, None) == (found["passed"], found["certificate_from"])
    assert (409, "certificate_not_earned", "科目未全部合格，没有证书") == said(one, "certificate")


def test_a_pass_is_retained_for_the_next_year(paid, at, scenario, bank, tmp_path):
    """Rules 22 and 24: some subjects passed this year, the others in the next: together they make the certificate."""
    number = number_who(passes_the_rest_a_year_later, 4400)
    one = paid(number)
    at(scenario.window.certificates_s)
    found = one.accepted(page(one, "results"))
    retained = [it for it in found["subjects"] if it["passed"]]
    assert {"2026-05-25T23:00:00+08:00"} == {it["retained_until"] for it in retained}
    assert (409, "certificate_not_earned") == one.refused(page(one, "certificate"))
    rest = [it["subject"] for it in found["subjects"] if not it["passed"]]
    next_year = msgspec.structs.replace(scenario, window=NEXT_YEAR)
    with running_stack(next_year, tmp_path) as stack:
        set_portal_clock(stack, NEXT_YEAR.opening + timedelta(hours=1))
        control = stack.control()
        control.set_past_passes(
            [
                {"id_number": one.person.id_number, "subject": it["subject"], "passed_on": "2025-05-25T17:00:00+08:00"}
                for it in retained
            ]
        )
        control.close()
        again = Registrant(stack, bank, number).identified()
        assert ["subjects"] == list(again.field_messages(again.application()))  # all of them: some too many
        again.apply(subjects=rest).file()
        set_portal_clock(stack, NEXT_YEAR.opening + 4 * DAY)
        again.wait_for_state("approved")
        pay_at_gateway(again.accepted(again.payment("key")))
        again.wait_for_state("paid")
        set_portal_clock(stack, NEXT_YEAR.opening + timedelta(seconds=NEXT_YEAR.certificates_s))
        assert rest == [it["subject"] for it in again.accepted(page(again, "results"))["subjects"]]
        assert again.accepted(page(again, "results"))["passed"]
        assert one.person.name in pdf_text(again.send(page(again, "certificate")))
        again.http.close()


def census(stack):
    """Give the census."""
    token = {"Authorization": f"Bearer {stack.control_token}"}
    return loopback.get(f"{stack.address}/control/census", headers=token).raise_for_status().json()


def test_the_census_counts_what_happens(paid, registrant, stack):
    """Every book is counted; no token, no census."""
    before = census(stack)
    one = paid(4500)
    one.post(f"/api/applications/{one.application_id}/invoices", {"email": one.person.email})
    registrant(4599).register()
    after = census(stack)

    def more(name):
        return after[name] - before[name]

    assert (2, 1, 0) == (more("accounts"), more("filings"), more("lapsed"))
    assert 1 == after["applications"]["paid"] - before["applications"].get("paid", 0)
    assert 1 == after["orders"]["paid"] - before["orders"].get("paid", 0)

    def moves(found):
        return {(it["event"], it["from_state"], it["to_state"]): it["count"] for it in found["moves"]}

    for move in (
        ("submit", "draft", "under_review"),
        ("approve", "under_review", "approved"),
        ("pay", "approved", "paid"),
    ):
        assert 1 == moves(after)[move] - moves(before).get(move, 0)
    assert 401 == loopback.get(f"{stack.address}/control/census").status_code


def test_the_api_document_knows_the_exam(stack):
    """OpenAPI: a PDF, and JSON with its fields."""
    document = loopback.get(f"{stack.address}/schema/openapi.json").json()
    base = "/api/applications/{application_id}/"
    for name, kind in (
        ("admission-ticket", "application/pdf"),
        ("results", "application/json"),
        ("certificate", "application/pdf"),
    ):
        assert [kind] == list(document["paths"][base + name]["get"]["responses"]["200"]["content"])
    assert "retained_until" in document["components"]["schemas"]["SubjectResult"]["properties"]
