"""Keeps the portal's clock in step with the pace of the run, and the pace in step with what the portal bears."""

from collections.abc import Callable
from contextlib import suppress
from statistics import fmean, median

import gevent
import httpx
import psutil

from scenarios.ceiling import Ceiling, Second
from scenarios.pace import Load, Pace, Piece, Speeds, busiest, plan_pieces
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow

LOOK_S = 0.25
AHEAD_S = 10.0
"""How far ahead the portal is told of the pace: no message is too late then, and the clock never turns back."""
NOTICE_S = 1.0
"""How soon a new plan holds: a portal that hears late of a lower speed would have to turn its clock back, by hours."""
CHANGE_LEAST = 1.25
"""A bound of the speed that would move by less stays as it is: the portal has to be told of each plan."""
BUDGET_PER_S = 500.0
"""How long the whole load takes, for the budget of true time, is reckoned at this ceiling: the true one comes later."""


def tell_pace(clock: RunClock, tell: Callable[[list[Piece]], None]) -> None:
    """Tell the portal how its clock runs, some seconds ahead and whenever the pace changes, until killed.

    A portal that does not answer (httpx.HTTPError of `tell`) is told again.
    """
    told: Pace | None = None
    told_to_s = 0.0
    while True:
        now_s = clock.now_s()
        pace = clock.pace
        ends_s = pace.pieces[-1].from_s
        if pace is not told or (now_s > told_to_s - AHEAD_S / 2 and told_to_s < ends_s):
            with suppress(httpx.HTTPError):
                tell(pace.pieces_between(now_s, now_s + AHEAD_S))
                told, told_to_s = pace, now_s + AHEAD_S
        gevent.sleep(LOOK_S)


def tell_speed(clock: RunClock, tell: Callable[[float], None]) -> None:
    """Tell the outside services how fast the portal's clock runs, whenever that changes, until killed.

    What does not answer (OSError of `tell`) is told again.
    """
    told = 1.0
    while True:
        speed = clock.pace.piece_at(clock.now_s()).speed
        if speed != told:
            with suppress(OSError):
                tell(speed)
                told = speed
        gevent.sleep(LOOK_S)


class Pacer:
    """Sets the pace of an adaptive run, from the load that is planned and the answers that come."""

    def __init__(
        self,
        clock: RunClock,
        load: Load,
        *,
        begins_s: float,
        ceiling_per_s: float | None,
        most: Speeds,
        answer_most_s: float,
        true_share: float,
    ) -> None:
        self._clock = clock
        self._begins_s = begins_s
        self._load = load
        self._ceiling = Ceiling(ceiling_per_s)
        self._most = self._bound = most
        self._answer_most_s = answer_most_s
        self._true = busiest(load, ceiling_per_s or BUDGET_PER_S, true_share)
        self._took_s: list[float] = []
        self._failed = 0

    @property
    def ceiling_per_s(self) -> float:
        """The ceiling as it is known by now."""
        return self._ceiling.per_s

    def saw(self, row: RequestRow) -> None:
        """Take in a request that has ended."""
        self._took_s.append(row.done_s - row.sent_s)
        self._failed += row.outcome in ("failed", "abandoned")

    def plan(self) -> None:
        """Plan the pace anew, from the moment on by which the portal has heard of it."""
        run_s = max(self._begins_s, self._clock.now_s() + NOTICE_S)
        pieces = plan_pieces(
            self._load,
            self._true,
            self._ceiling.per_s,
            self._bound,
            run_s=run_s,
            portal_s=self._clock.pace.portal_s(run_s),
        )
        self._clock.pace = self._clock.pace.continued(run_s, pieces)

    def run(self) -> None:
        """Correct the pace every second, until killed."""
        process = psutil.Process()
        cpu_s, at_s = sum(process.cpu_times()[:2]), self._clock.now_s()
        while True:
            gevent.sleep(1.0)
            now_cpu_s, now_s = sum(process.cpu_times()[:2]), self._clock.now_s()
            second = Second(
                len(self._took_s),
                median(self._took_s) if self._took_s else 0.0,
                self._failed,
                (now_cpu_s - cpu_s) / (now_s - at_s),
            )
            changed = bool(self._took_s) and self._bound_by(fmean(self._took_s))
            self._took_s, self._failed = [], 0
            cpu_s, at_s = now_cpu_s, now_s
            if self._ceiling.hear(second) or changed:
                self.plan()

    def _bound_by(self, answer_s: float) -> bool:
        """Bound the speed while somebody is inside by what answers take; say whether the bound has changed."""
        somebody = max(1.0, min(self._most.somebody, self._answer_most_s / answer_s))
        if 1 / CHANGE_LEAST < somebody / self._bound.somebody < CHANGE_LEAST:
            return False
        self._bound = self._bound._replace(somebody=somebody)
        return True
