"""Pages of the account: registration with an SMS code, log-in and log-out, and support that unbinds a phone."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict

from mock_server.database import queries
from mock_server.pages.cookies import CANDIDATE, QUEUE, cookie, no_cookie
from mock_server.pages.forms import filled
from mock_server.pages.show import go, page, refused_page
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.routes import accounts
from mock_server.sessions import token_hash

BESIDE = {
    "sms_too_soon": "sms_code",
    "sms_too_many": "sms_code",
    "sms_code_wrong": "sms_code",
    "sms_code_expired": "sms_code",
    "sms_code_attempts": "sms_code",
    "phone_already_bound": "phone",
    "phone_not_bound": "phone",
    "id_number_registered": "id_number",
    "login_wrong": "password",
    "login_attempts": "password",
}
"""Beside which field a refusal is shown."""


async def _pass_of(request: AnyRequest, portal: Portal) -> str:
    """Give the pass of who has come through the waiting room; none where nobody has to queue."""
    ticket = request.cookies.get(QUEUE)
    if not ticket or not portal.waiting_room.is_open:
        return ""
    try:
        return (await portal.waiting_room.look(ticket)).queue_pass or ""
    except Refusal:
        return ""  # an old one: the door says so


def _may_be_passed_on(refusal: Refusal) -> None:
    """Leave what is not about the form to the page of refusals: who must queue is led there."""
    if refusal.code == "queue_first":
        raise refusal


def _again(
    request: AnyRequest, template: str, form: FormMultiDict, refusal: Refusal, beside: dict[str, str] = BESIDE
) -> Response[Any]:
    _may_be_passed_on(refusal)
    given = {name: value for name, value in form.items() if name != "password"}
    return refused_page(request, template, refusal, beside, given=given, sent=None)


async def _send_code(request: AnyRequest, portal: Portal, template: str) -> Response[Any]:
    form = await request.form()
    try:
        number = accounts.PhoneNumber(phone=str(form.get("phone", "")).strip())
        sent = await accounts.send_sms_code.fn(number, portal, await _pass_of(request, portal))
    except Refusal as refusal:
        # The page's script shows anew what stands around the code alone: so all that is refused is said there.
        return _again(request, template, form, refusal, {refusal.code: "sms_code"} | BESIDE)
    given = {name: value for name, value in form.items() if name != "password"}
    phone_page = f"{portal.settings.provider_address}/sms/phone?{urlencode({'phone': number.phone})}"
    return page(request, template, given=given, sent=sent, phone_page=phone_page)


@get("/register")
async def registration(request: AnyRequest) -> Response[Any]:
    """Show the form of a new account."""
    return page(request, "register", sent=None)


@post("/register/sms-code")
async def send_code(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Send an SMS code, and show the form again."""
    return await _send_code(request, portal, "register")


@post("/register")
async def register(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Register, and log in."""
    form = await request.form()
    try:
        account = filled(form, accounts.NewAccount)
        queue_pass = await _pass_of(request, portal)
        await accounts.create_account.fn(account, portal, queue_pass)
        log_in = accounts.LogIn(account.id_number, account.password)
        logged_in = await accounts.log_in.fn(log_in, portal, queue_pass)
    except Refusal as refusal:
        return _again(request, "register", form, refusal)
    return go("/applications", [cookie(CANDIDATE, logged_in.token)])


@get("/log-in")
async def log_in_form(request: AnyRequest) -> Response[Any]:
    """Show the form of a log-in."""
    return page(request, "log-in")


@post("/log-in")
async def log_in(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Log in."""
    form = await request.form()
    try:
        data = filled(form, accounts.LogIn)
        logged_in = await accounts.log_in.fn(data, portal, await _pass_of(request, portal))
    except Refusal as refusal:
        return _again(request, "log-in", form, refusal)
    return go("/applications", [cookie(CANDIDATE, logged_in.token)])


@post("/log-out")
async def log_out(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Log out."""
    async with portal.database.connection() as connection:
        await queries.close_session(connection, token_hash=token_hash(request.cookies.get(CANDIDATE, "")))
    return go("/", [no_cookie(CANDIDATE)])


@get("/support")
async def support(request: AnyRequest) -> Response[Any]:
    """Show the form that asks support to unbind a phone."""
    return page(request, "support", sent=None)


@post("/support/sms-code")
async def send_support_code(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Send an SMS code, and show the form again."""
    return await _send_code(request, portal, "support")


@post("/support")
async def ask_for_unbinding(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Ask support to unbind a phone."""
    form = await request.form()
    try:
        ticket = await accounts.ask_for_unbinding.fn(filled(form, accounts.UnbindingRequest), portal)
    except Refusal as refusal:
        return _again(request, "support", form, refusal)
    return go(f"/support/{ticket.ticket_id}")


@get("/support/{ticket_id:int}")
async def unbinding(request: AnyRequest, ticket_id: int, portal: Portal) -> Response[Any]:
    """Show how far support has come."""
    return page(request, "support-ticket", ticket=await accounts.unbinding.fn(ticket_id, portal))


router = Router(
    "/",
    route_handlers=[
        registration,
        send_code,
        register,
        log_in_form,
        log_in,
        log_out,
        support,
        send_support_code,
        ask_for_unbinding,
        unbinding,
    ],
)
