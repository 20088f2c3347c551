"""What all visits are made of: a person at a browser, who thinks, types, uploads and logs in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import gevent
from gevent.pool import Group

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from fakes.papers import PaperKind, file_name
from scenarios import mock_portal as portal
from scenarios.behaviour import Behaviour
from scenarios.browser import Browser, Clock, GaveUp
from scenarios.phones import Text
from scenarios.portal import Answer, Request

GATE_JITTER_MEAN_S = 1.5  # assumption: how fast people click once the countdown ends
FIRST_PAUSE = 30_000
"""Pauses are numbered from here, so that none has the number of a request: their draws stay apart."""
MENDS_MOST = 6  # more refusals of one step than any candidate has flaws
SMS_LOOK_S = 2.0  # assumption: how often people look at their phone while they wait for a code
SMS_LOOK_LEAST_S = 0.1
"""The same in run time at least: where portal time flies, the SMS gateway still takes real time."""
SMS_WAIT_S = 60.0  # assumption: how long they wait for it before they ask again; in run time


@dataclass(frozen=True)
class Surroundings:
    """What all visits of a run share."""

    bank: PaperBank
    read_phone: Callable[[str], list[Text]]
    """Gives the texts that a phone has received, newest first."""
    pay: Callable[[str], bool]
    """Pays at the address that the portal gave; says whether the money was taken."""


@dataclass
class Visit:
    """One visit of one candidate, while it lasts. `has_account`: an earlier visit got so far."""

    person: Candidate
    behaviour: Behaviour
    browser: Browser
    clock: Clock
    around: Surroundings
    has_account: bool
    comes_again_after_s: float | None = None
    """In portal seconds: the candidate found that it is too early, and will look again."""

    def __post_init__(self) -> None:
        self._tabs = Group()
        self._uploads = 0

    def end(self) -> None:
        """Close the tabs that are still loading."""
        self._tabs.kill()

    def arrive(self, *, first_visit: bool) -> Answer:
        """Open the home page; give what it says about the window."""
        self.browser.want(portal.home())
        if self.behaviour.has_cold_browser(first_visit):
            self.browser.load_assets(portal.ASSETS)
        return self.browser.want(portal.window(self.person))

    def wait_until_open(self, answer: Answer) -> None:
        """Wait at the gate for as long as it takes. Raises GaveUp where the window has closed."""
        while not portal.is_open(answer.document):
            if portal.has_closed(answer.document):
                raise GaveUp("window: closed")
            answer = self._wait_at_the_gate(portal.opens_in_s(answer.document))

    def _wait_at_the_gate(self, to_opening_s: float) -> Answer:
        """Reload, in every tab and on every device, until the countdown ends: then everybody reloads at once."""
        step = self._next_pause()
        pause_s = self.behaviour.patience_s(step)
        if 0 < to_opening_s < pause_s:
            share = self.behaviour.think_s(step) / self.behaviour.settings.think_mean_s
            pause_s = to_opening_s + share * GATE_JITTER_MEAN_S
        self.clock.pause(pause_s)
        tabs = self.behaviour.tabs * self.behaviour.devices
        for _ in range(tabs - 1):
            self._tabs.spawn(self._want_quietly, portal.home())
        self.browser.want(portal.home())
        return self.browser.want(portal.window(self.person))

    def _want_quietly(self, request: Request) -> Answer | None:
        try:
            return self.browser.want(request)
        except GaveUp:
            return None  # another tab may have more luck

    def try_log_in(self) -> Answer:
        """Log in, or hear why not."""
        answer = self.browser.want(portal.log_in(self.person))
        if answer.outcome == "ok":
            self.browser.headers = portal.authorization(portal.token(answer.document))
        return answer

    def log_in(self) -> None:
        """Log in. Raises GaveUp."""
        answer = self.try_log_in()
        if answer.outcome != "ok":
            raise GaveUp(f"log_in: {answer.code}")

    def prove_phone(self, phone: str, form_s: float) -> str:
        """Ask for an SMS code, fill in the form meanwhile, wait for the code; a late one is as good as a new one.

        Raises GaveUp.
        """
        seen = {sms.message_id for sms in self.around.read_phone(phone)}
        answer = self.browser.want(portal.sms_code(phone))
        if answer.outcome != "ok" and answer.code != "sms_too_soon":
            raise GaveUp(f"sms_code: {answer.code}")
        self.clock.pause(form_s)
        began_s = self.clock.now_s()
        while self.clock.now_s() - began_s < SMS_WAIT_S:
            texts = self.around.read_phone(phone)
            codes = [
                portal.sms_text_code(sms.text)
                for sms in texts
                if sms.message_id not in seen or answer.code == "sms_too_soon"
            ]
            if code := next(filter(None, codes), ""):
                return code
            look_s = self.clock.now_s()
            self.clock.pause(SMS_LOOK_S)
            gevent.sleep(max(0.0, SMS_LOOK_LEAST_S - (self.clock.now_s() - look_s)))
        raise GaveUp("sms_code: no code came")

    def hand_in(self, application_id: int, kind: PaperKind) -> None:
        """Upload a paper of an application. Raises GaveUp."""
        self.think()
        self.upload(kind, partial(portal.material, application_id, kind))

    def upload(self, kind: PaperKind, request: Callable[[bytes, str], Request], *, good: bool = False) -> None:
        """Upload a paper: first as the candidate has it, then, after each refusal, a better one; `good`: the best.

        Raises GaveUp.
        """
        name = file_name(kind, self.person.seed, self.person.number)
        first = len(self.person.paper_flaws(kind)) if good else 0
        for attempt in range(first, first + MENDS_MOST):
            wanted = request(self.paper(kind, attempt), name)
            answer = self._send_paper(wanted)
            if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY.get(wanted.step):
                return
            if not portal.is_about_paper(answer.code):
                break
            self.think()
        raise GaveUp(f"{kind}: {answer.code}")

    def _send_paper(self, wanted: Request) -> Answer:
        """Upload a paper, if need be on another device: where the phone dies in the middle of it. Raises GaveUp."""
        self._uploads += 1
        dies_at = self.behaviour.phone_dies_at(self._uploads)
        if dies_at is not None:
            self.browser.break_off(wanted, dies_at)
            self.fill_in_form()  # assumption: another device takes as long to find as a form to fill in
            self.browser.want(portal.home())
            self.browser.load_assets(portal.ASSETS)
            self.browser.want(portal.window())
            self.think()
            self.log_in()
        return self.browser.want(wanted)

    def paper(self, kind: PaperKind, attempt: int) -> bytes:
        """Give the candidate's paper as it is at this attempt, from 0 on."""
        flaws = self.person.paper_flaws(kind)
        flaw = flaws[attempt] if attempt < len(flaws) else None
        return self.around.bank.body(kind, flaw, self.person.seed, self.person.number)

    def want_done(self, request: Request, *may_be_refused: str) -> Answer:
        """Want a step that nothing but the rules can refuse; done already is as good as done.

        `may_be_refused` are the codes that the caller can act on. Raises GaveUp for the others.
        """
        answer = self.browser.want(request)
        if answer.outcome == "refused" and answer.code not in (
            portal.DONE_ALREADY.get(request.step),
            *may_be_refused,
        ):
            raise GaveUp(f"{request.step}: {answer.code}")
        return answer

    def want_at_once(self, requests: list[Request], *may_be_refused: str) -> list[Answer]:
        """Want several steps at the same moment, as from several tabs; give the answers that came, the first's first.

        Raises GaveUp as `want_done` does, for the first of them.
        """
        others = [self._tabs.spawn(self._want_quietly, it) for it in requests[1:]]
        first = self.want_done(requests[0], *may_be_refused)
        gevent.joinall(others)
        return [first, *(it.value for it in others if it.value is not None)]

    def think(self) -> None:
        """Read the answer, and look for the next button."""
        self.clock.pause(self.think_s())

    def think_s(self) -> float:
        """Give the time between this answer and the next click, in portal seconds."""
        return self.behaviour.think_s(self._next_pause())

    def fill_in_form(self) -> None:
        """Fill in one form."""
        self.clock.pause(self.behaviour.form_s(self._next_pause()))

    def _next_pause(self) -> int:
        return self.browser.number(self.browser.reached or "home", FIRST_PAUSE)
