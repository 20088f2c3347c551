"""What the tests of the server share: its clock, and candidates who come to it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from registrant import DAY, Registrant, number_with_decision, set_portal_clock, wait_until

from fakes.paper_bank import PaperBank
from mock_server.life import Event
from scenarios.scenario import Scenario
from scenarios.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Turn = Callable[[timedelta], None]
Make = Callable[[int], Registrant]


@pytest.fixture
def turn(stack: Stack, scenario: Scenario) -> Turn:
    """Turn the portal's clock to a time after the opening; one hour after it to begin with."""

    def set_clock(after_opening: timedelta) -> None:
        set_portal_clock(stack, scenario.window.opening + after_opening)

    set_clock(timedelta(hours=1))
    return set_clock


@pytest.fixture
def registrant(stack: Stack, bank: PaperBank, turn: Turn) -> Iterator[Make]:  # noqa: ARG001 - the window is open
    """Make candidates, of the numbers that a test asks for."""
    made: list[Registrant] = []

    def make(number: int) -> Registrant:
        made.append(Registrant(stack, bank, number))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


@pytest.fixture
def reviewed(registrant: Make, turn: Turn) -> Callable[[Event, int], Registrant]:
    """Bring the first candidate, from a number up, whom the reviewer decides so about as far as the decision."""

    def review(event: Event, first_number: int) -> Registrant:
        one = registrant(number_with_decision(event, first_number)).identified().apply()
        one.file()
        turn(4 * DAY)  # the review takes 3 working days at most
        wait_until(lambda: one.state != "under_review")
        return one

    return review


@pytest.fixture
def approved(reviewed: Callable[[Event, int], Registrant]) -> Make:
    """Bring the first candidate, from a number up, whom the reviewer approves as far as the payment."""
    return lambda first_number: reviewed(Event.APPROVE, first_number)


@pytest.fixture
def tab(browser: "Browser", stack: Stack) -> "Iterator[Page]":
    """Give a tab of a browser that nobody has used, as wide as a phone; it must hear of no error."""
    from tests.real_browser import close  # most tests need no browser, and looking for one takes its time

    context = browser.new_context(base_url=stack.address, viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(20_000)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda it: complaints.append(it.text) if "Content Security Policy" in it.text else None)
    yield tab
    for one in browser.contexts:  # the test's own too
        close(one)
    assert complaints == []
