"""What the portal's requests cost against bare Litestar handlers that run the same SQL: CPU of the server process.

    python benchmarks/bare_handler.py [--rounds 7]

Two servers on one database: the portal, and benchmarks/bare_app.py. Both get the same requests, from the same client,
in turn: a round of one, a round of the other. CPU is that of all threads of the server process, by its CPU clock, so
on Linux only; the database has processes of its own.

"its work" is what no handler could save: looking into papers, and hashing passwords, measured by itself here.
"MB/s of one core" are bytes received, hashed, checked and kept for each second of CPU.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import asyncpg
import gevent
import msgspec
from argon2 import PasswordHasher
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bare_app import ask  # noqa: E402
from benchmarks.constant_rate import ENDLESS_PATIENCE, scenario_after_opening  # noqa: E402
from fakes.candidates import Candidate  # noqa: E402
from fakes.paper_bank import PaperBank  # noqa: E402
from fakes.papers import PaperKind  # noqa: E402
from mock_server.clock import real_now  # noqa: E402
from mock_server.embedded_database import embedded_database  # noqa: E402
from mock_server.paper_checks import check_id_scan, check_paper  # noqa: E402
from mock_server.paper_limits import PaperLimits  # noqa: E402
from mock_server.settings import PasswordHash  # noqa: E402
from scenarios import mock_portal as portal  # noqa: E402
from scenarios.http_client import Connections  # noqa: E402
from scenarios.portal import Request  # noqa: E402
from scenarios.stack_start import free_port, running_stack  # noqa: E402

SEED = 1
A_ROUND = 60
"""Requests of an endpoint in a round; uploads a third of them."""
SCAN_BYTES, PDF_BYTES = 450_000, 3_000_000
KEY = "benchmark"


class Books(NamedTuple):
    """What the database holds for the benchmark."""

    person: Candidate
    draft: int
    approved: int
    to_file: list[tuple[str, int]]
    """Tokens and applications, each to be filed once."""


class Endpoint(NamedTuple):
    """A kind of request. `work` is what it must do whatever the handler is like."""

    name: str
    request: Callable[[], tuple[str, Request]]
    """Gives a token and the next request."""
    work: Callable[[], object] | None = None
    size_bytes: int = 0


def cpu_s(pid: int) -> float:
    """Give the CPU seconds that all threads of another process have used: its CPU clock, clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def ordinary_people() -> Iterator[Candidate]:
    """Give candidates who register at home, for all subjects, in a province without rules of its own."""
    number = 0
    while True:
        it = Candidate(SEED, number)
        if not (it.place.from_elsewhere or it.retained_subjects or it.place.province in ("11", "31")):
            yield it
        number += 1


async def fill(url: str, filings: int, opened: Any) -> Books:
    """Write the accounts and applications of the benchmark into a portal's database."""
    connection = await asyncpg.connect(url)
    cost = PasswordHash()
    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
    people, applications = ordinary_people(), []
    first = next(people)
    async with connection.transaction():
        for number in range(filings + 3):
            person = next(people) if number else first
            made = {"name": person.name, "id_number": person.id_number, "phone": person.mobile}
            hashed = hasher.hash(person.password) if not number else ""
            account = (await ask(connection, "create_account", **made, password_hash=hashed, now=opened))[0]["id"]
            await ask(
                connection,
                "open_session",
                id_number=person.id_number,
                attempts=10,
                wait_since=opened,
                token_hash=sha256(f"token-{number}".encode()).digest(),
                account_id=account,
                queue_number=None,
                expires_at=real_now() + timedelta(days=1),
            )
            where = {kind: getattr(person, kind) for kind in ("household", "residence")}
            flat = {
                f"{kind}_{it}": getattr(at, it) for kind, at in where.items() for it in ("province", "city", "detail")
            }
            await ask(connection, "keep_addresses", account_id=account, **flat)
            if not number:
                continue  # whose identity is not submitted yet
            await ask(connection, "submit_identity", account_id=account, now=opened, face_due_at=opened + timedelta(2))
            await ask(connection, "pass_face_check", account_id=account, now=opened)
            fields = form_of(person).json
            state = "approved" if number == 2 else "draft"
            fields = {**fields, "employed_since": date.fromisoformat(fields["employed_since"]), "state": state}
            made = {"account_id": account, "due_at": opened + timedelta(days=20), "now": opened}
            application = (await ask(connection, "create_application", **fields, **made))[0]["id"]
            applications.append(application)
            certificate = fields["degree_certificate"]
            await ask(connection, "note_degree_known", id=application, degree_certificate=certificate, now=opened)
            for paper in ("degree_certificate", "work_proof"):
                kept = {"file": "none", "sha256": b"", "size_bytes": 1, "has_stamp": None, "now": opened}
                await ask(connection, "keep_material", application_id=application, paper=paper, **kept)
        order = {"order_no": KEY, "channel": "alipay", "amount_fen": 1, "idempotency_key": KEY}
        times = {"now": opened, "real_now": real_now() + timedelta(days=1)}
        await ask(connection, "create_order", application_id=applications[1], **order, **times)
        await ask(connection, "note_pay_url", order_no=KEY, pay_url="http://127.0.0.1/")
    await connection.close()
    to_file = [(f"token-{number}", it) for number, it in enumerate(applications, start=1)][2:]
    return Books(first, applications[0], applications[1], to_file)


def form_of(person: Candidate, application_id: int | None = None) -> Request:
    """Give the form of an application, filled in."""
    return portal.application(person, person.claim, person.degree, person.subjects, application_id)


def endpoints(books: Books, folder: Path) -> list[Endpoint]:
    """Give what is measured; papers lie in the folder for those who look into them by themselves."""
    bank, limits = PaperBank.build(SEED), PaperLimits()
    scan = near(bank, PaperKind.ID_FRONT, ".jpg", SCAN_BYTES)
    pdf = near(bank, PaperKind.RESIDENCE_PROOF, ".pdf", PDF_BYTES)
    scan_file, pdf_file = folder / "scan.jpg", folder / "paper.pdf"
    scan_file.write_bytes(scan)
    pdf_file.write_bytes(pdf)
    person, draft = books.person, books.draft
    drafter = next(it for number, it in enumerate(ordinary_people()) if number == 1)
    cost = PasswordHash()
    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
    hashed = hasher.hash(person.password)

    def file() -> tuple[str, Request]:
        token, application = books.to_file.pop()
        return token, portal.submission(application)

    def same(token: str, request: Request) -> Callable[[], tuple[str, Request]]:
        return lambda: (token, request)

    paper = portal.material(draft, PaperKind.RESIDENCE_PROOF, pdf, "paper.pdf")
    tap = portal.payment(books.approved, "alipay", KEY)
    return [
        Endpoint("home page", same("", portal.home())),
        Endpoint("log-in page", same("", Request("log_in", "GET", "/log-in"))),
        Endpoint("window", same("", portal.window(person))),
        Endpoint("status", same("token-1", portal.status(draft))),
        Endpoint("log-in", same("", portal.log_in(person)), lambda: hasher.verify(hashed, person.password)),
        Endpoint("addresses, saved", same("token-0", portal.addresses(person))),
        Endpoint("application, saved", same("token-1", form_of(drafter, draft))),
        Endpoint("submission", file),
        Endpoint("payment, asked for again", same("token-2", tap)),
        Endpoint(
            "ID scan, JPEG",
            same("token-0", portal.scan(PaperKind.ID_FRONT, scan, "scan.jpg")),
            lambda: check_id_scan(scan_file, filename="scan.jpg", front=True, limits=limits),
            len(scan),
        ),
        Endpoint(
            "paper, PDF",
            same("token-1", paper),
            lambda: check_paper(pdf_file, filename="paper.pdf", look_for_stamp=False, limits=limits),
            len(pdf),
        ),
    ]


def near(bank: PaperBank, kind: PaperKind, ending: str, size_bytes: int) -> bytes:
    """Give the good paper out of a hundred that is nearest to a size."""
    bodies = (bank.body(kind, None, SEED, number) for number in range(100))
    start = b"%PDF" if ending == ".pdf" else b"\xff\xd8"
    return min((it for it in bodies if it.startswith(start)), key=lambda it: abs(len(it) - size_bytes))


def play(connections: Connections, endpoint: Endpoint, times: int) -> None:
    """Send a request so many times, one after the other. Raises SystemExit where it is refused."""
    for _ in range(times):
        token, request = endpoint.request()
        headers = {**request.headers, **(portal.authorization(token) if token else {})}
        body = request.body
        if request.json is not None:
            body, headers["Content-Type"] = msgspec.json.encode(request.json), "application/json"
        answer = connections.send(request.method, request.path, headers, body)
        if answer.status >= 300:
            raise SystemExit(f"{endpoint.name} was refused: {answer.status} {answer.body[:300].decode()}")


def own_cpu_ms(work: Callable[[], object], times: int = 20) -> float:
    """Give the CPU of some work in this process."""
    began_s = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began_s) * 1000 / times


@contextmanager
def bare_server(url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Serve the bare handlers; give their address and process id."""
    port = free_port()
    folder.mkdir()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare_app", str(port), url, str(folder)], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                Connections(address).check()
                break
            except OSError:
                gevent.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def measure(rounds: int) -> Table:
    """Play all rounds; give the table."""
    scenario = scenario_after_opening(3600.0, behaviour=ENDLESS_PATIENCE)
    with tempfile.TemporaryDirectory() as name, embedded_database(Path(name) / "database") as url:
        folder = Path(name)
        folder.chmod(0o711)
        with (
            running_stack(scenario, folder / "logs", database_url=url) as stack,
            bare_server(url, folder / "bare") as (bare, bare_pid),
        ):
            opened = scenario.window.opening + timedelta(seconds=1800)
            books = asyncio.run(fill(url, (rounds + 1) * A_ROUND * 2, opened))
            servers = {Connections(stack.address): stack.processes["server"], Connections(bare): bare_pid}
            table = Table("request", "ms", "its work", "bare", "ratio", "without work", "MB/s", "bare MB/s")
            table.title = "CPU of the server a request, in ms"
            for endpoint in endpoints(books, folder):
                times = A_ROUND // 3 if endpoint.size_bytes else A_ROUND
                cpu_ms: dict[Connections, list[float]] = {it: [] for it in servers}
                for _ in range(rounds + 1):
                    for server, pid in servers.items():
                        before_s = cpu_s(pid)
                        play(server, endpoint, times)
                        cpu_ms[server].append((cpu_s(pid) - before_s) * 1000 / times)
                # The first round warms up: statements are prepared, caches filled.
                own_ms, bare_ms = (median(it[1:]) for it in cpu_ms.values())
                work_ms = own_cpu_ms(endpoint.work) if endpoint.work else 0.0
                speed = endpoint.size_bytes / 1e3
                table.add_row(
                    endpoint.name + (f" of {endpoint.size_bytes / 1e6:.2f} MB" if endpoint.size_bytes else ""),
                    f"{own_ms:.2f}",
                    f"{work_ms:.2f}" if work_ms else "",
                    f"{bare_ms:.2f}",
                    f"{own_ms / bare_ms:.1f}",
                    f"{(own_ms - work_ms) / bare_ms:.1f}" if work_ms else "",
                    f"{speed / own_ms:.0f}" if speed else "",
                    f"{speed / bare_ms:.0f}" if speed else "",
                )
    return table


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="of each server; the table has their medians")
    Console().print(measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
