"""What one candidate does in one visit, step by step, as the guide for candidates tells them to.

    register:    home ─► SMS code ─► account ─► log in ─► scans ─► addresses ─► identity ─► (70 %) face check …
    face_check:  home ─► log in ─► face check ─► (45 %) apply …
    apply:       home ─► log in ─► level and province ─► degree check ─► papers ─► filing ─► status
    look:        home

Each step is wanted, answered, read; a refusal is acted on as people do: they mend what was refused and try again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import gevent
from gevent.pool import Group

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from fakes.papers import SCAN_KINDS, PaperKind, file_name
from scenarios import portal
from scenarios.behaviour import Behaviour
from scenarios.browser import Answer, Browser, GaveUp
from scenarios.portal import Request
from scenarios.run_clock import RunClock

ACCOUNT_FORMS = 4
"""Forms of the account stage: account, front scan, back scan, addresses."""

GATE_JITTER_MEAN_S = 1.5  # assumption: how fast people click once the countdown ends
SMS_LOOK_S = 2.0  # assumption: how often people look at their phone while they wait for a code
SMS_WAIT_S = 60.0  # assumption: how long they wait for it before they ask again
FACE_TRIES = 3  # assumption
FIRST_PAUSE = 30_000
"""Pauses are numbered from here, so that none has the number of a request: their draws stay apart."""
MENDS_MOST = 6  # more refusals of one step than any candidate has flaws


@dataclass(frozen=True)
class Surroundings:
    """What all visits of a run share."""

    clock: RunClock
    bank: PaperBank
    opening_s: float
    read_phone: Callable[[str], list[str]]
    """Gives the texts that a phone has received, newest first."""


class Journey:
    """One visit of one candidate. `has_account`: an earlier visit of this run got so far."""

    def __init__(
        self, person: Candidate, behaviour: Behaviour, browser: Browser, around: Surroundings, has_account: bool
    ) -> None:
        self.person = person
        self.behaviour = behaviour
        self.browser = browser
        self.around = around
        self.has_account = has_account
        self._tabs = Group()

    def visit(self, purpose: str) -> None:
        """Make the visit. Raises GaveUp."""
        try:
            self._visit(purpose)
        finally:
            self._tabs.kill()

    def _visit(self, purpose: str) -> None:
        if purpose == "look":
            self.browser.want(portal.home())
            return
        self._arrive(first_visit=purpose == "register" and not self.has_account)
        if purpose == "register":
            self._register()
            if not self.behaviour.face_check_now:
                return
        else:
            self._log_in()
        if purpose in ("register", "face_check"):
            self._check_face()
            if not self.behaviour.apply_now:
                return
        self._apply()

    def _arrive(self, *, first_visit: bool) -> None:
        self.browser.want(portal.home())
        if self.behaviour.has_cold_browser(first_visit):
            self.browser.load_assets()
        answer = self.browser.want(portal.window())
        while not portal.is_open(answer.document):
            if portal.has_closed(answer.document):
                raise GaveUp("window: closed")
            answer = self._wait_at_the_gate()
        self._think()

    def _wait_at_the_gate(self) -> Answer:
        """Reload, in every tab and on every device, until the countdown ends: then everybody reloads at once."""
        step = self._next_pause()
        now_s = self.around.clock.now_s()
        pause_s = self.behaviour.patience_s(step)
        to_opening_s = self.around.opening_s - now_s
        if 0 < to_opening_s < pause_s:
            share = self.behaviour.think_s(step) / self.behaviour.settings.think_mean_s
            pause_s = to_opening_s + share * GATE_JITTER_MEAN_S
        gevent.sleep(pause_s)
        tabs = self.behaviour.tabs * self.behaviour.devices
        for _ in range(tabs - 1):
            self._tabs.spawn(self._reload_quietly)
        self.browser.want(portal.home())
        return self.browser.want(portal.window())

    def _reload_quietly(self) -> None:
        try:
            self.browser.want(portal.home())
        except GaveUp:
            return  # another tab may have more luck

    def _register(self) -> None:
        forms_s = iter(self.behaviour.account_forms_s(ACCOUNT_FORMS))
        if not self.has_account:
            self._open_account(next(forms_s))
        self._log_in()
        self.browser.want(portal.identity())
        for kind in SCAN_KINDS:
            gevent.sleep(next(forms_s))
            self._upload(kind, partial(portal.scan, kind))
        gevent.sleep(next(forms_s))
        self._want_done(portal.addresses(self.person))
        self._think()
        self._want_done(portal.identity_submission())

    def _open_account(self, form_s: float) -> None:
        """Fill in the form while the SMS code is on its way, as people do."""
        phone = self.person.first_mobile
        for _ in range(MENDS_MOST):
            code = self._prove_phone(phone, form_s)
            answer = self.browser.want(portal.account(self.person, phone, code))
            if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY["account"]:
                self.has_account = True
                return
            if answer.code == "phone_already_bound" and phone != self.person.mobile:
                phone = self.person.mobile
            form_s = self.behaviour.think_s(self._next_pause())
        raise GaveUp(f"account: {answer.code}")

    def _prove_phone(self, phone: str, form_s: float) -> str:
        """Ask for an SMS code, fill in the form, wait for the code; one that came late is as good as a new one."""
        seen = len(self.around.read_phone(phone))
        answer = self.browser.want(portal.sms_code(phone))
        if answer.outcome != "ok" and answer.code != "sms_too_soon":
            raise GaveUp(f"sms_code: {answer.code}")
        gevent.sleep(form_s)
        began_s = self.around.clock.now_s()
        while self.around.clock.now_s() - began_s < SMS_WAIT_S:
            texts = self.around.read_phone(phone)
            if len(texts) > seen or (texts and answer.code == "sms_too_soon"):
                return portal.sms_text_code(texts[0])
            gevent.sleep(SMS_LOOK_S)
        raise GaveUp("sms_code: no code came")

    def _log_in(self) -> None:
        answer = self.browser.want(portal.log_in(self.person))
        if answer.outcome != "ok":
            raise GaveUp(f"log_in: {answer.code}")
        self.browser.headers = portal.authorization(portal.token(answer.document))

    def _check_face(self) -> None:
        self._think()
        for _ in range(FACE_TRIES):
            answer = self.browser.want(portal.face_check(self._paper(PaperKind.SELFIE, 0)))
            if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY["face_check"]:
                return
            self._think()
        raise GaveUp(f"face_check: {answer.code}")

    def _apply(self) -> None:
        person = self.person
        self.browser.want(portal.catalogue())
        gevent.sleep(self._form_s())
        answer = self.browser.want(
            portal.application(person, person.first_claim, person.first_degree, person.first_subjects)
        )
        if answer.code == "not_eligible":
            gevent.sleep(self._form_s())
            answer = self.browser.want(portal.application(person, person.claim, person.first_degree, person.subjects))
        if answer.code == portal.DONE_ALREADY["application"]:
            answer = self.browser.want(portal.my_applications())
            if not portal.is_draft(answer.document):
                return  # filed already, by a try whose answer never came
        if answer.outcome != "ok":
            raise GaveUp(f"application: {answer.code}")
        application_id = portal.application_id(answer.document)
        self._check_degree(application_id)
        for kind in person.first_papers:
            if kind not in SCAN_KINDS:
                self._hand_in(application_id, kind)
        self._file(application_id)
        self.browser.want(portal.status(application_id))

    def _check_degree(self, application_id: int) -> None:
        person = self.person
        answer = self.browser.want(portal.degree_check(application_id))
        if answer.code == "degree_unknown":
            gevent.sleep(self._form_s())
            self.browser.want(portal.application(person, person.claim, person.degree, person.subjects, application_id))
            answer = self.browser.want(portal.degree_check(application_id))
        if answer.outcome != "ok":
            raise GaveUp(f"degree_check: {answer.code}")

    def _hand_in(self, application_id: int, kind: PaperKind) -> None:
        self._think()
        self._upload(kind, partial(portal.material, application_id, kind))

    def _file(self, application_id: int) -> None:
        self._think()
        for _ in range(MENDS_MOST):
            answer = self._want_done(portal.submission(application_id))
            if answer.code != "materials_missing":
                return
            for kind in portal.missing_papers(answer.document):
                self._hand_in(application_id, kind)
        raise GaveUp("submission: materials_missing")

    def _upload(self, kind: PaperKind, request: Callable[[bytes, str], Request]) -> None:
        """Upload a paper: first as the candidate has it, then, after each refusal, a better one."""
        name = file_name(kind, self.person.seed, self.person.number)
        for attempt in range(MENDS_MOST):
            wanted = request(self._paper(kind, attempt), name)
            answer = self.browser.want(wanted)
            if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY.get(wanted.step):
                return
            self._think()
        raise GaveUp(f"{kind}: {answer.code}")

    def _paper(self, kind: PaperKind, attempt: int) -> bytes:
        flaws = self.person.paper_flaws(kind)
        flaw = flaws[attempt] if attempt < len(flaws) else None
        return self.around.bank.body(kind, flaw, self.person.seed, self.person.number)

    def _want_done(self, request: Request) -> Answer:
        """Want a step that nothing but the rules can refuse; done already is as good as done."""
        answer = self.browser.want(request)
        if answer.outcome == "refused" and answer.code not in (
            portal.DONE_ALREADY.get(request.step),
            "materials_missing",
        ):
            raise GaveUp(f"{request.step}: {answer.code}")
        return answer

    def _think(self) -> None:
        gevent.sleep(self.behaviour.think_s(self._next_pause()))

    def _form_s(self) -> float:
        return self.behaviour.form_s(self._next_pause())

    def _next_pause(self) -> int:
        return self.browser.number(self.browser.reached or "home", FIRST_PAUSE)
