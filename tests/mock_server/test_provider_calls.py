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


def test_a_service_that_points_elsewhere_is_not_followed():
    """ID numbers and faces go to one place."""
    with redirecting_server() as (pointing, _, reached):
        with pytest.raises(Refusal, match="人脸识别服务暂时不可用"):
            asyncio.run(call(pointing))
        assert [] == reached
