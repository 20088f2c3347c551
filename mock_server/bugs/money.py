"""Bugs in what happens to money."""

from typing import Any

from mock_server import payments
from mock_server.bugs.bug import Bug, Query, replace_query
from mock_server.database import Connection, queries
from mock_server.portal import Portal
from mock_server.routes import payments as payment_routes

FEW_PAY = 3


class CallbackHandledTwice(Bug):
    """Nobody looks whether an order is settled already, and a notification is worked off two times."""

    name = "callback_handled_twice"
    title = "a gateway's notification is worked off twice"
    breaks = "payments_out_of_place"
    every = FEW_PAY

    async def install(self, portal: Portal) -> None:  # noqa: ARG002 - query and function are everybody's
        """Take every order for an open one, and work off some notifications again."""
        right = payments.settle

        async def taken_for_open(read: Query, connection: Connection, **values: Any) -> Any:
            return {**await read(connection, **values), "state": "open"}

        async def twice(connection: Connection, *what: Any) -> None:
            await right(connection, *what)
            if self.strikes():
                await right(connection, *what)

        replace_query("lock_order", taken_for_open)
        vars(payment_routes)["settle"] = twice


class SignatureUnchecked(Bug):
    """Whatever is said of a payment is taken for true."""

    name = "signature_unchecked"
    title = "the signature of a notification is not looked at"
    breaks = "lie_believed"
    every = 1

    async def install(self, portal: Portal) -> None:  # noqa: ARG002 - the function is everybody's
        """Find every signature right."""
        vars(payment_routes)["signature"] = lambda form, _: form.get("sign", "")


class LateMoneyThrownAway(Bug):
    """A notification of a payment is taken, and the order is cancelled."""

    name = "late_money_thrown_away"
    title = "a notification is acknowledged, and its order cancelled as if nobody had paid"
    breaks = "charged_not_recorded"
    every = 2  # not in step with the wrong amounts: money that no true notification told of is not missed

    async def install(self, portal: Portal) -> None:  # noqa: ARG002 - the query is everybody's
        """Cancel in place of settling."""

        async def cancelling(right: Query, connection: Connection, **values: Any) -> Any:
            if self.strikes():
                return await queries.cancel_order(connection, order_no=values["order_no"])
            return await right(connection, **values)

        replace_query("settle_order", cancelling)


class WrongAmountCharged(Bug):
    """The gateway is asked for another amount than the order is about."""

    name = "wrong_amount_charged"
    title = "the gateway is asked for a yuan more than the order is about"
    breaks = "amount_differs"
    every = FEW_PAY

    async def install(self, portal: Portal) -> None:
        """Ask for a yuan more."""
        right = portal.providers.open_order

        async def open_order(gateway: str, order_no: str, amount_fen: int, subject: str, notify_url: str) -> str:
            more_fen = 100 if self.strikes() else 0
            return await right(gateway, order_no, amount_fen + more_fen, subject, notify_url)

        portal.providers.open_order = open_order  # type: ignore[method-assign]


class PaidWithoutMoney(Bug):
    """An order counts as paid once it is opened, and no gateway ever hears of it."""

    name = "paid_without_money"
    title = "an order counts as paid once it is opened"
    breaks = "recorded_not_charged"
    every = FEW_PAY

    async def install(self, portal: Portal) -> None:
        """Settle an order in place of opening it at the gateway."""
        right = portal.providers.open_order

        async def open_order(gateway: str, order_no: str, amount_fen: int, subject: str, notify_url: str) -> str:
            if not self.strikes():
                return await right(gateway, order_no, amount_fen, subject, notify_url)
            async with portal.database.transaction() as connection:
                order = await queries.find_order_of_gateway(connection, order_no=order_no, channel=gateway)
                await payments.settle(connection, portal, order["application_id"], order_no, None)
            return f"{portal.settings.provider_address}/{gateway}/orders/{order_no}/pay"

        portal.providers.open_order = open_order  # type: ignore[method-assign]


class TwoOrdersInTwoTabs(Bug):
    """Nobody looks whether an order is open already, nor whether money has come already."""

    name = "two_orders_in_two_tabs"
    title = "a second tab opens a second order, and the money of both is kept"
    breaks = "charged_twice"
    every = 1

    async def install(self, portal: Portal) -> None:
        """Drop the index, find no open order, and owe nobody anything."""
        async with portal.machine_room.connection() as connection:
            await connection.execute("drop index if exists payment_order_open")

        async def none_open(right: Query, connection: Connection, **values: Any) -> None:  # noqa: ARG001
            return None

        async def keeping(right: Query, connection: Connection, **values: Any) -> Any:
            return await right(connection, **{**values, "state": "paid"})

        replace_query("find_open_order", none_open)
        replace_query("settle_order", keeping)
