"""What is refused outside of a form, as a page; who is not logged in is led to where that is mended."""

from typing import Any

import asyncpg
from litestar import Response
from litestar.exceptions import ClientException, HTTPException, NotFoundException

from mock_server.applications import STATE_NAMES
from mock_server.errors import FRAMEWORK_REFUSALS, hide_error, name_fields
from mock_server.life import IllegalMove
from mock_server.pages.cookies import CANDIDATE, no_cookie
from mock_server.pages.show import go, page
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest

LEADS_TO = {"not_logged_in": "/log-in", "queue_first": "/queue"}


def show_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """Show a refusal."""
    if refusal.code == "control_token_wrong":
        return go("/staff?to=" + ("exam-office" if request.url.path.startswith("/exam-office") else "control-page"))
    if path := LEADS_TO.get(refusal.code):
        return go(path, [no_cookie(CANDIDATE)] if refusal.code == "not_logged_in" else [])
    shown = page(request, "refused", status_code=refusal.status_code, code=refusal.code, problem=refusal.detail)
    shown.headers.update(refusal.headers or {})
    return shown


def show_illegal_move(request: AnyRequest, error: IllegalMove) -> Response[Any]:
    """Show that the present state does not allow what was asked for."""
    return show_refusal(request, Refusal("illegal_move", state=STATE_NAMES[error.state]))


def show_malformed(request: AnyRequest, error: HTTPException | asyncpg.DataError) -> Response[Any]:
    """Show what the framework refuses, or a value that no column can hold."""
    status_code = error.status_code if isinstance(error, HTTPException) else 400
    return show_refusal(request, Refusal(FRAMEWORK_REFUSALS.get(status_code, "malformed_request")))


def not_found(request: AnyRequest, error: NotFoundException) -> Response[Any]:
    """Answer an address where nothing is: to a browser that opens a page, with a page."""
    if "text/html" in request.headers.get("accept", ""):
        return show_malformed(request, error)
    return name_fields(error).to_response(request)


def show_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """Show an error of the program, without a word about its inside."""
    answer = hide_error(request, error)
    if not isinstance(answer.content, dict):
        return answer
    shown = page(
        request, "refused", status_code=answer.status_code or 500, code="error", problem=answer.content["detail"]
    )
    shown.headers.update({name: value for name, value in answer.headers.items() if name.lower() == "retry-after"})
    return shown


HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: show_refusal,
    IllegalMove: show_illegal_move,
    ClientException: show_malformed,
    HTTPException: show_malformed,
    asyncpg.DataError: show_malformed,
    500: show_error,
}
