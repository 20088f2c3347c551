"""Control endpoints for the harness: clock, profile, past exams, export of the books. Closed without the token."""

import hmac
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
from litestar import Router, get, post, put
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.response import Stream
from msgspec import Struct

from mock_server.clock import ClockReading, PortalClock
from mock_server.control_room import announce, connect
from mock_server.database import forget_everybody, queries
from mock_server.plants import planted
from mock_server.portal import TITLES, Portal
from mock_server.problems import Refusal
from mock_server.routes import filling
from mock_server.sessions import BEARER
from mock_server.settings import Profile, most_of

BOOKS = {
    "accounts": "select id, name, id_number, phone, created_at, submitted_at, face_due_at, face_checked_at, lapsed_at "
    "from account",
    "identity_scans": "select account_id, side, encode(sha256, 'hex') as sha256, size_bytes, uploaded_at "
    "from identity_scan",
    "applications": "select * from application",
    "application_events": "select * from application_event",
    "materials": "select application_id, paper, encode(sha256, 'hex') as sha256, size_bytes, has_stamp, uploaded_at "
    "from material",
    "filings": "select * from filing",
    "payment_orders": "select * from payment_order",
    "invoices": "select id, application_id, order_no, amount_fen, requested_at, due_at, issued_at from invoice",
    "support_tickets": "select * from support_ticket",
}
"""What can be exported: the portal's own books, without passwords and tokens."""


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


class PastPass(Struct, forbid_unknown_fields=True):
    """A subject that someone passed in an earlier exam (rule 22)."""

    id_number: str
    subject: str
    passed_on: datetime


def token_guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Let nobody in without the control token."""
    token: str = connection.app.state.portal.settings.control_token
    given = connection.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), (BEARER + token).encode()):
        raise Refusal("control_token_wrong")


@get("/clock")
async def clock(portal: Portal) -> ClockSetting:
    """Give portal time and speed."""
    return ClockSetting(portal.clock.now(), portal.clock.reading.speed)


@put("/clock")
async def set_clock(data: ClockSetting, portal: Portal) -> ClockReading:
    """Set portal time and speed, in all processes."""
    if data.portal_time.tzinfo is None or data.speed < 0:
        raise Refusal("control_value_wrong", message="portal_time needs its offset, and speed must not be negative")
    reading = PortalClock.starting_at(data.portal_time, data.speed).reading
    real_s = reading.real_s if data.real_s is None else data.real_s
    reading = msgspec.structs.replace(reading, real_s=real_s, then=data.then)
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


@put("/past-passes", status_code=204)
async def set_past_passes(data: list[PastPass], portal: Portal) -> None:
    """Tell the portal who passed what in earlier exams."""
    async with portal.database.transaction() as connection:
        await queries.add_past_passes(connection, [msgspec.structs.asdict(it) for it in data])


@post("/reset", status_code=204)
async def reset(portal: Portal) -> None:
    """Forget everybody: the portal is as it was when it began, but for its clock and its capacities."""
    connection = await connect(portal.database_url)
    try:
        await forget_everybody(connection)
        for plant, severity in planted(portal.settings.plants):
            await plant.prepare(connection, severity)
    finally:
        await connection.close()
    await portal.uploads.clear()


@get("/export/{book:str}")
async def export(book: str, portal: Portal) -> Stream:
    """Give one of the portal's books as NDJSON, a row a line."""
    if book not in BOOKS:
        raise Refusal("control_value_wrong", message=f"no book '{book}': one of {', '.join(BOOKS)}")
    return Stream(_rows(portal, BOOKS[book]), media_type="application/x-ndjson")


async def _rows(portal: Portal, sql: str) -> AsyncIterator[bytes]:
    async with portal.database.transaction() as connection:
        batch = []
        async for row in connection.cursor(sql):
            batch.append(msgspec.json.encode(dict(row)))
            if len(batch) == 1000:
                yield b"\n".join(batch) + b"\n"
                batch.clear()
        if batch:
            yield b"\n".join(batch) + b"\n"


router = Router(
    "/control",
    route_handlers=[
        clock,
        set_clock,
        profile,
        set_profile,
        resources,
        set_past_passes,
        reset,
        export,
        *filling.handlers,
    ],
    guards=[token_guard],
    tags=["control"],
)
