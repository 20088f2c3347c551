"""Each toxic on a real line: its effect by wide bounds, and that all is as before once it is over."""

import asyncio
import time
from statistics import median

import pytest
import uvloop

from scenarios.faults.bandwidth import Bandwidth
from scenarios.faults.down import Down
from scenarios.faults.latency import Latency
from scenarios.faults.limit_data import LimitData
from scenarios.faults.reset_peer import ResetPeer
from scenarios.faults.slicer import Slicer
from scenarios.faults.slow_close import SlowClose
from scenarios.faults.timeout import Timeout
from scenarios.network.pieces import Piece, draws
from tests.scenarios.line import a_line, on_a_line

QUICK_S = 0.1
"""A trip over an undisturbed line takes a hundredth of it."""
LINK = {"from_s": 0, "to_s": 1, "link": "candidates_portal"}


@on_a_line
async def test_latency_delays_each_piece_and_not_the_next_by_the_last(line):
    """Ten pieces 10 ms apart each take 200 ms: under a second, where one after the other would take two."""
    client = await line.client()
    toxic = Latency(**LINK, latency_ms=200, stream="upstream")
    toxic.begin_on(line.link)
    sent_s, took_s = [], []
    for number in range(10):
        client.say(bytes([number]))
        sent_s.append(time.monotonic())
        await asyncio.sleep(0.01)
    for number in range(10):
        assert bytes([number]) == await client.hear(1)
        took_s.append(time.monotonic() - sent_s[number])
    assert all(0.19 < it < 0.4 for it in took_s), took_s
    toxic.end_on(line.link)
    assert await client.trip_s() < QUICK_S


@on_a_line
async def test_what_latency_holds_leaves_when_it_ends(line):
    """A line that was dead for a time delivers what was sent meanwhile, in its order."""
    client = await line.client()
    toxic = Latency(**LINK, latency_ms=60_000, stream="both")
    toxic.begin_on(line.link)
    for number in range(5):
        client.say(bytes([number]))
        await asyncio.sleep(0.01)
    assert [] == line.heard[0]
    toxic.end_on(line.link)
    assert bytes(range(5)) == await client.hear(5)


def test_jitter_is_on_both_sides_of_the_latency():
    """Drawn evenly, and bound to seed, purpose and connection."""

    def delays_ms(seed, number):
        shape = Latency(**LINK, latency_ms=100, jitter_ms=40).shape(draws(seed, "x", number))
        return [1000 * next(shape(Piece(b"x", 0.0))).due_s for _ in range(200)]

    drawn = delays_ms(1, 1)
    assert 60 <= min(drawn) < 70
    assert 130 < max(drawn) <= 140
    assert drawn == delays_ms(1, 1)
    assert drawn != delays_ms(1, 2)
    assert drawn != delays_ms(2, 1)


@on_a_line
async def test_bandwidth_is_a_rate(line):
    """100 kB at 200 kB/s take half a second, on each of two connections; afterwards they take none."""
    toxic = Bandwidth(**LINK, bytes_per_s=200_000)
    toxic.begin_on(line.link)
    clients = [await line.client(), await line.client()]
    text = bytes(100_000)
    assert all(0.47 < it < 0.8 for it in await asyncio.gather(*(it.trip_s(text) for it in clients)))
    toxic.end_on(line.link)
    assert await clients[0].trip_s(text) < QUICK_S


@on_a_line
async def test_two_toxics_add_up(line):
    """A line that is far and thin: 200 ms, and 40 kB at 200 kB/s are as much again."""
    client = await line.client()
    for toxic in (Latency(**LINK, latency_ms=200), Bandwidth(**LINK, bytes_per_s=200_000)):
        toxic.begin_on(line.link)
    assert 0.38 < await client.trip_s(bytes(40_000)) < 0.7


@on_a_line
async def test_slow_close_delays_the_end_alone(line):
    """What is said comes at once, that nothing more comes later."""
    client = await line.client()
    SlowClose(**LINK, delay_ms=300).begin_on(line.link)
    assert await client.trip_s() < QUICK_S
    client.writer.write_eof()
    assert b"bye" == await client.hear(3)
    began_s = time.monotonic()
    assert b"" == await client.rest()
    assert 0.25 < time.monotonic() - began_s < 0.6


@on_a_line
async def test_timeout_swallows_all_and_closes(line):
    """The server hears nothing of it; who asked waits, and the connection ends without a word."""
    client = await line.client()
    Timeout(**LINK, after_ms=300, stream="upstream").begin_on(line.link)
    began_s = time.monotonic()
    client.say(b"hello")
    assert b"" == await client.rest()
    assert 0.28 < time.monotonic() - began_s < 0.6
    assert [[]] == line.heard


@on_a_line
async def test_timeout_without_a_time_lasts_as_long_as_it_lasts(line):
    """What was swallowed is lost, and its connection closed in the end; one that was idle goes on."""
    asks, idles = await line.client(), await line.client()
    await asks.trip_s()
    toxic = Timeout(**LINK)
    toxic.begin_on(line.link)
    asks.say(b"hello")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asks.reader.read(1), 0.2)
    assert [[], [b"x", b"hello"]] == sorted(line.heard)  # the answer is what was swallowed
    toxic.end_on(line.link)
    assert b"" == await asks.rest()
    assert await idles.trip_s() < QUICK_S


@on_a_line
async def test_reset_tears_down_on_both_sides(line):
    """Upstream the server never hears what was said; and it too sees a reset, no end."""
    client = await line.client()
    await client.trip_s()
    toxic = ResetPeer(**LINK, stream="upstream")
    toxic.begin_on(line.link)
    client.say(b"hello")
    with pytest.raises(ConnectionResetError):
        await client.hear(5)
    assert [[b"x"]] == line.heard
    await asyncio.sleep(0.05)
    assert ["reset"] == line.endings
    toxic.end_on(line.link)
    assert await (await line.client()).trip_s() < QUICK_S


@on_a_line
async def test_a_reset_downstream_leaves_it_done(line):
    """The server has heard and answered, and who asked does not learn of it; after the time that it was given."""
    client = await line.client()
    ResetPeer(**LINK, after_ms=200).begin_on(line.link)
    client.say(b"hello")
    began_s = time.monotonic()
    with pytest.raises(ConnectionResetError):
        await client.hear(5)
    assert 0.18 < time.monotonic() - began_s < 0.5
    assert [[b"hello"]] == line.heard


@on_a_line
async def test_slicer_cuts(line):
    """Slices of 80 to 120 bytes with 10 ms in between, and nothing is lost."""
    client = await line.client()
    toxic = Slicer(**LINK, average_bytes=100, variation_bytes=20, pause_us=10_000, stream="upstream")
    toxic.begin_on(line.link)
    text = bytes(range(250)) * 8
    assert 0.15 < await client.trip_s(text) < 0.6
    slices = line.heard[0]
    assert all(80 <= len(it) for it in slices[:-1]), slices
    assert median(map(len, slices)) <= 120, slices  # a busy reader may take two at once
    assert len({len(it) for it in slices}) > 3
    toxic.end_on(line.link)
    assert await client.trip_s(text) < QUICK_S


@on_a_line
async def test_limit_breaks_off(line):
    """Exactly so much comes, over several answers, and then the end."""
    client, other = await line.client(), await line.client()
    toxic = LimitData(**LINK, limit_bytes=1500)
    toxic.begin_on(line.link)
    await client.trip_s(bytes(1000))
    client.say(bytes(1000))
    assert bytes(500) == await client.rest()
    await other.trip_s(bytes(1499))
    toxic.end_on(line.link)
    await other.trip_s(bytes(100_000))


@on_a_line
async def test_down_closes_and_refuses(line):
    """Who is there is out, who comes is refused, and afterwards the port is the same."""
    client = await line.client()
    await client.trip_s()
    toxic = Down(**LINK)
    address = line.link.address
    toxic.begin_on(line.link)
    assert b"" == await client.rest()
    with pytest.raises(ConnectionRefusedError):
        await line.client()
    toxic.end_on(line.link)
    assert address == line.link.address
    assert await (await line.client()).trip_s() < QUICK_S


def test_a_share_of_connections_is_touched():
    """About that many, and with the same seed the same ones."""

    async def touched(seed):
        async with a_line(seed) as line:
            ResetPeer(**LINK, share=0.5, stream="upstream").begin_on(line.link)
            return [await _is_reset(await line.client()) for _ in range(40)]

    once, again, other = (uvloop.run(touched(seed)) for seed in (1, 1, 2))
    assert 8 <= sum(once) <= 32
    assert once == again
    assert once != other


async def _is_reset(client):
    try:
        await client.trip_s()
    except (ConnectionResetError, asyncio.IncompleteReadError):
        return True
    return False


@on_a_line
async def test_other_links_are_left_alone(line):
    """What is done to one is not done to another."""
    async with a_line() as other:
        Latency(**LINK, latency_ms=60_000).begin_on(line.link)
        Timeout(**LINK).begin_on(line.link)
        clients = [await other.client() for _ in range(2)]
        assert all([await it.trip_s() < QUICK_S for it in clients])


def test_every_toxic_says_where_it_is():
    """The words that the report has."""
    stream = {"from_s": 0, "to_s": 1, "link": "portal_database"}
    toxics = [
        Latency(**stream, latency_ms=100, jitter_ms=20, stream="both"),
        Bandwidth(**stream, bytes_per_s=2e4),
        SlowClose(**stream, delay_ms=500, share=0.25),
        Timeout(**stream, after_ms=500, stream="upstream"),
        ResetPeer(**stream),
        Slicer(**stream, average_bytes=100, variation_bytes=20, pause_us=10),
        LimitData(**stream, limit_bytes=5000),
        Down(**stream),
    ]
    assert [
        "latency of 100 ± 20 ms between portal and database",
        "bandwidth of 20,000 bytes/s from database to portal",
        "connections close 500 ms late from database to portal, on 25 % of connections",
        "everything vanishes, 500 ms later the connection, from portal to database",
        "connections are reset as soon as something is sent from database to portal",
        "slices of 100 ± 20 bytes, 10 µs apart, from database to portal",
        "connections break off after 5,000 bytes from database to portal",
        "no connection from portal to database",
    ] == [it.words for it in toxics]
