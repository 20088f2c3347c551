"""Shows a run to others while its load lasts: starts the process that reads the run folder (reports/live_server.py)."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.processes import make_nice
from scenarios.stack import StackError
from scenarios.stack_start import HOST, portal_niceness, stop_process

ROOT = Path(__file__).parent.parent


@contextmanager
def shown_live(run: Path, port: int, portal_metrics: str | None = None) -> Iterator[None]:
    """Show the run, and the portal's metrics, on a port of the loopback address for as long as the context lasts."""
    command = [sys.executable, "-m", "reports.live_server", str(run.resolve()), "--port", str(port)]
    if portal_metrics is not None:
        command += ["--portal-metrics", portal_metrics]
    with (run / "logs" / "live.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT)
    make_nice(server.pid, portal_niceness())  # and its session: whoever looks must not delay an arrival
    try:
        yield
    finally:
        stop_process(server)


def check_port(port: int) -> None:
    """Make sure, before anything is started, that a port of the loopback address is free. Raises StackError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server that is to listen there
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = f"port {port} of {HOST} cannot be had: {error.strerror}"
            raise StackError(f"{why}; give another with --metrics-port") from None
