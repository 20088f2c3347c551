"""How the exam office and developers come in: the control token, typed in once."""

import hmac
from typing import Any

from litestar import Response, Router, get, post

from mock_server.pages.cookies import STAFF, cookie, no_cookie, staff_pass
from mock_server.pages.show import go, page
from mock_server.portal import Portal
from mock_server.problems import MESSAGES
from mock_server.request_type import AnyRequest

PLACES = {"exam-office": "考试机构", "control-page": "控制台"}
"""Where one can come in, and nowhere else: a link that leads elsewhere leads to the first of them."""


def _place(name: str) -> str:
    return name if name in PLACES else next(iter(PLACES))


@get("/staff")
async def log_in_form(request: AnyRequest, to: str = "") -> Response[Any]:
    """Ask for the token."""
    return page(request, "staff", to=_place(to), places=PLACES)


@post("/staff")
async def log_in(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Let in who has the token."""
    form = await request.form()
    to, token = _place(str(form.get("to", ""))), str(form.get("token", "")).strip()
    expected = portal.settings.control_token
    if not hmac.compare_digest(token.encode(), expected.encode()):
        errors = {"token": "控制令牌不正确：它在 rehearse serve 的输出中"}
        status_code = MESSAGES["control_token_wrong"][0]
        return page(request, "staff", status_code=status_code, to=to, places=PLACES, errors=errors)
    return go(f"/{to}", [cookie(STAFF, staff_pass(expected))])


@post("/staff/departure")
async def log_out() -> Response[Any]:
    """Leave."""
    return go("/", [no_cookie(STAFF)])


router = Router("/", route_handlers=[log_in_form, log_in, log_out])
