"""Loading many rows at once: keys, indexes and constraints are taken off before it and put back, checked, after it.

PostgreSQL would otherwise check every row against its foreign keys, and sort it into every index, one by one. What was
taken off stands in the table `control` as the statements that put it back, so that nothing is lost if a process dies.
As long as it stands there the offices rest: without indexes each of their looks would read whole tables.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from mock_server.database import queries

BOOKS = (
    "account",
    "identity_scan",
    "address",
    "past_pass",
    "application",
    "application_event",
    "material",
    "filing",
    "payment_order",
    "invoice",
    "reviewer_diary",
)
"""Tables that may be filled, in the order in which they refer to one another."""

TAKEN_OFF = "taken_off"
"""Name in the table `control` of what is to be put back; all processes hear of it."""
BUILDERS = 2
"""Indexes built at a time."""

_CONSTRAINTS = """
    select conrelid::regclass::text as book, conname as name, contype::text as kind,
        format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            as put_back
    from pg_constraint
    where contype in ('f', 'p', 'u')
        and (conrelid = any ($1::text[]::regclass[]) or confrelid = any ($1::text[]::regclass[]))
    order by contype <> 'f', conname
"""
_INDEXES = """
    select indrelid::regclass::text as book, indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as put_back
    from pg_index where indrelid = any($1::text[]::regclass[])
        and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
"""
_COLUMNS = "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped"


class WrongRowsError(ValueError):
    """Rows that cannot be loaded; the message is one line that says why."""


async def take_off(connection: asyncpg.Connection) -> None:
    """Take keys, indexes and foreign keys off the books; what is off already stays noted."""
    async with connection.transaction():
        constraints = await connection.fetch(_CONSTRAINTS, BOOKS)
        indexes = await connection.fetch(_INDEXES, BOOKS)
        noted = await queries.get_control(connection, name=TAKEN_OFF) or [[], []]
        for row in constraints:
            await connection.execute(f"alter table {row['book']} drop constraint {row['name']}")
        for row in indexes:
            await connection.execute(f"drop index {row['name']}")
        keys = [row["put_back"] for row in constraints if row["kind"] != "f"] + [row["put_back"] for row in indexes]
        foreign = [row["put_back"] for row in constraints if row["kind"] == "f"]
        await _note(connection, noted[0] + keys, noted[1] + foreign)


async def put_back(connections: list[asyncpg.Connection]) -> None:
    """Put everything back, several at a time; PostgreSQL checks every row on the way.

    Raises WrongRowsError for rows that break a key; what could not be put back stays noted for another try.
    """
    keys, foreign = await queries.get_control(connections[0], name=TAKEN_OFF) or [[], []]
    for statements in (keys, foreign):  # a foreign key needs the key that it points to
        # One table takes one alteration at a time, so each table's statements stay in one row.
        rows: dict[str, list[str]] = {}
        for statement in statements:
            rows.setdefault(_table_of(statement), []).append(statement)
        waiting = list(rows.values())
        tries = (_work_off(connection, waiting, statements) for connection in connections)
        ends = await asyncio.gather(*tries, return_exceptions=True)
        await _note(connections[0], keys, foreign)
        if failed := next(filter(None, ends), None):
            if isinstance(failed, asyncpg.PostgresError):
                raise WrongRowsError(_line(failed)) from None
            raise failed


async def load(connection: asyncpg.Connection, book: str, body: AsyncIterator[bytes]) -> int:
    """Load CSV with a header line into a book; give the number of rows. Raises WrongRowsError."""
    if book not in BOOKS:
        raise WrongRowsError(f"no book '{book}' can be filled: one of {', '.join(BOOKS)}")
    header, rows = await _header(body)
    columns = [name.strip('"') for name in header.split(",")]
    known = [row["attname"] for row in await connection.fetch(_COLUMNS, book)]
    if unknown := [name for name in columns if name not in known]:
        raise WrongRowsError(f"{book} has no column '{unknown[0]}': its columns are {', '.join(known)}")
    try:
        tag = await connection.copy_to_table(book, source=rows, columns=columns, format="csv")
    except asyncpg.PostgresError as error:
        raise WrongRowsError(f"{book}: {_line(error)}") from None
    return int(tag.split()[-1])


async def finish(connection: asyncpg.Connection) -> None:
    """Let identities and filing counters go on after what was loaded, and let PostgreSQL look at the new tables."""
    for book in BOOKS:
        column = await connection.fetchval(
            "select attname from pg_attribute where attrelid = $1::text::regclass and attidentity <> ''", book
        )
        if column:
            await connection.execute(
                f"select setval(pg_get_serial_sequence('{book}', '{column}'), greatest(1, max({column}))) from {book} "
                f"having max({column}) is not null"
            )
    await connection.execute(
        "update filing_counter c set last_number = f.last from "
        "(select province, max(sequence) as last from filing group by province) as f "
        "where f.province = c.province and f.last > c.last_number"
    )
    await connection.execute(f"analyze {', '.join(BOOKS)}")


async def _work_off(connection: asyncpg.Connection, waiting: list[list[str]], left: list[str]) -> None:
    """Carry out rows of statements while there are any; take out of `left` what is done."""
    await connection.execute("set maintenance_work_mem = '256MB'")
    while waiting:
        for statement in waiting.pop():
            await connection.execute(statement)
            left.remove(statement)


async def _note(connection: asyncpg.Connection, keys: list[str], foreign: list[str]) -> None:
    await queries.set_control(connection, name=TAKEN_OFF, value=[keys, foreign])
    await queries.announce_control(connection, name=TAKEN_OFF)


def _table_of(statement: str) -> str:
    """Give the table of a statement that puts something back: `alter table T …`, `create index I on public.T …`."""
    words = statement.split()
    table = words[2] if words[0] == "alter" else words[words.index("ON") + 1]
    return table.removeprefix("public.")


def _line(error: Any) -> str:
    return " ".join(f"{error} {getattr(error, 'context', None) or ''}".split())


async def _header(body: AsyncIterator[bytes]) -> tuple[str, AsyncIterator[bytes]]:
    """Read the first line; give it, and the rest."""
    begin = b""
    async for chunk in body:
        begin += chunk
        if b"\n" in begin:
            break
    header, newline, rest = begin.partition(b"\n")
    if not newline:
        raise WrongRowsError("the body must be CSV whose first line names the columns")

    async def rows() -> AsyncIterator[bytes]:
        yield rest
        async for chunk in body:
            yield chunk

    return header.decode(errors="replace").strip(), rows()
