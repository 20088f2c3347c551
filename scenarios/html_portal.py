"""Portals that answer in HTML: what their answers mean, and how a visit goes from page to page.

page = open_page(visit, "home", "/")
page = send_form(visit, page.form("[name=email]").filled("account", {…}), then="welcome")
"""

from scenarios.browser import GaveUp
from scenarios.html_page import Page
from scenarios.http_client import Response
from scenarios.portal import Answer, Portal, Request, retry_after_s
from scenarios.visit import Visit

FOLLOWS_MOST = 5
"""Redirects in a row; more of them lead in a circle."""


class HtmlPortal(Portal):
    """A portal of pages, forms and cookies. A second one still needs `steps`, `purposes` and `make_visit`."""

    keeps_cookies = True

    def judge(self, request: Request, response: Response) -> Answer:
        """Read errors as failures, and a page that complains as a refusal; the answer's document is the page."""
        status, page = response.status, Page(request.path, response)
        if status >= 400:
            return Answer("failed", status, f"http_{status}", page, retry_after_s(response.header(b"retry-after")))
        if page.is_html and (why := self.complaint(page)):
            return Answer("failed" if self.is_own_fault(why) else "refused", status, why, page)
        return Answer("ok", status, "", page)

    def complaint(self, page: Page) -> str:  # noqa: ARG002 - for those who override it
        """Give what a page complains about, as a short text that is the same for the same cause; empty: nothing."""
        return ""

    def is_own_fault(self, complaint: str) -> bool:  # noqa: ARG002 - for those who override it
        """Say whether a complaint says that the portal has failed, with whatever status."""
        return False


def open_page(visit: Visit, step: str, path: str) -> Page:
    """Open a page; give that to which it leads. Raises GaveUp where it is refused."""
    return send_form(visit, Request(step, "GET", path), step)


def send_form(visit: Visit, request: Request, then: str) -> Page:
    """Send a form; give the page that it leads to, which is the step `then`. Raises GaveUp where it is refused."""
    answer = visit.browser.want(request)
    if answer.outcome != "ok":
        raise GaveUp(f"{request.step}: {answer.code}")
    return follow(visit, answer.document, then)


def follow(visit: Visit, page: Page, step: str) -> Page:
    """Go where an answer leads, within the portal; give the page that is to be read. Raises GaveUp."""
    for _ in range(FOLLOWS_MOST):
        if page.location is None:
            return page
        answer = visit.browser.want(Request(step, "GET", page.location))
        if answer.outcome != "ok":
            raise GaveUp(f"{step}: {answer.code}")
        page = answer.document
    raise GaveUp(f"{step}: it leads on and on")
