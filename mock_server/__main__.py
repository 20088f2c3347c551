"""Start the registration server: `python -m mock_server SETTINGS.json`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from threading import Thread

import asyncpg
import uvicorn

from mock_server.bugs import chosen_bugs
from mock_server.database_address import via
from mock_server.plants import planted
from mock_server.settings import Settings, SettingsError, load_profile, load_settings, with_capacities
from mock_server.working_days import CalendarUnknownError, is_working_day

BACKLOG = 2048
"""Connections that may wait to be accepted: uvicorn's own default."""
HUNG_AFTER_S = 30
"""A server process that has not answered for so long is replaced: gunicorn's default. uvicorn's 5 s would also replace
one that is still starting on a busy machine."""


def main() -> int:
    """Run the server until it is told to stop; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mock_server", description="The mock registration portal.")
    parser.add_argument("settings", type=Path, help="settings file (JSON); 'rehearse serve' writes one")
    path: Path = parser.parse_args().settings
    try:
        settings = load_settings(path)
        with_capacities(load_profile(settings.profile), settings.capacities)
        list(planted(settings.plants))  # refuses what is not known
        chosen_bugs(settings.bugs)
        last_day = (settings.window.closing + timedelta(days=60)).date()
        is_working_day(last_day, plain=settings.limits.plain_calendar)
    except (SettingsError, CalendarUnknownError) as error:
        print(f"mock_server: {error}", file=sys.stderr)
        return 2
    # uvicorn re-raises the signal that ended it; as an exception it lets the database stop first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    try:
        with _metrics_folder(settings.data_folder), _importing("mock_server.app"), _database(settings) as url:
            asyncio.run(_prepare(settings, url))
            _serve(settings, path, via(url, settings.database_via) if settings.database_via else url)
    except KeyboardInterrupt:
        return 0
    except (OSError, asyncpg.PostgresError) as error:
        print(f"mock_server: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _metrics_folder(parent: Path) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="metrics-", dir=parent) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@contextmanager
def _importing(module: str) -> Iterator[None]:
    """Import a module in a thread, while a new database waits for its disk."""
    thread = Thread(target=import_module, args=(module,), name="import")
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url:
        yield settings.database_url
        return
    from mock_server.embedded_database import embedded_database

    with embedded_database(settings.data_folder / "database") as url:
        yield url


async def _prepare(settings: Settings, url: str) -> None:
    from mock_server.clock import PortalClock
    from mock_server.control_room import announce, connect
    from mock_server.database import create_schema

    if not settings.goes_on:
        await create_schema(url)
    connection = await connect(url)
    try:
        if not settings.goes_on:
            for plant, severity in planted(settings.plants):
                await plant.prepare(connection, severity)
        if not settings.keeps_clock:
            clock = PortalClock.starting_at(settings.clock.portal_time, settings.clock.speed)
            await announce(connection, "clock", clock.reading)
    finally:
        await connection.close()


def _serve(settings: Settings, path: Path, url: str) -> None:
    from mock_server.app import DATABASE_VARIABLE, SETTINGS_VARIABLE

    os.environ[SETTINGS_VARIABLE] = str(path.resolve())
    os.environ[DATABASE_VARIABLE] = url
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    uvicorn.run(
        "mock_server.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.server_workers,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=min([BACKLOG, *(it.accept_queue(severity) or BACKLOG for it, severity in planted(settings.plants))]),
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
        timeout_worker_healthcheck=HUNG_AFTER_S,
    )


if __name__ == "__main__":
    sys.exit(main())
