"""The control room of one server process: hears what is set for all processes, and elects the office.

Clock and profile stand in the table `control`; PostgreSQL's NOTIFY tells every process of a change at once. One process
at a time holds the advisory lock that makes it the office; if it dies, PostgreSQL gives the lock to the next. A
connection that is lost is opened again; what was set meanwhile is then taken on.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import asyncpg
import msgspec

from mock_server import metrics
from mock_server.bulk_loading import TAKEN_OFF
from mock_server.clock import ClockReading
from mock_server.database import queries, speak_json
from mock_server.office import office_hours
from mock_server.portal import Portal
from mock_server.settings import Profile

logger = logging.getLogger(__name__)

OFFICE_LOCK = 20_25_03  # an arbitrary number that all processes agree on
SAMPLE_S = 0.05
"""How often resources are sampled for the metrics."""
AGAIN_AFTER_S = 0.5
"""How long to wait before a lost connection is opened again."""


async def announce(connection: asyncpg.Connection, name: str, value: object) -> None:
    """Set `clock` or `profile` for all processes of this portal."""
    await queries.set_control(connection, name=name, value=msgspec.to_builtins(value))
    await queries.announce_control(connection, name=name)


async def connect(url: str) -> asyncpg.Connection:
    """Connect for control: outside of the pool that candidates share."""
    connection = await asyncpg.connect(url)
    await speak_json(connection)
    return connection


@asynccontextmanager
async def control_room(portal: Portal) -> AsyncIterator[None]:
    """Keep a process in step with the others, and sampled, for as long as the context lasts."""
    in_step = asyncio.Event()
    tasks = [
        asyncio.create_task(_listen(portal, in_step), name="listening"),
        asyncio.create_task(_office(portal), name="the office"),
        asyncio.create_task(_sample(portal), name="sampling"),
        asyncio.create_task(portal.waiting_room.keep_books(), name="the waiting room"),
    ]
    for task in tasks:
        task.add_done_callback(_report_failure)
    try:
        await in_step.wait()
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _report_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("control room: %s failed and has ended", task.get_name(), exc_info=error)


async def _take_on(connection: asyncpg.Connection, portal: Portal, name: str) -> None:
    if name == "reset":
        portal.forget_load()
        return
    value = await queries.get_control(connection, name=name)
    if value is None:
        return
    if name == "clock":
        portal.clock.reading = msgspec.convert(value, ClockReading)
    elif name == "profile":
        portal.turn_knobs(msgspec.convert(value, Profile))
    elif name == TAKEN_OFF:
        portal.is_being_filled = any(value)


async def _listen(portal: Portal, in_step: asyncio.Event) -> None:
    """Take on what is set, now and whenever it changes."""
    while True:
        try:
            connection = await connect(portal.database_url)
            try:
                heard: asyncio.Queue[str | None] = asyncio.Queue()
                connection.add_termination_listener(lambda _, heard=heard: heard.put_nowait(None))
                await connection.add_listener("control", lambda *message, heard=heard: heard.put_nowait(message[-1]))
                for name in ("clock", "profile", TAKEN_OFF):
                    await _take_on(connection, portal, name)
                in_step.set()
                while (name_heard := await heard.get()) is not None:
                    await _take_on(connection, portal, name_heard)
            finally:
                connection.terminate()
            logger.warning("the control room lost its database; it listens again")
        except Exception:
            logger.warning("the control room failed to listen; it tries again", exc_info=True)
        await asyncio.sleep(AGAIN_AFTER_S)


async def _office(portal: Portal) -> None:
    """Be the office whenever this process holds the lock, and no longer than it holds it."""
    while True:
        try:
            connection = await asyncpg.connect(portal.database_url)
            try:
                lost = asyncio.get_running_loop().create_future()
                connection.add_termination_listener(lambda _, lost=lost: lost.done() or lost.set_result(None))
                await connection.execute("select pg_advisory_lock($1)", OFFICE_LOCK)
                work = asyncio.create_task(office_hours(portal))
                try:
                    await asyncio.wait((lost, work), return_when=asyncio.FIRST_COMPLETED)
                    if work.done():
                        work.result()  # it has no end of its own: what ended it is raised
                finally:
                    work.cancel()
                    await asyncio.gather(work, return_exceptions=True)
            finally:
                connection.terminate()
            logger.warning("the office lost its database, and with it the lock; it applies again")
        except Exception:
            logger.warning("the office failed to open; it tries again", exc_info=True)
        await asyncio.sleep(AGAIN_AFTER_S)


async def _sample(portal: Portal) -> None:
    resources = [metrics.ResourceMetrics(resource) for resource in portal.resources.values()]
    worst_lag_s = 0.0
    ticks = 0
    while True:
        before_s = perf_counter()
        await asyncio.sleep(SAMPLE_S)
        worst_lag_s = max(worst_lag_s, perf_counter() - before_s - SAMPLE_S)
        for resource in resources:
            resource.sample()
        ticks += 1
        if ticks * SAMPLE_S >= 1:
            metrics.set_loop_lag(worst_lag_s)
            worst_lag_s, ticks = 0.0, 0
