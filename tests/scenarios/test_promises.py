"""What the portal promises by an answer: what it is about, and what it says."""

from hashlib import sha256

import pytest

from fakes.candidates import Candidate, FlawShares
from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.ledgers import NothingPromised, write_ledgers
from scenarios.portal import Promise
from scenarios.promises import promise as promise_of

PERSON = Candidate(1, 7, FlawShares())
FORM = (PERSON, PERSON.claim, PERSON.degree, PERSON.subjects)
BODY = b"bytes of a picture"


@pytest.mark.parametrize(
    ("request_", "answer", "promise"),
    [
        (portal.account(PERSON, "138", "123456"), {"id": 1}, Promise("account", "138", "")),
        (
            portal.scan(PaperKind.ID_BACK, BODY, "back.jpg"),
            {},
            Promise("paper", "id_back", sha256(BODY).hexdigest()),
        ),
        (
            portal.material(4, PaperKind.WORK_PROOF, BODY, "proof.pdf"),
            {},
            Promise("paper", "work_proof", sha256(BODY).hexdigest()),
        ),
        (portal.application(*FORM), {"id": 4}, Promise("application", "", "4")),
        (portal.application(*FORM, 4), {"state": "draft"}, None),
        (portal.submission(4), {"filing_number": "11-2025-000001"}, Promise("filing", "4", "11-2025-000001")),
        (portal.withdrawal(4), {}, Promise("withdrawal", "4", "")),
        (portal.supplement(4), {}, Promise("supplement", "4", "")),
        (portal.payment(4, "alipay", "key"), {"order_no": "A1", "state": "open"}, Promise("order", "4", "A1")),
        (portal.payment_status("A1"), {"state": "paid", "amount_fen": 13000}, Promise("payment", "A1", "13000")),
        (portal.payment_status("A1"), {"state": "open", "amount_fen": 13000}, None),
        (portal.invoice(4, "a@b.cn"), {"id": 9}, Promise("invoice", "4", "9")),
        (portal.unbinding("138", "123456"), {"ticket_id": 2}, Promise("unbinding", "138", "")),
        (portal.home(), {}, None),
    ],
)
def test_what_an_answer_promises(request_, answer, promise):
    """And nothing where nothing can be lost."""
    assert promise == promise_of(request_, answer)


def test_what_an_answer_that_never_came_would_have_promised():
    """Its number is not known; that money has come is known from an answer alone."""
    assert Promise("filing", "4", "") == promise_of(portal.submission(4), None)
    assert Promise("paper", "id_back", sha256(BODY).hexdigest()) == promise_of(
        portal.scan(PaperKind.ID_BACK, BODY, "back.jpg"), None
    )
    assert promise_of(portal.payment_status("A1"), None) is None


def test_without_a_promise_there_are_no_books(tmp_path):
    """And the run says why: nobody takes it for one of an earlier version."""
    with pytest.raises(NothingPromised, match="nobody was promised anything"):
        write_ledgers(tmp_path, None, "http://127.0.0.1:1", 1, keeps_files=True)
