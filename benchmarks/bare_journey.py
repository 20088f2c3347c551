"""A plain Locust file: the whole journey on the mock portal with FastHttpUser, as one writes it who needs no books.

Requests, bodies and their order are those of scenarios/registering.py for candidates without a flaw; static files come
over six connections, as browsers have it. benchmarks/full_journey.py plays it and says in the environment with whom.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gevent
import polars as pl
from gevent.pool import Pool
from locust import FastHttpUser, constant_throughput, events, task
from locust.exception import StopUser

from benchmarks.full_journey import BARE_PERIOD_S, NO_FLAWS
from fakes.candidates import Candidate, FlawShares
from fakes.paper_bank import PaperBank
from fakes.papers import SCAN_KINDS, PaperKind, file_name
from scenarios import mock_portal as portal
from scenarios.portal import ASSET, Request
from scenarios.visit import SMS_LOOK_S

RUN = Path(os.environ["BARE_RUN"])
PROVIDERS = os.environ["BARE_PROVIDERS"]
SEED = int(os.environ["BARE_SEED"])
PAPERS = PaperBank.load(Path(os.environ["BARE_PAPERS"]))
COMING = iter(pl.read_parquet(RUN / "arrivals.parquet")["candidate"].to_list())
SENT: Counter[str] = Counter()
"""How many requests each step and status had: the one thing that is counted, to see that the work was done."""


class Registers(FastHttpUser):
    """Registers one candidate after the other."""

    wait_time = constant_throughput(1 / BARE_PERIOD_S)

    @task
    def journey(self) -> None:
        """Go from the home page to the status of the application."""
        number = next(COMING, None)
        if number is None:
            gevent.spawn(self.environment.runner.quit)  # the others finish their journeys: --stop-timeout
            raise StopUser
        self.headers: dict[str, str] = {}
        person = Candidate(SEED, number, FlawShares(**NO_FLAWS))
        self.send(portal.home())
        Pool(6).map(self.send, [Request(ASSET, "GET", path) for path in portal.ASSETS])
        self.send(portal.window(person))
        self.log_in(person)
        self.identify(person)
        self.apply(person)
        self.client.client.close()

    def log_in(self, person: Candidate) -> None:
        """Open an account with the code that comes by SMS, and log in."""
        phone = person.first_mobile
        self.texts(phone)
        self.send(portal.sms_code(phone))
        while not (texts := self.texts(phone)):
            gevent.sleep(SMS_LOOK_S)
        self.send(portal.account(person, phone, portal.sms_text_code(texts[0]["text"])))
        self.headers = portal.authorization(portal.token(self.send(portal.log_in(person)).json()))

    def identify(self, person: Candidate) -> None:
        """Say who one is, and have the face checked."""
        self.send(portal.identity())
        for kind in SCAN_KINDS:
            self.send(portal.scan(kind, *self.paper(kind, person)))
        self.send(portal.addresses(person))
        self.send(portal.identity_submission())
        self.send(portal.face_check(self.paper(PaperKind.SELFIE, person)[0]))

    def apply(self, person: Candidate) -> None:
        """Hand in the application with its papers, and file it."""
        self.send(portal.catalogue())
        chosen = portal.application(person, person.first_claim, person.first_degree, person.first_subjects)
        application_id = portal.application_id(self.send(chosen).json())
        self.send(portal.degree_check(application_id))
        for kind in person.first_papers:
            if kind not in SCAN_KINDS:
                self.send(portal.material(application_id, kind, *self.paper(kind, person)))
        self.send(portal.submission(application_id))
        self.send(portal.status(application_id))

    def send(self, request: Request) -> Any:
        """Send one request and give Locust's response."""
        response = self.client.request(
            request.method,
            request.path,
            name=request.step,
            data=request.body,
            json=request.json,
            headers={**self.headers, **request.headers},
        )
        SENT[f"{request.step} {response.status_code}"] += 1
        return response

    def texts(self, phone: str) -> list[dict[str, str]]:
        """Read the texts on a phone, newest first."""
        found: list[dict[str, str]] = self.client.get(f"{PROVIDERS}/sms/messages?phone={phone}", name="phone").json()[
            "messages"
        ]
        return found

    def paper(self, kind: PaperKind, person: Candidate) -> tuple[bytes, str]:
        """Give a paper and its name."""
        return PAPERS.body(kind, None, person.seed, person.number), file_name(kind, person.seed, person.number)


@events.quitting.add_listener
def keep_counts(**_: Iterable[Any]) -> None:
    """Leave what was sent where benchmarks/full_journey.py reads it."""
    (RUN / "sent.json").write_text(json.dumps(SENT))
