"""A candidate as a Locust user: one visit, and the books of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from locust import User, tag, task
from locust.exception import StopUser

from fakes.candidates import Candidate, FlawShares
from scenarios.arrival import COMING_BACK, MOST_VISIT, Arrival
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, Clock, GaveUp
from scenarios.http_client import Connections
from scenarios.plan import NEEDS_OPEN_WINDOW, PURPOSES
from scenarios.portal import Portal
from scenarios.run_clock import RunClock
from scenarios.run_folder import PromiseRow, RequestRow, StandingRow, VisitRow
from scenarios.visit import Surroundings, Visit

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rehearsal:
    """What every visit of this load generator process needs."""

    worker: int
    seed: int
    portal: Portal
    clock: RunClock
    around: Surroundings
    behaviour: BehaviourSettings
    flaws: FlawShares
    close_s: float
    """When the window closes, in portal seconds."""
    connect: Callable[[], Connections]
    """Gives connections to the portal, for one visit."""
    missing_steps: frozenset[str]
    """Steps that the portal lacks."""
    record_request: Callable[[RequestRow], None]
    record_promise: Callable[[PromiseRow], None]
    record_standing: Callable[[StandingRow], None]
    record_visit: Callable[[VisitRow], None]
    note_start: Callable[[Arrival, float], None]
    """Hears of each arrival in which run second it has started."""
    come_back: Callable[[Arrival], None]


class CandidateUser(User):
    """One visit of one candidate. Started by `OpenArrivals`, never by Locust's dispatcher."""

    arrival: Arrival
    rehearsal: Rehearsal
    visit_clock: Clock
    """The rehearsal's clock, or that of a visit that catches up."""

    @task
    @tag(*PURPOSES.categories)
    def visit(self) -> None:
        """Make the visit and enter it into the books, however it ends."""
        arrival, rehearsal = self.arrival, self.rehearsal
        started_s = rehearsal.clock.now_s()
        rehearsal.note_start(arrival, started_s)
        behaviour = Behaviour(rehearsal.behaviour, rehearsal.seed, arrival.candidate, arrival.visit)
        connections = rehearsal.connect()
        browser = Browser(
            connections,
            self.environment.events.request.fire,
            behaviour,
            self.visit_clock,
            rehearsal.worker,
            rehearsal.record_request,
            rehearsal.record_promise,
            rehearsal.record_standing,
            arrival.due_s,
            rehearsal.portal,
            rehearsal.missing_steps,
        )
        person = Candidate(rehearsal.seed, arrival.candidate, rehearsal.flaws)
        visit = Visit(person, behaviour, browser, self.visit_clock, rehearsal.around, arrival.has_account)
        outcome, reason, ended_s = "inside", "", None
        try:
            rehearsal.portal.make_visit(visit, arrival.purpose)
            outcome, ended_s = "finished", rehearsal.clock.now_s()
            self._come_again(visit, visit.comes_again_after_s)
            browser.close()
        except GaveUp as why:
            outcome, reason, ended_s = "gave_up", str(why), rehearsal.clock.now_s()
            until_close_s = rehearsal.close_s - rehearsal.clock.portal_now_s()
            self._come_again(visit, visit.comes_again_after_s or behaviour.come_back_after_s(until_close_s))
            browser.close()
        except Exception as error:  # Locust would begin the visit again
            logger.exception("the visit of candidate %d failed", arrival.candidate)
            outcome, reason, ended_s = "broke_off", repr(error), rehearsal.clock.now_s()
        finally:
            connections.close_idle()
            if ended_s is None or ended_s >= 0:  # what ended before the load began is not part of it
                rehearsal.record_visit(
                    VisitRow(
                        rehearsal.worker,
                        arrival.candidate,
                        arrival.visit,
                        arrival.purpose,
                        arrival.planned,
                        arrival.due_s,
                        arrival.due_s if arrival.due_s < 0 else started_s,  # as if it had begun on time
                        ended_s,
                        outcome,
                        browser.reached,
                        reason,
                    )
                )
        raise StopUser

    def _come_again(self, visit: Visit, after_s: float | None) -> None:
        it, rehearsal = self.arrival, self.rehearsal
        if after_s is None or it.visit + COMING_BACK > MOST_VISIT:
            return
        planned_s = rehearsal.clock.portal_now_s() + after_s
        if it.purpose in NEEDS_OPEN_WINDOW and planned_s >= rehearsal.close_s:
            return  # they know when the window closes
        rehearsal.come_back(
            replace(
                it,
                visit=it.visit + COMING_BACK,
                planned_s=planned_s,
                planned=False,
                has_account=visit.has_account,
            )
        )

    def on_stop(self) -> None:
        """Let go of what holds this user in turn: a visit that is over leaves nothing for the collector."""
        self._taskset_instance = self._greenlet = None
