"""Run the outside services: `python -m fakes.providers --port N --settings FILE`."""

import argparse
import gc
import logging
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from fakes.providers.app import Providers
from fakes.providers.settings import SettingsError, load_settings

STOP_WITHIN_S = 1
# Longer than any client's own limit: a server that hangs up first breaks calls that are just being sent.
KEEP_ALIVE_S = 75
HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """Says when it is ready, and turns waiting calls away when it stops."""

    def __init__(self, providers: Providers) -> None:
        config = uvicorn.Config(
            providers.app,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_WITHIN_S,
        )
        super().__init__(config)
        self._providers = providers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            print(f"providers ready on http://{HOST}:{listening.getsockname()[1]}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._providers.turn_away()
        # What uvicorn cuts off now, such as an upload that has stalled, is no news.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def main() -> int:
    """Serve until SIGTERM or SIGINT; give the exit code: 0 stopped, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m fakes.providers", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--settings", type=Path, required=True, help="JSON file, see docs/providers.md")
    arguments = parser.parse_args()
    # uvicorn raises the signal again once it has stopped; this makes that the end, with exit code 0.
    for stopping in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stopping, lambda *_: sys.exit(0))
    try:
        settings = load_settings(arguments.settings)
        listening = socket.create_server((HOST, arguments.port))
    except SettingsError as error:
        print(f"providers: {error}", file=sys.stderr)
        return 2
    except (OSError, OverflowError) as error:
        print(f"providers: --port {arguments.port}: cannot listen there: {error}", file=sys.stderr)
        return 2
    server = _Server(Providers(settings))
    # What was made up to here stays until the end; the collector need not look at it again.
    gc.freeze()
    server.run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
