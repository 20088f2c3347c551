"""Applications in the database: locking one, and making a move of its life."""

from datetime import datetime
from typing import Any, NamedTuple

from mock_server.clock import CHINA
from mock_server.database import Connection, queries
from mock_server.life import Event, State, move, settled
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.rules import Paper

STATE_NAMES = {
    State.DRAFT: "填报中",
    State.UNDER_REVIEW: "审核中",
    State.SUPPLEMENT_REQUESTED: "待补交材料",
    State.APPROVED: "审核通过",
    State.REJECTED: "审核不通过",
    State.PAID: "已缴费",
    State.WITHDRAWN: "已撤回",
    State.CLOSED: "逾期关闭",
    State.GIVEN_UP: "视为自动放弃",
    State.EXPIRED: "逾期不予受理",
}

ENDED = ("supplement_lapsed", "payment_lapsed", "window_closed")
"""Refusals of `check_alive`."""

Row = Any  # an asyncpg record of the table `application`


def china_time(moment: datetime | None) -> datetime | None:
    """Give a database time in China Standard Time."""
    return moment.astimezone(CHINA) if moment else None


def state_of(row: Row, now: datetime) -> State:
    """Give the state at `now`, the deadline applied even where the office has not yet written it down."""
    return settled(State(row["state"]), row["due_at"], now)


async def find(connection: Connection, application_id: int, account_id: int, *, lock: bool = False) -> Row:
    """Give an application of this account; `lock` holds it until the transaction ends.

    Raises Refusal (404), also for the applications of others.
    """
    look = queries.lock_application if lock else queries.find_application
    row = await look(connection, id=application_id, account_id=account_id)
    if row is None:
        raise Refusal("application_not_found")
    return row


def check_alive(portal: Portal, state: State) -> None:
    """Raise Refusal where a deadline has ended the application."""
    if state is State.CLOSED:
        raise Refusal("supplement_lapsed", days=f"{portal.limits.supplement_within_d:g}")
    if state is State.GIVEN_UP:
        raise Refusal("payment_lapsed", days=f"{portal.limits.payment_within_d:g}")
    if state is State.EXPIRED:
        raise Refusal("window_closed", closing=f"{portal.window.closing:%Y-%m-%d %H:%M}")


class Move(NamedTuple):
    """A move of a locked application; `due_at` is the deadline of the new state, `asked_paper` what is asked for."""

    row: Row
    event: Event
    due_at: datetime | None = None
    decision_at: datetime | None = None
    note: str | None = None
    asked_paper: Paper | None = None


async def make_moves(connection: Connection, moves: list[Move], now: datetime) -> list[State]:
    """Make one move each of several locked applications; give the new states. Raises IllegalMove, and makes none."""
    before = [state_of(it.row, now) for it in moves]
    after = [move(state, it.event) for state, it in zip(before, moves, strict=True)]
    await queries.move_applications(
        connection,
        [
            {
                "id": it.row["id"],
                "event": it.event.value,
                "from_state": from_state.value,
                "to_state": to_state.value,
                "due_at": it.due_at,
                "decision_at": it.decision_at,
                "note": it.note,
                "asked_paper": it.asked_paper,
                "now": now,
            }
            for it, from_state, to_state in zip(moves, before, after, strict=True)
        ],
    )
    return after


async def make_move(
    connection: Connection,
    row: Row,
    event: Event,
    now: datetime,
    *,
    due_at: datetime | None = None,
    decision_at: datetime | None = None,
) -> State:
    """Make a move of a locked application; `due_at` is the deadline of the new state. Raises IllegalMove."""
    (state,) = await make_moves(connection, [Move(row, event, due_at, decision_at)], now)
    return state
