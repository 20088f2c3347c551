"""Filling the books over HTTP, and the audit of a real database: every query sees the violation that it is for."""

import asyncio
import time
from itertools import chain
from pathlib import Path

import asyncpg
import msgspec
import pytest
from registrant import settings_of
from single_requests import loopback

from mock_server.audit import RULES, find_violations, limits_of_rules
from mock_server.bulk_loading import BOOKS
from mock_server.database import create_schema
from mock_server.settings import Settings
from mock_server.uploads import Uploads
from scenarios.json_portal import problem_code
from scenarios.scenario import with_overrides
from scenarios.seeding import audit_portal, seed_portal
from scenarios.stack_start import running_stack

POPULATION = 1500
DONE = {"portal_time": "2025-04-08T16:45:00+08:00"}
AT_MOST_A_LOOK_S = 1.5
"""The offices look every second."""


@pytest.fixture(scope="module")
def stack(scenario, bank, tmp_path_factory):
    """Give a portal that is filled to a quarter of an hour before the close."""
    it = with_overrides(scenario, population=POPULATION)
    with running_stack(it, tmp_path_factory.mktemp("logs")) as running:
        control = running.control()
        seed_portal(control, it, it.window.length_s - 900, lambda _: None, bank=bank)
        control.close()
        yield running


@pytest.fixture(scope="module")
def database(stack):
    """Give the URL of the portal's database."""
    postmaster = Path(settings_of(stack)["data_folder"]) / "database" / "postmaster.pid"
    port, socket_folder = postmaster.read_text().splitlines()[3:5]
    return f"postgresql://postgres:@/postgres?host={socket_folder}&port={port}"


def tell(database, *statements, fetch="select 1"):
    """Carry out statements; give the rows of the last one."""

    async def telling():
        connection = await asyncpg.connect(database)
        try:
            for statement in statements:
                await connection.execute(statement)
            return [tuple(row) for row in await connection.fetch(fetch)]
        finally:
            await connection.close()

    return asyncio.run(telling())


def send(stack, method, path, **what):
    """Send a request to the control endpoints."""
    token = {"Authorization": f"Bearer {stack.control_token}"}
    url = f"{stack.address}/control{path}"
    return loopback.request(method, url, headers=token, timeout=60, **what)


def refused(stack, method, path, **what):
    """Send a request that is refused; give what the answer says."""
    answer = send(stack, method, path, **what)
    assert (422, "control_value_wrong") == (answer.status_code, problem_code(answer.json()))
    return answer.json()["detail"]


STRUCTURE = """
    select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) as told from pg_constraint
    union all select pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any (array(select oid from pg_class where relnamespace = 'public'::regnamespace))
    order by told
"""

BREAKERS = {
    "phones_with_two_accounts": [
        "drop index account_phone",
        "update account set phone = (select min(phone) from account) where id in (1, 2, 3) and lapsed_at is null",
    ],
    "people_with_two_accounts": [
        "drop index account_id_number",
        "update account set id_number = (select min(id_number) from account) where id < 4 and lapsed_at is null",
    ],
    "submitted_without_scans": ["delete from identity_scan where account_id = 1 and side = 'back'"],
    "submitted_without_addresses": ["delete from address where account_id = 1"],
    "face_checks_out_of_time": [
        "update account set face_checked_at = submitted_at + interval '49 hours' where face_checked_at is not null"
    ],
    "lapsed_too_early": [
        "update account set lapsed_at = submitted_at + interval '47 hours' where lapsed_at is not null"
    ],
    "applied_without_face_check": [
        "update account set face_checked_at = null where id = (select min(account_id) from application)"
    ],
    "filed_without_degree_check": ["update application set degree_known_at = null where state = 'paid'"],
    "filed_without_papers": ["delete from material where paper = 'work_proof' and application_id = 1"],
    "approved_without_stamp": ["update material set has_stamp = false where paper = 'work_proof'"],
    "filed_with_too_little_insurance": ["update application set insured_months = 5"],
    "registered_elsewhere": ["update application set workplace_province = '54' where workplace_province = '44'"],
    "filing_numbers_with_gaps": [
        "delete from filing where sequence = 1 and province = (select max(province) from filing where sequence > 1)"
    ],
    "filing_numbers_twice": [
        "alter table filing drop constraint filing_number_key",
        "update filing set number = (select min(number) from filing)",
    ],
    "filing_numbers_miswritten": ["update filing set number = number || '0' where sequence = 1"],
    "applications_without_their_number": ["update application set filing_number = null where state = 'paid'"],
    "filed_outside_the_window": ["update filing set filed_at = filed_at + interval '60 days' where sequence = 1"],
    "moved_outside_the_window": ["update application_event set at = at + interval '60 days' where event = 'submit'"],
    "moves_that_do_not_exist": ["update application_event set to_state = 'paid' where event = 'approve'"],
    "moves_that_do_not_follow": ["update application_event set at = at - interval '1 year' where event = 'pay'"],
    "states_without_their_moves": ["delete from application_event where event = 'pay'"],
    "reviews_miscounted": ["update application set review_round = 3 where state = 'paid'"],
    "deadlines_out_of_place": ["update application set due_at = null where state = 'approved'"],
    "decisions_out_of_place": ["update application set decision_at = null where state = 'under_review'"],
    "supplemented_too_late": ["update application_event set at = at + interval '5 days' where event = 'supplement'"],
    "paid_too_late": ["update application_event set at = at + interval '7 days' where event = 'pay'"],
    "payments_out_of_place": ["update payment_order set state = 'cancelled'"],
    "wrong_fees": ["update payment_order set amount_fen = amount_fen + 1"],
    "invoices_without_payment": ["update payment_order set state = 'cancelled'"],
    "invoices_badly_issued": ["update invoice set file = null where issued_at is not null"],
    "retained_subjects_taken_again": [
        "insert into past_pass select a.id_number, p.subjects[1], p.submitted_at - interval '300 days' "
        "from application p join account a on a.id = p.account_id where p.state = 'paid' "
        "on conflict (id_number, subject) do nothing"
    ],
    "results_out_of_place": ["update application set scores = '{59}' where state = 'given_up'"],
}
"""How to break each rule, rows that are right before."""


def test_every_rule_of_the_audit_is_broken_below():
    """No query goes untested."""
    assert set(RULES) == set(BREAKERS)


@pytest.mark.parametrize("rule", RULES)
def test_the_audit_finds(rule, stack, database):
    """Each query finds nothing in books that are right, and what was broken in broken ones."""
    settings = msgspec.convert(settings_of(stack), Settings, dec_hook=lambda kind, value: kind(value), strict=False)
    given = limits_of_rules(settings.limits, settings.window)

    async def breaking():
        connection = await asyncpg.connect(database)
        whole = connection.transaction()
        try:
            await whole.start()
            before = await find_violations(connection, rule, given)
            for statement in BREAKERS[rule]:
                await connection.execute(statement)
            return before, await find_violations(connection, rule, given)
        finally:
            await whole.rollback()
            await connection.close()

    before, after = asyncio.run(breaking())
    assert (0, []) == (before.violations, before.examples)
    assert after.violations > 0
    assert min(3, after.violations) == len(after.examples)


def test_the_audit_answers_over_http(stack):
    """One finding a rule, and none of them broken."""
    control = stack.control()
    assert [(rule, 0, []) for rule in RULES] == [(it.name, it.violations, it.examples) for it in audit_portal(control)]
    control.close()


def test_the_books_are_as_the_schema_has_them(database):
    """Keys, indexes and constraints are all back after the filling."""
    tell(database, "create database fresh")
    fresh = database.replace("/postgres?", "/fresh?")
    asyncio.run(create_schema(fresh))
    expected = tell(fresh, fetch=STRUCTURE)
    assert len(expected) > 40
    assert expected == tell(database, fetch=STRUCTURE)


def test_a_second_filling_must_be_right_too(stack, database):
    """Rows that break a key are named when the keys are put back; once they are gone, everything is back."""
    structure = tell(database, fetch=STRUCTURE)
    assert 204 == send(stack, "POST", "/import-begin").status_code
    assert 204 == send(stack, "POST", "/import-begin").status_code  # nothing is left to take off, nothing is forgotten
    assert len(structure) > len(tell(database, fetch=STRUCTURE))
    twice = b"number,province,sequence,application_id,filed_at\nA,99,1,1,2025-03-11\nB,99,1,1,2025-03-11\n"
    assert {"rows": 2} == send(stack, "PUT", "/import/filing", content=twice).json()
    assert "(99, 1) is duplicated" in refused(stack, "POST", "/import-done", json=DONE)
    tell(database, "delete from filing where province = '99'")
    assert 204 == send(stack, "POST", "/import-done", json=DONE).status_code
    assert structure == tell(database, fetch=STRUCTURE)


def test_the_offices_rest_until_the_keys_are_back(stack, database):
    """What they forget within a second otherwise, wrong passwords of long ago, stays there meanwhile."""
    old = "select id_number from log_in_failure"
    assert 204 == send(stack, "POST", "/import-begin").status_code
    time.sleep(AT_MOST_A_LOOK_S)  # one that had begun before may still find it
    tell(database, "insert into log_in_failure values ('11', 3, '2025-03-10')")
    time.sleep(AT_MOST_A_LOOK_S)
    assert [("11",)] == tell(database, fetch=old)
    assert 204 == send(stack, "POST", "/import-done", json=DONE).status_code
    until_s = time.monotonic() + 10
    while tell(database, fetch=old):
        assert time.monotonic() < until_s
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("book", "body", "words"),
    [
        ("session", b"", f"no book 'session' can be filled: one of {', '.join(BOOKS)}"),
        ("account", b"id,nam\n1,x\n", "account has no column 'nam': its columns are id, name, id_number"),
        ("account", b"", "the body must be CSV whose first line names the columns"),
        (
            "past_pass",
            b"id_number,subject,passed_on\n1,law,soon\n",
            'invalid input syntax for type timestamp with time zone: "soon"',
        ),
        ("past_pass", b"id_number,subject\n1,law\n", 'null value in column "passed_on"'),
        ("past_pass", b"id_number,subject,passed_on\n1\n", 'missing data for column "subject"'),
        ("past_pass", b"\xff\n1\n", "past_pass has no column"),
    ],
)
def test_rows_that_cannot_be_loaded_are_refused_in_one_line(stack, book, body, words):
    """What was wrong, where, and what would be right."""
    said = refused(stack, "PUT", f"/import/{book}", content=body)
    assert words in said
    assert "\n" not in said


def test_a_long_book_is_streamed(stack, database):
    """More than a request usually may have: 300,000 rows, 13 MB."""
    header = b"id_number,subject,passed_on\n"
    rows = chain([header], (b"%018d,a subject,2024-05-26\n" % number for number in range(300_000)))
    assert {"rows": 300_000} == send(stack, "PUT", "/import/past_pass", content=b"".join(rows)).json()
    tell(database, "delete from past_pass where subject = 'a subject'")


def test_control_of_filling_is_closed_without_the_token(stack):
    """Nobody fills or reads the books from outside."""
    for method, path in (("PUT", "import/account"), ("POST", "import-begin"), ("GET", "audit"), ("GET", "limits")):
        assert 401 == loopback.request(method, f"{stack.address}/control/{path}").status_code


@pytest.mark.parametrize("name", ["paper-1", "shared-..", "shared-a.b", "shared-é"])
def test_shared_files_have_harmless_names(stack, name):
    """Names that could leave the folder, or be mistaken for a candidate's file, are refused."""
    assert "must begin with 'shared-'" in refused(stack, "PUT", f"/import-files/{name}", content=b"x")


def test_a_moment_needs_its_offset(stack):
    """A filling ends at a moment."""
    said = refused(stack, "POST", "/import-done", json={"portal_time": "2025-04-08T16:45:00"})
    assert "portal_time needs its offset" == said


def test_shared_files_are_never_deleted(tmp_path):
    """A candidate who replaces a paper gives up a file of their own alone."""
    uploads = Uploads(tmp_path, None, fsync=False)
    for name in ("shared-work-proof-0", "0123456789abcdef"):
        (tmp_path / name).write_bytes(b"x")
        uploads.discard(name)
    assert ["shared-work-proof-0"] == [path.name for path in tmp_path.iterdir()]
