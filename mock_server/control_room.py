"""The control room of one server process: hears what is set for all processes, and elects the office.

Clock and profile stand in the table `control`; PostgreSQL's NOTIFY tells every process of a change at once. One process
at a time holds the advisory lock that makes it the office; if it dies, PostgreSQL gives the lock to the next.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter

import asyncpg
import msgspec

from mock_server import metrics
from mock_server.clock import ClockReading
from mock_server.database import queries, speak_json
from mock_server.office import ask_gateways, office_hours
from mock_server.portal import Portal
from mock_server.settings import Profile

logger = logging.getLogger(__name__)

OFFICE_LOCK = 20_25_03  # an arbitrary number that all processes agree on
SAMPLE_S = 0.05
"""How often resources are sampled for the metrics."""


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
    connection = await connect(portal.database_url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await connection.add_listener("control", lambda *message: heard.put_nowait(message[-1]))
    for name in ("clock", "profile"):
        await _take_on(connection, portal, name)
    tasks = [
        asyncio.create_task(_listen(connection, portal, heard)),
        asyncio.create_task(_office(portal)),
        asyncio.create_task(_sample(portal)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await connection.close()


async def _take_on(connection: asyncpg.Connection, portal: Portal, name: str) -> None:
    value = await queries.get_control(connection, name=name)
    if value is None:
        return
    if name == "clock":
        portal.clock.reading = msgspec.convert(value, ClockReading)
    elif name == "profile":
        portal.turn_knobs(msgspec.convert(value, Profile))


async def _listen(connection: asyncpg.Connection, portal: Portal, heard: asyncio.Queue[str]) -> None:
    while True:
        await _take_on(connection, portal, await heard.get())


async def _office(portal: Portal) -> None:
    while True:
        try:
            connection = await asyncpg.connect(portal.database_url)
            try:
                await connection.execute("select pg_advisory_lock($1)", OFFICE_LOCK)
                await asyncio.gather(office_hours(portal), ask_gateways(portal))
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError):
            logger.exception("the office lost its database; it opens again in a second")
            await asyncio.sleep(1)


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
