"""What goes wrong outside of the rules, as answers: a move that life does not know, a malformed request, a crash."""

import logging
import re
from http import HTTPStatus
from typing import Any

import asyncpg
from litestar import Response
from litestar.exceptions import ClientException, InternalServerException
from litestar.plugins.problem_details import ProblemDetailsException

from mock_server.applications import STATE_NAMES
from mock_server.database import is_gone
from mock_server.front import CLIENT_LEFT
from mock_server.life import IllegalMove
from mock_server.problems import FieldErrors, Refusal
from mock_server.request_type import AnyRequest

logger = logging.getLogger(__name__)

FRAMEWORK_REFUSALS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
}


def refuse_move(request: AnyRequest, error: IllegalMove) -> Response[Any]:
    """Answer a move that the life of an application does not know: 409."""
    return Refusal("illegal_move", state=STATE_NAMES[error.state]).to_response(request)


def name_fields(error: ClientException) -> ProblemDetailsException:
    """Give the refusal of a request whose fields are missing or of the wrong type: 400, field by field.

    What the framework refuses otherwise, such as a path that is not there, has its code too.
    """
    if code := FRAMEWORK_REFUSALS.get(error.status_code):
        refusal = Refusal(code)
        refusal.headers = error.headers
        return refusal
    if error.status_code != HTTPStatus.BAD_REQUEST:
        return ProblemDetailsException(status_code=error.status_code, title=error.detail, headers=error.headers)
    details = error.extra if isinstance(error.extra, list) else [{"message": error.detail}]
    return FieldErrors({_field(it): it["message"] for it in details}, "malformed_request")


def _field(detail: dict[str, str]) -> str:
    """Give the field that a detail of Litestar's is about; of a missing parameter it says the name in the message."""
    named = re.search(r"'(\w+)'", detail["message"])
    return detail.get("key") or (named[1] if named else "data")


def refuse_data(request: AnyRequest, _: asyncpg.DataError) -> Response[Any]:
    """Answer a value that no column can hold, such as a number of forty digits: 400."""
    return Refusal("malformed_request").to_response(request)


def hide_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer an error of the program: 500 without a word about its inside, which goes to the log.

    That the database is not there is none: the portal is busy, and asks to be tried again.
    """
    if isinstance(error, InternalServerException) and "client disconnected" in error.detail:
        return Response(None, status_code=CLIENT_LEFT)  # Litestar's way to say so; nobody reads this answer
    if is_gone(error):
        logger.warning("%s %s: the database is not there: %s", request.method, request.url.path, error)
        busy = Refusal("busy")
        busy.headers = {"Retry-After": str(request.app.state.portal.door.retry_after_s())}
        return busy.to_response(request)
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return Response(
        {
            "type": "about:blank",
            "title": "internal server error",
            "status": 500,
            "detail": "系统错误，请稍后再试",
        },
        status_code=500,
        media_type="application/problem+json",
    )
