"""Rules 18, 19 and 21 on a real server. Its gateways never notify it: what they would say, the tests say."""

import json
import subprocess
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import psutil
import pytest
from pypdf import PdfReader
from registrant import DAY, book, pay_at_gateway, settings_of, wait_until
from single_requests import loopback

from mock_server.providers import signature
from scenarios.json_portal import problem_code
from scenarios.portal import Request
from scenarios.stack_start import running_stack


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give a portal with outside services that lose every notification of a payment."""
    with running_stack(scenario, tmp_path_factory.mktemp("logs")) as running:
        talking = psutil.Process(running.processes["providers"])
        command = talking.cmdline()
        settings = Path(command[-1])
        silent = {"duplicated": 0, "late": 0, "never": 1, "after_close": 0}
        settings.write_text(json.dumps(json.loads(settings.read_text()) | {"callback_faults": silent}))
        talking.terminate()
        talking.wait()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as providers:
            assert "ready" in providers.stdout.readline()
            yield running
            providers.terminate()


@pytest.fixture
def notify(stack):
    """Send the portal what the gateway says of a paid order; `changes` are made before it is signed."""
    keys = settings_of(stack)["gateway_keys"]

    def send(order, *, to="alipay", key=None, **changes):
        said = {"notify_id": "n-1", "order_no": order["order_no"], "amount_fen": str(order["amount_fen"])}
        form = said | {"status": "paid"} | changes
        address = f"{stack.address}/api/payment-callbacks/{to}"
        return loopback.post(address, data=form | {"sign": signature(form, key or keys[to])})

    return send


def refusal(answer):
    """Give status and code of what the portal refused a gateway."""
    return answer.status_code, problem_code(answer.json())


def order_page(order):
    """Give the request for how an order stands."""
    return Request("", "GET", f"/api/payments/{order['order_no']}")


def cancelling(order):
    """Give the request that cancels an order."""
    return order_page(order)._replace(method="DELETE")


def order_and_state(order):
    """Give number and state of an order."""
    return order["order_no"], order["state"]


def pays(stack, one):
    """Give how often the portal's books say that a candidate paid."""
    return len(book(stack, "application_events", application_id=one.application_id, event="pay"))


def test_payment_after_seven_days_is_given_up(approved, turn):
    """Rule 18: unpaid in time means given up, and the status page says so at once."""
    one = approved(110)
    assert "审核通过" == one.status["state_name"]
    turn(20 * DAY)
    assert "视为自动放弃" == one.status["state_name"]
    assert (409, "payment_lapsed") == one.refused(one.payment("late"))
    wait_until(lambda: book(one.stack, "applications", id=one.application_id, state="given_up"))


def test_an_idempotency_key_gives_one_order(approved):
    """The same key gives the same order, a second tab too; the key cannot be used for another channel."""
    one = approved(120)
    first = one.accepted(one.payment("key-a"))
    assert first == one.accepted(one.payment("key-a"))
    assert first["order_no"] == one.accepted(one.payment("key-b"))["order_no"]
    assert (422, "payment_key_reused") == one.refused(one.payment("key-a", "unionpay"))
    assert (409, "payment_other_channel_open") == one.refused(one.payment("key-c", "unionpay"))
    one.accepted(cancelling(first))
    for key in ("key-a", "key-b"):  # a key stands for its order for good, that of the second tab too
        assert (first["order_no"], "cancelled") == order_and_state(one.accepted(one.payment(key)))
    assert first["order_no"] != one.accepted(one.payment("key-c", "unionpay"))["order_no"]


def test_an_order_needs_a_key(approved):
    """Without an Idempotency-Key, or with an empty one, there is no order."""
    one = approved(3200)
    assert (400, "payment_key_missing") == one.refused(one.payment("")._replace(headers={}))
    assert (400, "payment_key_missing") == one.refused(one.payment(""))
    assert [] == book(one.stack, "payment_orders", application_id=one.application_id)


def test_an_order_is_its_candidates_own_and_is_cancelled_once(approved, registrant):
    """What is cancelled cannot be paid any more; the orders of others are not there."""
    one, other = approved(3210), registrant(3219).register()
    order = one.accepted(one.payment("key"))
    for request in (order_page(order), cancelling(order)):
        assert (404, "order_not_found") == other.refused(request)
    assert (404, "order_not_found") == one.refused(order_page({"order_no": "2025"}))
    for _ in range(2):  # who did not hear the first answer asks again
        one.accepted(cancelling(order))
    assert "cancelled" == one.accepted(order_page(order))["state"]
    assert 409 == loopback.post(order["pay_url"]).status_code  # closed at the gateway first


def test_a_callback_needs_the_right_signature(approved, notify):
    """A notification that is not signed with the gateway's key, or not as it stands, changes nothing."""
    one = approved(130)
    order = one.accepted(one.payment("key"))
    assert (403, "callback_signature_wrong") == refusal(notify(order, key="another key"))
    harmless = notify(order, status="waiting").request
    signed = dict(httpx.QueryParams(harmless.content.decode()))
    unsigned = {name: value for name, value in signed.items() if name != "sign"}
    for form in (signed | {"status": "paid"}, unsigned | {"status": "paid"}):
        answer = loopback.post(harmless.url, data=form)
        assert (403, "callback_signature_wrong") == refusal(answer)
    assert ("approved", "open") == (one.state, one.accepted(order_page(order))["state"])


def test_a_signed_callback_must_fit_the_order(approved, notify):
    """Signed rightly, but with another amount, for no order, by the other gateway, or not of a payment."""
    one = approved(3220)
    order = one.accepted(one.payment("key"))
    assert (422, "callback_amount_wrong") == refusal(notify(order, amount_fen="1"))
    assert (404, "order_not_found") == refusal(notify(order, order_no="2025"))
    assert (404, "order_not_found") == refusal(notify(order, to="unionpay"))
    assert "success" == notify(order, status="waiting").text
    assert ("approved", "open") == (one.state, one.accepted(order_page(order))["state"])


def test_a_notification_repeated_pays_once(approved, notify, stack):
    """However often the gateway says it, eight times at the same moment included: each is answered, one counts."""
    one = approved(3230)
    order = one.accepted(one.payment("key"))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(notify(order))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(notify(order, notify_id="n-2"))
    assert [(200, "success")] * 9 == [(answer.status_code, answer.text) for answer in answers]
    (row,) = book(stack, "payment_orders", application_id=one.application_id)
    assert ("paid", "n-1") == (row["state"], row["notify_id"])
    assert 1 == pays(stack, one)
    assert "已缴费" == one.status["state_name"]
    assert (409, "order_not_open") == one.refused(cancelling(order))


def books_of(stack, one):
    """Give what the portal's books say of a candidate's money."""
    names = ("payment_orders", "application_events", "applications", "invoices")
    key = {"applications": "id"}
    books = {name: book(stack, name, **{key.get(name, "application_id"): one.application_id}) for name in names}
    for order in books["payment_orders"]:
        del order["queried_at"]  # after a second the portal asks for an unpaid order, whatever it has heard
    return books


def test_a_notification_that_is_replayed_changes_nothing(approved, notify, stack, turn):
    """What somebody has listened to is signed rightly for ever: it pays no other order, nor after a withdrawal."""
    one = approved(3300)
    turn(timedelta(hours=1))
    other = approved(3310)
    order, others = one.accepted(one.payment("key")), other.accepted(other.payment("key"))
    heard = notify(order).request
    signed = dict(httpx.QueryParams(heard.content.decode()))
    before = books_of(stack, one), books_of(stack, other)
    twisted = (
        {"order_no": others["order_no"]},  # another order
        {"notify_id": "n-9"},
        # Signed as one text: what was two fields may be one.
        {"amount_fen": f"{signed['amount_fen']}&notify_id={signed['notify_id']}", "notify_id": None},
        {"sign": signed["sign"].upper()},
        {"sign": signed["sign"][:-1]},
    )
    for changes in twisted:
        form = {name: value for name, value in (signed | changes).items() if value is not None}
        assert loopback.post(heard.url, data=form).status_code in (403, 422), changes
    channel = str(heard.url).replace("alipay", "unionpay")
    assert (403, "callback_signature_wrong") == refusal(loopback.post(channel, data=signed))
    assert "success" == loopback.post(heard.url, data=signed).text
    assert before == (books_of(stack, one), books_of(stack, other))
    one.accepted(one.step("withdrawal"))
    one.accepted(one.change())
    one.file()
    before = books_of(stack, one)
    assert "success" == loopback.post(heard.url, data=signed).text
    assert before == books_of(stack, one)


def test_a_lost_notification_is_found_by_asking(approved, stack):
    """The gateway says nothing, so the portal asks it (after 1 s here) whether the order was paid."""
    one = approved(3240)
    order = one.accepted(one.payment("key", "unionpay"))
    pay_at_gateway(order)
    one.wait_for_state("paid")
    (row,) = book(stack, "payment_orders", application_id=one.application_id)
    assert ("paid", None) == (row["state"], row["notify_id"])
    assert 1 == pays(stack, one)


def test_an_order_that_the_gateway_closed_is_cancelled(approved):
    """The portal asks, learns that nobody can pay this order any more, and lets the candidate begin another."""
    one = approved(3250)
    order = one.accepted(one.payment("key"))
    loopback.post(order["pay_url"].removesuffix("pay") + "close").raise_for_status()
    wait_until(lambda: one.accepted(order_page(order))["state"] == "cancelled", "the order being cancelled")
    assert order["order_no"] != one.accepted(one.payment("another key"))["order_no"]


def test_an_order_that_is_closed_at_the_gateway_alone_is_cancelled(approved):
    """The portal broke off between gateway and books: the candidate who cancels again is not told no."""
    one = approved(3255)
    order = one.accepted(one.payment("key"))
    loopback.post(order["pay_url"].removesuffix("pay") + "close").raise_for_status()
    one.accepted(cancelling(order))
    assert "cancelled" == one.accepted(order_page(order))["state"]


def test_an_order_that_is_paid_at_the_gateway_is_not_cancelled(approved):
    """The gateway would not close it, and says why."""
    one = approved(3256)
    order = one.accepted(one.payment("key"))
    pay_at_gateway(order)
    assert (409, "order_not_open") == one.refused(cancelling(order))


def test_money_after_the_deadline_is_owed_back(approved, notify, turn, stack):
    """Rule 18: who pays on the eighth day has given up all the same."""
    one = approved(3260)
    order = one.accepted(one.payment("key"))
    turn(20 * DAY)
    assert "success" == notify(order).text == notify(order).text
    assert "refund_owed" == one.accepted(order_page(order))["state"]
    one.wait_for_state("given_up")
    assert 0 == pays(stack, one)


def test_money_after_withdrawal_is_owed_back(approved, notify, stack):
    """Who withdraws with an order open and pays it all the same gets the money back."""
    one = approved(3270)
    order = one.accepted(one.payment("key"))
    one.accepted(one.step("withdrawal"))
    assert "success" == notify(order).text
    assert "refund_owed" == one.accepted(order_page(order))["state"]
    assert ("withdrawn", 0) == (one.state, pays(stack, one))


def test_a_paid_application_is_withdrawn_until_the_close(approved, notify, turn, scenario):
    """Rule 21: the fee is then owed back; after the close neither."""
    one = approved(3280)
    order = one.accepted(one.payment("key"))
    notify(order)
    turn(timedelta(seconds=scenario.window.length_s + 1))
    assert (403, "change_after_close") == one.refused(one.step("withdrawal"))
    assert ("paid", "paid") == (one.state, one.accepted(order_page(order))["state"])
    turn(timedelta(seconds=scenario.window.length_s - 60))
    one.accepted(one.step("withdrawal"))
    assert "已撤回" == one.status["state_name"]
    assert "refund_owed" == one.accepted(order_page(order))["state"]


def test_an_invoice_is_for_who_paid(approved, notify, registrant):
    """Rule 19: not before the payment, not without a mail address, and not for others."""
    one, other = approved(3290), registrant(3299).register()
    asking = one.step("invoices")._replace(json={"email": one.person.email})
    assert (409, "invoice_not_payable") == one.refused(asking)
    notify(one.accepted(one.payment("key")))
    assert {"email": "电子邮箱格式不正确"} == one.field_messages(asking._replace(json={"email": "kaosheng"}))
    assert (404, "application_not_found") == other.refused(asking)
    invoice = one.accepted(asking)
    assert invoice["id"] == one.accepted(asking)["id"]
    for path in (f"/api/invoices/{invoice['id']}", f"/api/invoices/{invoice['id']}/file"):
        assert (404, "invoice_not_found") == other.refused(Request("", "GET", path))


def test_an_invoice_names_whom_it_was_last_asked_for(approved, notify, turn):
    """Rule 19: until it is issued title and address are corrected by asking again; then the title stands."""
    one = approved(3295)
    notify(one.accepted(one.payment("key")))

    def ask(title):
        fields = {"email": one.person.email} | ({"title": title} if title else {})
        return one.accepted(one.step("invoices")._replace(json=fields))["id"]

    path = f"/api/invoices/{ask('甲社工中心')}"
    ask("乙社工中心")
    ask(None)  # a candidate who only looks how it stands
    turn(20 * DAY)
    wait_until(lambda: one.get(path)["issued_at"], "the invoice")
    ask("丙社工中心")

    def words():
        pdf = one.send(Request("", "GET", f"{path}/file")).content
        return PdfReader(BytesIO(pdf)).pages[0].extract_text()

    assert ("乙社工中心" in words(), "甲社工中心" in words()) == (True, False)
    (row,) = book(one.stack, "invoices", application_id=one.application_id)
    assert row["issued_at"]
