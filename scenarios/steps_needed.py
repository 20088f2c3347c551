"""Which steps a visit needs for its purpose: where a portal lacks one, nobody is sent there for it.

A portal that is not ours is not filled beforehand, so whoever comes for the face check or to apply has to register
first, as they do once they find that they have no account.
"""

from collections.abc import Collection, Mapping

import msgspec

from scenarios.scenario import Scenario

_ARRIVE = frozenset({"home", "window"})
_REGISTER = _ARRIVE | {
    "sms_code", "account", "log_in", "identity", "scan_front", "scan_back", "addresses", "identity_submission",
}  # fmt: skip
_FACE_CHECK = frozenset({"face_check"})
_APPLY = frozenset({"catalogue", "application", "degree_check", "material", "submission", "status"})
_FIND = _ARRIVE | {"log_in", "status"}
_PAY = frozenset({"payment", "payment_status"})

NEEDS: Mapping[str, frozenset[str]] = {
    "look": frozenset({"home"}),
    "register": _REGISTER,
    "face_check": _REGISTER | _FACE_CHECK,
    "apply": _REGISTER | _FACE_CHECK | _APPLY,
    "change": _FIND | {"withdrawal", "application", "degree_check", "submission"},
    "supplement": _FIND | {"material", "supplement"},
    "status": _FIND,
    "pay": _FIND | _PAY,
    "invoice": _FIND | {"invoice", "invoice_file"},
    "ticket": _FIND | {"admission_ticket"},
    "results": _FIND | {"results"},
    "certificate": _FIND | {"certificate"},
}
"""The steps without which a visit for a purpose comes to nothing. What else its candidate may want, and does not find
there, ends the visit."""


def possible_purposes(missing: Collection[str]) -> list[str]:
    """Give the purposes for which candidates can come to a portal without these steps.

    >>> possible_purposes({"sms_code", "payment"})[:4]
    ['look', 'change', 'supplement', 'status']
    """
    return [purpose for purpose, needs in NEEDS.items() if not needs & set(missing)]


def within_steps(scenario: Scenario, missing: Collection[str]) -> Scenario:
    """Give the scenario as candidates play it who do not go on to steps that are missing."""
    behaviour: dict[str, float] = {}
    if _FACE_CHECK & set(missing):
        behaviour |= {"face_check_now_share": 0.0}
    if (_APPLY | _FACE_CHECK) & set(missing):
        behaviour |= {"apply_now_share": 0.0}
    if "invoice" in missing:
        behaviour |= {"wants_invoice_share": 0.0}
    return msgspec.structs.replace(scenario, behaviour=msgspec.structs.replace(scenario.behaviour, **behaviour))
