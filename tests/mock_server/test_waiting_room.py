"""The waiting room on a real database: first come first served, places, rates, and who has gone away."""

import asyncio
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from mock_server.database import create_schema, forget_everybody, open_machine_room
from mock_server.embedded_database import embedded_database
from mock_server.problems import Refusal
from mock_server.protections import waiting_room
from mock_server.protections.waiting_room import WaitingRoom
from mock_server.settings import Protections

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # PostgreSQL's own user must get through the folder


@pytest.fixture(scope="module")
def url():
    """Give a database with the portal's schema."""
    with tempfile.TemporaryDirectory(prefix="rehearse-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with embedded_database(Path(folder) / "database") as address:
            asyncio.run(create_schema(address))
            yield address


@pytest.fixture
def watch(monkeypatch):
    """Give the office's watch, which stands still: it shows `now_s`."""
    it = SimpleNamespace(now_s=100.0)
    monkeypatch.setattr(waiting_room, "monotonic", lambda: it.now_s)
    return it


@asynccontextmanager
async def rooms(url, count=1, **settings):
    """Give the desks of some processes, all of one queue that is empty."""
    connection = await asyncpg.connect(url)
    await forget_everybody(connection)
    await connection.close()
    database = await open_machine_room(url)
    try:
        yield [WaitingRoom(Protections(**settings), database) for _ in range(count)]
    finally:
        await database.close()


async def admitted(room, places):
    """Look at all tickets; give whose turn has come."""
    return [number for number, it in enumerate(places) if (await room.look(it.ticket)).queue_pass]


def test_first_come_first_served_at_two_desks(url):
    """Two may be inside: the first two of five, then the third where the first has left."""

    async def play():
        async with rooms(url, 2, places_inside=2) as (one, other):
            places = [await desk.take_ticket() for desk in (one, other, one, other, one)]
            await one.admit()
            assert [0, 1] == await admitted(other, places)
            await one.admit()
            assert [0, 1] == await admitted(other, places), "there was no place left"
            await other.leave(places[0].ticket)
            await one.admit()
            return await admitted(other, places[1:])

    assert [0, 1] == asyncio.run(play())


def test_so_many_a_second_are_let_in(url, watch):
    """Ten a second for 3 s, asked for every 0.3 s; a second in which nobody waited is not made up for."""

    async def play():
        async with rooms(url, admits_per_s=10.0) as (room,):
            await room.admit()
            watch.now_s += 60
            await room.admit()
            places = [await room.take_ticket() for _ in range(40)]
            for _ in range(10):
                watch.now_s += 0.3
                await room.admit()
            return await admitted(room, places)

    assert list(range(30)) == asyncio.run(play())


def test_no_crowd_is_let_in_when_the_office_comes_back(url, watch):
    """Half a minute without a database is not made up for; the promise is by the rate since the first was let in."""

    async def play():
        async with rooms(url, admits_per_s=10.0) as (room,):
            places = [await room.take_ticket() for _ in range(100)]
            await room.admit()
            watch.now_s += 30
            await room.admit()
            inside = await admitted(room, places)
            await room._keep_books()
            return inside, (await room.look(places[59].ticket)).wait_s

    inside, wait_s = asyncio.run(play())
    assert list(range(20)) == inside
    assert pytest.approx(2.0, rel=0.1) == wait_s  # the fortieth, 20 having been let in within this second


def test_who_has_gone_away_is_passed_over_and_has_the_old_place_when_back(url, monkeypatch):
    """The first does not ask any more: the second is let in. When the first asks again, it is the next."""
    monkeypatch.setattr(waiting_room, "GONE_AFTER_S", 0.2)

    async def play():
        async with rooms(url, places_inside=1) as (room,):
            places = [await room.take_ticket() for _ in range(3)]
            await asyncio.sleep(0.3)
            assert [] == await admitted(room, places[1:])
            await room._keep_books()
            await room.admit()
            assert [0] == await admitted(room, places[1:])
            await room._keep_books()
            assert 0 == (await room.look(places[2].ticket)).ahead, "who has gone is not ahead of anybody"
            await room.look(places[0].ticket)
            await room._keep_books()
            await room.leave(places[1].ticket)
            await room.admit()
            return await admitted(room, [places[0], places[2]])

    assert [0] == asyncio.run(play())


def test_an_idle_place_is_given_to_the_next_and_the_pass_opens_nothing_any_more(url):
    """Who does nothing for `place_idle_s` is not inside; who is seen stays."""

    async def play():
        async with rooms(url, places_inside=1, place_idle_s=0.3) as (room,):
            first, second = [await room.take_ticket() for _ in range(2)]
            await room.admit()
            queue_pass = (await room.look(first.ticket)).queue_pass
            number = await room.enter(queue_pass)
            for _ in range(3):
                await asyncio.sleep(0.2)
                room.saw(number)
                await room._keep_books()
                await room.admit()
            assert [0] == await admitted(room, [first, second])
            await asyncio.sleep(0.4)
            with pytest.raises(Refusal, match="请先排队"):
                await room.enter(queue_pass)
            await room.admit()
            return (await room.look(second.ticket)).queue_pass

    assert asyncio.run(play())


def test_the_promise_is_people_ahead_by_the_rate_of_now(url):
    """Nine ahead at two a second are five seconds; where no rate is known yet, nothing is promised."""

    async def play():
        async with rooms(url, admits_per_s=2.0) as (room,):
            places = [await room.take_ticket() for _ in range(10)]
        async with rooms(url, places_inside=1) as (room,):
            return places, await room.take_ticket()

    places, unknown = asyncio.run(play())
    assert [(0, 0.5), (9, 5.0)] == [(it.ahead, it.wait_s) for it in (places[0], places[9])]
    assert places[0].poll_after_s <= places[9].poll_after_s <= 8
    assert unknown.wait_s is None


def test_when_nobody_has_to_queue_any_more_all_are_let_in(url):
    """The protection is switched off while people wait."""

    async def play():
        async with rooms(url, places_inside=1) as (room,):
            places = [await room.take_ticket() for _ in range(5)]
            room.settings = Protections()
            await room.admit()
            return await admitted(room, places)

    assert list(range(5)) == asyncio.run(play())
