"""Starts the stack: outside services and mock portal, as processes of lower priority than the load's."""

import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import psutil

from scenarios.database_address import database_address
from scenarios.embedded_postgres import database_pid, stop_if_running
from scenarios.fault_desk import wishable
from scenarios.faults import Toxic
from scenarios.given_database import postmaster_here
from scenarios.loopback_client import loopback_client
from scenarios.network.pieces import LinkName
from scenarios.network.process import Ends, NetworkError, running_network
from scenarios.scenario import Scenario
from scenarios.stack import Stack, StackError
from scenarios.stage_settings import RULE_SETTINGS, StageSettings

HOST = "127.0.0.1"
NICENESS = 10
"""By how much portal and outside services are nicer than the load: when cores are short, they wait, not the load."""
OPEN_FILES = 65_536
SERVER_PORTS = range(10_000, 32_768)
"""Below those that Linux and macOS give to clients (net.ipv4.ip_local_port_range)."""
START_S = 60.0
PORTAL_FOLDER = "rehearse-portal-"
"""How the names of the portal's folders begin, among the temporary ones: others may read what is on their way."""
STOP_S = 20.0


@contextmanager
def running_stack(
    scenario: Scenario,
    logs: Path,
    *,
    database_url: str | None = None,
    port: int | None = None,
    folder: Path | None = None,
    plants: Mapping[str, float] | None = None,
    bugs: Sequence[str] = (),
    has_fault_desk: bool = False,
) -> Iterator[Stack]:
    """Start providers and portal for a scenario, and stop them at the end; logs go to the folder `logs`.

    `plants` are causes of lag to put into the mock portal, with their severities, `bugs` ways to break promises. Who
    says that there is a fault desk grants what its control page wishes for (scenarios/fault_desk.py).
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
        scenario.server_workers,
    )
    window = scenario.window
    with ExitStack() as exits:
        if folder is None:
            temporary = TemporaryDirectory(prefix=PORTAL_FOLDER, ignore_cleanup_errors=True)
            folder = Path(exits.enter_context(temporary))
        goes_on = (folder / "portal" / "database").is_dir()
        folder.chmod(0o711)  # PostgreSQL may run as a user of its own, who must get through to its data
        try:
            links = _links(scenario, stack, database_url, folder)
            stack.network = exits.enter_context(running_network(links, scenario.seed, logs / "network.log"))
        except NetworkError as error:
            raise StackError(str(error)) from None
        if stack.network.pid is not None:
            psutil.Process(stack.network.pid).nice(portal_niceness())
            stack.processes["network"] = stack.network.pid
        if has_fault_desk:
            stack.wishes = folder / "wishes"
            stack.wishes.mkdir()
        providers = _write_settings(
            folder / "providers.json",
            {
                "seed": scenario.seed,
                "gateway_keys": keys,
                "providers": scenario.providers,
                "scale": scenario.scale,
                "callback_faults": scenario.callback_faults,
                "book_folder": str(folder),  # the gateways' books are theirs, also where the portal is started again
            },
        )
        portal_settings = {
            "seed": scenario.seed,
            "host": HOST,
            "port": portal_port,
            "data_folder": str(folder / "portal"),
            "control_token": token,
            "provider_address": stack.network.url("portal_providers", stack.provider_address),
            "public_address": stack.network.url("providers_portal", stack.address),
            "gateway_keys": keys,
            "window": {
                "opening": window.opening,
                "closing": window.closing,
                "province_gap_s": window.province_gap_s,
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
            "capacities": scenario.capacities,
            "scale": scenario.scale,
            "limits": _limits(scenario),
            "keep_uploads": scenario.keeps_uploads,
            "server_workers": scenario.server_workers,
            "fault_desk": stack.wishes
            and {
                "folder": str(stack.wishes),
                "faults": wishable(scenario.server_workers, embedded=database_url is None),
            },
            "database_url": database_url,
            "database_via": stack.network.addresses.get("portal_database"),
            "plants": plants or {},
            "bugs": bugs,
            "goes_on": goes_on,
        }
        portal = _write_settings(folder / "portal.json", portal_settings)

        def start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
            process = exits.enter_context(_running(name, command, logs))
            stack.processes[name] = process.pid
            return process

        def start_portal() -> None:
            again = {**portal_settings, "goes_on": True, "keeps_clock": True}
            settings = _write_settings(folder / "portal-again.json", again)
            server = start("server", ["mock_server", settings])
            _wait_until_ready(server, f"{stack.address}/readyz", logs / "server.log")

        # Both at once: neither asks the other anything before a candidate comes.
        services = start("providers", ["fakes.providers", "--port", str(provider_port), "--settings", providers])
        if database_url is None:
            stack.database_folder = folder / "portal" / "database"
            exits.callback(stop_if_running, stack.database_folder)  # one that a fault has started again is nobody's
        server = start("server", ["mock_server", portal])
        _wait_until_ready(services, f"{stack.provider_address}/healthz", logs / "providers.log")
        _wait_until_ready(server, f"{stack.address}/readyz", logs / "server.log")
        stack.start_portal = start_portal
        if postmaster := _postmaster(stack):
            stack.processes["database"] = postmaster
        yield stack


def _postmaster(stack: Stack) -> int | None:
    """Give the process id of the database; None where it is not on this machine."""
    if stack.database_folder is not None:
        return database_pid(stack.database_folder)
    with closing(stack.control()) as control:
        return postmaster_here(control.database_process())


def _limits(scenario: Scenario) -> dict[str, Any]:
    """Give the limits of the portal's rules: the scenario's, and what the plan's stages say of the same rules."""
    rules = scenario.stages.with_limits(scenario.limits)
    usual = StageSettings()
    changed = {name: getattr(rules, name) for name in RULE_SETTINGS if getattr(rules, name) != getattr(usual, name)}
    whole = {name: int(value) if value == int(value) else value for name, value in changed.items()}  # days are counted
    return {"plain_calendar": scenario.window.plain_calendar, **whole, **scenario.limits}


def _links(scenario: Scenario, stack: Stack, database_url: str | None, folder: Path) -> dict[str, Ends]:
    """Give the links that the scenario's faults disturb; all others cost nothing."""
    disturbed = {it.link for it in scenario.faults if isinstance(it, Toxic)}
    portal, providers = (urlsplit(it).netloc for it in (stack.address, stack.provider_address))
    leads_to: dict[LinkName, str] = {
        "candidates_portal": portal,
        "candidates_providers": providers,
        "portal_providers": providers,
        "providers_portal": portal,
    }
    links: dict[str, Ends] = {link: Ends(f"{HOST}:0", to) for link, to in leads_to.items() if link in disturbed}
    if "portal_database" in disturbed:
        to = database_address(database_url) if database_url else str(folder / "portal" / "database")
        sockets = folder / "network"
        sockets.mkdir(mode=0o700, exist_ok=True)  # PostgreSQL asks nobody for a password who comes by its socket
        links["portal_database"] = Ends(str(sockets / ".s.PGSQL.5432") if to.startswith("/") else f"{HOST}:0", to)
    return links


def portal_niceness() -> int:
    """Give the niceness of portal and outside services."""
    return min(19, os.nice(0) + NICENESS)


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on, out of those that no client is given for itself.

    A port that the system chooses may be given to a client's connection before a server gets to listen there.
    """
    while True:
        port = secrets.choice(SERVER_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


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
    with (logs / f"{name}.log").open("ab") as log:
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
    with loopback_client(timeout=2) as client:
        while time.monotonic() < deadline_s:
            if process.poll() is not None:
                lines = log.read_text(errors="replace").strip().splitlines()
                raise StackError(lines[-1] if lines else f"{log.stem} ended with exit code {process.returncode}")
            try:
                if client.get(address).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
    raise StackError(f"{log.stem} was not ready after {START_S:g} s; its log is {log}")
