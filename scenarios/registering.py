"""From the account to the filing number, as the guide for candidates tells them to.

    SMS code ─► account ─► log in ─► scans ─► addresses ─► identity ─► face check
    ─► level and province ─► degree check ─► papers ─► filing ─► status

Each step is wanted, answered, read; a refusal is acted on as people do: they mend what was refused and try again.
"""

from functools import partial

from fakes.papers import SCAN_KINDS, PaperKind
from scenarios import mock_portal as portal
from scenarios.behaviour import ACCOUNT_FORMS, FACE_TRIES
from scenarios.browser import GaveUp
from scenarios.visit import MENDS_MOST, Visit

SUPPORT_TAKES_S = 4 * 3_600.0
"""When people look again who asked support to free their phone, in portal seconds; assumption."""


def register(visit: Visit) -> None:
    """Open the account and submit the identity. Raises GaveUp."""
    account_s, *others_s = visit.behaviour.account_forms_s(ACCOUNT_FORMS)
    if not visit.has_account:
        _open_account(visit, account_s)
    visit.log_in()
    _submit_identity(visit, others_s)


def _submit_identity(visit: Visit, forms_s: list[float]) -> None:
    visit.browser.want(portal.identity())
    for kind, form_s in zip(SCAN_KINDS, forms_s, strict=False):
        visit.clock.pause(form_s)
        visit.upload(kind, partial(portal.scan, kind))
    visit.clock.pause(forms_s[-1])
    visit.want_done(portal.addresses(visit.person))
    visit.think()
    visit.want_done(portal.identity_submission())


def _open_account(visit: Visit, form_s: float) -> None:
    """Fill in the form while the SMS code is on its way, as people do."""
    person = visit.person
    phone = person.first_mobile
    for _ in range(MENDS_MOST):
        code = visit.prove_phone(phone, form_s)
        answer = visit.browser.want(portal.account(person, phone, code))
        if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY["account"]:
            visit.has_account = True
            return
        if answer.code == "phone_already_bound":
            if phone == person.mobile:
                _ask_support(visit, phone)
            phone = person.mobile
        form_s = visit.think_s()
    raise GaveUp(f"account: {answer.code}")


def _ask_support(visit: Visit, phone: str) -> None:
    """Somebody else's account holds the candidate's phone: support frees it in office hours. Raises GaveUp, always."""
    code = visit.prove_phone(phone, visit.think_s())
    visit.browser.want(portal.unbinding(phone, code))
    visit.comes_again_after_s = SUPPORT_TAKES_S
    raise GaveUp("account: phone_already_bound")


def check_face(visit: Visit) -> None:
    """Have the face checked. Raises GaveUp."""
    visit.think()
    for _ in range(FACE_TRIES):
        answer = visit.browser.want(portal.face_check(visit.paper(PaperKind.SELFIE, 0)))
        if answer.outcome == "ok" or answer.code == portal.DONE_ALREADY["face_check"]:
            return
        if answer.code == "identity_not_submitted":  # an earlier visit broke off before that
            _submit_identity(visit, visit.behaviour.account_forms_s(ACCOUNT_FORMS)[1:])
        elif answer.code == "account_lapsed":  # in this very visit (rule 5)
            visit.has_account = False
            register(visit)
        visit.think()
    raise GaveUp(f"face_check: {answer.code}")


def apply(visit: Visit) -> None:
    """Choose level and province, hand in the papers, and file. Raises GaveUp."""
    person = visit.person
    visit.browser.want(portal.catalogue())
    visit.fill_in_form()
    answer = visit.browser.want(
        portal.application(person, person.first_claim, person.first_degree, person.first_subjects)
    )
    if answer.code == "identity_not_verified":  # an earlier visit broke off before that
        check_face(visit)
        answer = visit.browser.want(portal.application(person, person.claim, person.first_degree, person.subjects))
    if answer.code == "not_eligible":
        visit.fill_in_form()
        answer = visit.browser.want(portal.application(person, person.claim, person.first_degree, person.subjects))
    if answer.code == portal.DONE_ALREADY["application"]:
        answer = visit.browser.want(portal.my_applications())
        if portal.state(answer.document) != portal.STATE_DRAFT:
            return  # filed already, by a try whose answer never came
    if answer.outcome != "ok":
        raise GaveUp(f"application: {answer.code}")
    application_id = portal.application_id(answer.document)
    _check_degree(visit, application_id)
    for kind in person.first_papers:
        if kind not in SCAN_KINDS:
            visit.hand_in(application_id, kind)
    file(visit, application_id)
    visit.browser.want(portal.status(application_id))


def _check_degree(visit: Visit, application_id: int) -> None:
    person = visit.person
    answer = visit.browser.want(portal.degree_check(application_id))
    if answer.code == "degree_unknown":
        visit.fill_in_form()
        visit.browser.want(portal.application(person, person.claim, person.degree, person.subjects, application_id))
        answer = visit.browser.want(portal.degree_check(application_id))
    if answer.outcome != "ok":
        raise GaveUp(f"degree_check: {answer.code}")


def file(visit: Visit, application_id: int) -> None:
    """File the application, with the papers that turn out to be missing. Raises GaveUp."""
    visit.think()
    for _ in range(MENDS_MOST):
        answer = visit.want_done(portal.submission(application_id), "materials_missing")
        if answer.code != "materials_missing":
            return
        for kind in portal.missing_papers(answer.document):
            visit.hand_in(application_id, kind)
    raise GaveUp("submission: materials_missing")
