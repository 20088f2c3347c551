"""From the home page to the filing number at a real browser, by hand: a candidate finds what to fill in by its label.

home ─► registration, SMS code ─► scans, addresses, identity ─► face check ─► application ─► degree check
─► papers ─► filing

Pages have the names of the steps of mock_portal.py that lead to them, so that what they take can stand beside what
the load's own candidates felt. People at browsers make no mistakes in what they hand in, and do not reload: the first
page that does not come, or says no, ends their visit.
"""

import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, Request, Response, TimeoutError

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from fakes.papers import SCAN_KINDS, Flaw, PaperKind, file_name
from scenarios.behaviour import ACCOUNT_FORMS, FACE_TRIES, Behaviour, BehaviourSettings
from scenarios.browser_candidates import vitals

PATIENCE_S = 60.0
"""How long a person waits for a page; assumption: those of the plan reload before, and wait on."""
LOOK_MS = 100.0
"""How often it is asked whether the page is there; what it took is measured in the page."""
WORDS_MS = 2_000.0
SIDES = {PaperKind.ID_FRONT: "front", PaperKind.ID_BACK: "back"}
LED_AWAY = ("/queue", "/log-in")
"""Where the portal leads those whom it does not let on."""


class PageLoad(NamedTuple):
    """A page that a person wanted, and what became of it; docs/run-folder.md says what is what."""

    page: str
    ttfb_ms: float | None
    lcp_ms: float | None
    waited_ms: float
    outcome: str
    problem: str


class PageError(RuntimeError):
    """A page that did not come, or said no; the message is one line that says why."""


def choose(tab: Page, field: str, name: str, content: bytes) -> None:
    """Choose a file in the field of that id, and send it."""
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    tab.locator(f"#{field}").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    tab.locator("form", has=tab.locator(f"#{field}")).locator("button").click()


class Walk:
    """A candidate at a tab of a browser that nobody has used, whose addresses begin with the portal's.

    Papers come from the `bank`. `behaviour` says how long they think and type, and `sleep` lets that
    pass, in seconds. Each page is told to `saw`. Steps raise PageError, and playwright.sync_api.Error where the browser
    itself fails; what `sleep` raises passes through.
    """

    def __init__(
        self,
        tab: Page,
        person: Candidate,
        bank: PaperBank,
        *,
        behaviour: Behaviour | None = None,
        sleep: Callable[[float], object] = lambda _: None,
        saw: Callable[[PageLoad], object] = lambda _: None,
    ) -> None:
        self.tab, self.person, self.bank = tab, person, bank
        self._behaviour = behaviour or Behaviour(BehaviourSettings(), person.seed, person.number)
        self._forms_s = iter(self._behaviour.account_forms_s(ACCOUNT_FORMS))
        self._sleep, self._saw = sleep, saw
        self._pauses = 0
        self._there_s = time.monotonic()
        self.reached = ""
        """The last page that came as it should."""
        tab.context.set_default_timeout(1000 * PATIENCE_S)
        tab.context.add_init_script(vitals.NOTE_CLICKS)
        tab.on("load", self._note_load)
        tab.on("response", self._note_response)
        tab.on("requestfailed", self._note_failure)
        self._forget()

    def register(self) -> None:
        """Register from the home page on; the code is read from the text on the phone."""
        tab, person = self.tab, self.person
        self.load("home", lambda: tab.goto("/"))
        self._think()
        self.load("register", tab.get_by_role("link", name="注册").click)
        tab.get_by_label("姓名").fill(person.name)
        tab.get_by_label("身份证号").fill(person.id_number)
        tab.get_by_label("设置密码").fill(person.password)
        tab.get_by_label("手机号").fill(person.mobile)
        self._pause(next(self._forms_s))
        self.load("sms_code", tab.get_by_role("button", name="获取验证码").click)
        tab.get_by_label("短信验证码").fill(self._code_on_the_phone())
        self.load("account", tab.get_by_role("button", name="注册").click)

    def identify(self) -> None:
        """Come as far as the face check, and pass it."""
        tab, person = self.tab, self.person
        for kind, side in SIDES.items():
            self._pause(next(self._forms_s))
            self.upload(f"scan_{side}", side, kind)
        for where, address in (("household", person.household), ("residence", person.residence)):
            tab.locator(f"[name='{where}.province']").select_option(address.province)
            tab.locator(f"[name='{where}.city']").fill(address.city)
            tab.locator(f"[name='{where}.detail']").fill(address.detail)
        self._pause(next(self._forms_s))
        self.load("addresses", tab.get_by_role("button", name="保存地址").click)
        self._think()
        self.load("identity_submission", tab.get_by_role("button", name="提交身份信息").click)
        self.check_face()

    def check_face(self) -> None:
        """Have the face checked: three of a hundred times it does not match, and people try again."""
        for tries_left in reversed(range(FACE_TRIES)):
            self._think()
            try:
                self.upload("face_check", "face", PaperKind.SELFIE)
                return
            except PageError:
                if not tries_left:
                    raise

    def fill_in(self, **changes: str) -> None:
        """Fill in the application; `changes` to its fields by their ids."""
        tab, person = self.tab, self.person
        chosen = {
            "level": person.level.value, "degree": person.degree.grade, "field": person.degree.field,
            "workplace_province": person.residence.province, "basis": person.place.basis,
            "province": person.place.province,
        }  # fmt: skip
        typed = {
            "degree_certificate": person.degree.certificate_number,
            "earlier_certificate": person.claim.earlier_certificate_number or "",
            "employer": person.work.employer, "job_description": person.work.job_description,
            "employed_since": person.work.employed_from.isoformat(),
            "work_years": f"{person.claim.years_of_work}", "management_years": f"{person.claim.years_in_management}",
            "insured_months": "36",
        }  # fmt: skip
        for name, value in chosen.items():
            tab.locator(f"#{name}").select_option(value)
        for name, value in (typed | changes).items():
            tab.locator(f"#{name}").fill(value)
        for subject in person.subjects:
            tab.locator(f"input[value='{subject.code}']").check()
        self._fill_in_form()
        self.load("application", tab.get_by_role("button", name="保存并检查报考条件").click)

    def hand_in(self) -> str:
        """Have the degree checked, upload all papers and file; give the filing number."""
        tab = self.tab
        self._think()
        self.load("degree_check", tab.get_by_role("button", name="向学信网核验").click)
        for kind in sorted({*self.person.papers, PaperKind.SOCIAL_INSURANCE} - set(SCAN_KINDS)):
            self._fill_in_form()
            self.upload("material", kind.value, kind)
        self._think()
        self.load("submission", tab.get_by_role("button", name="提交（预约备案）").click)
        return tab.locator(".status strong").last.inner_text()

    def paper(self, kind: PaperKind, flaw: Flaw | None = None) -> bytes:
        """Give a paper of theirs."""
        return self.bank.body(kind, flaw, self.person.seed, self.person.number)

    def upload(self, page: str, field: str, kind: PaperKind) -> None:
        """Upload a paper into the field of that id."""
        name = file_name(kind, self.person.seed, self.person.number)
        self.load(page, lambda: choose(self.tab, field, name, self.paper(kind)))

    def load(self, page: str, act: Callable[[], object]) -> None:
        """Do what brings a page, or a part of one, and wait until it is there; tell what that took."""
        self._forget()
        begun_s = time.monotonic()
        took: vitals.Vitals | None = None
        outcome, problem = "failed", ""
        try:
            act()
            self._wait()
            took = vitals.of_page(self.tab) if self._has_loaded else vitals.of_part(self.tab)
            outcome, problem = self._judge()
        except TimeoutError:
            outcome, problem = "abandoned", f"not there within {PATIENCE_S:.0f} s"
        except Error as error:
            problem = self._failure or error.message.splitlines()[0]
            if not self._failure:  # then it is not the portal that failed, but the browser
                raise
        finally:
            took = took or vitals.Vitals(None, None, 1000 * (time.monotonic() - begun_s))
            self._saw(PageLoad(page, *took, outcome, problem))
            self._there_s = time.monotonic()
        if outcome != "ok":
            raise PageError(f"{page}: {problem}")
        self.reached = page

    def _wait(self) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not (self._has_loaded or self._answered or self._failure):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"not there within {PATIENCE_S:.0f} s")
            self.tab.wait_for_timeout(LOOK_MS)  # meanwhile the browser is heard

    def _judge(self) -> tuple[str, str]:
        """Say what became of the page that was wanted, as `outcome` and `problem` of a request."""
        if self._failure or self._status >= 500:
            return "failed", self._failure or f"HTTP {self._status}"
        if self._status >= 400:
            return "refused", self._words() or f"HTTP {self._status}"
        led_to = urlsplit(self.tab.url).path
        return ("refused", f"led to {led_to}") if led_to in LED_AWAY else ("ok", "")

    def _words(self) -> str:
        """Give what the page says of a refusal, once it has put that in; empty: nothing."""
        try:
            return self.tab.locator(".problem, .error").first.inner_text(timeout=WORDS_MS)
        except TimeoutError:
            return ""

    def _forget(self) -> None:
        self._has_loaded = False
        self._answered = False
        self._status = 0
        self._failure = ""

    def _note_load(self, _: Page) -> None:
        self._has_loaded = True

    def _note_response(self, response: Response) -> None:
        if self._is_wanted(response.request):
            self._status = response.status
            self._answered = response.request.resource_type == "xhr" and response.status != 303  # it is led on

    def _note_failure(self, request: Request) -> None:
        if self._is_wanted(request):
            self._failure = request.failure or "the connection broke"

    def _is_wanted(self, request: Request) -> bool:
        """Say whether a request is the page itself, or what a form of it sends."""
        is_sent = request.resource_type == "xhr" and request.method == "POST"
        return is_sent or (request.is_navigation_request() and request.frame == self.tab.main_frame)

    def _code_on_the_phone(self) -> str:
        with self.tab.context.expect_page() as opened:
            self.tab.get_by_role("link", name="查看收到的短信").click()
        code = opened.value.locator(".message").first.inner_text().partition("验证码")[2][1:7]
        opened.value.close()
        return code

    def _think(self) -> None:
        self._pauses += 1
        self._pause(self._behaviour.think_s(self._pauses))

    def _fill_in_form(self) -> None:
        self._pauses += 1
        self._pause(self._behaviour.form_s(self._pauses))

    def _pause(self, seconds: float) -> None:
        """Let so much time pass since the page was there: what filling in fields has taken is part of it."""
        self._sleep(max(0.0, seconds - (time.monotonic() - self._there_s)))
