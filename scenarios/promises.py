"""Promises of the mock: what it must not lose once it has acknowledged a request."""

from hashlib import sha256
from typing import Any

from scenarios import mock_portal as portal
from scenarios.portal import Promise, Request

PROMISES = {
    "account": "account",
    "scan_front": "paper",
    "scan_back": "paper",
    "identity_submission": "identity",
    "face_check": "face_check",
    "application": "application",
    "material": "paper",
    "submission": "filing",
    "withdrawal": "withdrawal",
    "supplement": "supplement",
    "payment": "order",
    "payment_status": "payment",
    "invoice": "invoice",
    "unbinding": "unbinding",
}
"""What the portal promises where it acknowledges a step."""


def promise(request: Request, answer: Any) -> Promise | None:
    """Give what the portal promises by its answer, or would by one that never came (None); None where it is nothing."""
    kind = PROMISES.get(request.step)
    if kind is None or (kind == "application" and request.method == "PUT"):  # a change makes no new one
        return None
    if kind == "payment" and (answer is None or not portal.is_paid(answer)):
        return None
    value = ""
    if kind == "paper":
        value = sha256(request.body or b"").hexdigest()
    elif answer is not None:
        match kind:
            case "application":
                value = str(portal.application_id(answer))
            case "filing":
                value = str(answer["filing_number"])
            case "order":
                value = portal.order_no(answer)
            case "payment":
                value = str(answer["amount_fen"])
            case "invoice":
                value = str(portal.invoice_id(answer))
    return Promise(kind, request.about, value)
