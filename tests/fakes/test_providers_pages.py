"""The pages of the outside services: cashier, phone, treatments, and invented people whose papers a portal takes."""

import msgspec
import pytest
from litestar.testing import TestClient

from fakes.candidates import Candidate
from fakes.papers import Flaw, PaperKind
from fakes.providers.app import Providers
from fakes.providers.sample_candidates import FIRST
from fakes.providers.settings import Settings
from mock_server.paper_checks import PaperLimits, PaperRefused, check_id_scan

# What Litestar 3 will ask for is asked of the whole program, not here.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
SEED = 1
QUICK = {"capacity": 4, "median_ms": 1, "sigma": 0}
PHONE = "13800138000"


@pytest.fixture
def services():
    """Give a client of the services."""
    names = ("sms", "face_check", "degree_record", "alipay", "unionpay")
    document = {
        "seed": SEED,
        "gateway_keys": {"alipay": "a", "unionpay": "u"},
        "providers": dict.fromkeys(names, QUICK),
    }
    with TestClient(Providers(msgspec.convert(document, Settings)).app) as client:
        yield client


def test_a_phone_shows_its_texts_as_text(services):
    """Newest first, and nothing in them is HTML."""
    for text in ("一", "<b>二</b>"):
        services.post("/sms/messages", json={"phone": PHONE, "text": text})
    page = services.get("/sms/phone", params={"phone": PHONE}).text
    assert -1 < page.index("&lt;b&gt;二") < page.index("一<")
    assert "&lt;script&gt;" in services.get("/sms/phone", params={"phone": "<script>"}).text


def test_a_person_pays_at_the_cashier_once(services):
    """The page says how the order stands; a closed one cannot be paid; back leads to this machine alone."""
    order = {"amount_fen": 12_050, "subject": "fee", "notify_url": "http://127.0.0.1:9/"}
    for number in ("A1", "A2"):
        services.post("/alipay/orders", json=order | {"order_no": number})
    services.post("/alipay/orders/A2/close")
    assert "¥ 120.50" in services.get("/alipay/orders/A1/pay").text
    for _ in range(2):
        assert (
            "付款成功" in services.post("/alipay/orders/A1/payments-by-hand", data={"back": "http://127.0.0.1/x"}).text
        )
    assert "paid" == services.get("/alipay/orders/A1").json()["status"]
    assert "确认付款" not in services.get("/alipay/orders/A2/pay").text
    assert 409 == services.post("/alipay/orders/A2/payments-by-hand").status_code
    assert "example.com" not in services.get("/alipay/orders/A1/pay", params={"back": "http://example.com/"}).text


def test_a_developer_treats_services_from_their_page(services):
    """As by the call; what is not known is refused, and so is a form from elsewhere."""
    form = {"mood": "failing", "slower": "1"}
    path = "/treatments-by-hand/sms"
    assert 403 == services.post(path, data=form, headers={"Origin": "http://example.com"}).status_code
    assert 202 == services.post("/sms/messages", json={"phone": PHONE, "text": "x"}).status_code
    assert "故障中" in services.post(path, data=form).text
    assert 503 == services.post("/sms/messages", json={"phone": PHONE, "text": "x"}).status_code
    for wrong in ({"mood": "angry"}, {"slower": "0"}, {"slower": "x"}):
        assert 400 == services.post(path, data=form | wrong).status_code
    assert 400 == services.post("/treatments-by-hand/nobody", data=form).status_code


def test_an_invented_person_is_always_the_same(services):
    """With all that the portal's forms ask for."""
    page = services.get("/candidates/7").text
    person = Candidate(SEED, FIRST + 7)
    for known in (person.name, person.id_number, person.mobile, person.degree.certificate_number, person.work.employer):
        assert known in page
    assert 400 == services.get("/candidates/0").status_code
    assert 404 == services.get("/candidates/1/papers/selfie", params={"flaw": "blurred"}).status_code


@pytest.mark.long
def test_papers_of_an_invented_person_are_as_good_as_they_say(services):
    """The portal's own check takes the good scan, and refuses the flawed one."""
    limits = PaperLimits()
    good = services.get(f"/candidates/7/papers/{PaperKind.ID_FRONT}").content
    check_id_scan(good, filename="front.jpg", front=True, limits=limits)
    flawed = services.get(f"/candidates/7/papers/{PaperKind.ID_FRONT}", params={"flaw": Flaw.BLURRED.value}).content
    with pytest.raises(PaperRefused, match="scan_blurred"):
        check_id_scan(flawed, filename="front.jpg", front=True, limits=limits)
