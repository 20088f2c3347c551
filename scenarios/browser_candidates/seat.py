"""A browser at which one person after the other sits down, registers and files."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import NamedTuple

from playwright.sync_api import Browser, Error

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from scenarios.behaviour import Behaviour
from scenarios.browser_candidates.chromium import running_browser
from scenarios.browser_candidates.walk import PageError, PageLoad, Walk
from scenarios.run_clock import RunClock
from scenarios.scenario import Scenario

START_AGAIN_S = 2.0
"""After a browser that failed, the next one is started."""
Record = Callable[[str, tuple[object, ...]], object]
"""Takes a row for a table of the run folder, by the table's name."""


def _line(error: Exception) -> str:
    """Say in a line what went wrong."""
    return (str(error).splitlines() or [type(error).__name__])[0]


class LoadOver(Exception):  # noqa: N818 - says how things are
    """The load has ended."""


class Party(NamedTuple):
    """What all who ride along in a run share."""

    scenario: Scenario
    portal_address: str
    bank: PaperBank
    clock: RunClock
    over: Event
    """Set where the load has ended."""
    record: Record

    @property
    def begins_s(self) -> float:
        """The run second at which the first people sit down: that of the opening, or 0 where it is past."""
        return max(0.0, -self.scenario.start_s)


class Seat(Thread):
    """One browser of those that ride along: the so-many-th, from 0 on, of `seats`.

    Its people have numbers beyond the population, so they are nobody of the plan, and of the same seed. Whatever goes
    wrong is a row with its reason.
    """

    def __init__(self, number: int, seats: int, party: Party) -> None:
        super().__init__(name=f"browser {number}", daemon=True)
        self._number, self._party = number, party
        self._candidates = self._people(party.scenario.population + number, seats)

    def _people(self, first: int, step: int) -> Iterator[Candidate]:
        number = first
        while True:
            person = Candidate(self._party.scenario.seed, number)
            if not person.retained_subjects:  # what these have passed before, the portal was not told
                yield person
            number += step

    def run(self) -> None:
        """Let one person after the other sit down until the load has ended."""
        over = self._party.over
        try:
            while not over.is_set():
                self._at_a_browser()
                self._sleep(START_AGAIN_S)
        except LoadOver:
            pass

    def _at_a_browser(self) -> None:
        """Let people sit down at a browser for as long as it works."""
        started_s = self._party.clock.now_s()
        person = next(self._candidates)
        try:
            with running_browser() as browser:  # it takes seconds to start, which must not be those of the opening
                self._sleep(self._party.begins_s - self._party.clock.now_s())
                while browser.is_connected():
                    started_s = self._party.clock.now_s()
                    self._visit(browser, person)
                    person = next(self._candidates)
        except LoadOver:
            raise
        except Exception as error:  # the browser did not start, or not end, or has no tab to give
            if not self._party.over.is_set():
                self._note_visit(person, started_s, "broke_off", "", _line(error))

    def _visit(self, browser: Browser, person: Candidate) -> None:
        party = self._party
        started_s = party.clock.now_s()
        context = browser.new_context(base_url=party.portal_address, locale="zh-CN")
        walk = Walk(
            context.new_page(),
            person,
            party.bank,
            behaviour=Behaviour(party.scenario.behaviour, person.seed, person.number),
            sleep=self._sleep,
            saw=lambda page: self._note_page(person, page),
        )
        outcome, reason = "broke_off", ""
        try:
            walk.register()
            walk.identify()
            walk.fill_in()
            walk.hand_in()
            outcome = "finished"
        except LoadOver:
            outcome = "inside"
            raise
        except PageError as error:
            outcome, reason = "gave_up", str(error)
        except Exception as error:  # of the browser, or of what drives it
            reason = _line(error)
        finally:
            self._note_visit(person, started_s, outcome, walk.reached, reason)
        with suppress(Error):  # it may be gone
            context.close()

    def _note_page(self, person: Candidate, it: PageLoad) -> None:
        outcome, problem = ("cut_off", "") if self._party.over.is_set() else (it.outcome, it.problem)
        times = it.ttfb_ms, it.lcp_ms, it.waited_ms
        at_s = self._party.clock.now_s()
        self._party.record("page_loads", (self._number, person.number, it.page, at_s, *times, outcome, problem))

    def _note_visit(self, person: Candidate, started_s: float, outcome: str, reached: str, reason: str) -> None:
        ended_s: float | None = self._party.clock.now_s()
        if self._party.over.is_set():
            ended_s, outcome, reason = None, "inside", ""
        self._party.record(
            "browser_visits", (self._number, person.number, started_s, ended_s, outcome, reached, reason)
        )

    def _sleep(self, seconds: float) -> None:
        if self._party.over.wait(max(0.0, seconds)):
            raise LoadOver
