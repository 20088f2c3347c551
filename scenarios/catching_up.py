"""Visits that are under way when the load begins: their steps so far are taken at once, for real, before second 0.

    plan:  ──●━━━━━━━━━━━━━━━━┿━━━━━━━━━►        ● the visit begins, ┿ the load begins
             └── lead_s ──────┘

The candidate walks through the visit without pausing until the pauses that are skipped add up to the lead; then waits
for the load to begin, in the middle of a form or a thought, logged in and at the right step. So the concurrency of the
first second is that of the plan, and no state of the portal has to be made up.
"""

from collections.abc import Callable

from gevent.event import Event

from scenarios.run_clock import RunClock


class CatchingUp:
    """The clock of one such visit. Requests that are sent before second 0 are at run seconds below 0."""

    def __init__(self, clock: RunClock, lead_s: float, begun: Event, caught_up: Callable[[], None]) -> None:
        self._clock = clock
        self._lead_s = lead_s
        self._begun = begun
        self._caught_up = caught_up
        self._is_under_way = False

    def now_s(self) -> float:
        """Give the run second."""
        return self._clock.now_s()

    def portal_now_s(self) -> float:
        """Give portal seconds since the opening."""
        return self._clock.portal_now_s()

    def pause(self, portal_s: float) -> None:
        """Skip the pause while there is lead left; sleep the rest once the load has begun."""
        if self._lead_s >= portal_s:
            self._lead_s -= portal_s
            return
        rest_s, self._lead_s = portal_s - self._lead_s, 0.0
        if not self._is_under_way:
            self._is_under_way = True
            self._caught_up()
            self._begun.wait()
        self._clock.pause(rest_s)
