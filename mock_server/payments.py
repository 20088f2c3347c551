"""What happens to an order when its gateway says that it was paid (rule 18)."""

from mock_server.applications import make_move, state_of
from mock_server.database import Connection, queries
from mock_server.life import Event, State
from mock_server.portal import Portal
from mock_server.rules import Level, fee_fen


async def settle(
    connection: Connection, portal: Portal, application_id: int, order_no: str, notify_id: str | None
) -> None:
    """Enter a payment into the books, once: inside a transaction, however often the gateway says it.

    Money that comes when it can no longer pay for the application (too late, withdrawn, another fee) is owed back.
    """
    # Everyone locks the application before the order, so that no two of them can wait for each other.
    row = await queries.lock_application_by_id(connection, id=application_id)
    order = await queries.lock_order(connection, order_no=order_no)
    if order["state"] in ("paid", "refund_owed"):
        return
    now = portal.clock.now()
    fee = fee_fen(Level(row["level"]), len(row["subjects"]), portal.limits)
    pays = state_of(row, now) is State.APPROVED and order["amount_fen"] == fee
    await queries.settle_order(
        connection,
        order_no=order_no,
        state="paid" if pays else "refund_owed",
        notify_id=notify_id,
        now=now,
    )
    if pays:
        await make_move(connection, row, Event.PAY, now)
