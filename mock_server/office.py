"""What happens at the offices while candidates wait: deadlines, review, invoices, support, unanswered orders.

One server process at a time is the office (`mock_server/control_room.py` elects it). It looks at portal time every
second and does what is due, whether or not the candidate comes back.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from hashlib import blake2b

from mock_server.applications import make_move, state_of
from mock_server.clock import real_now
from mock_server.database import every, queries
from mock_server.invoice_pdf import invoice_pdf
from mock_server.life import DEADLINES, Event, State, move
from mock_server.payments import settle
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.settings import Limits
from mock_server.working_days import OFFICE_DAY, office_time_after

logger = logging.getLogger(__name__)


def drawn(seed: int, *purpose: object) -> float:
    """Give a number of [0, 1) that depends on seed and purpose alone, so that a run can be repeated."""
    digest = blake2b("/".join(map(str, purpose)).encode(), key=str(seed).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def decision_time(seed: int, id_number: str, round_: int, now: datetime, limits: Limits) -> datetime:
    """Give when the exam office will have decided: within the working days of rule 16, released on full hours."""
    working = drawn(seed, "review time", id_number, round_) * limits.review_working_days * OFFICE_DAY
    decided = office_time_after(now, working)
    batch = decided.replace(minute=0, second=0, microsecond=0)
    return batch if batch == decided else batch + timedelta(hours=1)


def decision(
    seed: int, id_number: str, round_: int, has_stamp: bool | None, limits: Limits
) -> tuple[Event, str | None]:
    """Give what the reviewer decides, and the note for the candidate.

    A work proof without the employer's stamp is always asked for again (rule 12). Other reasons come by chance, in the
    first round only: who hands in better papers is approved.
    """
    if has_stamp is False:
        return Event.REQUEST_SUPPLEMENT, "工作证明缺少单位公章，请补交"
    if round_ > 1:
        return Event.APPROVE, None
    u = drawn(seed, "review", id_number)
    if u < limits.supplement_share:
        return Event.REQUEST_SUPPLEMENT, "学历证书不清晰，请补交"
    if u < limits.supplement_share + limits.rejected_share:
        return Event.REJECT, "所报级别与材料不符"
    return Event.APPROVE, None


RESULT_TEXTS = {
    Event.APPROVE: "审核通过，请在 {days} 天内缴费。",
    Event.REJECT: "审核不通过：{note}。",
    Event.REQUEST_SUPPLEMENT: "请在 {supplement_days} 天内补交材料：{note}。",
}


async def office_hours(portal: Portal) -> None:
    """Do what is due, every second, until cancelled."""
    texts: set[asyncio.Task[None]] = set()
    while True:
        for duty in (apply_deadlines, unbind_phones, issue_invoices):
            try:
                await duty(portal)
            except Exception:
                logger.exception("office: %s failed, tried again in a second", duty.__name__)
        try:
            for phone, text in await release_decisions(portal):
                task = asyncio.create_task(_send(portal, phone, text))
                texts.add(task)
                task.add_done_callback(texts.discard)
        except Exception:
            logger.exception("office: release_decisions failed, tried again in a second")
        await asyncio.sleep(1)


async def ask_gateways(portal: Portal) -> None:
    """Ask about unanswered orders, every second, until cancelled: apart, as gateways may be slow or silent."""
    while True:
        try:
            await query_unanswered_orders(portal)
        except Exception:
            logger.exception("office: query_unanswered_orders failed, tried again in a second")
        await asyncio.sleep(1)


async def _send(portal: Portal, phone: str, text: str) -> None:
    try:
        await portal.providers.send_sms(phone, text)
    except Refusal:
        logger.warning("office: a result could not be sent by SMS; the status page shows it")


async def apply_deadlines(portal: Portal) -> None:
    """Let every deadline that has passed act: 48 h, 5 days, 7 days, the close."""
    now = portal.clock.now()
    async with portal.database.transaction() as connection:
        await queries.lapse_accounts(connection, now=now)
        for state, event in DEADLINES.items():
            await queries.apply_deadlines(
                connection,
                from_state=state.value,
                to_state=move(state, event).value,
                event=event.value,
                now=now,
            )


async def unbind_phones(portal: Portal) -> None:
    """Free the phones whose tickets support has come to."""
    async with portal.database.connection() as connection:
        await queries.unbind_phones(connection, now=portal.clock.now())


async def release_decisions(portal: Portal) -> list[tuple[str, str]]:
    """Decide what is due at the exam offices; give the phones and texts of the results (rule 16)."""
    limits = portal.limits
    texts = []
    async with portal.database.connection() as connection:
        due = await every(queries.decisions_due(connection, now=portal.clock.now()))
    for case in due:
        event, note = decision(portal.settings.seed, case["id_number"], case["review_round"], case["has_stamp"], limits)
        async with portal.database.transaction() as connection:
            now = portal.clock.now()
            row = await queries.lock_application_by_id(connection, id=case["id"])
            if state_of(row, now) is not State.UNDER_REVIEW or row["review_round"] != case["review_round"]:
                continue  # withdrawn in this very moment, and perhaps filed again
            within_d = {
                Event.APPROVE: limits.payment_within_d,
                Event.REQUEST_SUPPLEMENT: limits.supplement_within_d,
            }.get(event)
            due_at = row["decision_at"] + timedelta(days=within_d) if within_d else None
            await make_move(connection, row, event, now, due_at=due_at, note=note)
        if case["phone"]:
            text = RESULT_TEXTS[event].format(
                days=f"{limits.payment_within_d:g}",
                supplement_days=f"{limits.supplement_within_d:g}",
                note=note,
            )
            texts.append((case["phone"], f"【报名系统】{text}"))
    return texts


async def issue_invoices(portal: Portal) -> None:
    """Make the e-invoices that are due (rule 19)."""
    now = portal.clock.now()
    async with portal.database.connection() as connection:
        due = await every(queries.invoices_due(connection, now=now))
    for row in due:
        pdf = await portal.storage.run(
            invoice_pdf,
            number=row["id"],
            payer=row["title"] if row["title"] != "个人" else row["name"],
            level=row["level"],
            subjects=row["subjects"],
            amount_fen=row["amount_fen"],
            order_no=row["order_no"],
            issued_on=now.date(),
        )
        file = await portal.uploads.write(pdf)
        async with portal.database.connection() as connection:
            await queries.issue_invoice(connection, id=row["id"], file=file, now=now)


async def query_unanswered_orders(portal: Portal) -> None:
    """Ask the gateways about orders that they have said nothing about: a callback can get lost (rule 18)."""
    now = real_now()
    asked_before = now - timedelta(seconds=portal.limits.payment_query_after_s)
    async with portal.database.connection() as connection:
        orders = await every(queries.take_unanswered_orders(connection, real_now=now, asked_before=asked_before))
    for order in orders:
        try:
            state = await portal.providers.order_state(order["channel"], order["order_no"])
        except Refusal:
            continue  # asked again later
        async with portal.database.transaction() as connection:
            if state == "paid":
                await settle(connection, portal, order["application_id"], order["order_no"], None)
            elif state == "closed":
                await queries.cancel_order(connection, order_no=order["order_no"])
