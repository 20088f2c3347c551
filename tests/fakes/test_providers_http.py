"""The outside services over HTTP, as one real process; the portal's side is a small real HTTP receiver."""

import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qsl

import pytest

from fakes.draws import Draws
from fakes.providers.callbacks import HELD_FOR_CLOSE_S, REPEAT_AFTER_S, Fate, fate_of
from fakes.providers.face_check import compare
from fakes.providers.service import number_of
from fakes.providers.settings import CallbackFaults
from scenarios.loopback_client import loopback_client

SEED = 1
KEYS = {"alipay": "secret-of-alipay", "unionpay": "secret-of-unionpay"}
TIME_SCALE = 600
FAULTS = {"duplicated": 0.2, "late": 0.2, "never": 0.2, "after_close": 0.2}
QUICK = {"median_ms": 1, "sigma": 0}
PHONE = "13800138000"
WITHIN_S = 20

_order_numbers = count(1)


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Start the process once and give a client of it."""
    path = tmp_path_factory.mktemp("providers") / "settings.json"
    providers = dict.fromkeys(("face_check", "degree_record", "alipay", "unionpay"), QUICK)
    providers["sms"] = {"capacity": 1, "median_ms": 50, "sigma": 0}
    settings = {"seed": SEED, "gateway_keys": KEYS, "time_scale": TIME_SCALE, "providers": providers}
    path.write_text(json.dumps(settings | {"callback_faults": FAULTS}))
    command = [sys.executable, "-m", "fakes.providers", "--port", "0", "--settings", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split()[-1]
        with loopback_client(base_url=url, timeout=WITHIN_S) as client:
            yield client
        process.terminate()
        assert 0 == process.wait(timeout=2)


class Receiver:
    """Takes notifications, keeps them by order, and answers as told: (status, body), `success` at the end."""

    def __init__(self):
        self.received = defaultdict(list)  # order_no -> [(moment, fields)]
        self.answers = defaultdict(list)
        self._news = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert "application/x-www-form-urlencoded" == self.headers["Content-Type"]
                fields = dict(parse_qsl(body, strict_parsing=True))
                status, answer = receiver.take(fields)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/pay/notify"

    def take(self, fields):
        """Keep one notification and give the answer to it."""
        with self._news:
            self.received[fields["order_no"]].append((time.monotonic(), fields))
            self._news.notify_all()
            answers = self.answers[fields["order_no"]]
            return answers.pop(0) if answers else (200, b"success")

    def wait_for(self, order_no, number=1):
        """Wait until so many notifications of an order are there, and give them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.received[order_no]) >= number, WITHIN_S)
            return list(self.received[order_no])


@pytest.fixture(scope="module")
def receiver():
    """Run a receiver of notifications for the whole module."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


def order_with(fate: Fate, gateway: str = "alipay") -> str:
    """Give an unused order number whose notification has this fate."""
    faults = CallbackFaults(**FAULTS)
    numbers = (f"R2025-{number}" for number in _order_numbers)
    return next(no for no in numbers if fate_of(Draws(SEED, number_of(no)), gateway, faults) is fate)


def make_order(portal, receiver, order_no, gateway="alipay", amount_fen=13000, **changed):
    """Ask a gateway for an order."""
    order = {
        "order_no": order_no,
        "amount_fen": amount_fen,
        "subject": "初级报名费",
        "notify_url": receiver.url,
    }
    return portal.post(f"/{gateway}/orders", json=order | changed)


def pay(portal, receiver, fate: Fate) -> str:
    """Make and pay an order whose notification has this fate; give its number."""
    order_no = order_with(fate)
    make_order(portal, receiver, order_no).raise_for_status()
    portal.post(f"/alipay/orders/{order_no}/pay").raise_for_status()
    return order_no


def is_problem(answer, status, kind):
    """Say whether an answer is the problem document of this kind (RFC 9457)."""
    document = answer.json()
    assert "application/problem+json" == answer.headers["content-type"]
    assert (status, status, f"/problems/{kind}") == (answer.status_code, document["status"], document["type"])
    assert document["detail"]
    return True


def metric(portal, name: str) -> float:
    """Give the value of one line of /metrics."""
    lines = portal.get("/metrics").text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_one_line_serves_one_after_another(portal):
    """Ten messages on one line of 50 ms each take half a second, whoever sends them."""
    messages = [{"phone": f"139{number:08d}", "text": "您的验证码是 123456"} for number in range(10)]
    before = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda message: portal.post("/sms/messages", json=message), messages))
    assert time.monotonic() - before >= 0.45
    assert [202] * 10 == [answer.status_code for answer in answers]
    assert 10 == len({answer.json()["message_id"] for answer in answers})
    assert metric(portal, 'provider_wait_seconds_total{provider="sms"}') >= 0.5  # 2.25 if all came at once


def test_a_flying_clock_shortens_what_a_call_takes(portal):
    """Calls are divided by the speed from when it is set on; below 1 there is none."""
    portal.put("/speed", json={"speed": 50}).raise_for_status()
    before_s = metric(portal, 'provider_held_seconds_total{provider="sms"}')
    portal.post("/sms/messages", json={"phone": "13900139000", "text": "quick"}).raise_for_status()
    portal.put("/speed", json={"speed": 1}).raise_for_status()
    held_s = metric(portal, 'provider_held_seconds_total{provider="sms"}') - before_s
    assert pytest.approx(0.001) == held_s
    assert 400 == portal.put("/speed", json={"speed": 0.5}).status_code


def test_a_service_is_silent_until_it_is_itself_again(portal):
    """Who called meanwhile is served then; one that fails turns everybody away at once."""
    order = {"name": "甲", "id_number": "11010519491231002X", "certificate_number": "1"}
    treat = "/treatments/degree_record"
    portal.put(treat, json={"mood": "silent"}).raise_for_status()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(portal.post, "/degree-records/queries", json=order)
        time.sleep(0.3)
        assert not answer.done()
        portal.put(treat, json={}).raise_for_status()
        assert 200 == answer.result(WITHIN_S).status_code
    portal.put(treat, json={"mood": "failing"}).raise_for_status()
    assert is_problem(portal.post("/degree-records/queries", json=order), 503, "unavailable")
    portal.put(treat, json={"mood": "usual", "slower": 200}).raise_for_status()
    before = time.monotonic()
    assert 200 == portal.post("/degree-records/queries", json=order).status_code
    assert time.monotonic() - before >= 0.2  # of 1 ms
    portal.put(treat, json={}).raise_for_status()
    assert is_problem(portal.put("/treatments/nobody", json={}), 404, "unknown-service")


def test_all_are_forgotten(portal, receiver):
    """Then phones and books are empty, a late notice never comes, and who calls again calls for the first time."""
    who = {"id_number": "110105194912310038", "name": "张伟"}

    def scores() -> list[float]:
        answers = [portal.post("/face-check/comparisons", params=who, content=b"x") for _ in range(2)]
        return [it.json()["score"] for it in answers]

    first = scores()
    portal.post("/sms/messages", json={"phone": PHONE, "text": "x"}).raise_for_status()
    late = pay(portal, receiver, Fate.LATE)
    portal.post("/forget").raise_for_status()
    assert first == scores()
    assert {"messages": []} == portal.get("/sms/messages", params={"phone": PHONE}).json()
    assert "" == portal.get("/alipay/orders").text
    assert 0 == metric(portal, 'provider_callbacks_pending{provider="alipay"}')
    assert [] == receiver.received[late]


def test_phone_shows_the_newest_message_first(portal):
    """The candidate reads the code from the phone; an unknown phone is empty."""
    for text in ("first", "second"):
        portal.post("/sms/messages", json={"phone": PHONE, "text": text}).raise_for_status()
    messages = portal.get("/sms/messages", params={"phone": PHONE}).json()["messages"]
    assert ["second", "first"] == [message["text"] for message in messages]
    assert timedelta(hours=8) == datetime.fromisoformat(messages[0]["sent_at"]).utcoffset()
    assert {"messages": []} == portal.get("/sms/messages", params={"phone": "none"}).json()


@pytest.mark.parametrize(
    "message",
    [{"phone": "12", "text": "x"}, {"phone": PHONE, "text": ""}, {"phone": PHONE}, [], {"phone": 1}],
)
def test_bad_message_is_refused(portal, message):
    """A problem document says which field is wrong."""
    assert is_problem(portal.post("/sms/messages", json=message), 400, "bad-request")


def test_face_check_is_drawn_for_the_person_and_the_attempt(portal):
    """The answers to a person's first and second picture are those of the seed; the picture's bytes count."""
    id_number, picture = "11010519491231002X", b"\xff\xd8" + bytes(300_000)
    name = 'provider_received_bytes_total{provider="face_check"}'
    before = metric(portal, name)
    for attempt in (1, 2):
        answer = portal.post(
            "/face-check/comparisons", params={"id_number": id_number, "name": "张伟"}, content=picture
        )
        expected = compare(Draws(SEED, number_of(id_number)), attempt, 0.97)
        assert {"match": expected.match, "score": expected.score} == answer.json()
    assert 2 * len(picture) == metric(portal, name) - before


def test_face_check_needs_a_picture_and_a_person(portal):
    """An empty body and a missing name are refused, and so is a body over 10 MB."""
    who = {"id_number": "1", "name": "张伟"}
    assert is_problem(portal.post("/face-check/comparisons", params=who), 422, "no-picture")
    nobody = portal.post("/face-check/comparisons", params={"id_number": "1"}, content=b"x")
    assert is_problem(nobody, 400, "bad-request")
    large = portal.post("/face-check/comparisons", params=who, content=bytes(10_000_001))
    assert 413 == large.status_code


@pytest.mark.parametrize(("certificate_number", "known"), [("1" + "0" * 16 + "6", False), ("0" * 17 + "1", True)])
def test_degree_record_knows_by_the_check_digits(portal, certificate_number, known):
    """18 digits that leave 1 when divided by 97 are known."""
    query = {"name": "张伟", "id_number": "11010519491231002X", "certificate_number": certificate_number}
    assert {"known": known} == portal.post("/degree-records/queries", json=query).json()


def test_order_is_made_once(portal, receiver):
    """The same order again gets the same answer; another amount under its number is refused."""
    order_no = order_with(Fate.PROMPT)
    first = make_order(portal, receiver, order_no)
    assert 201 == first.status_code
    assert first.json() == make_order(portal, receiver, order_no).json()
    assert is_problem(make_order(portal, receiver, order_no, amount_fen=13001), 409, "order-differs")
    waiting = {"order_no": order_no, "amount_fen": 13000, "status": "waiting", "paid_at": None}
    assert waiting == portal.get(f"/alipay/orders/{order_no}").json()
    assert is_problem(portal.get(f"/unionpay/orders/{order_no}"), 404, "unknown-order")


def test_pay_url_is_where_the_candidate_pays(portal, receiver):
    """The address that the order gave takes the payment."""
    order_no = order_with(Fate.NEVER)
    pay_url = make_order(portal, receiver, order_no).json()["pay_url"]
    assert {"status": "paid"} == portal.post(pay_url).json()
    assert "paid" == portal.get(f"/alipay/orders/{order_no}").json()["status"]


@pytest.mark.parametrize("gateway", ["alipay", "unionpay"])
def test_notification_is_complete_and_signed(portal, receiver, gateway):
    """Paying twice is one payment and one notification, signed with this gateway's key."""
    order_no = order_with(Fate.PROMPT, gateway)
    make_order(portal, receiver, order_no, gateway).raise_for_status()
    for _ in range(2):
        assert {"status": "paid"} == portal.post(f"/{gateway}/orders/{order_no}/pay").json()
    ((_, fields),) = receiver.wait_for(order_no)
    assert {"notify_id", "order_no", "amount_fen", "status", "notify_time", "sign"} == set(fields)
    assert ("13000", "paid") == (fields["amount_fen"], fields["status"])
    assert timedelta(hours=8) == datetime.fromisoformat(fields["notify_time"]).utcoffset()
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "sign")
    assert hmac.new(KEYS[gateway].encode(), text.encode(), hashlib.sha256).hexdigest() == fields["sign"]


def test_notification_is_repeated_until_it_is_taken(portal, receiver):
    """Only HTTP 200 with exactly `success` ends the repeats; they keep their notify_id and the schedule."""
    order_no = order_with(Fate.PROMPT)
    receiver.answers[order_no] = [(200, b"success\n"), (500, b"success"), (200, b"success")]
    make_order(portal, receiver, order_no).raise_for_status()
    portal.post(f"/alipay/orders/{order_no}/pay").raise_for_status()
    received = receiver.wait_for(order_no, 3)
    assert 1 == len({fields["notify_id"] for _, fields in received})
    moments = [moment for moment, _ in received]
    for wait_s, sooner, later in zip(REPEAT_AFTER_S, moments, moments[1:], strict=False):
        # The last 10 ms are for the coarse timer of the event loop.
        assert later - sooner >= wait_s / TIME_SCALE - 0.01


def test_duplicated_notification_comes_twice_under_one_id(portal, receiver):
    """The portal must take the second of two equal notifications for what it is."""
    received = receiver.wait_for(pay(portal, receiver, Fate.DUPLICATED), 2)
    assert 1 == len({fields["notify_id"] for _, fields in received})


def test_late_notification_comes_later_than_four_minutes(portal, receiver):
    """Four minutes of the schedule are 0.4 s at this time scale."""
    before = time.monotonic()
    ((moment, _),) = receiver.wait_for(pay(portal, receiver, Fate.LATE))
    assert moment - before >= 240 / TIME_SCALE


def test_lost_notification_leaves_a_paid_order(portal, receiver):
    """The portal hears nothing; asked, the gateway says that the order is paid."""
    lost = pay(portal, receiver, Fate.NEVER)
    receiver.wait_for(pay(portal, receiver, Fate.PROMPT))
    assert [] == receiver.received[lost]
    assert "paid" == portal.get(f"/alipay/orders/{lost}").json()["status"]


def test_held_notification_comes_after_the_close(portal, receiver):
    """The portal asks to close an order that was paid, is refused, and hears of the payment only then."""
    paid_before = time.monotonic()
    held = pay(portal, receiver, Fate.AFTER_CLOSE)
    receiver.wait_for(pay(portal, receiver, Fate.PROMPT))
    assert [] == receiver.received[held]
    close_asked = time.monotonic()
    assert is_problem(portal.post(f"/alipay/orders/{held}/close"), 409, "order-paid")
    ((moment, _),) = receiver.wait_for(held)
    # Before the hold would have ended by itself: it was the close that let the notification go.
    assert close_asked < moment < paid_before + HELD_FOR_CLOSE_S / TIME_SCALE


def test_closed_order_is_not_paid(portal, receiver):
    """Only an order that waits can be closed, and then it can be neither paid nor refunded."""
    order_no = order_with(Fate.PROMPT)
    make_order(portal, receiver, order_no).raise_for_status()
    url = f"/alipay/orders/{order_no}"
    assert {"status": "closed"} == portal.post(f"{url}/close").json()
    assert is_problem(portal.post(f"{url}/close"), 409, "order-closed")
    assert is_problem(portal.post(f"{url}/pay"), 409, "order-closed")
    refund = {"amount_fen": 13000, "reason": "x"}
    assert is_problem(portal.post(f"{url}/refunds", json=refund), 409, "order-closed")


def test_refund_is_of_the_full_amount_and_once(portal, receiver):
    """A part is refused, the whole is given back, asked again it is the same answer."""
    url = f"/alipay/orders/{pay(portal, receiver, Fate.NEVER)}"
    part = portal.post(f"{url}/refunds", json={"amount_fen": 6500, "reason": "重复缴费"})
    assert is_problem(part, 422, "not-the-full-amount")
    for _ in range(2):
        whole = portal.post(f"{url}/refunds", json={"amount_fen": 13000, "reason": "重复缴费"})
        assert {"status": "refunded"} == whole.json()
    assert "refunded" == portal.get(url).json()["status"]
    assert is_problem(portal.post(f"{url}/pay"), 409, "order-refunded")


def test_unknown_order_is_404(portal):
    """Whatever is asked of it."""
    assert is_problem(portal.get("/alipay/orders/none"), 404, "unknown-order")
    assert is_problem(portal.post("/alipay/orders/none/pay"), 404, "unknown-order")
    assert is_problem(portal.post("/alipay/orders/none/close"), 404, "unknown-order")


@pytest.mark.parametrize("url", ["http://10.0.0.1/notify", "http://127.0.0.1@example.org/", "nonsense"])
def test_notify_url_elsewhere_is_refused(portal, receiver, url):
    """And no order is made."""
    order_no = order_with(Fate.PROMPT)
    refused = make_order(portal, receiver, order_no, notify_url=url)
    assert is_problem(refused, 422, "notify-url-elsewhere")
    assert 404 == portal.get(f"/alipay/orders/{order_no}").status_code


def test_book_holds_every_order_once(portal, receiver):
    """One line of JSON an order, in the order in which they were made."""
    numbers = [order_with(Fate.PROMPT, "unionpay") for _ in range(3)]
    for order_no in numbers:
        make_order(portal, receiver, order_no, "unionpay").raise_for_status()
    book = portal.get("/unionpay/orders")
    assert "application/x-ndjson" == book.headers["content-type"]
    orders = [json.loads(line) for line in book.text.splitlines()]
    assert numbers == [order["order_no"] for order in orders][-3:]
    assert len(orders) == len({order["order_no"] for order in orders})


def test_metrics_and_health(portal):
    """Each service has its six figures, under its own label."""
    assert {"status": "ok"} == portal.get("/healthz").json()
    for provider in ("sms", "face_check", "degree_record", "alipay", "unionpay"):
        for figure in (
            "capacity",
            "in_use",
            "queue_length",
            "completions_total",
            "wait_seconds_total",
            "held_seconds_total",
        ):
            assert metric(portal, f'provider_{figure}{{provider="{provider}"}}') >= 0
