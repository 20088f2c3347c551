"""A candidate as a Locust user: FastHttpUser's client, one journey, and the books of the visit."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from locust import FastHttpUser, task
from locust.exception import StopUser

from fakes.candidates import Candidate, FlawShares
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, GaveUp
from scenarios.journey import Journey, Surroundings
from scenarios.run_folder import RequestRow, VisitRow

logger = logging.getLogger(__name__)

COMING_BACK = 10
"""What coming back adds to the number of a visit: more than the plan has visits of one candidate."""


@dataclass(frozen=True)
class Arrival:
    """A visit that is due: `planned` is false for those who gave up and come back, some with an account by now."""

    candidate: int
    visit: int
    purpose: str
    due_s: float
    planned: bool
    has_account: bool = False


@dataclass(frozen=True)
class Rehearsal:
    """What every visit of this load generator process needs."""

    worker: int
    seed: int
    around: Surroundings
    behaviour: BehaviourSettings
    flaws: FlawShares
    record_request: Callable[[RequestRow], None]
    record_visit: Callable[[VisitRow], None]
    come_back: Callable[[Arrival], None]
    until_close_s: Callable[[], float]


class CandidateUser(FastHttpUser):
    """One visit of one candidate. Started by `OpenArrivals`, never by Locust's dispatcher."""

    arrival: Arrival
    rehearsal: Rehearsal

    @task
    def visit(self) -> None:
        """Make the visit and enter it into the books, however it ends."""
        arrival, rehearsal = self.arrival, self.rehearsal
        started_s = rehearsal.around.clock.now_s()
        behaviour = Behaviour(rehearsal.behaviour, rehearsal.seed, arrival.candidate, arrival.visit)
        browser = Browser(
            self.client,
            behaviour,
            rehearsal.around.clock,
            rehearsal.worker,
            rehearsal.record_request,
            arrival.due_s,
        )
        person = Candidate(rehearsal.seed, arrival.candidate, rehearsal.flaws)
        journey = Journey(person, behaviour, browser, rehearsal.around, arrival.has_account)
        outcome, reason, ended_s = "inside", "", None
        try:
            journey.visit(arrival.purpose)
            outcome, ended_s = "finished", rehearsal.around.clock.now_s()
        except GaveUp as why:
            outcome, reason, ended_s = "gave_up", str(why), rehearsal.around.clock.now_s()
            self._come_back_later(behaviour, ended_s, journey.has_account)
        except Exception as error:  # Locust would begin the visit again
            logger.exception("the visit of candidate %d failed", arrival.candidate)
            outcome, reason, ended_s = "gave_up", f"harness: {error!r}", rehearsal.around.clock.now_s()
        finally:
            rehearsal.record_visit(
                VisitRow(
                    rehearsal.worker,
                    arrival.candidate,
                    arrival.visit,
                    arrival.purpose,
                    arrival.planned,
                    arrival.due_s,
                    started_s,
                    ended_s,
                    outcome,
                    browser.reached,
                    reason,
                )
            )
        raise StopUser

    def _come_back_later(self, behaviour: Behaviour, now_s: float, has_account: bool) -> None:
        after_s = behaviour.come_back_after_s(self.rehearsal.until_close_s())
        if after_s is not None:
            it = self.arrival
            visit = it.visit + COMING_BACK
            again = Arrival(it.candidate, visit, it.purpose, now_s + after_s, planned=False, has_account=has_account)
            self.rehearsal.come_back(again)

    def on_stop(self) -> None:
        """Close the connections: they would linger until the collector finds them."""
        agent: Any = self.client.client
        agent.close()
