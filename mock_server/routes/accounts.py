"""SMS codes, accounts, log-in (rule 1) and support that unbinds a phone (rule 2)."""

import secrets
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated

import asyncpg
from litestar import Router, delete, get, post
from litestar.di import Provide
from litestar.params import HeaderParameter
from msgspec import Struct
from msgspec.structs import asdict

from mock_server.clock import real_now
from mock_server.database import queries
from mock_server.portal import NOT_OPEN, Portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.request_type import AnyRequest
from mock_server.rules import id_number_error, name_error, password_error, phone_error
from mock_server.sessions import Account, Attempts, bearer_token, open_session, provide_account, token_hash
from mock_server.working_days import office_time_after

QueuePass = Annotated[str, HeaderParameter(name="Queue-Pass", description="from the waiting room, where it is open")]
A_DAY = timedelta(days=1)
CODE_REFUSED = ("sms_code_expired", "sms_code_attempts", "sms_code_wrong")


class PhoneNumber(Struct, forbid_unknown_fields=True):
    """Where a code is to be sent."""

    phone: str


class CodeSent(Struct):
    """A code is on its way; seconds until another may be asked for, and until it ends."""

    resend_after_s: float
    valid_s: float


class NewAccount(Struct, forbid_unknown_fields=True):
    """What a candidate gives to register."""

    name: str
    id_number: str
    phone: str
    sms_code: str
    password: str


class AccountMade(Struct):
    """The new account."""

    account_id: int


class LogIn(Struct, forbid_unknown_fields=True):
    """What a candidate gives to log in."""

    id_number: str
    password: str


class LoggedIn(Struct):
    """A log-in; the token goes into the Authorization header."""

    token: str
    expires_at: datetime


class UnbindingRequest(Struct, forbid_unknown_fields=True):
    """A candidate's call for support: this phone is mine, but bound to another account."""

    phone: str
    sms_code: str
    reason: str


class Ticket(Struct):
    """What support has promised."""

    ticket_id: int
    due_at: datetime
    done_at: datetime | None


def _raise_for(errors: dict[str, str | None]) -> None:
    if found := {name: message for name, message in errors.items() if message}:
        raise FieldErrors(found)


@post(
    "/sms-codes",
    status_code=202,
    refusals=(*NOT_OPEN, "queue_first", "field_errors", "sms_too_soon", "sms_too_many", "provider_unavailable"),
)
async def send_sms_code(data: PhoneNumber, portal: Portal, queue_pass: QueuePass = "") -> CodeSent:
    """Send a code to a phone by SMS."""
    portal.check_open()
    await portal.waiting_room.enter(queue_pass)
    _raise_for({"phone": phone_error(data.phone)})
    limits = portal.limits
    code = f"{secrets.randbelow(1_000_000):06d}"
    now = real_now()
    async with portal.database.connection() as connection:
        renewed = await queries.renew_sms_code(
            connection,
            phone=data.phone,
            code=code,
            sent_at=now,
            expires_at=now + timedelta(seconds=limits.sms_code_valid_s),
            resend_before=now - timedelta(seconds=limits.sms_resend_s),
            day_before=now - A_DAY,
            most=limits.sms_a_day,
        )
        if renewed is None:
            if await queries.had_codes_of_day(
                connection, phone=data.phone, day_before=now - A_DAY, most=limits.sms_a_day
            ):
                raise Refusal("sms_too_many", codes=limits.sms_a_day)
            raise Refusal("sms_too_soon", seconds=f"{limits.sms_resend_s:g}")
    try:
        await portal.providers.send_sms(
            data.phone, f"【报名系统】验证码 {code}，{limits.sms_code_valid_s / 60:g} 分钟内有效。"
        )
    except Refusal:
        async with portal.database.connection() as connection:
            await queries.forget_sms_code(connection, phone=data.phone)
        raise
    return CodeSent(limits.sms_resend_s, limits.sms_code_valid_s)


async def _check_sms_code(portal: Portal, phone: str, code: str) -> None:
    async with portal.database.connection() as connection:
        kept = await queries.try_sms_code(connection, phone=phone)
    if kept is None or kept["expires_at"] <= real_now():
        raise Refusal("sms_code_expired")
    if kept["attempts"] > portal.limits.sms_attempts:
        raise Refusal("sms_code_attempts")
    if not secrets.compare_digest(kept["code"].encode(), code.encode()):
        raise Refusal("sms_code_wrong")


@post(
    "/accounts",
    refusals=(*NOT_OPEN, "queue_first", "field_errors", *CODE_REFUSED, "id_number_registered", "phone_already_bound"),
)
async def create_account(data: NewAccount, portal: Portal, queue_pass: QueuePass = "") -> AccountMade:
    """Register: name, ID number, and a phone that the SMS code proves."""
    portal.check_open()
    await portal.waiting_room.enter(queue_pass)
    data.id_number = data.id_number.upper()
    _raise_for(
        {
            "name": name_error(data.name),
            "id_number": id_number_error(data.id_number),
            "phone": phone_error(data.phone),
            "password": password_error(data.password),
        }
    )
    portal.check_open(data.id_number[:2])
    await _check_sms_code(portal, data.phone, data.sms_code)
    async with portal.database.connection() as connection:
        holds = await queries.who_holds(connection, phone=data.phone, id_number=data.id_number, now=portal.clock.now())
    if holds["id_number_registered"]:
        raise Refusal("id_number_registered")
    if holds["phone_bound"]:
        raise Refusal("phone_already_bound")
    password_hash = await portal.passwords.hash(data.password)
    try:
        async with portal.database.connection() as connection:
            account_id = await queries.create_account(
                connection,
                name=data.name.strip(),
                id_number=data.id_number,
                phone=data.phone,
                password_hash=password_hash,
                now=portal.clock.now(),
            )
    except asyncpg.UniqueViolationError as error:  # someone was faster between the look and the insert
        taken = "phone_already_bound" if error.constraint_name == "account_phone" else "id_number_registered"
        raise Refusal(taken) from None
    return AccountMade(account_id)


@post("/sessions", refusals=("queue_first", "login_wrong", "login_attempts", "account_lapsed"))
async def log_in(data: LogIn, portal: Portal, queue_pass: QueuePass = "") -> LoggedIn:
    """Log in with ID number and password; after too many wrong ones the number has to wait, right or wrong.

    Counted by ID number alone: thousands share an address, and who guesses can have many.
    """
    portal.waiting_room.check_is_pass(queue_pass)
    id_number = data.id_number.upper()
    if id_number_error(id_number) or password_error(data.password):
        raise Refusal("login_wrong")  # nobody's: neither worth a hash nor a row
    limits = portal.limits
    now = real_now()
    attempts = Attempts(id_number, limits.login_attempts, now - timedelta(seconds=limits.login_wait_s))
    too_many = Refusal("login_attempts", minutes=ceil(limits.login_wait_s / 60))
    async with portal.database.connection() as connection:
        found = await queries.find_login(connection, **asdict(attempts), now=portal.clock.now())
    if found["must_wait"]:
        raise too_many  # before the hash, which is what guessing costs the portal
    if not await portal.passwords.matches(data.password, found["password_hash"]):
        async with portal.database.connection() as connection:
            await queries.note_log_in_failure(
                connection, id_number=id_number, real_now=now, wait_since=attempts.wait_since
            )
        raise Refusal("login_wrong")
    if found["lapsed"]:
        raise Refusal("account_lapsed", hours=f"{limits.face_check_within_h:g}")
    queue_number = await portal.waiting_room.enter(queue_pass, found["id"])
    async with portal.database.connection() as connection:
        opened = await open_session(connection, found["id"], limits.session_valid_s, attempts, queue_number)
    if opened is None:
        raise too_many
    return LoggedIn(*opened)


@delete("/sessions/current", dependencies={"account": Provide(provide_account)})
async def log_out(request: AnyRequest, account: Account, portal: Portal) -> None:  # noqa: ARG001 - must be logged in
    """Log out."""
    async with portal.database.connection() as connection:
        await queries.close_session(connection, token_hash=token_hash(bearer_token(request)))


@post("/support/unbindings", status_code=202, refusals=("field_errors", *CODE_REFUSED, "phone_not_bound"))
async def ask_for_unbinding(data: UnbindingRequest, portal: Portal) -> Ticket:
    """Ask support to unbind a phone from another account; the SMS code proves who holds the phone now."""
    _raise_for({"phone": phone_error(data.phone), "reason": None if data.reason.strip() else "请说明原因"})
    await _check_sms_code(portal, data.phone, data.sms_code)
    now = portal.clock.now()
    limits = portal.limits
    due_at = office_time_after(now, timedelta(hours=limits.unbinding_after_h), plain=limits.plain_calendar)
    async with portal.database.connection() as connection:
        ticket = await queries.open_ticket(connection, phone=data.phone, reason=data.reason, now=now, due_at=due_at)
    if ticket is None:
        raise Refusal("phone_not_bound")
    return Ticket(ticket["id"], ticket["due_at"], None)


@get("/support/unbindings/{ticket_id:int}", refusals=("ticket_not_found",))
async def unbinding(ticket_id: int, portal: Portal) -> Ticket:
    """Say how far support has come."""
    async with portal.database.connection() as connection:
        ticket = await queries.find_ticket(connection, id=ticket_id)
    if ticket is None:
        raise Refusal("ticket_not_found")
    return Ticket(ticket["id"], ticket["due_at"], ticket["done_at"])


router = Router(
    "/api",
    route_handlers=[send_sms_code, create_account, log_in, log_out, ask_for_unbinding, unbinding],
    tags=["account"],
)
