"""Parts of the server in this process, on a real database: many cases at once, parts that fail, no office."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from mock_server.control_room import control_room
from mock_server.database import create_schema, queries
from mock_server.embedded_database import embedded_database
from mock_server.office import issue_invoices, release_decisions
from mock_server.portal import open_portal
from mock_server.results import mark_exams
from mock_server.settings import load_profile, load_settings
from scenarios.window import Window

WINDOW = Window()
ADD_ACCOUNTS = """
insert into account (name, id_number, phone, password_hash, created_at)
select '某人', '11010519491231' || to_char(n, 'FM0000'), '1390000' || to_char(n, 'FM0000'), '', $2
from generate_series(1, $1) as n
"""
ADD_APPLICATIONS = """
insert into application (account_id, state, decision_at, level, subjects, province, basis, degree, field,
    degree_certificate, work_years, management_years, employer, job_description, employed_since,
    workplace_province, insured_months, filing_number, review_round, created_at, changed_at)
select id, $1, $2, 'junior', '{junior_comprehensive,junior_practice}', '44', 'workplace', 'bachelor', 'other',
    '1', 5, 0, 'x', 'x', '2015-01-01', '44', 0, '44-2025-' || to_char(id, 'FM000000'), 1, $2, $2
from account
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start PostgreSQL."""
    with embedded_database(tmp_path_factory.mktemp("office") / "database") as url:
        yield url


@asynccontextmanager
async def opened_portal(server, folder, after_opening):
    """Give a portal on a database of its own, with its clock standing still."""
    admin = await asyncpg.connect(server)
    name = f"d{abs(hash(str(folder)))}"
    await admin.execute(f"create database {name}")
    await admin.close()
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    await create_schema(url)

    def at(portal_s):
        return (WINDOW.opening + timedelta(seconds=portal_s)).isoformat()

    times = {
        "opening": 0.0,
        "closing": WINDOW.length_s,
        "tickets": WINDOW.tickets_s,
        "exam": WINDOW.exam_s,
        "exam_end": WINDOW.exam_end_s,
        "results": WINDOW.results_s,
        "certificates": WINDOW.certificates_s,
    }
    settings = {
        "seed": 1, "host": "127.0.0.1", "port": 1, "data_folder": str(folder), "control_token": "token",
        "provider_address": "http://127.0.0.1:1", "gateway_keys": {}, "profile": "generous",
        "window": {moment: at(portal_s) for moment, portal_s in times.items()},
        "clock": {"portal_time": at(after_opening.total_seconds()), "speed": 0.0},
    }  # fmt: skip
    (folder / "portal.json").write_text(json.dumps(settings))
    portal = await open_portal(load_settings(folder / "portal.json"), load_profile("generous"), url)
    connection = await asyncpg.connect(url)
    try:
        yield portal, connection
    finally:
        await connection.close()
        await portal.close()


async def counts(connection, sql):
    """Give the pairs of a query as a dict."""
    return dict([tuple(row) for row in await connection.fetch(sql)])


def test_all_decisions_that_are_due_are_released_at_one_go(server, tmp_path):
    """Rule 16 at a fast clock: thousands fall due within a second of the office, and none waits for the next."""

    async def deciding():
        async with opened_portal(server, tmp_path, timedelta(days=2)) as (portal, connection):
            await connection.execute(ADD_ACCOUNTS, 2600, WINDOW.opening)
            due = WINDOW.opening + timedelta(days=1)
            await connection.execute(ADD_APPLICATIONS, "under_review", due)
            await connection.execute("update application set decision_at = $1 where id > 2500", due + timedelta(days=9))
            await release_decisions(portal)
            states = await counts(connection, "select state, count(*) from application group by state")
            assert 100 == states.pop("under_review")
            moves = await counts(connection, "select to_state, count(*) from application_event group by to_state")
            assert states == moves
            assert {"approved", "supplement_requested", "rejected"} == set(states)
            assert 2500 == sum(states.values()) == portal.texts.qsize()
            portal.forget_load()
            assert portal.texts.empty()
            deadlines = (
                "select distinct state, extract(day from due_at - $1)::int from application where due_at is not null"
            )
            found = {tuple(row) for row in await connection.fetch(deadlines, due)}
            assert {("approved", 7), ("supplement_requested", 5)} == found
            asked = "select distinct asked_paper from application where state = 'supplement_requested'"
            assert ["degree_certificate"] == [row[0] for row in await connection.fetch(asked)]

    asyncio.run(deciding())


def test_all_results_are_entered_once(server, tmp_path):
    """Rule 24: not before the exam is over; then everybody who paid, with their passes; twice changes nothing."""

    async def marking():
        async with opened_portal(server, tmp_path, timedelta(seconds=WINDOW.exam_end_s - 1)) as (portal, connection):
            await connection.execute(ADD_ACCOUNTS, 1200, WINDOW.opening)
            await connection.execute(ADD_APPLICATIONS, "paid", WINDOW.opening)
            await connection.execute("update application set state = 'given_up' where id > 1100")
            await mark_exams(portal)
            assert 0 == await connection.fetchval("select count(scores) from application")
            portal.clock.reading = msgspec.structs.replace(
                portal.clock.reading, portal_time=WINDOW.moment(WINDOW.exam_end_s)
            )
            await mark_exams(portal)
            seen = "select state, count(scores) from application group by state"
            assert {"paid": 1100, "given_up": 0} == await counts(connection, seen)
            passes = await connection.fetchval("select count(*) from past_pass")
            scores = "select count(*) from application, unnest(scores) as score where score >= 60"
            assert passes == await connection.fetchval(scores) > 0
            both = "select count(*) from application where 60 <= all (scores) and scores[1] is not null"
            certificates = await connection.fetchval("select count(certificate_number) from application")
            assert await connection.fetchval(both) == certificates > 0
            before = await connection.fetch("select id, scores from application order by id")
            await mark_exams(portal)
            assert before == await connection.fetch("select id, scores from application order by id")

    asyncio.run(marking())


def test_all_invoices_that_are_due_are_issued_at_one_go(server, tmp_path):
    """Rule 19 at a fast clock: more than one look at the books takes."""

    async def issuing():
        async with opened_portal(server, tmp_path, timedelta(days=20)) as (portal, connection):
            await connection.execute(ADD_ACCOUNTS, 120, WINDOW.opening)
            await connection.execute(ADD_APPLICATIONS, "paid", WINDOW.opening)
            await connection.execute(
                "insert into payment_order (order_no, application_id, channel, amount_fen, idempotency_key, state, "
                "created_at, queried_at) select id, id, 'alipay', 12000, id, 'paid', $1, $1 from application",
                WINDOW.opening,
            )
            await connection.execute(
                "insert into invoice (application_id, order_no, email, title, amount_fen, requested_at, due_at) "
                "select id, id, 'a@b.cn', '个人', 12000, $1, $1 from application",
                WINDOW.opening,
            )
            await issue_invoices(portal)
            assert 120 == await connection.fetchval("select count(file) from invoice where issued_at is not null")

    asyncio.run(issuing())


@pytest.mark.parametrize("taken", ["phone", "id_number", "both"])
def test_an_overdue_account_holds_nothing(server, tmp_path, taken):
    """Rule 5: 48 hours are over at their end, not when the office has looked; here it never looks."""

    async def registering():
        async with opened_portal(server, tmp_path, timedelta(days=2)) as (portal, connection):
            now = portal.clock.now()
            await connection.execute(ADD_ACCOUNTS, 1, WINDOW.opening)
            same = {
                "phone": "13900000001" if taken != "id_number" else "13900000002",
                "id_number": "110105194912310001" if taken != "phone" else "110105194912310002",
            }
            new = {"name": "某人", "password_hash": "", "now": now}
            set_due = "update account set submitted_at = $1, face_due_at = $2, face_checked_at = $3"
            for face_due_at, checked_at, held in (
                (now + timedelta(microseconds=1), None, True),  # there is time left
                (now, now, True),  # checked in time
                (now, None, False),
            ):
                await connection.execute(set_due, WINDOW.opening, face_due_at, checked_at)
                async with portal.database.connection() as pooled:
                    holds = await queries.who_holds(pooled, now=now, **same)
                    assert held == any(holds.values())
                    if held:
                        with pytest.raises(asyncpg.UniqueViolationError):
                            await queries.create_account(pooled, **same, **new)
            async with portal.database.connection() as pooled:
                made = await queries.create_account(pooled, **same, **new)
            assert [(now, True), (None, False)] == [
                tuple(row)
                for row in await connection.fetch("select lapsed_at, id <> $1 from account order by id", made)
            ]

    asyncio.run(registering())


def test_a_part_that_fails_does_not_keep_the_others_from_ending(server, tmp_path, caplog):
    """Sampling fails here; the control room says so, goes on, and at the end nothing of it is left."""

    async def failing():
        async with opened_portal(server, tmp_path, timedelta(days=1)) as (portal, connection):
            others = "select count(*) from pg_stat_activity where datname = current_database()"
            before = await connection.fetchval(others)
            portal.resources = None  # nothing can be sampled
            async with control_room(portal):
                async with asyncio.timeout(5):  # the office opens its connection beside the one that listens
                    while await connection.fetchval(others) - before != 2:
                        await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)  # PostgreSQL takes a moment to see a connection end
            assert before == await connection.fetchval(others)
            assert 1 == len(asyncio.all_tasks())

    asyncio.run(failing())
    assert ["control room: sampling failed and has ended"] == [record.message for record in caplog.records]
