"""The database as one server process sees it: a pool of connections, and queries whose time is measured."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import aiosql
import asyncpg
import msgspec

from mock_server.resources import Resource
from mock_server.rules import PROVINCES

HERE = Path(__file__).parent
queries: Any = aiosql.from_path(HERE / "queries", "asyncpg", mandatory_parameters=False)

POOL_MOST = 90
MACHINE_ROOM_CONNECTIONS = 3
ALL_CONNECTIONS = 97
"""PostgreSQL's default of 100, less three that it keeps for its superuser."""
OF_ONE_PROCESS = MACHINE_ROOM_CONNECTIONS + 2
"""What each process holds beside the candidates' pool: the machine room's pool, the control room's two."""


async def every(rows: AsyncIterator[asyncpg.Record]) -> list[asyncpg.Record]:
    """Give all rows of a query that selects many."""
    return [row async for row in rows]


LOCKS = "for update"
"""Text of statements that may wait for a row's lock. They take no statement slot: whoever holds the lock needs one."""


_NO_SLOT = nullcontext()


class Connection:
    """One database connection of which every statement takes a slot of the resource `database`."""

    __slots__ = ("_connection", "_service")

    def __init__(self, connection: asyncpg.Connection, service: Resource) -> None:
        self._connection = connection
        self._service = service

    def _statement(self, sql: str) -> AbstractAsyncContextManager[object]:
        return _NO_SLOT if LOCKS in sql else self._service()

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Give all rows."""
        async with self._statement(sql):
            return list(await self._connection.fetch(sql, *values))

    async def fetchrow(self, sql: str, *values: Any) -> asyncpg.Record | None:
        """Give the first row, or None."""
        async with self._statement(sql):
            return await self._connection.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        """Give the first value of the first row, or None."""
        async with self._statement(sql):
            return await self._connection.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> str:
        """Run a statement; give its command tag."""
        async with self._statement(sql):
            return str(await self._connection.execute(sql, *values))

    async def executemany(self, sql: str, rows: list[Any]) -> None:
        """Run a statement once for each row."""
        async with self._statement(sql):
            await self._connection.executemany(sql, rows)

    def __dir__(self) -> list[str]:
        # aiosql looks for `acquire` in dir() at each query, to tell a pool; the usual answer costs it 25 µs.
        return []

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """Give a part of a transaction that can be undone alone; outside of one, it is a transaction itself."""
        transaction: AbstractAsyncContextManager[object] = self._connection.transaction()
        return transaction

    def cursor(self, sql: str) -> Any:
        """Give an asynchronous iterator over rows, fetched in batches; inside a transaction."""
        return self._connection.cursor(sql, prefetch=1000)


class DatabaseGone(Exception):  # noqa: N818 - it will come back
    """The database is not there: it has crashed, or is being started again."""


def is_gone(error: Exception) -> bool:
    """Say whether an error means that the connection has ended, and not that something was asked wrongly."""
    if isinstance(error, asyncpg.InternalClientError):
        # PostgreSQL has ended an idle connection, and asyncpg has read why (state 2), but not yet that it is closed.
        return "another operation (2)" in str(error)
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)
    return isinstance(error, DatabaseGone | asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError)


class Database:
    """A pool of connections; `connections` is the resource that bounds it, `service` the time in queries."""

    def __init__(self, pool: asyncpg.Pool, connections: Resource, service: Resource) -> None:
        self._pool = pool
        self._connections = connections
        self._service = service

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[asyncpg.Connection]:
        """Wait for a connection and hold it. Raises DatabaseGone where none can be opened."""
        async with self._connections():
            try:
                connection = await self._pool.acquire()
            except OSError as error:
                raise DatabaseGone(str(error)) from error
            try:
                yield connection
            finally:
                await self._pool.release(connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Wait for a connection and hold it; each statement is its own transaction."""
        async with self._acquired() as connection:
            yield Connection(connection, self._service)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Wait for a connection and hold it inside one transaction: all is kept or nothing."""
        async with self._acquired() as connection, connection.transaction():
            yield Connection(connection, self._service)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """Wait for a connection and hold it; all its queries see the books of one moment, and none may write."""
        async with (
            self._acquired() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Connection(connection, self._service)

    async def close(self) -> None:
        """Give all connections back to PostgreSQL."""
        await self._pool.close()


async def open_pool(url: str, connections: int, server_workers: int) -> asyncpg.Pool:
    """Connect to the database; `connections` are opened at once, so that none is opened under load."""
    most = max(1, min(POOL_MOST, ALL_CONNECTIONS // server_workers - OF_ONE_PROCESS))
    return await _pool(url, min(connections, most), most)


async def open_machine_room(url: str) -> Database:
    """Connect for readiness and control, apart from the candidates, so that a full portal still answers them."""
    pool = await _pool(url, 1, MACHINE_ROOM_CONNECTIONS)
    return Database(
        pool,
        Resource("machine_room", MACHINE_ROOM_CONNECTIONS),
        Resource("machine_room_database", MACHINE_ROOM_CONNECTIONS),
    )


async def _pool(url: str, least: int, most: int) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        init=speak_json,
        reset=_leave_as_it_is,
        max_inactive_connection_lifetime=0,
    )


async def speak_json(connection: asyncpg.Connection) -> None:
    """Let a connection read and write jsonb columns as Python values."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:  # noqa: ARG001
    # asyncpg would send RESET ALL at each release: a round trip, although no session setting is ever changed here.
    return


async def forget_everybody(connection: asyncpg.Connection) -> None:
    """Empty all books; numbers begin anew."""
    kept = ["control", "filing_counter"]
    books = await connection.fetch(
        "select tablename from pg_tables where schemaname = 'public' and tablename <> all($1)", kept
    )
    async with connection.transaction():
        await connection.execute(f"truncate {', '.join(it['tablename'] for it in books)} restart identity")
        await connection.execute("update filing_counter set last_number = 0")


async def create_schema(url: str) -> None:
    """Make the tables in an empty database. Raises asyncpg.PostgresError where they are there already."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute((HERE / "schema.sql").read_text())
            await queries.add_filing_counters(connection, provinces=list(PROVINCES))
    finally:
        await connection.close()
