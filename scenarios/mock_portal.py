"""The mock portal as candidates see it: every step with its path and its fields.

Each function gives the request of one step and sends nothing; the small readers at the end take out of an answer what
the journey needs.
"""

from datetime import datetime
from typing import Any

from fakes.candidates import Address, Candidate
from fakes.careers import Claim, Degree
from fakes.levels import Subject
from fakes.papers import PaperKind
from scenarios.portal import QUEUE, Request

STEPS = (
    "home",
    "window",
    "sms_code",
    "account",
    "log_in",
    "identity",
    "scan_front",
    "scan_back",
    "addresses",
    "identity_submission",
    "face_check",
    "catalogue",
    "application",
    "degree_check",
    "material",
    "submission",
    "status",
    "withdrawal",
    "supplement",
    "payment",
    "payment_status",
    "invoice",
    "invoice_file",
    "admission_ticket",
    "results",
    "certificate",
    "unbinding",
)
"""The steps in the order in which a candidate comes to them, most of them without ever unbinding a phone."""

ASSETS = tuple(
    f"/static/{name}"
    for name in (
        "base.css", "layout.css", "window.js", "notices.js", "emblem.svg", "account.svg", "identity.svg",
        "application.svg", "materials.svg", "review.svg", "payment.svg", "support.svg",
    )
)  # fmt: skip
"""What a browser with an empty cache fetches with the home page."""

STATE_DRAFT, STATE_UNDER_REVIEW, STATE_SUPPLEMENT_REQUESTED = "draft", "under_review", "supplement_requested"
STATE_APPROVED, STATE_PAID = "approved", "paid"

QUEUE_FIRST = "queue_first"
"""What the portal says to who has to go through its waiting room first, or has to again."""

DONE_ALREADY = {
    "account": "id_number_registered",
    "identity_submission": "identity_already_submitted",
    "scan_front": "identity_already_submitted",
    "scan_back": "identity_already_submitted",
    "addresses": "identity_already_submitted",
    "face_check": "face_check_already_passed",
    "application": "application_exists",
    "submission": "illegal_move",
}
"""What the portal says when a try of a step that the candidate gave up on was carried out all the same."""


def queue_ticket() -> Request:
    """Take a number in the waiting room."""
    return Request(QUEUE, "POST", "/api/queue/tickets")


def queue_place(ticket: str) -> Request:
    """Ask how far the queue is."""
    return Request(QUEUE, "GET", f"/api/queue/tickets/{ticket}")


def queue_leave(ticket: str) -> Request:
    """Give the number back; the page does so when it is closed."""
    return Request(QUEUE, "DELETE", f"/api/queue/tickets/{ticket}")


def home() -> Request:
    """Open the home page."""
    return Request("home", "GET", "/")


def window(person: Candidate | None = None) -> Request:
    """Ask when the window opens for a person's province; the home page's script does so."""
    return Request("window", "GET", f"/api/window?province={person.id_number[:2]}" if person else "/api/window")


def sms_code(phone: str) -> Request:
    """Ask for an SMS code."""
    return Request("sms_code", "POST", "/api/sms-codes", json={"phone": phone})


def account(person: Candidate, phone: str, code: str) -> Request:
    """Register the account."""
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "phone": phone,
        "sms_code": code,
        "password": person.password,
    }
    return Request("account", "POST", "/api/accounts", json=fields, about=phone)


def log_in(person: Candidate) -> Request:
    """Log in."""
    fields = {"id_number": person.id_number, "password": person.password}
    return Request("log_in", "POST", "/api/sessions", json=fields)


def identity() -> Request:
    """Open the identity page."""
    return Request("identity", "GET", "/api/identity")


def scan(kind: PaperKind, body: bytes, filename: str) -> Request:
    """Upload one side of the ID card."""
    side = "front" if kind is PaperKind.ID_FRONT else "back"
    return Request(
        f"scan_{side}",
        "PUT",
        f"/api/identity/scans/{side}?filename={filename}",
        body=body,
        headers={"Content-Type": "image/jpeg"},
        shows_progress=True,
        about=kind.value,
    )


def addresses(person: Candidate) -> Request:
    """Give household registration and residence."""
    fields = {"household": _address(person.household), "residence": _address(person.residence)}
    return Request("addresses", "PUT", "/api/identity/addresses", json=fields)


def identity_submission() -> Request:
    """Submit the identity."""
    return Request("identity_submission", "POST", "/api/identity/submission")


def face_check(selfie: bytes) -> Request:
    """Have the face checked."""
    return Request(
        "face_check",
        "POST",
        "/api/identity/face-check",
        body=selfie,
        headers={"Content-Type": "image/jpeg"},
        shows_progress=True,
    )


def catalogue() -> Request:
    """Open the page of levels and provinces."""
    return Request("catalogue", "GET", "/api/catalogue")


def application(
    person: Candidate,
    claim: Claim,
    degree: Degree,
    subjects: tuple[Subject, ...],
    application_id: int | None = None,
) -> Request:
    """Begin an application, or change the one with `application_id`."""
    fields = {
        "level": claim.level.value,
        "subjects": [subject.code for subject in subjects],
        "province": person.place.province,
        "basis": person.place.basis,
        "degree": degree.grade,
        "field": degree.field,
        "degree_certificate": degree.certificate_number,
        "work_years": claim.years_of_work,
        "management_years": claim.years_in_management,
        "earlier_certificate": claim.earlier_certificate_number,
        "employer": person.work.employer,
        "job_description": person.work.job_description,
        "employed_since": person.work.employed_from.isoformat(),
        "workplace_province": person.residence.province,
        "insured_months": (person.work.employed_until - person.work.employed_from).days // 30,
    }
    if application_id is None:
        return Request("application", "POST", "/api/applications", json=fields)
    return Request("application", "PUT", f"/api/applications/{application_id}", json=fields)


def my_applications() -> Request:
    """Open the list of the candidate's applications."""
    return Request("status", "GET", "/api/applications")


def degree_check(application_id: int) -> Request:
    """Have the degree checked."""
    return Request("degree_check", "POST", f"/api/applications/{application_id}/degree-check", shows_progress=True)


def material(application_id: int, kind: PaperKind, body: bytes, filename: str) -> Request:
    """Upload a paper."""
    content_type = "application/pdf" if filename.endswith(".pdf") else "image/jpeg"
    return Request(
        "material",
        "PUT",
        f"/api/applications/{application_id}/materials/{kind.value}?filename={filename}",
        body=body,
        headers={"Content-Type": content_type},
        shows_progress=True,
        about=kind.value,
    )


def submission(application_id: int) -> Request:
    """File the application."""
    return Request("submission", "POST", f"/api/applications/{application_id}/submission", about=str(application_id))


def status(application_id: int) -> Request:
    """Look how the application stands."""
    return Request("status", "GET", f"/api/applications/{application_id}")


def withdrawal(application_id: int) -> Request:
    """Withdraw what was filed, to change it."""
    return Request("withdrawal", "POST", f"/api/applications/{application_id}/withdrawal", about=str(application_id))


def supplement(application_id: int) -> Request:
    """Hand in the better papers."""
    return Request("supplement", "POST", f"/api/applications/{application_id}/supplement", about=str(application_id))


def payment(application_id: int, channel: str, idempotency_key: str) -> Request:
    """Open an order for the fee."""
    return Request(
        "payment",
        "POST",
        f"/api/applications/{application_id}/payments",
        json={"channel": channel},
        headers={"Idempotency-Key": idempotency_key},
        about=str(application_id),
    )


def payment_status(order_no: str) -> Request:
    """Look whether the payment has arrived; the page that the gateway leads back to does so."""
    return Request("payment_status", "GET", f"/api/payments/{order_no}", about=order_no)


def invoice(application_id: int, email: str) -> Request:
    """Ask for the e-invoice; asking again tells how it stands."""
    path = f"/api/applications/{application_id}/invoices"
    return Request("invoice", "POST", path, json={"email": email}, about=str(application_id))


def invoice_file(invoice_id: int) -> Request:
    """Fetch the e-invoice."""
    return Request("invoice_file", "GET", f"/api/invoices/{invoice_id}/file")


def admission_ticket(application_id: int) -> Request:
    """Fetch the admission ticket."""
    return Request("admission_ticket", "GET", f"/api/applications/{application_id}/admission-ticket")


def results(application_id: int) -> Request:
    """Look at the results."""
    return Request("results", "GET", f"/api/applications/{application_id}/results")


def certificate(application_id: int) -> Request:
    """Fetch the certificate."""
    return Request("certificate", "GET", f"/api/applications/{application_id}/certificate")


def unbinding(phone: str, code: str) -> Request:
    """Ask support to free a phone that somebody else's account holds."""
    fields = {"phone": phone, "sms_code": code, "reason": "手机号是本人的，被他人账号绑定"}
    return Request("unbinding", "POST", "/api/support/unbindings", json=fields, about=phone)


def taking_back(record: str, portal_id: str) -> Request | None:
    """Give the request by which its candidate takes back what a rehearsal has made; None: the portal has none.

    `record` and `portal_id` are those of `records.csv` in a run folder. The mock cancels orders that nobody has paid,
    and takes back applications that are filed; accounts and drafts stay. A real portal may have more.
    """
    match record:
        case "order":
            return Request("payment", "DELETE", f"/api/payments/{portal_id}")
        case "application":
            return withdrawal(int(portal_id))
    return None


def is_open(answer: Any) -> bool:
    """Read from the answer to `window` whether the portal takes registrations."""
    return bool(answer["open"])


def opens_in_s(answer: Any) -> float:
    """Read from the answer to `window` in how many portal seconds the portal takes registrations; below 0: it has."""
    opening, now = (datetime.fromisoformat(answer[name]) for name in ("opening", "portal_time"))
    return (opening - now).total_seconds()


def has_closed(answer: Any) -> bool:
    """Read from the answer to `window` whether the time for registration is over."""
    return datetime.fromisoformat(answer["portal_time"]) >= datetime.fromisoformat(answer["closing"])


def token(answer: Any) -> str:
    """Read from the answer to `log_in` what later requests authenticate with."""
    return str(answer["token"])


def authorization(token: str) -> dict[str, str]:
    """Give the headers of a candidate who is logged in."""
    return {"Authorization": f"Bearer {token}"}


def queue_pass(place: Any) -> dict[str, str]:
    """Read from an answer of the waiting room the headers that open the portal; none while it is not one's turn."""
    return {"Queue-Pass": str(place["queue_pass"])} if place["queue_pass"] else {}


def again(attempt: int) -> dict[str, str]:
    """Give the headers by which a page's script says that it sends a request again: try `attempt`, from 2 on."""
    return {"X-Retry": str(attempt)} if attempt > 1 else {}


def application_id(answer: Any) -> int:
    """Read the number of an application from the answer to `application` or to `my_applications`."""
    return int(answer[0]["id"] if isinstance(answer, list) else answer["id"])


def has_application(answer: Any) -> bool:
    """Read from the answer to `my_applications` whether there is one."""
    return bool(answer)


def state(answer: Any) -> str:
    """Read from the answer to `my_applications` or to `status` how the application stands: one of the STATE_ names."""
    return str(answer[0]["state"] if isinstance(answer, list) else answer["state"])


def papers_asked_for(answer: Any) -> list[PaperKind]:
    """Read from the answer to `status` which papers the reviewer wants to see again."""
    asked = answer.get("supplement_paper")
    return [PaperKind(asked)] if asked else []


def order_no(answer: Any) -> str:
    """Read the order's number from the answer to `payment`."""
    return str(answer["order_no"])


def pay_url(answer: Any) -> str:
    """Read from the answer to `payment` where the candidate pays."""
    return str(answer["pay_url"])


def is_paid(answer: Any) -> bool:
    """Read from the answer to `payment` or to `payment_status` whether the money has come."""
    return bool(answer["state"] == "paid")


def invoice_id(answer: Any) -> int:
    """Read the invoice's number from the answer to `invoice`."""
    return int(answer["id"])


def missing_papers(problem: Any) -> list[PaperKind]:
    """Read from the refusal of a submission which papers are missing."""
    return [PaperKind(name) for name in problem["papers"]]


def is_about_paper(code: str) -> bool:
    """Say whether a refused upload asks for a better file of the same paper."""
    return code.startswith(("scan_", "paper_", "pdf_", "portrait_"))


def sms_text_code(text: str) -> str:
    """Read the code from the text of an SMS."""
    return "".join(filter(str.isdigit, text.partition("验证码")[2][:8]))


def _address(address: Address) -> dict[str, str]:
    return {"province": address.province, "city": address.city, "detail": address.detail}
