"""Pages of payment and invoice (rules 18, 19): an order, the way to the gateway's cashier, and the e-invoice."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import Provide

from mock_server.applications import find
from mock_server.pages.applications import refused_at
from mock_server.pages.cookies import provide_candidate
from mock_server.pages.forms import filled
from mock_server.pages.show import go, page
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.routes import payments
from mock_server.sessions import Account

LOOK_AGAIN_S = 3
"""How often the page of an open order looks whether the gateway's notification has come."""


@post("/applications/{application_id:int}/payments")
async def pay(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Open an order; the form's own key makes a second tap the same order."""
    form = await request.form()
    try:
        channel = filled(form, payments.PaymentRequest)
        key = str(form.get("key", ""))[:200]
        order = await payments.pay.fn(application_id, channel, key, account, portal)
    except Refusal as refusal:
        return await refused_at(request, application_id, account, portal, refusal, "channel")
    return go(f"/applications/{application_id}/payments/{order.order_no}")


@get("/applications/{application_id:int}/payments/{order_no:str}")
async def order_page(
    request: AnyRequest, application_id: int, order_no: str, account: Account, portal: Portal
) -> Response[Any]:
    """Show an order: where to pay it, or that it has been paid; it looks again by itself while it is open."""
    async with portal.database.connection() as connection:
        await find(connection, application_id, account.id)
    order = await payments.payment.fn(order_no, account, portal)
    back = f"{request.url.scheme}://{request.headers.get('host', '')}{request.url.path}"
    again_s = LOOK_AGAIN_S if order.state == "open" else None
    return page(request, "payment", application_id=application_id, order=order, back=back, again_s=again_s)


@post("/applications/{application_id:int}/payments/{order_no:str}/cancellation")
async def cancel(
    request: AnyRequest, application_id: int, order_no: str, account: Account, portal: Portal
) -> Response[Any]:
    """Cancel an unpaid order."""
    try:
        await payments.cancel_payment.fn(order_no, account, portal)
    except Refusal as refusal:
        return await refused_at(request, application_id, account, portal, refusal, "channel")
    return go(f"/applications/{application_id}")


def _texts(form: FormMultiDict) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


@post("/applications/{application_id:int}/invoices")
async def ask_for_invoice(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Ask for the e-invoice."""
    form = await request.form()
    try:
        asked = filled(form, payments.InvoiceRequest)
        invoice = await payments.ask_for_invoice.fn(application_id, asked, account, portal)
    except Refusal as refusal:
        return await refused_at(request, application_id, account, portal, refusal, "email", **_texts(form))
    return go(f"/invoices/{invoice.id}")


@get("/invoices/{invoice_id:int}")
async def invoice_page(request: AnyRequest, invoice_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Show when the e-invoice will be there, or that it is."""
    return page(request, "invoice", invoice=await payments.invoice.fn(invoice_id, account, portal))


@get("/invoices/{invoice_id:int}/file")
async def invoice_file(invoice_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Give the e-invoice as a PDF."""
    file: Response[Any] = await payments.invoice_file.fn(invoice_id, account, portal)
    return file


router = Router(
    "/",
    route_handlers=[pay, order_page, cancel, ask_for_invoice, invoice_page, invoice_file],
    dependencies={"account": Provide(provide_candidate)},
)
