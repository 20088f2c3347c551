"""A candidate who registers over plain HTTP, without thinking or waiting: what the server's tests are written with."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
from single_requests import loopback

from fakes.candidates import Candidate
from fakes.levels import SUBJECTS
from fakes.paper_bank import PaperBank
from fakes.papers import SCAN_KINDS, Flaw, PaperKind, file_name
from mock_server.life import Event
from mock_server.review import decision
from mock_server.settings import Limits
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.loopback_client import loopback_client
from scenarios.portal import Request
from scenarios.stack import Stack

MANY = 50_000
"""Candidates of the tests have numbers from here on, each test its own."""
SEED = 1
DAY = timedelta(days=1)


def number_with_decision(event: Event, first_number: int) -> int:
    """Give the first number, from `first_number` up, of a candidate whose good papers get this decision."""
    limits = Limits()
    return next(
        number
        for number in count(first_number)
        if decision(SEED, Candidate(SEED, MANY + number).id_number, True, limits, after_supplement=False).event is event
    )


def wait_until(happened: Callable[[], Any], what: str = "what the test waits for", look_s: float = 0.1) -> None:
    """Wait until it has happened; the offices work once a second."""
    deadline_s = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < deadline_s, f"15 s went by without {what}"
        time.sleep(look_s)


def set_portal_clock(stack: Stack, moment: datetime) -> None:
    """Turn the clock of a portal of one process, and wait until it has heard of it."""
    control = stack.control()
    control.set_clock(moment, 1.0)
    control.close()

    def stands() -> bool:
        shown = loopback.get(f"{stack.address}/api/window").json()["portal_time"]
        return abs(datetime.fromisoformat(shown) - moment) < timedelta(seconds=10)

    wait_until(stands, f"the portal's clock standing at {moment}")


def book(stack: Stack, name: str, **where: Any) -> list[dict[str, Any]]:
    """Give the rows of one of the portal's books that have these values."""
    token = {"Authorization": f"Bearer {stack.control_token}"}
    text = loopback.get(f"{stack.address}/control/export/{name}", headers=token).text
    rows = map(json.loads, text.splitlines())
    return [row for row in rows if where.items() <= row.items()]


def settings_of(stack: Stack) -> dict[str, Any]:
    """Give the settings that the portal was started with."""
    command = psutil.Process(stack.processes["server"]).cmdline()
    return dict(json.loads(Path(next(word for word in command if word.endswith(".json"))).read_text()))


def pay_at_gateway(order: dict[str, Any]) -> None:
    """Pay as the candidate does: at the address that the order names."""
    loopback.post(order["pay_url"]).raise_for_status()


class Registrant:
    """One candidate with an HTTP client."""

    def __init__(self, stack: Stack, bank: PaperBank, number: int) -> None:
        self.stack = stack
        self.bank = bank
        self.person = Candidate(SEED, MANY + number)
        self.http = loopback_client(base_url=stack.address, timeout=30)
        self.headers: dict[str, str] = {}
        self.application_id = 0

    def send(self, request: Request) -> httpx.Response:
        """Send a request of the portal."""
        return self.http.request(
            request.method,
            request.path,
            json=request.json,
            content=request.body,
            headers={**self.headers, **request.headers},
        )

    def accepted(self, request: Request) -> Any:
        """Send a request that the portal accepts; give the document of the answer."""
        answer = self.send(request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, request: Request) -> tuple[int, str]:
        """Send a request that the portal refuses; give status and code."""
        answer = self.send(request)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, problem_code(answer.json())

    def field_messages(self, request: Request) -> dict[str, str]:
        """Send a request that the portal refuses for its fields; give what it says of each."""
        return {error["field"]: error["message"] for error in self.send(request).json()["errors"]}

    def get(self, path: str) -> Any:
        """Get a document."""
        return self.accepted(Request("", "GET", path))

    def post(self, path: str, document: Any = None) -> Any:
        """Post a document that is accepted."""
        return self.accepted(Request("", "POST", path, json=document))

    def texts(self, phone: str | None = None) -> list[str]:
        """Give the texts that the phone has received, newest first."""
        answer = loopback.get(
            f"{self.stack.provider_address}/sms/messages",
            params={"phone": phone or self.person.mobile},
        )
        return [message["text"] for message in answer.json()["messages"]]

    def sms_code(self, phone: str | None = None) -> str:
        """Ask for an SMS code and read it."""
        phone = phone or self.person.mobile
        self.accepted(portal.sms_code(phone))
        return portal.sms_text_code(self.texts(phone)[0])

    def register(self) -> "Registrant":
        """Open the account and log in."""
        self.accepted(portal.account(self.person, self.person.mobile, self.sms_code()))
        return self.log_in()

    def log_in(self) -> "Registrant":
        """Log in."""
        self.headers = portal.authorization(portal.token(self.accepted(portal.log_in(self.person))))
        return self

    def paper(self, kind: PaperKind, flaw: Flaw | None = None) -> bytes:
        """Give a paper."""
        return self.bank.body(kind, flaw, self.person.seed, self.person.number)

    def scan(self, kind: PaperKind, flaw: Flaw | None = None) -> Request:
        """Give the request that uploads a scan."""
        return portal.scan(kind, self.paper(kind, flaw), file_name(kind, 1, self.person.number))

    def submit_identity(self) -> "Registrant":
        """Give scans and addresses, and submit the identity."""
        for kind in SCAN_KINDS:
            self.accepted(self.scan(kind))
        self.accepted(portal.addresses(self.person))
        self.accepted(portal.identity_submission())
        return self

    def pass_face_check(self) -> "Registrant":
        """Have the face checked until it matches: three of a hundred times it does not."""
        while not self.send(portal.face_check(self.paper(PaperKind.SELFIE))).is_success:
            pass
        return self

    def identified(self) -> "Registrant":
        """Come as far as the face check."""
        return self.register().submit_identity().pass_face_check()

    def application(self, **changes: Any) -> Request:
        """Give the request that begins the application, for all subjects of the level but for these `changes`."""
        person = self.person
        request = portal.application(person, person.claim, person.degree, SUBJECTS[person.level])
        return request._replace(json=request.json | changes)

    def change(self, **changes: Any) -> Request:
        """Give the request that changes the application."""
        return self.application(**changes)._replace(method="PUT", path=f"/api/applications/{self.application_id}")

    def material(self, kind: PaperKind, flaw: Flaw | None = None) -> Request:
        """Give the request that uploads a paper."""
        name = file_name(kind, 1, self.person.number)
        return portal.material(self.application_id, kind, self.paper(kind, flaw), name)

    def apply(self, work_proof_flaw: Flaw | None = None, **changes: Any) -> "Registrant":
        """Fill in the application and upload all papers."""
        self.application_id = portal.application_id(self.accepted(self.application(**changes)))
        self.accepted(portal.degree_check(self.application_id))
        papers = {*self.person.papers, PaperKind.SOCIAL_INSURANCE} - set(SCAN_KINDS)
        for kind in sorted(papers):
            self.accepted(self.material(kind, work_proof_flaw if kind is PaperKind.WORK_PROOF else None))
        return self

    def file(self) -> str:
        """File the application; give its number."""
        return str(self.accepted(portal.submission(self.application_id))["filing_number"])

    def step(self, name: str) -> Request:
        """Give the request of a step of the application that needs no fields, such as its withdrawal."""
        return Request("", "POST", f"/api/applications/{self.application_id}/{name}")

    def payment(self, key: str, channel: str = "alipay") -> Request:
        """Give the request that opens an order under an idempotency key."""
        return self.step("payments")._replace(json={"channel": channel}, headers={"Idempotency-Key": key})

    @property
    def status(self) -> Any:
        """How the application stands."""
        return self.accepted(portal.status(self.application_id))

    @property
    def state(self) -> str:
        """The application's state."""
        return str(self.status["state"])

    def wait_for_state(self, state: str) -> None:
        """Wait until the offices have brought the application there."""
        wait_until(lambda: self.state == state, f"the application being {state}")
