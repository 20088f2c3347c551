"""A gateway's cashier: the page where a person pays what a candidate of the load pays by a call."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from fakes.providers.callbacks import Notifier
from fakes.providers.pages import SERVICE_NAMES, TEMPLATES, AnyRequest, own_forms_alone, show
from fakes.providers.payment_gateway import Book, OrderNo, Status, is_loopback
from fakes.providers.service import Service


def cashier_handlers(service: Service, notifier: Notifier, book: Book) -> list[HTTPRouteHandler]:
    """Give the handlers of one gateway's cashier; `back` is the portal's page that led here, on this machine."""

    @get("/orders/{order_no:str}/pay", sync_to_thread=False)
    def cashier(order_no: OrderNo, back: str = "") -> Response[str]:
        order = book.order(order_no)
        return show(
            "cashier",
            gateway=service.name,
            name=SERVICE_NAMES[service.name],
            order=order,
            back=back if is_loopback(back) else None,
            can_be_paid=order.status is Status.WAITING,
            is_paid=order.status is Status.PAID,
        )

    @post("/orders/{order_no:str}/payments-by-hand", guards=[own_forms_alone])
    async def pay(request: AnyRequest, order_no: OrderNo) -> Redirect:
        form = await request.form()
        await service.serve(order_no)
        if notice := book.pay(order_no):
            notifier.paid(notice)
        back = str(form.get("back", ""))
        query = f"?{TEMPLATES.filters['urlencode']({'back': back})}" if is_loopback(back) else ""
        return Redirect(f"/{service.name}/orders/{order_no}/pay{query}", status_code=303)

    return [cashier, pay]
