"""Pages of the identity: ID scans, addresses, submission, face check (rules 3 to 5)."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import Provide

from mock_server.database import every, queries
from mock_server.pages.cookies import provide_candidate
from mock_server.pages.forms import file_of, filled
from mock_server.pages.next_step import next_of_identity
from mock_server.pages.show import go, page, refused_page
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.routes import identity
from mock_server.routes.identity import Side
from mock_server.sessions import Account

FILE_FORM_MOST_BYTES = 32 * 1024 * 1024
"""A photo straight from a camera: it is refused beside its field, with its limit."""


async def _known(account: Account, portal: Portal) -> dict[str, Any]:
    it = await identity.identity.fn(account, portal)
    async with portal.database.connection() as connection:
        rows = await every(queries.addresses_of(connection, account_id=account.id))
    addresses = {f"{row['kind']}.{name}": row[name] for row in rows for name in ("province", "city", "detail")}
    return {
        "account": account,
        "identity": it,
        "step": next_of_identity(it, portal.window, portal.limits),
        "limits": portal.limits,
        "given": addresses,
    }


@get("/identity")
async def identity_page(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Show how far the identity has come."""
    return page(request, "identity", **await _known(account, portal))


async def _again(request: AnyRequest, account: Account, portal: Portal, refusal: Refusal, field: str) -> Response[Any]:
    return refused_page(request, "identity", refusal, {refusal.code: field}, **await _known(account, portal))


@post("/identity/scans/{side:str}", request_max_body_size=FILE_FORM_MOST_BYTES)
async def upload_scan(request: AnyRequest, side: Side, account: Account, portal: Portal) -> Response[Any]:
    """Upload one side of the ID card."""
    try:
        file, name = file_of(await request.form())
        await identity.upload_scan.fn(file, side, name, account, portal)
    except Refusal as refusal:
        return await _again(request, account, portal, refusal, side.value)
    return go("/identity")


@post("/identity/addresses")
async def give_addresses(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Give household registration and residence."""
    form = await request.form()
    try:
        await identity.give_addresses.fn(filled(form, identity.Addresses), account, portal)
    except Refusal as refusal:
        known = await _known(account, portal)
        return refused_page(request, "identity", refusal, **known | {"given": dict(form)})
    return go("/identity")


@post("/identity/submission")
async def submit(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Submit the identity."""
    try:
        await identity.submit_identity.fn(account, portal)
    except Refusal as refusal:
        return await _again(request, account, portal, refusal, "submission")
    return go("/identity")


@post("/identity/face-check", request_max_body_size=FILE_FORM_MOST_BYTES)
async def check_face(request: AnyRequest, account: Account, portal: Portal) -> Response[Any]:
    """Check the face."""
    try:
        file, _ = file_of(await request.form())
        await identity.face_check.fn(file, account, portal)
    except Refusal as refusal:
        return await _again(request, account, portal, refusal, "face")
    return go("/applications")


router = Router(
    "/",
    route_handlers=[identity_page, upload_scan, give_addresses, submit, check_face],
    dependencies={"account": Provide(provide_candidate)},
)
