"""What candidates come back for once they have filed: status, supplement, payment, invoice, ticket, results.

They come for a reason of the plan, and act on what they find: whoever wanted to pay and is asked for better papers
hands those in, and whoever finds the review unfinished looks again another day.
"""

from functools import partial
from typing import Any

from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.browser import GaveUp
from scenarios.portal import Answer
from scenarios.registering import apply, file
from scenarios.visit import Visit

LOOKS_AGAIN_S = 86_400.0
"""When people look again who came too early, in portal seconds; assumption."""
PAYMENT_LOOKS = 5  # assumption: how often people look whether their money has arrived


def look_at_status(visit: Visit) -> Answer | None:
    """Open the status page; give what it says, or None where there is no application. Raises GaveUp."""
    mine = visit.browser.want(portal.my_applications())
    if mine.outcome != "ok":
        raise GaveUp(f"status: {mine.code}")
    if not portal.has_application(mine.document):
        return None
    status = visit.browser.want(portal.status(portal.application_id(mine.document)))
    if status.outcome != "ok":
        raise GaveUp(f"status: {status.code}")
    visit.think()
    return status


def settle(visit: Visit) -> None:
    """Do what the application asks for next: file it, better papers, or the fee. Raises GaveUp."""
    status = look_at_status(visit)
    if status is None:
        return
    application_id, state = portal.application_id(status.document), portal.state(status.document)
    if state == portal.STATE_DRAFT:
        apply(visit)
    elif state == portal.STATE_UNDER_REVIEW:
        visit.comes_again_after_s = LOOKS_AGAIN_S
    elif state == portal.STATE_SUPPLEMENT_REQUESTED and not visit.behaviour.lets_supplement_lapse:
        _supplement(visit, application_id, portal.papers_asked_for(status.document))
    elif state == portal.STATE_APPROVED and visit.behaviour.pays:
        _pay(visit, application_id)


def _supplement(visit: Visit, application_id: int, asked_for: list[PaperKind]) -> None:
    for kind in asked_for or [PaperKind.DEGREE_CERTIFICATE]:
        visit.fill_in_form()
        visit.upload(kind, partial(portal.material, application_id, kind), good=True)
    visit.think()
    visit.want_done(portal.supplement(application_id))
    visit.comes_again_after_s = 3 * LOOKS_AGAIN_S  # assumption: when the offices should have looked again


def _pay(visit: Visit, application_id: int) -> None:
    person = visit.person
    # The same key for every try and tap of this visit in a tab: reloading must not pay twice.
    key = f"{person.seed}-{person.number}-{visit.behaviour.visit}"
    keys = [key, *(f"{key}-tab-{tab}" for tab in range(2, visit.behaviour.pay_tabs + 1))]
    wanted = [portal.payment(application_id, person.pay_channel, it) for it in keys]
    answers = visit.want_at_once(wanted * visit.behaviour.pay_taps, "payment_other_channel_open")
    if answers[0].outcome != "ok":
        return  # another device is about to pay
    visit.fill_in_form()
    # Each tab leads to the gateway: to the same page of it, where the portal has opened one order.
    orders = {portal.order_no(it.document): it.document for it in answers if it.outcome == "ok"}
    unpaid = [portal.pay_url(it) for it in orders.values() if not portal.is_paid(it)]
    paid = [visit.around.pay(url) for url in unpaid]
    if unpaid and not any(paid):
        raise GaveUp("payment: the gateway did not take it")
    if _sees_payment(visit, portal.order_no(answers[0].document)) and visit.behaviour.wants_invoice:
        visit.fill_in_form()
        visit.want_done(portal.invoice(application_id, person.email))


def _sees_payment(visit: Visit, order_no: str) -> bool:
    for _ in range(PAYMENT_LOOKS):
        answer = visit.browser.want(portal.payment_status(order_no))
        if answer.outcome == "ok" and portal.is_paid(answer.document):
            return True
        visit.think()
    return False


def change(visit: Visit) -> None:
    """Withdraw what was filed, change it, and file it again (rule 21). Raises GaveUp."""
    status = look_at_status(visit)
    if status is None:
        return
    application_id = portal.application_id(status.document)
    if portal.state(status.document) == portal.STATE_DRAFT:
        apply(visit)
        return
    answer = visit.browser.want(portal.withdrawal(application_id))
    if answer.outcome != "ok":
        return  # too late, or nothing to withdraw any more: they have read why
    visit.fill_in_form()
    person = visit.person
    visit.want_done(portal.application(person, person.claim, person.degree, person.subjects, application_id))
    visit.want_done(portal.degree_check(application_id))
    file(visit, application_id)


def fetch_invoice(visit: Visit) -> None:
    """Fetch the e-invoice, if there is one (rule 19). Raises GaveUp."""
    status = look_at_status(visit)
    if status is None or portal.state(status.document) != portal.STATE_PAID:
        return
    answer = visit.want_done(portal.invoice(portal.application_id(status.document), visit.person.email))
    answer = visit.want_done(portal.invoice_file(portal.invoice_id(answer.document)), "invoice_not_ready")
    if answer.outcome != "ok":
        visit.comes_again_after_s = LOOKS_AGAIN_S


def fetch(visit: Visit, what: Any) -> None:
    """Fetch `what` of the application: a request of mock_portal.py. A refusal is read and taken. Raises GaveUp."""
    mine = visit.browser.want(portal.my_applications())
    if mine.outcome == "ok" and portal.has_application(mine.document):
        visit.browser.want(what(portal.application_id(mine.document)))
        visit.think()
