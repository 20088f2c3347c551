"""What all tests share: real stacks, and where a browser is."""

import os
from collections.abc import Iterator
from contextlib import closing
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from fakes.paper_bank import PaperBank
from scenarios.laboratory import turn_knobs
from scenarios.ledgers import wait_until_quiet
from scenarios.scenario import Scenario, load_scenario, with_overrides
from scenarios.stack import Stack
from scenarios.stack_start import running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of all papers of seed 1, drawn by the first process of these tests that needs them."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which its processes share
    path = folder / "papers.msgpack"
    with (folder / "papers.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not path.exists():
            PaperBank.build(seed=1).save(path)
    return path


@pytest.fixture(scope="session")
def bank(papers: Path) -> PaperBank:
    """All papers."""
    return PaperBank.load(papers)


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """Give opening day against a portal with room to spare, and quick outside services."""
    quick = {"median_ms": 2.0, "sigma": 0.1}
    names = ("sms", "face_check", "degree_record", "alipay", "unionpay")
    opening_day = with_overrides(load_scenario("opening-day"), profile="generous")
    return msgspec.structs.replace(
        opening_day,
        providers={name: {**quick, "capacity": 64} for name in names},
        limits={"payment_query_after_s": 1.0},  # one notification of seventy comes late or never: nobody waits for it
    )


@pytest.fixture(scope="session")
def lasting_stack(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Any]]:
    """Start a portal with its outside services; give it with its profile."""
    with running_stack(scenario, Path(tmp_path_factory.mktemp("logs"))) as running:
        with closing(running.control()) as control:
            profile = control.profile()
        yield running, profile


@pytest.fixture(scope="module")
def stack(lasting_stack: tuple[Stack, Any], scenario: Scenario) -> Stack:
    """Give a portal with its outside services, for the tests of one file: it has forgotten those of the one before."""
    running, profile = lasting_stack
    wait_until_quiet(running.address)
    with closing(running.control()) as control:
        control.reset()
        turn_knobs(control, profile)
        control.set_clock(scenario.window.moment(scenario.start_s), scenario.speed)
    return running


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Give a browser of this machine, for the tests of one file."""
    from tests.real_browser import running_browser  # most tests need no browser, and looking for one takes its time

    with running_browser() as running:
        yield running
