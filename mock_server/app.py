"""Puts the registration server together as an ASGI application."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import asyncpg
from litestar import Litestar, Router
from litestar.datastructures import State as AppState
from litestar.di import Provide
from litestar.exceptions import ClientException, NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsPlugin

from mock_server.bugs import chosen_bugs
from mock_server.control_room import control_room
from mock_server.documented import COMPONENTS, document
from mock_server.errors import hide_error, name_fields, refuse_data, refuse_move
from mock_server.front import Front
from mock_server.life import IllegalMove
from mock_server.pages.errors import not_found
from mock_server.plants import planted
from mock_server.portal import Portal, open_portal
from mock_server.request_type import StrictRequest
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
    staff_pages,
)
from mock_server.scaled_profile import scaled_profile
from mock_server.settings import Profile, Settings, load_profile, load_settings, with_capacities
from mock_server.static_files import PREFIX, StaticFiles

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

    machine_room = [module.router for module in (census, control, operations, staff_pages)]
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
        exception_handlers={
            NotFoundException: not_found,
            IllegalMove: refuse_move,
            asyncpg.DataError: refuse_data,
            500: hide_error,
        },
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
    profile = with_capacities(load_profile(settings.profile), settings.capacities)
    for plant, severity in planted(settings.plants):
        profile = plant.profile(profile, severity)
    profile = scaled_profile(profile, settings.scale)
    app = litestar_app(settings, profile, os.environ[DATABASE_VARIABLE])
    swagger = files("flask_swagger_ui") / "dist"  # the newest Swagger UI in a wheel; nothing is asked of Flask
    return Front(app, StaticFiles(Path(__file__).parent / "static", Path(str(swagger))))
