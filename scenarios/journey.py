"""What one candidate does in one visit, by the reason for which the plan has them come.

register:    home ─► account and identity ─► (70 %) face check ─► (45 %) application …
face_check:  home ─► log in ─► face check ─► (45 %) application …
apply:       home ─► log in ─► application ─► filing
change:      home ─► log in ─► status ─► withdrawal ─► application ─► filing
status:      home ─► log in ─► status
supplement, pay: home ─► log in ─► status ─► better papers, or the fee: what is asked for
invoice, ticket, results, certificate: home ─► log in ─► the document
look:        home
"""

from collections.abc import Callable
from functools import partial

from scenarios import mock_portal as portal
from scenarios.browser import GaveUp
from scenarios.following_up import change, fetch, fetch_invoice, look_at_status, settle
from scenarios.registering import apply, check_face, register
from scenarios.visit import Visit

NO_ACCOUNT = frozenset({"login_wrong", "account_lapsed"})
"""Candidates know their password: whoever hears that it is wrong never got an account."""

FOLLOW_UPS: dict[str, Callable[[Visit], object]] = {
    "change": change,
    "supplement": settle,
    "status": look_at_status,
    "pay": settle,
    "invoice": fetch_invoice,
    "ticket": partial(fetch, what=portal.admission_ticket),
    "results": partial(fetch, what=portal.results),
    "certificate": partial(fetch, what=portal.certificate),
}


def make_visit(visit: Visit, purpose: str) -> None:
    """Make a visit for its purpose. Raises GaveUp."""
    try:
        if purpose == "look":
            visit.browser.want(portal.home())
        elif purpose in FOLLOW_UPS:
            _follow_up(visit, FOLLOW_UPS[purpose])
        else:
            _register(visit, purpose)
    finally:
        visit.end()


def _follow_up(visit: Visit, what: Callable[[Visit], object]) -> None:
    visit.arrive(first_visit=False)
    visit.think()
    if visit.try_log_in().outcome == "ok":
        what(visit)


def _register(visit: Visit, purpose: str) -> None:
    visit.wait_until_open(visit.arrive(first_visit=purpose == "register" and not visit.has_account))
    visit.think()
    if purpose == "register":
        register(visit)
        if not visit.behaviour.face_check_now:
            return
    else:
        _log_in_or_register(visit)
    if purpose in ("register", "face_check"):
        check_face(visit)
        if not visit.behaviour.apply_now:
            return
    apply(visit)


def _log_in_or_register(visit: Visit) -> None:
    """Whoever missed the face check finds the account lapsed, and begins anew (rule 5). Raises GaveUp."""
    answer = visit.try_log_in()
    if answer.outcome == "ok":
        return
    if answer.code not in NO_ACCOUNT:
        raise GaveUp(f"log_in: {answer.code}")
    visit.has_account = False
    register(visit)
