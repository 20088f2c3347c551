"""The least that a Litestar application does for the portal's main requests: the same SQL, and nothing else.

    python -m benchmarks.bare_app PORT DATABASE_URL FOLDER

Nothing is checked, measured, bounded, documented or refused: benchmarks/bare_handler.py holds what the portal costs
against this. Uploads are received, hashed and written as the portal does it, but not looked into.
"""

import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import asyncpg
import msgspec
import uvicorn
from litestar import Litestar, Request, get, post, put
from litestar.datastructures import State
from litestar.enums import MediaType

from mock_server.clock import real_now
from mock_server.database import open_pool, queries
from mock_server.routes.pages import PAGE

CONNECTIONS = 24
"""As many as the generous profile has."""
AnyRequest = Request[Any, Any, Any]


class Statement(NamedTuple):
    """A query of the portal, as its driver gets it."""

    sql: str
    parameters: list[str]


def statement(name: str) -> Statement:
    """Give a query of mock_server/queries/ by its name."""
    return Statement(getattr(queries, name).sql, queries.driver_adapter.var_sorted[name])


async def ask(connection: asyncpg.Connection, name: str, /, **values: Any) -> list[asyncpg.Record]:
    """Run a query of the portal; give its rows."""
    sql, parameters = _STATEMENTS.get(name) or _STATEMENTS.setdefault(name, statement(name))
    rows: list[asyncpg.Record] = await connection.fetch(sql, *[values[it] for it in parameters])
    return rows


_STATEMENTS: dict[str, Statement] = {}


async def account_of(request: AnyRequest, state: State) -> asyncpg.Record:
    """Give the account of a request, by the portal's own query."""
    digest = hashlib.sha256(request.headers["authorization"][7:].encode()).digest()
    async with state.pool.acquire() as connection:
        return (await ask(connection, "find_session", token_hash=digest, real_now=real_now()))[0]


@get("/", media_type=MediaType.HTML)
async def home() -> str:
    """Give the home page."""
    return PAGE


@get("/log-in", media_type=MediaType.HTML)
async def log_in_page() -> str:
    """Give a page of that size, made beforehand."""
    return PAGE


@get("/api/window")
async def window() -> dict[str, Any]:
    """Give a document of that size."""
    now = real_now()
    return dict.fromkeys(("opening", "closing", "tickets", "exam", "results", "portal_time"), now) | {"open": True}


@post("/api/sessions")
async def log_in(request: AnyRequest, state: State) -> dict[str, Any]:
    """Open a session, without a look at the password."""
    data, now = msgspec.json.decode(await request.body()), real_now()
    who = {"id_number": data["id_number"], "attempts": 10, "wait_since": now - timedelta(seconds=900)}
    async with state.pool.acquire() as connection:
        found = (await ask(connection, "find_login", **who, now=now))[0]
    token, ends_at = uuid4().hex, now + timedelta(hours=1)
    async with state.pool.acquire() as connection:
        await ask(
            connection,
            "open_session",
            **who,
            token_hash=hashlib.sha256(token.encode()).digest(),
            account_id=found["id"],
            queue_number=None,
            expires_at=ends_at,
        )
    return {"token": token, "expires_at": ends_at}


@put("/api/identity/addresses", status_code=204)
async def addresses(request: AnyRequest, state: State) -> None:
    """Keep the addresses."""
    data = msgspec.json.decode(await request.body())
    account = await account_of(request, state)
    flat = {f"{kind}_{field}": value for kind, fields in data.items() for field, value in fields.items()}
    async with state.pool.acquire() as connection, connection.transaction():
        await ask(connection, "lock_account", account_id=account["id"])
        await ask(connection, "keep_addresses", account_id=account["id"], **flat)


async def receive(request: AnyRequest, folder: Path) -> tuple[str, bytes, int]:
    """Write a body to a new file; give its name, hash and size."""
    name, digest, size_bytes = uuid4().hex, hashlib.sha256(), 0
    with (folder / name).open("xb", buffering=0) as file:
        buffer = bytearray()
        async for chunk in request.stream():
            buffer += chunk
            size_bytes += len(chunk)
            if len(buffer) >= 256 * 1024:
                digest.update(buffer)
                file.write(buffer)
                buffer = bytearray()
        digest.update(buffer)
        file.write(buffer)
    return name, digest.digest(), size_bytes


@put("/api/identity/scans/{side:str}")
async def scan(request: AnyRequest, side: str, state: State) -> dict[str, Any]:
    """Keep a scan."""
    account = await account_of(request, state)
    name, digest, size_bytes = await receive(request, state.folder)
    kept = {"account_id": account["id"], "side": side, "file": name, "sha256": digest, "size_bytes": size_bytes}
    async with state.pool.acquire() as connection, connection.transaction():
        await ask(connection, "lock_account", account_id=account["id"])
        old = await ask(connection, "keep_scan", **kept, now=real_now())
    _discard(state.folder, old)
    return {"sha256": digest.hex(), "size_bytes": size_bytes}


@put("/api/applications/{number:int}/materials/{paper:str}")
async def material(request: AnyRequest, number: int, paper: str, state: State) -> dict[str, Any]:
    """Keep a paper."""
    account = await account_of(request, state)
    async with state.pool.acquire() as connection:
        await ask(connection, "find_application", id=number, account_id=account["id"])
    name, digest, size_bytes = await receive(request, state.folder)
    kept = {"application_id": number, "paper": paper, "file": name, "sha256": digest, "size_bytes": size_bytes}
    async with state.pool.acquire() as connection, connection.transaction():
        await ask(connection, "lock_application", id=number, account_id=account["id"])
        old = await ask(connection, "keep_material", **kept, has_stamp=None, now=real_now())
    _discard(state.folder, old)
    return {"sha256": digest.hex(), "size_bytes": size_bytes}


def _discard(folder: Path, old: list[asyncpg.Record]) -> None:
    if old:
        (folder / old[0]["file"]).unlink(missing_ok=True)


@get("/api/applications/{number:int}")
async def status(request: AnyRequest, number: int, state: State) -> dict[str, Any]:
    """Give an application and its papers."""
    account = await account_of(request, state)
    async with state.pool.acquire() as connection:
        row = (await ask(connection, "find_application", id=number, account_id=account["id"]))[0]
        papers = await ask(connection, "materials_of", application_id=number)
    shown = ("id", "state", "due_at", "filing_number", "level", "subjects", "province", "reviewer_note", "submitted_at")
    return {name: row[name] for name in shown} | {"materials": [dict(it) for it in papers]}


@put("/api/applications/{number:int}")
async def form(request: AnyRequest, number: int, state: State) -> dict[str, Any]:
    """Keep the form of a draft."""
    data = msgspec.json.decode(await request.body())
    account = await account_of(request, state)
    employed_since = datetime.fromisoformat(data.pop("employed_since")).date()
    async with state.pool.acquire() as connection, connection.transaction():
        await ask(connection, "lock_application", id=number, account_id=account["id"])
        await ask(connection, "household_province", account_id=account["id"])
        await ask(connection, "past_passes", id_number=account["id_number"])
        await ask(connection, "change_application", id=number, now=real_now(), employed_since=employed_since, **data)
    return {"state": "draft", "state_name": "草稿"}


@post("/api/applications/{number:int}/submission", status_code=200)
async def submission(request: AnyRequest, number: int, state: State) -> dict[str, Any]:
    """File an application."""
    account, now = await account_of(request, state), real_now()
    moved = {"event": "submit", "from_state": "draft", "to_state": "under_review", "note": None, "asked_paper": None}
    async with state.pool.acquire() as connection, connection.transaction():
        row = (await ask(connection, "lock_application", id=number, account_id=account["id"]))[0]
        province = row["province"]
        await ask(connection, "materials_of", application_id=number)
        await ask(connection, "household_province", account_id=account["id"])
        await ask(connection, "diary_entry", id_number=account["id_number"], round=1)
        later = {"due_at": None, "decision_at": now + timedelta(days=5)}
        await ask(connection, "move_applications", id=number, now=now, **moved, **later)
        await ask(connection, "start_review", id=number, after_supplement=False, now=now)
        await ask(connection, "filed_in", id=number, province=province)
        await ask(connection, "lock_filing_rows", provinces=[province])
        sequence = (await ask(connection, "take_filing_sequence", province=province))[0]["last_number"]
        filed = {"number": f"{province}{sequence:08}", "id": number}
        await ask(connection, "file_application", province=province, sequence=sequence, now=now, **filed)
        await ask(connection, "note_filing_number", **filed)
    return {"filing_number": filed["number"], "state": "under_review", "submitted_at": now}


@post("/api/applications/{number:int}/payments")
async def pay(request: AnyRequest, number: int, state: State) -> dict[str, Any]:
    """Give the order that is open under this key."""
    key = request.headers["idempotency-key"]
    account = await account_of(request, state)
    async with state.pool.acquire() as connection, connection.transaction():
        await ask(connection, "lock_application", id=number, account_id=account["id"])
        order = (await ask(connection, "find_order_by_key", application_id=number, idempotency_key=key))[0]
    return {name: order[name] for name in ("order_no", "channel", "amount_fen", "state", "pay_url")}


def bare_app(url: str, folder: Path) -> Litestar:
    """Give the application; uploads go into the folder."""

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        app.state.folder = folder
        async with await open_pool(url, CONNECTIONS, 1) as app.state.pool:
            yield

    handlers = [home, log_in_page, window, log_in, addresses, scan, material, status, form, submission, pay]
    return Litestar(handlers, lifespan=[running], openapi_config=None, logging_config=None)


def main() -> None:
    """Serve until told to stop, with uvicorn set up as for the portal."""
    port, url, folder = sys.argv[1:]
    uvicorn.run(
        bare_app(url, Path(folder)),
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
