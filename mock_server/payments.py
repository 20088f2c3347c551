"""What happens to an order when its gateway says that it was paid (rule 18)."""

from mock_server.applications import make_move, state_of
from mock_server.database import Connection, queries
from mock_server.life import Event, State
from mock_server.portal import Portal


async def settle(
    connection: Connection, portal: Portal, application_id: int, order_no: str, notify_id: str | None
) -> None:
    """Enter a payment into the books, once: inside a transaction, however often the gateway says it.

    Money that comes when it can no longer pay for the application (too late, withdrawn) is owed back.
    """
    # Everyone locks the application before the order, so that no two of them can wait for each other.
    row = await queries.lock_application_by_id(connection, id=application_id)
    order = await queries.lock_order(connection, order_no=order_no)
    if order["state"] in ("paid", "refund_owed"):
        return
    now = portal.clock.now()
    in_time = state_of(row, now) is State.APPROVED
    await queries.settle_order(
        connection,
        order_no=order_no,
        state="paid" if in_time else "refund_owed",
        notify_id=notify_id,
        now=now,
    )
    if in_time:
        await make_move(connection, row, Event.PAY, now)
