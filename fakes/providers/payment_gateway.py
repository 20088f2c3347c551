"""A payment gateway: orders, payments, refunds and the gateway's book. Alipay and UnionPay are one each."""

import ipaddress
from collections.abc import AsyncIterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
from litestar import Request, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter
from litestar.response import Stream
from msgspec import Meta, Struct
from msgspec.structs import asdict

from fakes.providers.callbacks import Notice, Notifier
from fakes.providers.clock import now_text
from fakes.providers.problems import problem
from fakes.providers.service import Service

ORDER_NO_PATTERN = r"^[A-Za-z0-9_-]{1,64}\Z"
OrderNo = Annotated[str, Parameter(pattern=ORDER_NO_PATTERN)]
AmountFen = Annotated[int, Meta(ge=1, le=10_000_000)]
BOOK_LINES_A_CHUNK = 1000


class Status(Enum):
    """Where an order stands."""

    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDED = "refunded"


class NewOrder(Struct, forbid_unknown_fields=True):
    """What the portal asks for."""

    order_no: Annotated[str, Meta(pattern=ORDER_NO_PATTERN)]
    amount_fen: AmountFen
    subject: Annotated[str, Meta(min_length=1, max_length=256)]
    notify_url: Annotated[str, Meta(min_length=1, max_length=512)]


class Refund(Struct, forbid_unknown_fields=True):
    """What the portal asks for; only the whole amount is refunded."""

    amount_fen: AmountFen
    reason: Annotated[str, Meta(min_length=1, max_length=256)]


class PayPage(Struct):
    """Where the candidate pays."""

    pay_url: str


class Standing(Struct):
    """The answer to a payment, a refund or a close: where the order stands now."""

    status: Status


class Order(Struct):
    """Where one order stands."""

    order_no: str
    amount_fen: int
    status: Status = Status.WAITING
    paid_at: str | None = None


class BookLine(Order, kw_only=True):
    """One line of the gateway's book."""

    notified: bool
    """Whether the portal has answered `success` to a notification of the payment."""
    believed_lie: bool
    """Whether it has answered so to one with another amount, or a signature that is not right."""


class KeptLine(BookLine, kw_only=True):
    """One line of the book as it is kept while the gateway is stopped."""

    notify_url: str | None


class Book:
    """The orders of one gateway and what may become of them. It refuses with problem documents."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._notify_urls: dict[str, str] = {}  # of the orders that wait for their payment

    def load(self, path: Path, notifier: Notifier) -> None:
        """Take over the book of an earlier start, if there is one, and what the portal took notice of."""
        lines = path.read_bytes().splitlines() if path.exists() else []
        kept = [msgspec.json.decode(line, type=KeptLine) for line in lines]
        for it in kept:
            self._orders[it.order_no] = Order(it.order_no, it.amount_fen, it.status, it.paid_at)
            if it.notify_url is not None:
                self._notify_urls[it.order_no] = it.notify_url
        notifier.taken |= {it.order_no for it in kept if it.notified}
        notifier.believed |= {it.order_no for it in kept if it.believed_lie}

    def lines(self, notifier: Notifier) -> list[BookLine]:
        """Give the book with what the portal took notice of, in the order in which the orders were made."""
        taken, believed = notifier.taken, notifier.believed
        return [
            BookLine(**asdict(it), notified=it.order_no in taken, believed_lie=it.order_no in believed)
            for it in self._orders.values()
        ]

    def save(self, path: Path, notifier: Notifier) -> None:
        """Keep the book, and what the portal took notice of, for the next start."""
        urls = self._notify_urls
        kept = [KeptLine(**asdict(it), notify_url=urls.get(it.order_no)) for it in self.lines(notifier)]
        path.write_bytes(msgspec.json.Encoder().encode_lines(kept))

    def forget(self) -> None:
        """Forget all orders."""
        self._orders.clear()
        self._notify_urls.clear()

    def orders(self) -> list[Order]:
        """Give all orders, in the order in which they were made."""
        return list(self._orders.values())

    def order(self, order_no: str) -> Order:
        """Give one order; 404 if there is none of this number."""
        if order_no not in self._orders:
            raise problem(404, "unknown-order", f"there is no order {order_no}")
        return self._orders[order_no]

    def make(self, new: NewOrder) -> None:
        """Make an order, once; 409 if its number stands for another amount."""
        known = self._orders.get(new.order_no)
        if known is None:
            self._orders[new.order_no] = Order(new.order_no, new.amount_fen)
            self._notify_urls[new.order_no] = new.notify_url
        elif known.amount_fen != new.amount_fen:
            raise problem(
                409,
                "order-differs",
                f"order {new.order_no} is over {known.amount_fen} fen, not over {new.amount_fen} fen",
            )

    def pay(self, order_no: str) -> Notice | None:
        """Pay an order, once; give what the portal is to be told, None if it was paid before."""
        order = self.order(order_no)
        if order.status is Status.PAID:
            return None
        if order.status is not Status.WAITING:
            raise _conflict(order, "can no longer be paid")
        order.status = Status.PAID
        order.paid_at = now_text()
        return Notice(order_no, order.amount_fen, self._notify_urls.pop(order_no))

    def refund(self, order_no: str, amount_fen: int) -> None:
        """Give all the money of a paid order back, once; 422 for a part of it, 409 if it was never paid."""
        order = self.order(order_no)
        if order.amount_fen != amount_fen:
            raise problem(
                422,
                "not-the-full-amount",
                f"order {order_no} is over {order.amount_fen} fen, and only all of it is refunded",
            )
        if order.status not in (Status.PAID, Status.REFUNDED):
            raise _conflict(order, "cannot be refunded")
        order.status = Status.REFUNDED

    def close(self, order_no: str) -> None:
        """Close an order that waits for its payment; 409 for any other."""
        order = self.order(order_no)
        if order.status is not Status.WAITING:
            raise _conflict(order, "cannot be closed")
        order.status = Status.CLOSED
        del self._notify_urls[order_no]


def _conflict(order: Order, what: str) -> Exception:
    status = order.status.value
    return problem(409, f"order-{status}", f"order {order.order_no} is {status} and {what}")


def is_loopback(url: str) -> bool:
    """Say whether a notification to this URL stays on this machine: plain HTTP to a loopback address.

    The URL is taken apart by the library that will send to it, so that both see the same host.

    >>> is_loopback("http://127.0.0.1:8600/pay/notify"), is_loopback("http://127.0.0.1@example.org/")
    (True, False)
    """
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parts.scheme != "http":
        return False
    try:
        return parts.host == "localhost" or ipaddress.ip_address(parts.host).is_loopback
    except ValueError:
        return False


def payment_router(service: Service, notifier: Notifier, book: Book, *pages: HTTPRouteHandler) -> Router:
    """Give the routes of one gateway, its `pages` too, under /NAME where NAME is that of the service."""
    encoder = msgspec.json.Encoder()

    @post("/orders", status_code=201)
    async def make_order(request: Request[Any, Any, Any], data: NewOrder) -> PayPage:
        if not is_loopback(data.notify_url):
            raise problem(
                422,
                "notify-url-elsewhere",
                f"notify_url {data.notify_url} is not on this machine; it must be http://127.0.0.1:PORT/…",
            )
        await service.serve(data.order_no)
        book.make(data)
        return PayPage(f"{request.base_url}{service.name}/orders/{data.order_no}/pay")

    @get("/orders/{order_no:str}")
    async def find_order(order_no: OrderNo) -> Order:
        await service.serve(order_no)
        return book.order(order_no)

    @post("/orders/{order_no:str}/pay", status_code=200)
    async def pay_order(order_no: OrderNo) -> Standing:
        await service.serve(order_no)
        if notice := book.pay(order_no):
            notifier.paid(notice)
        return Standing(Status.PAID)

    @post("/orders/{order_no:str}/refunds", status_code=200)
    async def refund_order(order_no: OrderNo, data: Refund) -> Standing:
        await service.serve(order_no)
        book.refund(order_no, data.amount_fen)
        return Standing(Status.REFUNDED)

    @post("/orders/{order_no:str}/close", status_code=200)
    async def close_order(order_no: OrderNo) -> Standing:
        await service.serve(order_no)
        notifier.close_asked(order_no)
        book.close(order_no)
        return Standing(Status.CLOSED)

    @get("/orders")
    async def read_book() -> Stream:
        return Stream(_lines(book.lines(notifier), encoder), media_type="application/x-ndjson")

    return Router(
        f"/{service.name}",
        route_handlers=[make_order, find_order, pay_order, refund_order, close_order, read_book, *pages],
        tags=["payment"],
    )


async def _lines(lines: list[BookLine], encoder: msgspec.json.Encoder) -> AsyncIterator[bytes]:
    for first in range(0, len(lines), BOOK_LINES_A_CHUNK):
        yield encoder.encode_lines(lines[first : first + BOOK_LINES_A_CHUNK])
