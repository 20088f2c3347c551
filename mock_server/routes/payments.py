"""Payment within 7 days (rule 18): orders with an idempotency key, signed callbacks; e-invoices (rule 19)."""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import asyncpg
from litestar import Router, delete, get, post
from litestar.di import Provide
from litestar.params import HeaderParameter
from litestar.response import File
from msgspec import Struct

from mock_server.applications import ENDED, check_alive, china_time, find, state_of
from mock_server.clock import real_now
from mock_server.database import queries
from mock_server.draws import drawn_name
from mock_server.life import Event, IllegalMove, State
from mock_server.payments import settle
from mock_server.portal import Portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.providers import signature
from mock_server.request_type import AnyRequest
from mock_server.rules import LEVEL_NAMES, Level, email_error, fee_fen
from mock_server.sessions import Account, provide_account
from mock_server.working_days import OFFICE_DAY, office_time_after

PAYMENT_REFUSALS = (
    *ENDED,
    "illegal_move",
    "payment_key_missing",
    "payment_key_reused",
    "payment_other_channel_open",
    "provider_unavailable",
)


class Channel(StrEnum):
    """Ways to pay."""

    ALIPAY = "alipay"
    UNIONPAY = "unionpay"


class PaymentRequest(Struct, forbid_unknown_fields=True):
    """How the candidate wants to pay."""

    channel: Channel


class Order(Struct):
    """An order; the candidate pays at `pay_url`."""

    order_no: str
    channel: str
    amount_fen: int
    state: str
    pay_url: str | None


class InvoiceRequest(Struct, forbid_unknown_fields=True):
    """Where the e-invoice goes, and whom it names: by default what was asked for before, at first 个人."""

    email: str
    title: str | None = None


class Invoice(Struct):
    """An e-invoice and when it will be there."""

    id: int
    due_at: datetime
    issued_at: datetime | None


def _order(row: asyncpg.Record) -> Order:
    return Order(row["order_no"], row["channel"], row["amount_fen"], row["state"], row["pay_url"])


@post("/applications/{application_id:int}/payments", refusals=PAYMENT_REFUSALS)
async def pay(
    application_id: int,
    data: PaymentRequest,
    idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=200)],
    account: Account,
    portal: Portal,
) -> Order:
    """Open an order; the same Idempotency-Key gives the same order, however often it is sent."""
    if not idempotency_key:
        raise Refusal("payment_key_missing")
    order, level = await _open_order(application_id, data.channel, idempotency_key, account, portal)
    if order.state == "open" and order.pay_url is None:
        order.pay_url = await portal.providers.open_order(
            order.channel,
            order.order_no,
            order.amount_fen,
            f"社会工作者职业资格考试报名费（{LEVEL_NAMES[level]}）",
            f"{portal.settings.address}/api/payment-callbacks/{order.channel}",
        )
        async with portal.database.connection() as connection:
            await queries.note_pay_url(connection, order_no=order.order_no, pay_url=order.pay_url)
    return order


async def _open_order(
    application_id: int, channel: Channel, key: str, account: Account, portal: Portal
) -> tuple[Order, Level]:
    now = portal.clock.now()
    async with portal.database.transaction() as connection:
        application = await find(connection, application_id, account.id, lock=True)
        level = Level(application["level"])
        if row := await queries.find_order_by_key(connection, application_id=application_id, idempotency_key=key):
            if row["channel"] != channel.value:
                raise Refusal("payment_key_reused")
            return _order(row), level
        state = state_of(application, now)
        check_alive(portal, state)
        if state is not State.APPROVED:
            raise IllegalMove(state, Event.PAY)
        if row := await queries.find_open_order(connection, application_id=application_id):
            if row["channel"] != channel.value:
                raise Refusal("payment_other_channel_open", order_no=row["order_no"])
            # A second tab pays the same order; its key stands for that order for good, paid or cancelled.
            await queries.keep_payment_key(
                connection, application_id=application_id, idempotency_key=key, order_no=row["order_no"]
            )
            return _order(row), level
        # The gateway binds to this number what becomes of the payment, so it must be the same in every run.
        earlier = await queries.count_orders_of(connection, application_id=application_id)
        order_no = f"{now:%Y%m%d}{drawn_name(portal.settings.seed, 'order', account.id_number, earlier)}"
        amount_fen = fee_fen(level, len(application["subjects"]), portal.limits)
        await queries.create_order(
            connection,
            order_no=order_no,
            application_id=application_id,
            channel=channel.value,
            amount_fen=amount_fen,
            idempotency_key=key,
            now=now,
            real_now=real_now(),
        )
    return Order(order_no, channel.value, amount_fen, "open", None), level


async def _find_order(order_no: str, account: Account, portal: Portal) -> asyncpg.Record:
    async with portal.database.connection() as connection:
        row = await queries.find_order(connection, order_no=order_no, account_id=account.id)
    if row is None:
        raise Refusal("order_not_found")
    return row


@get("/payments/{order_no:str}", refusals=("order_not_found",))
async def payment(order_no: str, account: Account, portal: Portal) -> Order:
    """Say how an order stands."""
    return _order(await _find_order(order_no, account, portal))


@delete("/payments/{order_no:str}", refusals=("order_not_found", "order_not_open", "provider_unavailable"))
async def cancel_payment(order_no: str, account: Account, portal: Portal) -> None:
    """Cancel an unpaid order, at the gateway first, so that nobody can pay it any more; a repeat changes nothing."""
    order = await _find_order(order_no, account, portal)
    if order["state"] == "cancelled":
        return
    if order["state"] != "open" or not await portal.providers.close_order(order["channel"], order_no):
        raise Refusal("order_not_open")
    async with portal.database.connection() as connection:
        await queries.cancel_order(connection, order_no=order_no)


@post("/applications/{application_id:int}/invoices", status_code=202, refusals=("field_errors", "invoice_not_payable"))
async def ask_for_invoice(application_id: int, data: InvoiceRequest, account: Account, portal: Portal) -> Invoice:
    """Ask for the e-invoice: issued within 5 working days of the first request."""
    if error := email_error(data.email):
        raise FieldErrors({"email": error})
    now = portal.clock.now()
    limits = portal.limits
    working = limits.invoice_working_days * OFFICE_DAY - timedelta(hours=1)
    due_at = office_time_after(now, working, plain=limits.plain_calendar)
    async with portal.database.transaction() as connection:
        await find(connection, application_id, account.id, lock=True)
        order = await queries.find_paid_order(connection, application_id=application_id)
        if order is None:
            raise Refusal("invoice_not_payable")
        row = await queries.request_invoice(
            connection,
            application_id=application_id,
            order_no=order["order_no"],
            email=data.email,
            title=data.title,
            amount_fen=order["amount_fen"],
            now=now,
            due_at=due_at,
        )
    return Invoice(row["id"], row["due_at"], row["issued_at"])


async def _find_invoice(invoice_id: int, account: Account, portal: Portal) -> asyncpg.Record:
    async with portal.database.connection() as connection:
        row = await queries.find_invoice(connection, id=invoice_id, account_id=account.id)
    if row is None:
        raise Refusal("invoice_not_found")
    return row


@get("/invoices/{invoice_id:int}", refusals=("invoice_not_found",))
async def invoice(invoice_id: int, account: Account, portal: Portal) -> Invoice:
    """Say whether the e-invoice is there."""
    row = await _find_invoice(invoice_id, account, portal)
    due_at = china_time(row["due_at"])
    assert due_at is not None  # the column is not null
    return Invoice(row["id"], due_at, china_time(row["issued_at"]))


@get(
    "/invoices/{invoice_id:int}/file", media_type="application/pdf", refusals=("invoice_not_found", "invoice_not_ready")
)
async def invoice_file(invoice_id: int, account: Account, portal: Portal) -> File:
    """Give the e-invoice as a PDF."""
    row = await _find_invoice(invoice_id, account, portal)
    if row["file"] is None:
        raise Refusal("invoice_not_ready", days=portal.limits.invoice_working_days)
    return File(
        portal.uploads.path_of(row["file"]),
        filename=f"invoice-{invoice_id}.pdf",
        media_type="application/pdf",
    )


@post(
    "/payment-callbacks/{channel:str}",
    status_code=200,
    media_type="text/plain",
    takes=("application/x-www-form-urlencoded",),
    refusals=("callback_signature_wrong", "order_not_found", "callback_amount_wrong"),
)
async def payment_callback(request: AnyRequest, channel: Channel, portal: Portal) -> str:
    """Take a gateway's notification: signed, possibly repeated; the answer `success` ends the repeats."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    expected = signature(form, portal.settings.gateway_keys[channel.value])
    if not hmac.compare_digest(expected.encode(), form.get("sign", "").encode()):
        raise Refusal("callback_signature_wrong")
    order_no = form.get("order_no", "")
    async with portal.database.transaction() as connection:
        order = await queries.find_order_of_gateway(connection, order_no=order_no, channel=channel.value)
        if order is None:
            raise Refusal("order_not_found")
        if form.get("amount_fen") != str(order["amount_fen"]):
            raise Refusal("callback_amount_wrong")
        if form.get("status") == "paid":
            await settle(connection, portal, order["application_id"], order_no, form.get("notify_id"))
    return "success"


router = Router(
    "/api",
    route_handlers=[
        payment_callback,
        Router(
            "/",
            route_handlers=[pay, payment, cancel_payment, ask_for_invoice, invoice, invoice_file],
            dependencies={"account": Provide(provide_account)},
        ),
    ],
    tags=["payment"],
)
