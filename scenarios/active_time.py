"""Active time: a clock that keeps people's hours, and the laws by which people come back.

It runs with the hour-of-day and weekend factor of the demand: a weekday is 1 active day, a weekend day
`weekend_factor`, and at night it nearly stands still. Delays that are drawn on it fall into people's hours.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scenarios.demand import DemandSettings, Floats, activity_per_minute, cumulative_share
from scenarios.window import Window


class ActiveTime(NamedTuple):
    """Two clocks wherever people's activity changes: portal time, and active days."""

    portal_s: Floats
    active_days: Floats

    def to_active_days(self, portal_s: Floats) -> Floats:
        """Give the active days passed at each portal time."""
        return np.interp(portal_s, self.portal_s, self.active_days)

    def to_portal_s(self, active_days: Floats) -> Floats:
        """Give the portal time at which so many active days have passed."""
        return np.interp(active_days, self.active_days, self.portal_s)

    def after(self, start_s: Floats, delay_days: Floats) -> Floats:
        """Give the portal time so many active days after the start."""
        return np.maximum(self.to_portal_s(self.to_active_days(start_s) + delay_days), start_s)

    def evenly(self, start_s: Floats, limit_s: Floats, draws: Floats) -> Floats:
        """Place a visit between start and limit, everywhere in proportion to people's activity."""
        start_days = self.to_active_days(start_s)
        after_days = (self.to_active_days(limit_s) - start_days) * draws
        return np.clip(self.to_portal_s(start_days + after_days), start_s, limit_s)

    def before_deadline(self, start_s: Floats, limit_s: Floats, delta_days: float, draws: Floats) -> Floats:
        """Place a visit between start and limit by the δ law: its density is ∝ 1/(time left + δ), in active days.

        With D days between them, u = ln((D+δ)/(D-t+δ)) / ln((D+δ)/δ), solved for t.
        """
        start_days = self.to_active_days(start_s)
        between_days = self.to_active_days(limit_s) - start_days + delta_days
        after_days = between_days * -np.expm1(draws * np.log(delta_days / between_days))
        return np.clip(self.to_portal_s(start_days + after_days), start_s, limit_s)


def active_time(window: Window, settings: DemandSettings) -> ActiveTime:
    """Give the active time from the window's opening to the plan's last moment."""
    whole = msgspec.structs.replace(window, closing=window.moment(window.end_s), exam_dates=())
    activity = activity_per_minute(whole, settings)
    active_days = np.cumsum(np.append(0.0, activity / 1_440), dtype=np.float64)
    changes = np.flatnonzero(np.diff(activity)) + 1  # in between both clocks run evenly
    minutes = np.concatenate(([0], changes, [len(activity)]))
    return ActiveTime(60.0 * minutes, active_days[minutes])


class Curve(NamedTuple):
    """A demand curve of its own: portal time, and the share of all who have come by then."""

    portal_s: Floats
    cumulative: Floats

    @property
    def end_s(self) -> float:
        """When the curve ends."""
        return float(self.portal_s[-1])

    def after(self, start_s: Floats, draws: Floats) -> Floats:
        """Place a visit by the part of the curve that lies after the start."""
        passed = np.interp(start_s, self.portal_s, self.cumulative)
        return np.maximum(np.interp(passed + (1 - passed) * draws, self.cumulative, self.portal_s), start_s)


def curve(window: Window, settings: DemandSettings, from_s: float, to_s: float) -> Curve:
    """Give the demand curve with these settings between two moments of portal time, both on whole minutes."""
    part = Window(opening=window.moment(from_s), closing=window.moment(to_s), exam_dates=())
    edges_s, cumulative = cumulative_share(part, settings)
    return Curve(from_s + edges_s, cumulative)


def at_gate(arrival_s: Floats, early_draws: Floats, lead_draws: Floats, settings: DemandSettings) -> Floats:
    """Let a share of the opening minute's candidates come early: the same people, so the demand stays.

    The lead is exponential, given that it is not above the gate's length.
    """
    early: NDArray[np.bool_] = (arrival_s < 60) & (early_draws < settings.gate_share)
    within_length = -np.expm1(-settings.gate_length_s / settings.gate_lead_s)
    return np.where(early, settings.gate_lead_s * np.log1p(-within_length * lead_draws), arrival_s)
