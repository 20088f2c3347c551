"""What happens at the offices while candidates wait: deadlines, review, invoices, support, unanswered orders, results.

One server process at a time is the office (`mock_server/control_room.py` elects it). It looks at portal time every
second, or more often under a fast clock, and does what is due, whether or not the candidate comes back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from mock_server.applications import Move, Row, make_moves
from mock_server.clock import real_now
from mock_server.database import every, queries
from mock_server.invoice_pdf import invoice_pdf
from mock_server.life import DEADLINES, Event, State, move
from mock_server.payments import settle
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.results import mark_exams
from mock_server.review import Decision, decision
from mock_server.settings import Limits

logger = logging.getLogger(__name__)

Duty = Callable[[Portal], Awaitable[None]]

DECIDED_AT_ONCE = 500
"""Decisions a transaction: some ms, so that requests of the same process need not wait long."""
LEAST_STEP_S, PORTAL_STEP_S = 0.1, 600.0
"""The office looks every second; under a fast clock every 10 minutes of portal time, but not more often than that."""
TEXT_SENDERS = 4
"""Texts under way at a time: thousands come on the full hour, and candidates' codes go over the same lines."""
TEXT_AGAIN_AFTER_S = 1.0
"""After a text that could not be sent."""

RESULT_TEXTS = {
    Event.APPROVE: "审核通过，请在 {days} 天内缴费。",
    Event.REJECT: "审核不通过：{note}。",
    Event.REQUEST_SUPPLEMENT: "请在 {supplement_days} 天内补交材料：{note}。",
}


async def office_hours(portal: Portal) -> None:
    """Do what is due, every second, until cancelled; no duty waits for another, as gateways may be slow or silent."""
    duties: list[Duty] = [
        admit,
        apply_deadlines,
        forget_log_in_failures,
        unbind_phones,
        release_decisions,
        issue_invoices,
        query_unanswered_orders,
        mark_exams,
    ]
    async with asyncio.TaskGroup() as office:
        for duty in duties:
            office.create_task(_every_second(duty, portal))
        for _ in range(TEXT_SENDERS):
            office.create_task(_send_texts(portal))


async def _every_second(duty: Duty, portal: Portal) -> None:
    while True:
        try:
            if not portal.is_being_filled:
                await duty(portal)
        except Exception:
            logger.exception("office: %s failed, tried again in a second", getattr(duty, "__name__", duty))
        # A fast clock has more happen in a second: the office keeps its step in portal time, as far as it can.
        await asyncio.sleep(min(1.0, max(LEAST_STEP_S, PORTAL_STEP_S / max(portal.clock.reading.speed, 1.0))))


async def _send_texts(portal: Portal) -> None:
    while True:
        phone, text = await portal.texts.get()
        try:
            await portal.providers.send_sms(phone, text)
        except Refusal:
            logger.warning("office: a result could not be sent by SMS; the status page shows it")
            await asyncio.sleep(TEXT_AGAIN_AFTER_S)  # else all that wait would be lost at once


async def admit(portal: Portal) -> None:
    """Let the next ones in from the waiting room."""
    await portal.waiting_room.admit()


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


async def forget_log_in_failures(portal: Portal) -> None:
    """Forget wrong passwords that nobody has to wait for any more."""
    async with portal.database.connection() as connection:
        wait_since = real_now() - timedelta(seconds=portal.limits.login_wait_s)
        await queries.forget_log_in_failures(connection, wait_since=wait_since)


async def unbind_phones(portal: Portal) -> None:
    """Free the phones whose tickets support has come to."""
    async with portal.database.connection() as connection:
        await queries.unbind_phones(connection, now=portal.clock.now())


async def release_decisions(portal: Portal) -> None:
    """Decide all that is due at the exam offices; the results are sent by SMS too (rule 16)."""
    limits = portal.limits
    cases = None
    while cases is None or len(cases) == DECIDED_AT_ONCE:
        async with portal.database.transaction() as connection:
            now = portal.clock.now()
            cases = await every(queries.lock_decisions_due(connection, now=now, most=DECIDED_AT_ONCE))
            moves = []
            for case in cases:
                decided = decision(
                    portal.settings.seed,
                    case["id_number"],
                    case["has_stamp"],
                    limits,
                    after_supplement=case["after_supplement"],
                    verdict=case["verdict"],
                )
                moves.append(_move(case, decided, case["decision_at"], limits))
            if moves:
                await make_moves(connection, moves, now)
        for case, made in zip(cases, moves, strict=True):
            if portal.texts.full():
                logger.warning("office: too many texts wait; further results are shown on the status page alone")
                break
            if case["phone"]:
                portal.texts.put_nowait((case["phone"], _result_text(made, limits)))


async def decide_by_hand(portal: Portal, application_id: int, decided: Decision) -> State:
    """Decide about one application now, as a reviewer who does not wait for the diary; the result is sent by SMS too.

    Raises Refusal where the application is not there, and for an approval of a work proof without its stamp (rule 12);
    IllegalMove where it is not under review.
    """
    async with portal.database.transaction() as connection:
        now = portal.clock.now()
        case = await queries.lock_case(connection, id=application_id)
        if case is None:
            raise Refusal("application_not_found")
        if decided.event is Event.APPROVE and case["has_stamp"] is False:
            raise Refusal("stamp_missing")
        made = _move(case, decided, now, portal.limits)
        (state,) = await make_moves(connection, [made], now)
    if case["phone"]:
        try:  # not by `portal.texts`: this process may not be the office
            await portal.providers.send_sms(case["phone"], _result_text(made, portal.limits))
        except Refusal:
            logger.warning("exam office: a result could not be sent by SMS; the status page shows it")
    return state


def _move(case: Row, decided: Decision, decided_at: datetime, limits: Limits) -> Move:
    """Give the move that a decision makes; what it asks of the candidate is due so long after `decided_at`."""
    within = {
        Event.APPROVE: timedelta(days=limits.payment_within_d),
        Event.REQUEST_SUPPLEMENT: timedelta(days=limits.supplement_within_d),
    }
    due_at = decided_at + within[decided.event] if decided.event in within else None
    return Move(case, decided.event, due_at=due_at, note=decided.note, asked_paper=decided.asked_paper)


def _result_text(made: Move, limits: Limits) -> str:
    words = {"days": f"{limits.payment_within_d:g}", "supplement_days": f"{limits.supplement_within_d:g}"}
    return f"【报名系统】{RESULT_TEXTS[made.event].format(note=made.note, **words)}"


async def issue_invoices(portal: Portal) -> None:
    """Make all e-invoices that are due (rule 19)."""
    now = portal.clock.now()
    due = None
    while due is None or due:
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
