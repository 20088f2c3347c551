"""What a portal does when it loses its database connections, or one of its processes."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx
import msgspec
import psutil
import pytest
from registrant import set_portal_clock, wait_until
from single_requests import loopback

from mock_server import control_room
from mock_server.control_room import OFFICE_LOCK
from mock_server.database import is_gone, queries
from mock_server.embedded_database import embedded_database
from scenarios.embedded_postgres import database_pid
from scenarios.given_database import DatabaseProcess, postmaster_here
from scenarios.sampler import read_resources
from scenarios.stack_start import running_stack

PROCESSES = 2


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Give the URL of a database that the tests reach too."""
    with embedded_database(tmp_path_factory.mktemp("given") / "database") as url:
        yield url


def ask(url, sql, *values):
    """Give the first value that the database answers."""

    async def asking():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql, *values)
        finally:
            await connection.close()

    return asyncio.run(asking())


def cut_all_connections(url):
    """End all connections to the database but this one; say how many."""
    return ask(
        url,
        "select count(pg_terminate_backend(pid)) from pg_stat_activity "
        "where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )


def postmaster_of(url):
    """Give the process id of the database as its own folder has it."""
    return database_pid(Path(ask(url, "show data_directory")))


def office_pid(url):
    """Give the database's process id of the connection that holds the office's lock, or None."""
    return ask(url, "select pid from pg_locks where locktype = 'advisory' and objid = $1 and granted", OFFICE_LOCK)


def test_a_connection_that_is_being_ended_is_gone(database):
    """PostgreSQL has said to an idle connection that it ends it, and has not hung up yet: no mistake of ours."""

    async def asking():
        connection = await asyncpg.connect(database)
        said = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
        connection._protocol.data_received(b"E" + (len(said) + 4).to_bytes(4, "big") + said)
        try:
            await connection.fetchval("select 1")
        finally:
            connection.terminate()

    with pytest.raises(asyncpg.InternalClientError) as caught:
        asyncio.run(asking())
    assert is_gone(caught.value)


def test_an_office_that_fails_opens_again(database, monkeypatch):
    """Whatever ends its work, the lock goes back and somebody is the office again."""
    holders = []

    async def office_hours(_):
        holders.append(await asyncio.to_thread(office_pid, database))
        if len(holders) == 1:
            raise RuntimeError("an unforeseen mistake")
        opened.set()
        await asyncio.Event().wait()

    async def until_it_opens_again():
        office = asyncio.create_task(control_room._office(SimpleNamespace(database_url=database)))
        await asyncio.wait_for(opened.wait(), 20)
        office.cancel()
        await asyncio.gather(office, return_exceptions=True)

    opened = asyncio.Event()
    monkeypatch.setattr(control_room, "office_hours", office_hours)
    asyncio.run(until_it_opens_again())
    assert 2 == len({*holders} - {None})


def test_clock_and_office_come_back(database, scenario, tmp_path):
    """Whoever cuts all connections: what is set then arrives, and the office works again within seconds."""
    with running_stack(scenario, tmp_path, database_url=database) as stack:
        assert postmaster_of(database) == stack.processes["database"]
        assert {stack.processes["server"], stack.processes["providers"]} == set(stack.own_processes)
        set_portal_clock(stack, scenario.window.opening + timedelta(hours=1))
        before = office_pid(database)
        assert cut_all_connections(database) >= 3  # the candidates' pool, listening, the office
        set_portal_clock(stack, scenario.window.opening + timedelta(hours=5))
        wait_until(lambda: office_pid(database) not in (None, before), "the office's lock")
        ask(
            database,
            "insert into support_ticket (phone, reason, requested_at, due_at) values ('13900000000', 'x', $1, $1)",
            scenario.window.opening,
        )
        wait_until(lambda: ask(database, "select done_at from support_ticket"), "the office at work")
        cut_all_connections(database)
        wait_until(lambda: office_pid(database), "the office's lock, once more")
        set_portal_clock(stack, scenario.window.opening + timedelta(hours=6))


@pytest.mark.parametrize(
    ("changes", "is_here"),
    [
        ({}, True),
        ({"is_asked_locally": False}, False),
        ({"started_at": -60.0}, False),
        ({"postmaster_started_at": 60.0}, False),
        ({"pid": os.getpid()}, False),
        ({"pid": 2**22 + 1}, False),  # above every process id
    ],
)
def test_a_database_elsewhere_is_no_process_of_this_machine(database, changes, is_here):
    """Also where a process of this machine has the same id: PostgreSQL itself, that has started at another time."""

    async def asking():
        connection = await asyncpg.connect(database)
        try:
            told = DatabaseProcess(**await queries.get_database_process(connection))
            moved = {
                name: getattr(told, name) + timedelta(seconds=it) if isinstance(it, float) else it
                for name, it in changes.items()
            }
            return postmaster_here(msgspec.structs.replace(told, **moved))
        finally:
            await connection.close()

    assert (postmaster_of(database) if is_here else None) == asyncio.run(asking())


@pytest.mark.long
def test_a_dead_process_counts_no_more(scenario, tmp_path):
    """Gauges are of the processes that live: those of one that was killed leave the sums, its successor's come in."""
    with running_stack(msgspec.structs.replace(scenario, server_workers=PROCESSES), Path(tmp_path)) as stack:

        def capacity():
            return read_resources(loopback.get(f"{stack.address}/metrics").text)["sms"]["capacity"]

        wait_until(lambda: capacity() == PROCESSES * 128, "both processes")
        workers = [
            it
            for it in psutil.Process(stack.processes["server"]).children()
            if "PROMETHEUS_MULTIPROC_DIR" in it.environ() and "--multiprocessing-fork" in it.cmdline()
        ]
        assert PROCESSES == len(workers)
        folder = Path(workers[0].environ()["PROMETHEUS_MULTIPROC_DIR"])
        gauges = folder / f"gauge_livesum_{workers[0].pid}.db"
        assert gauges.exists()
        os.kill(workers[0].pid, signal.SIGKILL)
        wait_until(lambda: is_ready(stack) and capacity() and not gauges.exists(), "the gauges being taken out")
        wait_until(lambda: len(list(folder.glob("gauge_livesum_*.db"))) == PROCESSES, "the successor's gauges")
        wait_until(lambda: capacity() == PROCESSES * 128, "the sums of both")


def is_ready(stack):
    """Say whether the portal answers; a connection may go to a process that has just died."""
    try:
        return loopback.get(f"{stack.address}/readyz", timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_a_full_portal_still_answers_the_machine_room(database_of_one, scenario, tmp_path):
    """All of the candidates' connections wait for a lock, and readiness, clock and census answer all the same."""
    (tmp_path / "tight.toml").write_text('purpose = "One connection."\ndatabase_connections = 1\n')
    tight = msgspec.structs.replace(scenario, profile=str(tmp_path / "tight.toml"))

    async def block_and_look(stack):
        connection = await asyncpg.connect(database_of_one)
        async with httpx.AsyncClient(base_url=stack.address, timeout=5) as client:
            async with connection.transaction():
                await connection.execute("lock table session in access exclusive mode")
                nobody = {"Authorization": "Bearer nobody"}
                stuck = asyncio.create_task(client.get("/api/identity", headers=nobody, timeout=30))
                await asyncio.sleep(0.3)  # time for the request to take the only connection
                token = {"Authorization": f"Bearer {stack.control_token}"}
                reading = {"portal_time": "2025-03-11T09:00:00+08:00", "speed": 1.0}
                answers = [
                    await client.get("/readyz"),
                    await client.get("/control/census", headers=token),
                    await client.put("/control/clock", json=reading, headers=token),
                ]
                assert [200, 200, 200] == [answer.status_code for answer in answers]
                assert not stuck.done()
            assert 401 == (await stuck).status_code
        await connection.close()

    with running_stack(tight, tmp_path, database_url=database_of_one) as stack:
        asyncio.run(block_and_look(stack))


@pytest.fixture
def database_of_one(tmp_path):
    """Give the URL of a database for one test."""
    with embedded_database(tmp_path / "database") as url:
        yield url
