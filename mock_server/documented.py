"""What the OpenAPI document says beyond the types of the handlers: refusals, log-ins, and bodies that are no JSON.

A handler names its own refusals (`refusals=`, codes of mock_server/problems.py) and the media types of its raw body
(`takes=`); what follows from its parameters, its guards and its place is added here, for all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Litestar, Response
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    Operation,
    RequestBody,
    SecurityScheme,
)
from litestar.routes import HTTPRoute
from litestar.types import Scope
from msgspec import Meta, Struct

from mock_server.front import NEEDS_NO_SLOT
from mock_server.problems import MESSAGES

PROBLEM = "application/problem+json"
CANDIDATE, CONTROL = "candidate", "control"
COMPONENTS = Components(
    security_schemes={
        CANDIDATE: SecurityScheme(type="http", scheme="bearer", description="the token of a log-in"),
        CONTROL: SecurityScheme(type="http", scheme="bearer", description="the control token of the harness"),
    }
)


class Problem(Struct):
    """A refusal (RFC 9457). `type` is `/problems/CODE`; `detail` is what the candidate reads."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str


def document(app: Litestar) -> None:
    """Complete what every handler says of itself, before the OpenAPI document is made."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/schema"):
            for handler in route.route_handlers:
                _document(handler, route)
            _name_all_methods(route)


def _name_all_methods(route: HTTPRoute) -> None:
    """Have OPTIONS name every method of a path: Litestar's own names those of the handler that came first alone."""
    options, _ = route.route_handler_map["OPTIONS"]
    allow = ", ".join(sorted(route.methods))

    def answer(scope: Scope) -> Response[None]:  # noqa: ARG001 - the signature of the handler that is there
        return Response(None, status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allow}, media_type=MediaType.TEXT)

    options._fn = answer  # type: ignore[assignment]  # not awaited, as the one that it replaces


def _document(handler: HTTPRouteHandler, route: HTTPRoute) -> None:
    parameters = handler.parsed_fn_signature.parameters
    takes = handler.opt.get("takes", ())
    codes = {*handler.opt.get("refusals", ())}
    if parameters.keys() - {"request", "portal", "account"}:
        codes.add("malformed_request")
    if route.path_parameters:
        codes.add("not_found")
    if takes or "data" in parameters:
        codes |= {"malformed_request", "body_too_large"}
    if "application_id" in parameters:
        codes.add("application_not_found")
    if "account" in parameters:
        codes |= {"not_logged_in", "account_lapsed"}
        handler.security = [{CANDIDATE: []}]
    if handler.resolve_guards():  # there is one, the control token's
        codes.add("control_token_wrong")
        handler.security = [{CONTROL: []}]
    if not route.path.startswith(NEEDS_NO_SLOT):
        codes.add("busy")
    handler.responses = _responses(codes)
    if takes:
        handler.operation_class = _operation_with_body(takes)  # type: ignore[assignment]  # it is called, no more


def _responses(codes: Iterable[str]) -> dict[int, ResponseSpec]:
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(MESSAGES[code][0], []).append(code)
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            media_type=PROBLEM,
            description=f"{HTTPStatus(status).phrase}: {', '.join(found)}",
        )
        for status, found in sorted(by_status.items())
    }


def _operation_with_body(media_types: Iterable[str]) -> Callable[..., Operation]:
    # Without a schema: of bytes it could say nothing but that all of them fit (OpenAPI 3.1, 4.8.14.4).
    body = RequestBody({it: OpenAPIMediaType() for it in media_types}, required=True)

    def operation(**said: Any) -> Operation:
        return replace(Operation(**said), request_body=body)

    return operation
