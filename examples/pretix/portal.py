"""pretix as a portal: a ticket shop in HTML, with forms, session cookies and CSRF tokens.

    home ─► cart ─► account ─► papers (a photo is uploaded) ─► payment ─► order ─► order page

Each form is sent as it came, tokens included, with what a candidate fills in; a redirect is followed as a step of its
own. Customer accounts are made within the checkout, so that nobody has to read an e-mail.
"""

import re

from fakes.papers import PaperKind, file_name
from scenarios.browser import GaveUp
from scenarios.html_page import Page
from scenarios.html_portal import HtmlPortal, follow, open_page, send_form
from scenarios.portal import Answer, Promise, Request
from scenarios.visit import MENDS_MOST, Visit

EVENT = "/exam/autumn/"
"""Organizer and event, as set_up.py has made them."""
ADD_TO_CART = f"{EVENT}cart/add?next={EVENT}checkout/start&next_error={EVENT}"
WHO = "[name=customer_mode]"
"""Where one says who one is."""
ADDRESS_REFUSED = "register-email"
"""The field that is complained about where an account has the e-mail address already."""
SURE = "form[action$='/cancel/do']"
"""What cancels an order."""
EXAMINATION = "input[name^=item_]"
"""The field that says how many places one wants."""


class Pretix(HtmlPortal):
    """The shop of one event."""

    steps = (
        "home", "cart", "account_form", "account", "guest", "papers_form", "papers", "payment_form", "payment",
        "review_form", "order", "order_page",
    )  # fmt: skip
    purposes = frozenset({"register"})

    def complaint(self, page: Page) -> str:
        """Give the field, or else the message, that a page complains about."""
        fields = page.names(".has-error input, .has-error select")
        return fields[0] if fields else page.text(".alert-danger:not(.hidden)")[:100]

    def is_own_fault(self, complaint: str) -> bool:
        """Say so where the shop itself has failed: it answers with status 200 then."""
        return "unexpected error" in complaint

    def make_visit(self, visit: Visit, purpose: str) -> None:  # noqa: ARG002 - there is one
        """Register for the examination. Raises GaveUp."""
        try:
            _register(visit, _arrive(visit))
        finally:
            visit.end()

    def promise(self, request: Request, answer: Page | None) -> Promise | None:
        """Note the new account, and the order by what leads to it."""
        if request.step == "account":
            return Promise("account", request.about, "")
        if request.step != "order":
            return None
        if answer is None:
            return Promise("order", request.about, "")
        found = re.search(r"/order/(\w+/\w+)/", answer.location or "")  # its number, and the secret that opens it
        return Promise("order", request.about, found[1]) if found else None  # else it leads back: nothing is ordered

    def take_back(self, visit: Visit, record: str, portal_id: str) -> Answer | None:
        """Cancel an order; accounts stay. Raises GaveUp."""
        if record != "order":
            return None
        page = open_page(visit, "order_page", f"{EVENT}order/{portal_id}/cancel")
        if not page.has(SURE):
            return Answer("refused", 200, "no longer to be cancelled", page)
        return visit.browser.want(page.form(SURE).filled("order_page", {}))


def _arrive(visit: Visit) -> Page:
    home = open_page(visit, "home", EVENT)
    if visit.behaviour.has_cold_browser(not visit.has_account):
        visit.browser.load_assets(home.assets)
    return home


def _register(visit: Visit, home: Page) -> None:
    person, form_s = visit.person, visit.behaviour.account_forms_s(2)
    page = _reserve(visit, home)

    visit.clock.pause(form_s[0])
    page = _say_who(visit, page)

    visit.clock.pause(form_s[1])
    page = _hand_in(visit, page)
    visit.think()
    page = send_form(
        visit, page.form("[name=payment]").filled("payment", {"payment": "banktransfer"}), then="review_form"
    )
    visit.think()
    send_form(
        visit, page.form("form[data-asynctask-headline]").filled("order", {}, about=person.email), then="order_page"
    )
    visit.think()


def _reserve(visit: Visit, page: Page) -> Page:
    """Put the examination into the cart; give the page that asks who one is. Raises GaveUp."""
    for _ in range(MENDS_MOST):
        visit.think()
        field = page.names(EXAMINATION)[0]
        wanted = page.form(EXAMINATION)._replace(path=ADD_TO_CART).filled("cart", {field: "1"})
        page = send_form(visit, wanted, then="account_form")
        if page.has(WHO):
            return page
    raise GaveUp("cart: nothing is in it")  # whoever reloads after an error is back at the shop


def _say_who(visit: Visit, page: Page) -> Page:
    """Make an account, or be a guest where an earlier try has made it: pretix sends its password by e-mail.

    Raises GaveUp.
    """
    person = visit.person
    if not visit.has_account:
        values = {
            "customer_mode": "register",
            "register-name_parts_0": person.name,
            "register-email": person.email,
        }
        answer = visit.browser.want(page.form(WHO).filled("account", values, about=person.email))
        if answer.outcome == "ok":
            visit.has_account = True
            return follow(visit, answer.document, "papers_form")
        if answer.code != ADDRESS_REFUSED:
            raise GaveUp(f"account: {answer.code}")
        visit.has_account, page = True, answer.document
        visit.think()
    return send_form(visit, page.form(WHO).filled("guest", {"customer_mode": "guest"}), then="papers_form")


def _hand_in(visit: Visit, page: Page) -> Page:
    """Upload the photo: first as the candidate has it, then, after a refusal, a better one. Raises GaveUp."""
    person, kind = visit.person, PaperKind.ID_FRONT
    name = file_name(kind, person.seed, person.number)
    for attempt in range(MENDS_MOST):
        field = page.names("input[type=file]")[0]
        photo = (name, visit.paper(kind, attempt), "image/jpeg")
        values = {"email": person.email}
        wanted = page.form("input[type=file]").filled(
            "papers", values, {field: photo}, shows_progress=True, about=kind.value
        )
        answer = visit.browser.want(wanted)
        if answer.outcome == "ok":
            return follow(visit, answer.document, "payment_form")
        page = answer.document
        visit.think()
    raise GaveUp(f"papers: {answer.code}")


PORTAL = Pretix()
