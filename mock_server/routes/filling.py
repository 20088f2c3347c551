"""Control endpoints that fill the books at once, to a moment in the middle of the window, and audit them.

POST import-begin ─► PUT import/{book} (CSV), many times ─► POST import-done ─► GET audit
"""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime

from litestar import get, post, put
from msgspec import Struct

from mock_server.audit import Finding, audit
from mock_server.bulk_loading import BUILDERS, WrongRowsError, finish, load, put_back, take_off
from mock_server.clock import PortalClock, clock_error
from mock_server.control_room import connect
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.results import mark_exams
from mock_server.settings import Limits
from mock_server.uploads import SHARED


class Loaded(Struct):
    """How many rows a body had."""

    rows: int


class FilledTo(Struct, forbid_unknown_fields=True):
    """The moment up to which the books tell."""

    portal_time: datetime


@get("/limits")
async def limits(portal: Portal) -> Limits:
    """Give the limits of the rules."""
    return portal.limits


@post("/import-begin", status_code=204)
async def begin_import(portal: Portal) -> None:
    """Take keys and indexes off the books, until `import-done`."""
    connection = await connect(portal.database_url)
    try:
        await take_off(connection)
    finally:
        await connection.close()


@put("/import/{book:str}", request_max_body_size=None, takes=("text/csv",), refusals=("control_value_wrong",))
async def import_rows(request: AnyRequest, book: str, portal: Portal) -> Loaded:
    """Fill a book: the body is CSV as COPY reads it, with a header line that names the columns."""
    connection = await connect(portal.database_url)
    try:
        await connection.execute("set synchronous_commit = off")
        return Loaded(await load(connection, book, request.stream()))
    except WrongRowsError as error:
        raise Refusal("control_value_wrong", message=str(error)) from None
    finally:
        await connection.close()


@put(
    "/import-files/{name:str}", status_code=204, takes=("application/octet-stream",), refusals=("control_value_wrong",)
)
async def import_file(request: AnyRequest, name: str, portal: Portal) -> None:
    """Keep a file that rows of many candidates refer to."""
    if not (name.startswith(SHARED) and name.replace("-", "").isalnum() and name.isascii()):
        message = f"'{name}' must begin with '{SHARED}' and have letters, digits and hyphens alone"
        raise Refusal("control_value_wrong", message=message)
    content = await request.body()
    if not content:
        raise Refusal("control_value_wrong", message="the body is empty; send the file")
    await portal.uploads.share(name, content)


@post("/import-done", status_code=204, refusals=("control_value_wrong",))
async def finish_import(data: FilledTo, portal: Portal) -> None:
    """Put keys and indexes back, checking all rows; set the counters; mark the exam, if it is over by then."""
    stopped = PortalClock.starting_at(data.portal_time, 0)
    if error := clock_error(stopped.reading):
        raise Refusal("control_value_wrong", message=error)
    async with AsyncExitStack() as exits:
        connections = []
        for _ in range(BUILDERS):
            connections.append(await connect(portal.database_url))
            exits.push_async_callback(connections[-1].close)
        try:
            await put_back(connections)
        except WrongRowsError as error:
            raise Refusal("control_value_wrong", message=str(error)) from None
        await finish(connections[0])
    await mark_exams(replace(portal, clock=stopped))


@get("/audit")
async def audit_books(portal: Portal) -> list[Finding]:
    """Hold the books against the rules."""
    return await audit(portal)


handlers = [limits, begin_import, import_rows, import_file, finish_import, audit_books]
