"""Who is asking: log-ins as tokens of which the database keeps only a hash."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import asdict

from mock_server.clock import real_now
from mock_server.database import Connection, queries
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest

BEARER = "Bearer "


class Account(Struct, frozen=True):
    """The account that a request speaks for."""

    id: int
    name: str
    id_number: str
    phone: str | None
    submitted_at: datetime | None
    face_due_at: datetime | None
    face_checked_at: datetime | None


def bearer_token(request: AnyRequest) -> str:
    """Give the token of the Authorization header, or an empty text."""
    header = request.headers.get("authorization", "")
    return header[len(BEARER) :] if header.startswith(BEARER) else ""


def token_hash(token: str) -> bytes:
    """Give what the database keeps of a token."""
    return sha256(token.encode()).digest()


class Attempts(Struct, frozen=True):
    """How many wrong passwords since `wait_since` (real time) make an ID number wait."""

    id_number: str
    attempts: int
    wait_since: datetime


async def open_session(
    connection: Connection, account_id: int, valid_s: float, attempts: Attempts, queue_number: int | None
) -> tuple[str, datetime] | None:
    """Make a token for an account; give it with the real time at which it ends, or None where the number must wait.

    `queue_number` is that of the waiting room, for who came through it.
    """
    token = secrets.token_urlsafe(32)
    expires_at = real_now() + timedelta(seconds=valid_s)
    opened = await queries.open_session(
        connection,
        token_hash=token_hash(token),
        account_id=account_id,
        queue_number=queue_number,
        expires_at=expires_at,
        **asdict(attempts),
    )
    return None if opened is None else (token, expires_at)


async def provide_account(request: AnyRequest, portal: Portal) -> Account:
    """Give the account of a request (a Litestar dependency)."""
    return await account_of(bearer_token(request), portal)


async def account_of(token: str, portal: Portal) -> Account:
    """Give the account that a token was given to.

    Raises Refusal without a valid token, and for an account whose face check is overdue (rule 5).
    """
    if not token:
        raise Refusal("not_logged_in")
    async with portal.resources["session"](), portal.database.connection() as connection:
        row = await queries.find_session(connection, token_hash=token_hash(token), real_now=real_now())
    if row is None:
        raise Refusal("not_logged_in")
    portal.waiting_room.saw(row["queue_number"])
    overdue = row["face_due_at"] is not None and row["face_due_at"] <= portal.clock.now()
    if row["lapsed_at"] is not None or (overdue and row["face_checked_at"] is None):
        raise Refusal("account_lapsed", hours=f"{portal.limits.face_check_within_h:g}")
    return Account(
        row["id"], row["name"], row["id_number"], row["phone"],
        row["submitted_at"], row["face_due_at"], row["face_checked_at"],
    )  # fmt: skip


def require_identity(account: Account) -> None:
    """Raise Refusal unless the account has passed its face check (rule 5)."""
    if account.face_checked_at is None:
        raise Refusal("identity_not_verified")
