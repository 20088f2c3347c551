"""The stack under rehearsal: outside services and mock portal, as processes of lower priority than the load's."""

import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import msgspec
import psutil

from scenarios.control import Control
from scenarios.scenario import Scenario
from scenarios.stage_settings import RULE_SETTINGS, StageSettings

HOST = "127.0.0.1"
NICENESS = 10
"""By how much portal and outside services are nicer than the load: when cores are short, they wait, not the load."""
OPEN_FILES = 65_536
START_S = 60.0
PORTAL_FOLDER = "rehearse-portal-"
"""How the names of the portal's folders begin, among the temporary ones: others may read what is on their way."""
STOP_S = 20.0


class StackError(RuntimeError):
    """The stack could not be started; the message is one line that says what is in the way."""


@dataclass
class Stack:
    """A running portal with its outside services."""

    address: str
    provider_address: str
    control_token: str
    database: str
    server_workers: int
    processes: dict[str, int] = field(default_factory=dict)
    """Process ids by name; each stands for itself and its children."""

    def control(self) -> Control:
        """Give a client for the control endpoints."""
        return Control(self.address, self.control_token)


@contextmanager
def running_stack(
    scenario: Scenario,
    logs: Path,
    *,
    server_workers: int = 1,
    database_url: str | None = None,
    port: int | None = None,
    folder: Path | None = None,
    plants: Mapping[str, float] | None = None,
    bugs: Sequence[str] = (),
) -> Iterator[Stack]:
    """Start providers and portal for a scenario, and stop them at the end; logs go to the folder `logs`.

    `plants` are causes of lag to put into the mock portal, with their severities, `bugs` ways to break promises.
    `folder` keeps the portal's data, and may hold those of an earlier start; without it they are gone at the end.
    Raises StackError.
    """
    if port is not None and not _is_free(port):
        raise StackError(f"port {port} of {HOST} is in use: end what listens there, or choose another --port")
    _allow_many_open_files()
    logs.mkdir(parents=True, exist_ok=True)
    provider_port, portal_port = free_port(), port or free_port()
    keys = {gateway: secrets.token_hex(16) for gateway in ("alipay", "unionpay")}
    token = secrets.token_urlsafe(24)
    stack = Stack(
        f"http://{HOST}:{portal_port}",
        f"http://{HOST}:{provider_port}",
        token,
        "given" if database_url else "embedded",
        server_workers,
    )
    window = scenario.window
    with ExitStack() as exits:
        if folder is None:
            temporary = TemporaryDirectory(prefix=PORTAL_FOLDER, ignore_cleanup_errors=True)
            folder = Path(exits.enter_context(temporary))
        goes_on = (folder / "portal" / "database").is_dir()
        folder.chmod(0o711)  # PostgreSQL may run as a user of its own, who must get through to its data
        providers = _write_settings(
            folder / "providers.json",
            {
                "seed": scenario.seed,
                "gateway_keys": keys,
                "providers": scenario.providers,
                "book_folder": str(folder),  # the gateways' books are theirs, also where the portal is started again
            },
        )
        portal = _write_settings(
            folder / "portal.json",
            {
                "seed": scenario.seed,
                "host": HOST,
                "port": portal_port,
                "data_folder": str(folder / "portal"),
                "control_token": token,
                "provider_address": stack.provider_address,
                "gateway_keys": keys,
                "window": {
                    "opening": window.opening,
                    "closing": window.closing,
                    "tickets": window.opening + timedelta(seconds=window.tickets_s),
                    "exam": f"{window.exam_dates[0].isoformat()}T09:00:00+08:00",
                    "exam_end": window.opening + timedelta(seconds=window.exam_end_s),
                    "results": window.opening + timedelta(seconds=window.results_s),
                    "certificates": window.opening + timedelta(seconds=window.certificates_s),
                },
                "clock": {
                    "portal_time": window.opening + timedelta(seconds=scenario.start_s),
                    "speed": scenario.speed,
                },
                "profile": scenario.profile,
                "limits": _limits(scenario),
                "keep_uploads": scenario.keeps_uploads,
                "server_workers": server_workers,
                "database_url": database_url,
                "plants": plants or {},
                "bugs": bugs,
                "goes_on": goes_on,
            },
        )
        for name, command, address in (
            (
                "providers",
                ["fakes.providers", "--port", str(provider_port), "--settings", providers],
                "/healthz",
            ),
            ("server", ["mock_server", portal], "/readyz"),
        ):
            process = exits.enter_context(_running(name, command, logs))
            base = stack.provider_address if name == "providers" else stack.address
            _wait_until_ready(process, base + address, logs / f"{name}.log")
            stack.processes[name] = process.pid
        postmaster = folder / "portal" / "database" / "postmaster.pid"
        if postmaster.exists():
            stack.processes["database"] = int(postmaster.read_text().splitlines()[0])
        yield stack


def _limits(scenario: Scenario) -> dict[str, Any]:
    """Give the limits of the portal's rules: the scenario's, and what the plan's stages say of the same rules."""
    rules = scenario.stages.with_limits(scenario.limits)
    usual = StageSettings()
    changed = {name: getattr(rules, name) for name in RULE_SETTINGS if getattr(rules, name) != getattr(usual, name)}
    whole = {name: int(value) if value == int(value) else value for name, value in changed.items()}  # days are counted
    return {"plain_calendar": scenario.window.plain_calendar, **whole, **scenario.limits}


def portal_niceness() -> int:
    """Give the niceness of portal and outside services."""
    return min(19, os.nice(0) + NICENESS)


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _allow_many_open_files() -> None:
    """Raise the soft limit of open files, which the portal inherits: each candidate holds a connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


def _write_settings(path: Path, settings: dict[str, Any]) -> str:
    path.unlink(missing_ok=True)  # of an earlier start
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(settings))
    return str(path)


@contextmanager
def _running(name: str, module: list[str], logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (logs / f"{name}.log").open("wb") as log:
        # A session of its own: Ctrl-C reaches the rehearsal alone, which then stops everything in order.
        process = subprocess.Popen(
            [sys.executable, "-m", *module], stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    psutil.Process(process.pid).nice(portal_niceness())
    try:
        yield process
    finally:
        stop_process(process)


def stop_process(process: subprocess.Popen[Any]) -> None:
    """Ask a process to stop, wait, and end it with all its children where it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGCONT)  # one that a test has frozen could not hear
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        if process.poll() is not None:
            lines = log.read_text(errors="replace").strip().splitlines()
            raise StackError(lines[-1] if lines else f"{log.stem} ended with exit code {process.returncode}")
        try:
            if httpx.get(address, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise StackError(f"{log.stem} was not ready after {START_S:g} s; its log is {log}")
