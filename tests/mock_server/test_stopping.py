"""A portal that is told to stop finishes what it has accepted, and takes nothing more."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import psutil
import pytest
from single_requests import loopback

from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.stack_start import running_stack

TAKES_S = 2.0


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give a portal of two processes, and a face check that takes two seconds."""
    slow = {"median_ms": 1000 * TAKES_S, "sigma": 0.0, "capacity": 64}
    providers = {**scenario.providers, "face_check": slow}
    it = msgspec.structs.replace(scenario, server_workers=2, providers=providers)
    with running_stack(it, tmp_path_factory.mktemp("stopping")) as running:
        yield running


def test_what_is_accepted_is_finished(stack, registrant):
    """Four face checks are under way when SIGTERM comes: all four pass; then the portal is gone."""
    waiting = [registrant(number).register().submit_identity().log_in() for number in range(3500, 3504)]
    server = psutil.Process(stack.processes["server"])
    with ThreadPoolExecutor(4) as crowd:
        answers = [crowd.submit(one.send, portal.face_check(one.paper(PaperKind.SELFIE))) for one in waiting]
        time.sleep(TAKES_S / 4)
        server.send_signal(signal.SIGTERM)
        assert [200] * 4 == [answer.result().status_code for answer in answers]
    assert 0 == server.wait(10)
    with pytest.raises(httpx.ConnectError):
        loopback.get(f"{stack.address}/")
