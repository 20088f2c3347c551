"""A candidate who registers over plain HTTP, without thinking or waiting: what the server's tests are written with."""

import time
from typing import Any

import httpx

from fakes.candidates import Candidate
from fakes.levels import SUBJECTS
from fakes.paper_bank import PaperBank
from fakes.papers import SCAN_KINDS, Flaw, PaperKind, file_name
from scenarios import portal
from scenarios.portal import Request
from scenarios.stack import Stack

MANY = 50_000
"""Candidates of the tests have numbers from here on, each test its own."""


class Registrant:
    """One candidate with an HTTP client."""

    def __init__(self, stack: Stack, bank: PaperBank, number: int) -> None:
        self.stack = stack
        self.bank = bank
        self.person = Candidate(1, MANY + number)
        self.http = httpx.Client(base_url=stack.address, trust_env=False, timeout=30)
        self.headers: dict[str, str] = {}
        self.application_id = 0

    def send(self, request: Request, **headers: str) -> httpx.Response:
        """Send a request of the portal."""
        return self.http.request(
            request.method,
            request.path,
            json=request.json,
            content=request.body,
            headers={**self.headers, **request.headers, **headers},
        )

    def accepted(self, request: Request, **headers: str) -> Any:
        """Send a request that the portal accepts; give the document of the answer."""
        answer = self.send(request, **headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, request: Request, **headers: str) -> tuple[int, str]:
        """Send a request that the portal refuses; give status and code."""
        answer = self.send(request, **headers)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, portal.problem_code(answer.json())

    def get(self, path: str) -> Any:
        """Get a document."""
        return self.accepted(Request("", "GET", path))

    def post(self, path: str, document: Any = None) -> Any:
        """Post a document that is accepted."""
        return self.accepted(Request("", "POST", path, json=document))

    def texts(self, phone: str | None = None) -> list[str]:
        """Give the texts that the phone has received, newest first."""
        answer = httpx.get(
            f"{self.stack.provider_address}/sms/messages",
            params={"phone": phone or self.person.mobile},
            trust_env=False,
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

    def application(self) -> Request:
        """Give the request that begins the application, for all subjects of the level."""
        person = self.person
        return portal.application(person, person.claim, person.degree, SUBJECTS[person.level])

    def material(self, kind: PaperKind, flaw: Flaw | None = None) -> Request:
        """Give the request that uploads a paper."""
        name = file_name(kind, 1, self.person.number)
        return portal.material(self.application_id, kind, self.paper(kind, flaw), name)

    def apply(self, work_proof_flaw: Flaw | None = None) -> "Registrant":
        """Fill in the application and upload all papers."""
        self.application_id = portal.application_id(self.accepted(self.application()))
        self.accepted(portal.degree_check(self.application_id))
        papers = {*self.person.papers, PaperKind.SOCIAL_INSURANCE} - set(SCAN_KINDS)
        for kind in sorted(papers):
            self.accepted(self.material(kind, work_proof_flaw if kind is PaperKind.WORK_PROOF else None))
        return self

    def file(self) -> str:
        """File the application; give its number."""
        return str(self.accepted(portal.submission(self.application_id))["filing_number"])

    @property
    def state(self) -> str:
        """The application's state."""
        return str(self.accepted(portal.status(self.application_id))["state"])

    def wait_for_state(self, state: str) -> None:
        """Wait until the offices have brought the application there: they work once a second."""
        deadline_s = time.monotonic() + 15
        while (found := self.state) != state:
            assert time.monotonic() < deadline_s, f"the application is {found}, not {state}"
            time.sleep(0.1)
