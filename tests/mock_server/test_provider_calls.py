"""The portal's calls to outside services that do not answer rightly: a refusal that names the service, never more."""

import asyncio

import pytest
from redirecting import redirecting_server

from mock_server.problems import Refusal
from mock_server.providers import NAMES, Providers
from mock_server.resources import Resource
from mock_server.settings import Protections


async def call(address):
    """Have a face checked at this address."""
    providers = Providers(address, {name: Resource(name, 1) for name in NAMES}, 5.0, Protections())
    try:
        await providers.face_matches("11010519491231002X", "王五", b"face")
    finally:
        await providers.close()


def test_who_waits_for_a_line_does_not_call_a_service_that_has_failed_meanwhile():
    """Two fail on the only line; the other eight, who were in before that was known, call nobody."""
    calls = 0

    async def service(reader, writer):
        nonlocal calls
        calls += 1
        await reader.readuntil(b"face")
        writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async def ten_at_once():
        lines = {name: Resource(name, 1) for name in NAMES}
        async with await asyncio.start_server(service, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            providers = Providers(f"http://127.0.0.1:{port}", lines, 5.0, Protections(breaker_failures=2))
            asked = [providers.face_matches("11010519491231002X", "王五", b"face") for _ in range(10)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            await providers.close()
        return answers

    assert [Refusal] * 10 == [type(it) for it in asyncio.run(ten_at_once())]
    assert 2 == calls


def test_a_service_that_points_elsewhere_is_not_followed():
    """ID numbers and faces go to one place."""
    with redirecting_server() as (pointing, _, reached):
        with pytest.raises(Refusal, match="人脸识别服务暂时不可用"):
            asyncio.run(call(pointing))
        assert [] == reached
