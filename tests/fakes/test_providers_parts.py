"""The parts of the outside services that need no process: queueing, draws, settings, fates, phones."""

import asyncio
import json
from collections import Counter
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.draws import Draws
from fakes.providers.callbacks import Fate, Notice, Notifier, fate_of, loopback_client
from fakes.providers.face_check import compare
from fakes.providers.payment_gateway import Book, NewOrder, is_loopback
from fakes.providers.service import Lines, Service, ServiceStoppedError
from fakes.providers.settings import CallbackFaults, GatewayKeys, SettingsError, SmsSettings, load_settings
from fakes.providers.signing import sign
from fakes.providers.sms import MESSAGES_A_PHONE, Phones, SmsMessage

KEYS = {"alipay": "key-a", "unionpay": "key-u"}
# Whole numbers of quarter seconds are exact as floats, so equal moments are equal.
quarters = st.integers(0, 40).map(lambda n: n / 4)
jobs = st.lists(st.tuples(quarters, quarters), max_size=60)


@given(st.integers(1, 5), jobs)
def test_lines_serve_first_come_first_served_without_idling(capacity, gaps_and_holds):
    """Nobody overtakes, no more than `capacity` are served at once, and nobody waits while a line is free."""
    lines, now, spans = Lines(capacity), 0.0, []
    for gap, held_s in gaps_and_holds:
        now += gap
        start = lines.admit(now, held_s)
        busy_until = sorted(end for _, end in spans)[-capacity:]
        free_at = busy_until[0] if len(busy_until) == capacity else 0.0
        assert max(now, free_at) == start
        spans.append((start, start + held_s))
        assert sum(begin <= now < end for begin, end in spans) == lines.in_use(now)
        assert sum(begin > now for begin, _ in spans) == lines.queue_length(now)
    starts = [begin for begin, _ in spans]
    assert sorted(starts) == starts
    for moment in starts:
        assert sum(begin <= moment < end for begin, end in spans) <= capacity


def test_service_time_is_bound_to_caller_and_attempt():
    """The same caller's first call takes the same time in every run; the second call is another draw."""

    async def held_s(*keys: str) -> float:
        service = Service("sms", 1, SmsSettings(capacity=4, median_ms=2))
        for key in keys:
            await service.serve(key)
        return service.held_s

    async def scenario() -> None:
        first = await held_s("13800138000")
        assert first == await held_s("13800138000")
        assert first != await held_s("13800138001")
        second = await held_s("13800138000", "13800138000") - first
        assert second != pytest.approx(first)

    asyncio.run(scenario())


def test_counters_hold_completed_calls_only():
    """Two calls on one line: the second waits as long as the first is held."""

    async def scenario() -> None:
        service = Service("sms", 1, SmsSettings(capacity=1, median_ms=20, sigma=0))
        await asyncio.gather(service.serve("a"), service.serve("b"))
        assert 2 == service.completions
        assert pytest.approx(0.040) == service.held_s
        assert pytest.approx(0.020, abs=0.010) == service.wait_s

    asyncio.run(scenario())


def test_stopped_service_turns_calls_away():
    """A call that waits when the process stops is turned away at once, and so is any later one."""

    async def scenario() -> None:
        service = Service("sms", 1, SmsSettings(capacity=1, median_ms=600_000))
        waiting = asyncio.create_task(service.serve("a"))
        await asyncio.sleep(0)
        service.stop()
        with pytest.raises(ServiceStoppedError):
            await waiting
        with pytest.raises(ServiceStoppedError):
            await service.serve("b")
        assert 0 == service.completions

    asyncio.run(scenario())


def test_fates_have_their_shares():
    """Over many orders each fault happens to its share of them."""
    faults = CallbackFaults(duplicated=0.1, late=0.2, never=0.3, after_close=0.05)
    orders = 20_000
    fates = Counter(fate_of(Draws(1, order), "alipay", faults) for order in range(orders))
    for fate, share in (
        (Fate.DUPLICATED, 0.1),
        (Fate.LATE, 0.2),
        (Fate.NEVER, 0.3),
        (Fate.AFTER_CLOSE, 0.05),
    ):
        assert pytest.approx(share, abs=0.012) == fates[fate] / orders


def notifier_of(client, time_scale=1.0, **faults) -> Notifier:
    """Give a notifier of Alipay, with these faults and no others."""
    none = dict.fromkeys(("duplicated", "late", "never", "after_close"), 0)
    return Notifier(
        gateway="alipay",
        key="k",
        seed=1,
        faults=CallbackFaults(**{**none, **faults}),
        time_scale=time_scale,
        client=client,
        until_heard=Service("alipay", 1, SmsSettings()).until_heard,
    )


@pytest.mark.parametrize("lie", ["wrong_amount", "bad_signature"])
def test_a_lie_comes_before_the_truth(lie):
    """A portal that takes everything has believed it; one that looks takes the second one alone."""

    async def scenario(is_careful: bool) -> Notifier:
        async def portal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            form = dict(parse_qsl((await reader.readexactly(length)).decode()))
            is_true = form["amount_fen"] == "13000" and form["sign"] == sign(form, "k")
            body = b"success" if is_true or not is_careful else b"no"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            writer.close()

        listening = await asyncio.start_server(portal, "127.0.0.1", 0)
        async with listening, loopback_client() as client, asyncio.timeout(20):
            notifier = notifier_of(client, **{lie: 1})
            port = listening.sockets[0].getsockname()[1]
            notifier.paid(Notice("A1", 13000, f"http://127.0.0.1:{port}/"))
            await asyncio.sleep(0)
            while notifier.pending:
                await asyncio.sleep(0.001)
            return notifier

    careful, careless = asyncio.run(scenario(True)), asyncio.run(scenario(False))
    assert ({"A1"}, set(), 2) == (careful.taken, careful.believed, careful.sent)
    assert {"A1"} == careless.believed


@pytest.mark.parametrize(("time_scale", "closes"), [(1, True), (1e6, False)])
def test_held_notification_is_let_go_by_the_close_or_by_time(time_scale, closes):
    """At time scale 1 it would be held for half an hour: only the close lets it go within this test."""

    async def scenario() -> None:
        received = asyncio.Event()

        async def portal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"&sign=")
            assert 1 == notifier.sending
            received.set()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsuccess")
            writer.close()

        listening = await asyncio.start_server(portal, "127.0.0.1", 0)
        async with listening, loopback_client() as client, asyncio.timeout(20):
            notifier = notifier_of(client, time_scale, after_close=1)
            port = listening.sockets[0].getsockname()[1]
            notifier.paid(Notice("A1", 13000, f"http://127.0.0.1:{port}/"))
            await asyncio.sleep(0)
            assert (1, 0) == (notifier.pending, notifier.sending)
            if closes:
                notifier.close_asked("A1")
            await received.wait()
            while notifier.pending:
                await asyncio.sleep(0.001)
            assert (1, 1, 0) == (notifier.sent, notifier.acknowledged, notifier.sending)

    asyncio.run(scenario())


def test_faces_match_with_the_given_probability():
    """The score is on the side of the threshold that the answer says."""
    answers = [compare(Draws(1, person), 1, 0.97) for person in range(5000)]
    assert pytest.approx(0.97, abs=0.01) == sum(answer.match for answer in answers) / len(answers)
    assert all((answer.score >= 0.8) == answer.match for answer in answers)


def test_phones_keep_the_last_messages_of_the_last_phones():
    """Memory is bounded in both directions, and the oldest goes first."""
    phones = Phones(most_phones=2)
    for number in range(MESSAGES_A_PHONE + 2):
        phones.receive("a", SmsMessage(str(number), str(number), ""))
    assert ["6", "5", "4", "3", "2"] == [message.text for message in phones.inbox("a").messages]
    phones.receive("b", SmsMessage("b", "b", ""))
    phones.receive("a", SmsMessage("again", "again", ""))
    phones.receive("c", SmsMessage("c", "c", ""))
    assert [] == phones.inbox("b").messages
    assert "again" == phones.inbox("a").messages[0].text


def test_a_gateway_that_is_started_again_knows_its_orders(tmp_path):
    """Paid ones, of which the portal took notice or not, and one that still waits for its payment."""
    before = Book()
    for number in ("told", "untold", "waits"):
        before.make(NewOrder(number, 13000, "fee", "http://127.0.0.1:1/notify"))
    before.pay("told")
    before.pay("untold")
    told, after, heard = notifier_of(None), Book(), notifier_of(None)
    told.taken.add("told")
    told.believed.add("untold")
    before.save(tmp_path / "alipay.ndjson", told)
    after.load(tmp_path / "alipay.ndjson", heard)
    assert before.lines(told) == after.lines(heard)
    assert ({"told"}, {"untold"}) == (heard.taken, heard.believed)
    assert "http://127.0.0.1:1/notify" == after.pay("waits").notify_url
    Book().load(tmp_path / "nothing.ndjson", heard)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/notify",
        "http://0.0.0.0:80/",
        "http://example.org/",
        "http://127.0.0.1@example.org/",
        "http://localhost.example.org/",
        "http://127.0.0.1.example.org/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "127.0.0.1:80/notify",
        "http://[::1/",
        "",
    ],
)
def test_only_loopback_is_notified(url):
    """A harness must not be a weapon: no URL that leads elsewhere, or is not plain HTTP, is taken."""
    assert not is_loopback(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8600/n", "http://127.9.9.9/n", "http://[::1]:8600/", "http://localhost/"]
)
def test_loopback_is_known_in_all_its_forms(url):
    """IPv4, IPv6 and the name."""
    assert is_loopback(url)


def test_settings_have_defaults_for_all_but_seed_and_keys(tmp_path):
    """A part of a service's settings leaves the rest of it as it was."""
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"seed": 1, "gateway_keys": KEYS, "providers": {"sms": {"capacity": 2}}}))
    settings = load_settings(path)
    assert (2, 350.0, 0.4) == (
        settings.providers.sms.capacity,
        settings.providers.sms.median_ms,
        settings.providers.sms.sigma,
    )
    assert (0.03, 0.01, 0.003, 0.001) == (
        settings.callback_faults.duplicated,
        settings.callback_faults.late,
        settings.callback_faults.never,
        settings.callback_faults.after_close,
    )
    assert 1.0 == settings.time_scale


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": 3}, "unknown field `lines`; known fields: seed, gateway_keys"),
        ({"providers": {"fax": {}}}, "unknown field `fax` - at `$.providers`; known fields: sms, face_check"),
        ({"providers": {"sms": {"size": 1}}}, "`$.providers.sms`; known fields: capacity, median_ms, sigma"),
        ({"providers": {"sms": {"capacity": 0}}}, "Expected `int` >= 1 - at `$.providers.sms.capacity`"),
        ({"gateway_keys": {"alipay": "a"}}, "missing required field `unionpay` - at `$.gateway_keys`"),
        ({"gateway_keys": {"alipay": "", "unionpay": "u"}}, "length >= 1 - at `$.gateway_keys.alipay`"),
        ({"time_scale": 0}, "Expected `float` > 0.0 - at `$.time_scale`"),
        (
            {"callback_faults": {"late": 0.6, "never": 0.6}},
            "must add up to 1 at most - at `$.callback_faults`",
        ),
    ],
)
def test_bad_settings_are_refused_by_name(tmp_path, change, said):
    """One line: which file, which field, what would be right."""
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"seed": 1, "gateway_keys": KEYS} | change))
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"seed": 1, "gateway_keys": {"alipay": "\xff"}}'])
def test_what_is_no_settings_object_is_refused(tmp_path, content):
    """Broken JSON, another JSON value, or text that is not UTF-8."""
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings .*settings\.json: "):
        load_settings(path)


def test_missing_settings_file_is_named(tmp_path):
    """The line says which file, and why."""
    with pytest.raises(SettingsError, match=r"absent\.json: cannot be read: No such file"):
        load_settings(tmp_path / "absent.json")


def test_keys_are_not_shown():
    """A traceback or a log line that holds the settings does not give the secrets away."""
    assert "key-a" not in repr(GatewayKeys(**KEYS))
