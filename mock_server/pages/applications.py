"""Pages of an application: form, degree check, papers, filing, status, supplement, withdrawal (rules 6 to 21)."""

from typing import Any
from uuid import uuid4

from litestar import Response, Router, get, post
from litestar.di import Provide
from msgspec import structs

from mock_server.applications import find
from mock_server.database import every, queries
from mock_server.life import State
from mock_server.pages.cookies import provide_candidate
from mock_server.pages.forms import file_of, filled
from mock_server.pages.identity import FILE_FORM_MOST_BYTES
from mock_server.pages.next_step import next_of_application
from mock_server.pages.show import go, page, refused_page
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.routes import applications, materials
from mock_server.routes.applications import ApplicationForm
from mock_server.rules import Level, Paper, fee_fen, is_retained, papers_missing
from mock_server.sessions import Account

BESIDE = {"not_eligible": "level"}


@get("/applications")
async def mine(account: Account, portal: Portal) -> Response[Any]:
    """Lead to where the candidate has to go on."""
    if account.face_checked_at is None:
        return go("/identity")
    lines = await applications.my_applications.fn(account, portal)
    return go(f"/applications/{lines[0].id}" if lines else "/applications/new")


async def _form_page(
    request: AnyRequest, account: Account, portal: Portal, application_id: int | None, **more: Any
) -> Response[Any]:
    """Show the form: `refusal` is what was wrong with it."""
    async with portal.database.connection() as connection:
        rows = await every(queries.past_passes(connection, id_number=account.id_number))
    now = portal.clock.now()
    known: dict[str, Any] = {
        "application_id": application_id,
        "retained": {row["subject"] for row in rows if is_retained(row["passed_on"], now, portal.limits)},
        "fees": {level: fee_fen(level, 1, portal.limits) for level in Level},
        "limits": portal.limits,
    }
    if refusal := more.pop("refusal", None):
        return refused_page(request, "application-form", refusal, BESIDE, **known, **more)
    return page(request, "application-form", **known, **more)


@get("/applications/new")
async def new_form(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Show the form of a new application."""
    given = {"subjects": [], "basis": "workplace"}
    return await _form_page(request, account, portal, None, given=given)


@post("/applications/new")
async def create(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Begin an application."""
    form = await request.form()
    try:
        made = await applications.create_application.fn(filled(form, ApplicationForm), account, portal)
    except Refusal as refusal:
        given = dict(form) | {"subjects": form.getall("subjects", [])}
        return await _form_page(request, account, portal, None, refusal=refusal, given=given)
    return go(f"/applications/{made.id}")


@get("/applications/{application_id:int}/form")
async def change_form(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Show the form as it was filled in."""
    async with portal.database.connection() as connection:
        row = await find(connection, application_id, account.id)
    given = {it.name: "" if row[it.name] is None else row[it.name] for it in structs.fields(ApplicationForm)}
    return await _form_page(request, account, portal, application_id, given=given)


@post("/applications/{application_id:int}/form")
async def change(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Change an application."""
    form = await request.form()
    try:
        await applications.change_application.fn(application_id, filled(form, ApplicationForm), account, portal)
    except Refusal as refusal:
        given = dict(form) | {"subjects": form.getall("subjects", [])}
        return await _form_page(request, account, portal, application_id, refusal=refusal, given=given)
    return go(f"/applications/{application_id}")


async def _known(application_id: int, account: Account, portal: Portal) -> dict[str, Any]:
    it = await applications.application_status.fn(application_id, account, portal)
    async with portal.database.connection() as connection:
        household = await queries.household_province(connection, account_id=account.id)
        order = await queries.find_open_order(connection, application_id=application_id)
        invoice_id = await queries.invoice_of(connection, application_id=application_id)
    uploaded = {Paper(material.paper) for material in it.materials}
    now = portal.clock.now()
    return {
        "account": account,
        "application": it,
        "step": next_of_application(it, portal.window, portal.limits, now),
        "uploaded": {material.paper: material for material in it.materials},
        "needed": papers_missing(it.province, household, uploaded, portal.limits) | uploaded,
        "order_no": order and order["order_no"],
        "invoice_id": invoice_id,
        "payment_key": uuid4().hex,
        "is_changeable": now < portal.window.closing,
        "window": portal.window,
        "limits": portal.limits,
        "State": State,
    }


@get("/applications/{application_id:int}")
async def status(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Show how an application stands, and what comes next (rule 20)."""
    return page(request, "application", **await _known(application_id, account, portal))


async def refused_at(
    request: AnyRequest,
    application_id: int,
    account: Account,
    portal: Portal,
    refusal: Refusal,
    field: str,
    **given: Any,
) -> Response[Any]:
    """Show the application with what was refused beside a part of it, and what was given there."""
    known = await _known(application_id, account, portal)
    return refused_page(request, "application", refusal, {refusal.code: field}, **known, given=given)


@post("/applications/{application_id:int}/{step:str}")
async def take_step(
    request: AnyRequest, application_id: int, step: str, account: Account, portal: Portal
) -> Response[Any]:
    """Take a step of the application that has no fields."""
    steps = {
        "degree-check": applications.check_degree,
        "submission": applications.submit_application,
        "supplement": applications.supplement,
        "withdrawal": applications.withdraw,
    }
    if step not in steps:
        raise Refusal("not_found")
    try:
        await steps[step].fn(application_id, account, portal)
    except Refusal as refusal:
        return await refused_at(request, application_id, account, portal, refusal, step)
    return go(f"/applications/{application_id}")


@post("/applications/{application_id:int}/materials/{paper:str}", request_max_body_size=FILE_FORM_MOST_BYTES)
async def upload(
    request: AnyRequest, application_id: int, paper: Paper, account: Account, portal: Portal
) -> Response[Any]:
    """Upload a paper."""
    try:
        file, name = file_of(await request.form())
        await materials.upload_material.fn(file, application_id, paper, name, account, portal)
    except Refusal as refusal:
        return await refused_at(request, application_id, account, portal, refusal, paper.value)
    return go(f"/applications/{application_id}")


router = Router(
    "/",
    route_handlers=[mine, new_form, create, change_form, change, status, take_step, upload],
    dependencies={"account": Provide(provide_candidate)},
)
