"""Puts the registration server together as an ASGI application."""

import gc
import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
from litestar import Litestar, Response, Router
from litestar.datastructures import State as AppState
from litestar.di import Provide
from litestar.exceptions import ClientException, InternalServerException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsException, ProblemDetailsPlugin

from mock_server.applications import STATE_NAMES
from mock_server.bugs import chosen_bugs
from mock_server.control_room import control_room
from mock_server.database import is_gone
from mock_server.documented import COMPONENTS, document
from mock_server.front import CLIENT_LEFT, Front
from mock_server.life import IllegalMove
from mock_server.plants import planted
from mock_server.portal import Portal, open_portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.request_type import AnyRequest, StrictRequest
from mock_server.routes import (
    accounts,
    applications,
    catalogue,
    census,
    control,
    exam,
    identity,
    materials,
    operations,
    pages,
    payments,
    queue,
)
from mock_server.settings import Profile, Settings, load_profile, load_settings
from mock_server.static_files import PREFIX, StaticFiles

logger = logging.getLogger(__name__)

FRAMEWORK_REFUSALS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
}
SETTINGS_VARIABLE = "REHEARSE_SERVER_SETTINGS"
DATABASE_VARIABLE = "REHEARSE_SERVER_DATABASE"


async def provide_portal(state: AppState) -> Portal:
    """Give handlers the parts of this server process."""
    portal: Portal = state.portal
    return portal


async def provide_machine_room(state: AppState) -> Portal:
    """Give the handlers of operations and control the same parts, but for the database: connections of their own."""
    portal: Portal = state.portal
    return replace(portal, database=portal.machine_room)


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


def litestar_app(settings: Settings, profile: Profile, database_url: str) -> Litestar:
    """Give the application without its front."""

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        app.state.portal = await open_portal(settings, profile, database_url)
        for plant, severity in planted(settings.plants):
            plant.install(app.state.portal, severity)
        for bug in chosen_bugs(settings.bugs):
            await bug.install(app.state.portal)
        try:
            async with control_room(app.state.portal):
                # What exists by now stays: the collector need not look at it again, and rarely at the rest.
                gc.collect()
                gc.freeze()
                gc.set_threshold(50_000, 20, 100)
                yield
        finally:
            await app.state.portal.close()

    machine_room = [module.router for module in (census, control, operations)]
    app = Litestar(
        route_handlers=[
            module.router
            for module in (
                accounts,
                identity,
                catalogue,
                applications,
                materials,
                payments,
                exam,
                queue,
                pages,
            )
        ]
        + [Router("/", route_handlers=machine_room, dependencies={"portal": Provide(provide_machine_room)})],
        request_class=StrictRequest,
        dependencies={"portal": Provide(provide_portal)},
        lifespan=[running],
        plugins=[
            ProblemDetailsPlugin(
                ProblemDetailsConfig(
                    enable_for_all_http_exceptions=True,
                    exception_to_problem_detail_map={ClientException: name_fields},
                )
            )
        ],
        exception_handlers={IllegalMove: refuse_move, asyncpg.DataError: refuse_data, 500: hide_error},
        openapi_config=OpenAPIConfig(
            title="Registration portal (mock)",
            version="1",
            path="/schema",
            components=COMPONENTS,
            render_plugins=[
                SwaggerRenderPlugin(
                    path="/",
                    js_url=f"{PREFIX}swagger-ui-bundle.js",
                    css_url=f"{PREFIX}swagger-ui.css",
                    standalone_preset_js_url=f"{PREFIX}swagger-ui-standalone-preset.js",
                    favicon="",
                )
            ],
        ),
        logging_config=None,
    )
    document(app)
    return app


def create_app() -> Front:
    """Give the whole server; settings and database come by environment, so that every process finds them."""
    settings = load_settings(Path(os.environ[SETTINGS_VARIABLE]))
    profile = load_profile(settings.profile)
    for plant, severity in planted(settings.plants):
        profile = plant.profile(profile, severity)
    app = litestar_app(settings, profile, os.environ[DATABASE_VARIABLE])
    swagger = files("flask_swagger_ui") / "dist"  # the newest Swagger UI in a wheel; nothing is asked of Flask
    return Front(app, StaticFiles(Path(__file__).parent / "static", Path(str(swagger))))
