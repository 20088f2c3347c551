"""Control endpoints for the harness: clock, profile, past exams, export of the books. Closed without the token."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import msgspec
from litestar import Router, get, post, put
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.response import Stream
from msgspec import Struct

from mock_server.clock import ClockReading, clock_error
from mock_server.control_room import announce, connect
from mock_server.database import forget_everybody, queries
from mock_server.plants import planted
from mock_server.portal import TITLES, Portal
from mock_server.problems import Refusal
from mock_server.routes import filling
from mock_server.sessions import BEARER
from mock_server.settings import Profile, most_of

OF_ACCOUNTS = "account_id in (select id from account where id_number = any($1::text[]))"
OF_APPLICATIONS = f"application_id in (select id from application where {OF_ACCOUNTS})"
NDJSON = "application/x-ndjson"
BOOKS = {
    "accounts": (
        "select id, name, id_number, phone, created_at, submitted_at, face_due_at, face_checked_at, lapsed_at "
        "from account",
        "id_number = any($1::text[])",
    ),
    "identity_scans": (
        "select account_id, side, encode(sha256, 'hex') as sha256, size_bytes, file, uploaded_at from identity_scan",
        OF_ACCOUNTS,
    ),
    "applications": ("select * from application", OF_ACCOUNTS),
    "application_events": ("select * from application_event", OF_APPLICATIONS),
    "materials": (
        "select application_id, paper, encode(sha256, 'hex') as sha256, size_bytes, has_stamp, file, uploaded_at "
        "from material",
        OF_APPLICATIONS,
    ),
    "filings": ("select * from filing", OF_APPLICATIONS),
    "payment_orders": ("select * from payment_order", OF_APPLICATIONS),
    "invoices": (
        "select id, application_id, order_no, amount_fen, requested_at, due_at, issued_at from invoice",
        OF_APPLICATIONS,
    ),
    "support_tickets": ("select * from support_ticket", "$1::text[] is not null"),
}
"""What can be exported: the portal's own books, without passwords and tokens; and which rows are some people's.

Support's tickets are nobody's: they name a phone that somebody else holds.
"""


class ClockSetting(Struct, forbid_unknown_fields=True):
    """Where the portal's clock is to stand at Unix second `real_s`, by default now, and how fast it is to run.

    `then` says what takes over later.
    """

    portal_time: datetime
    speed: float = 1.0
    real_s: float | None = None
    then: ClockReading | None = None


class ResourceView(Struct):
    """A resource of one server process; `setting` of the profile is its capacity, which can be `most` at most."""

    name: str
    title: str
    setting: str
    capacity: int
    most: int | None


class DatabaseProcess(Struct):
    """The process that serves one of the portal's connections to PostgreSQL, as PostgreSQL on its machine knows it.

    `is_asked_locally`: the connection comes by a Unix socket or a loopback address.
    """

    pid: int
    started_at: datetime
    postmaster_started_at: datetime
    is_asked_locally: bool


class People(Struct, forbid_unknown_fields=True):
    """Of whom the rows are wanted."""

    id_numbers: list[str]


class PastPass(Struct, forbid_unknown_fields=True):
    """A subject that someone passed in an earlier exam (rule 22)."""

    id_number: str
    subject: str
    passed_on: datetime


async def token_guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Let nobody in without the control token."""
    token: str = connection.app.state.portal.settings.control_token
    given = connection.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), (BEARER + token).encode()):
        raise Refusal("control_token_wrong")


@get("/clock")
async def clock(portal: Portal) -> ClockSetting:
    """Give portal time and speed, and at which Unix second that was."""
    real_s = time.time()
    portal_time = portal.clock.at(real_s)
    return ClockSetting(portal_time, portal.clock.reading.speed, real_s)


@put("/clock", refusals=("control_value_wrong",))
async def set_clock(data: ClockSetting, portal: Portal) -> ClockReading:
    """Set portal time and speed, in all processes."""
    real_s = time.time() if data.real_s is None else data.real_s
    reading = ClockReading(real_s, data.portal_time, data.speed, data.then)
    checked: ClockReading | None = reading
    while checked is not None:
        if error := clock_error(checked):
            raise Refusal("control_value_wrong", message=error)
        checked = checked.then
    async with portal.database.transaction() as connection:
        await announce(connection, "clock", reading)
    return reading


@get("/profile")
async def profile(portal: Portal) -> Profile:
    """Give the capacities."""
    return portal.profile


@put("/profile")
async def set_profile(data: Profile, portal: Portal) -> Profile:
    """Set the capacities, in all processes; the number of processes stays as it is."""
    async with portal.database.transaction() as connection:
        await announce(connection, "profile", data)
    return data


@get("/resources")
async def resources(portal: Portal) -> list[ResourceView]:
    """Give every resource: what it is, and which setting of the profile is its capacity."""
    return [
        ResourceView(name, *TITLES[name], resource.capacity, most_of(TITLES[name][1]))
        for name, resource in portal.resources.items()
    ]


@get("/database-process")
async def database_process(portal: Portal) -> DatabaseProcess:
    """Give a process of the database: whoever is on its machine can find it there."""
    async with portal.machine_room.connection() as connection:
        return DatabaseProcess(**await queries.get_database_process(connection))


@put("/past-passes", status_code=204)
async def set_past_passes(data: list[PastPass], portal: Portal) -> None:
    """Tell the portal who passed what in earlier exams."""
    async with portal.database.transaction() as connection:
        await queries.add_past_passes(connection, [msgspec.structs.asdict(it) for it in data])


@post("/reset", status_code=204, refusals=("provider_unavailable",))
async def reset(portal: Portal) -> None:
    """Forget everybody, and so do the outside services: all is as it was at first, but for clock and capacities."""
    await portal.providers.forget()
    connection = await connect(portal.database_url)
    try:
        await forget_everybody(connection)
        for plant, severity in planted(portal.settings.plants):
            await plant.prepare(connection, severity)
        await queries.announce_control(connection, name="reset")
    finally:
        await connection.close()
    await portal.uploads.clear()


@get("/export/{book:str}", media_type=NDJSON, refusals=("control_value_wrong",))
async def export(book: str, portal: Portal) -> Stream:
    """Give one of the portal's books as NDJSON, a row a line."""
    whole, _ = _book(book)
    return Stream(_rows(portal, whole), media_type=NDJSON)


@post("/export/{book:str}", status_code=200, media_type=NDJSON, refusals=("control_value_wrong",))
async def export_of(book: str, data: People, portal: Portal) -> Stream:
    """Give the rows of these people in one of the portal's books."""
    whole, theirs = _book(book)
    return Stream(_rows(portal, f"{whole} where {theirs}", data.id_numbers), media_type=NDJSON)


@get("/files", media_type=NDJSON)
async def files(portal: Portal) -> Stream:
    """Give the name and the SHA-256 of every uploaded file, as it lies on disk now."""
    return Stream(_files(portal), media_type=NDJSON)


def _book(name: str) -> tuple[str, str]:
    if name not in BOOKS:
        raise Refusal("control_value_wrong", message=f"no book '{name}': one of {', '.join(BOOKS)}")
    return BOOKS[name]


async def _files(portal: Portal) -> AsyncIterator[bytes]:
    for path in sorted(portal.uploads.folder.iterdir()):
        sha256 = await asyncio.to_thread(_sha256, path)  # not a storage thread: those may be what is short
        yield msgspec.json.encode({"file": path.name, "sha256": sha256}) + b"\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _rows(portal: Portal, sql: str, *arguments: object) -> AsyncIterator[bytes]:
    connection = await connect(portal.database_url)  # of its own: the portal's may be what is short
    try:
        async with connection.transaction():
            batch: list[bytes] = []
            async for row in connection.cursor(sql, *arguments):
                batch.append(msgspec.json.encode(dict(row)) + b"\n")
                if len(batch) == 1000:
                    yield b"".join(batch)
                    batch.clear()
            yield b"".join(batch)
    finally:
        await connection.close()


router = Router(
    "/control",
    route_handlers=[
        clock,
        set_clock,
        profile,
        set_profile,
        resources,
        database_process,
        set_past_passes,
        reset,
        export,
        export_of,
        files,
        *filling.handlers,
    ],
    guards=[token_guard],
    tags=["control"],
)
