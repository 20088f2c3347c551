"""The plan: all visits of all candidates in the window, one table, drawn from one seed.

    arrival ─► register ──(70% in the same session)──► face check ──(45% in the same session)──► apply
                  └─ the others come back within 48 h ─┘   └─ the others come back days later ─┘

The time of everybody's first visit is the inverse of the cumulative arrival rate at one uniform draw a
candidate. Given N, the counts of the minutes are then multinomial, which is what Poisson counts are when
their sum is known; and a larger N leaves the visits of the others as they were.

Return visits keep people's hours too: their delays are drawn in active days, on a clock that runs with the
hour-of-day and weekend factor. It nearly stands still at night, and a weekday is 1.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fakes.draws import uniforms
from scenarios.behaviour import goes_on
from scenarios.demand import DemandSettings, Floats, activity_per_minute, cumulative_share
from scenarios.scenario import Scenario
from scenarios.window import Window

PURPOSES = pl.Enum(["register", "face_check", "apply"])
"""What a visit is for, in the order in which a candidate comes for them."""


class ActiveTime(NamedTuple):
    """Two clocks at the edges of the window's minutes: portal time, and active days."""

    portal_s: Floats
    active_days: Floats

    def to_active_days(self, portal_s: Floats) -> Floats:
        """Give the active days passed at each portal time."""
        return np.interp(portal_s, self.portal_s, self.active_days)

    def to_portal_s(self, active_days: Floats) -> Floats:
        """Give the portal time at which so many active days have passed."""
        return np.interp(active_days, self.active_days, self.portal_s)


def active_time(window: Window, settings: DemandSettings) -> ActiveTime:
    """Give the window's active time; a weekday is 1 active day, a weekend day `weekend_factor`."""
    active_days = np.cumsum(np.append(0.0, activity_per_minute(window, settings) / 1_440), dtype=np.float64)
    return ActiveTime(60 * np.arange(len(active_days), dtype=np.float64), active_days)


def make_plan(scenario: Scenario) -> pl.DataFrame:
    """Draw the plan of the scenario's whole window, in the order of time.

    Columns: `candidate` u32, 0 to population - 1; `visit` u16, the number of the candidate's visit from 0 on;
    `purpose`, one of PURPOSES; `planned_s` f64, portal seconds since the opening, below 0 for those who stand
    at the gate.
    """
    window, demand, seed = scenario.window, scenario.demand, scenario.seed
    everyone = np.arange(scenario.population, dtype=np.uint32)

    edges_s, cumulative = cumulative_share(window, demand)
    arrival_s = np.interp(uniforms(seed, "arrival", everyone), cumulative, edges_s)

    face_check_now, apply_now = goes_on(scenario.behaviour, seed, everyone)
    time = active_time(window, demand)

    late = everyone[~face_check_now]
    face_check_s = arrival_s.copy()
    limit_s = np.minimum(arrival_s[late] + demand.face_check_limit_s, window.length_s)
    start_s = _earliest_return(arrival_s[late], limit_s, demand)
    face_check_s[late] = _before_deadline(time, start_s, limit_s, demand, uniforms(seed, "face-check-return", late))

    later = everyone[~apply_now]
    close_s = np.full(len(later), window.length_s)
    start_s = _earliest_return(face_check_s[later], close_s, demand)
    apply_s = _after_days(time, start_s, demand, seed, later)
    # Whose own time would come after the close, feels the deadline instead.
    hurried = apply_s >= window.length_s
    apply_s[hurried] = _before_deadline(
        time, start_s[hurried], close_s[hurried], demand, uniforms(seed, "apply-hurried", later[hurried])
    )

    visits = (
        (everyone, np.zeros(len(everyone), np.uint16), _at_gate(arrival_s, seed, demand), "register"),
        (late, np.ones(len(late), np.uint16), face_check_s[late], "face_check"),
        (later, 2 - face_check_now[later].astype(np.uint16), apply_s, "apply"),
    )
    return pl.concat(
        [
            pl.DataFrame({"candidate": candidate, "visit": visit, "planned_s": planned_s}).select(
                "candidate", "visit", pl.lit(purpose, PURPOSES).alias("purpose"), "planned_s"
            )
            for candidate, visit, planned_s, purpose in visits
        ]
    ).sort("planned_s", maintain_order=True)


def _at_gate(arrival_s: Floats, seed: int, settings: DemandSettings) -> Floats:
    """Let a share of the opening minute's candidates come early: the same people, so the demand stays.

    The lead is exponential, given that it is not above the gate's length.
    """
    opening = np.flatnonzero(arrival_s < 60)
    early = opening[uniforms(seed, "gate", opening) < settings.gate_share]
    within_length = -np.expm1(-settings.gate_length_s / settings.gate_lead_s)
    planned_s = arrival_s.copy()
    planned_s[early] = settings.gate_lead_s * np.log1p(-within_length * uniforms(seed, "gate-lead", early))
    return planned_s


def _earliest_return(visit_s: Floats, limit_s: Floats, settings: DemandSettings) -> Floats:
    """Nobody is back before the visit is over; close to a limit, half of the time that is left must do."""
    return visit_s + np.minimum(settings.return_gap_s, (limit_s - visit_s) / 2)


def _before_deadline(
    time: ActiveTime, start_s: Floats, limit_s: Floats, settings: DemandSettings, draws: Floats
) -> Floats:
    """Place a visit between start and limit by the δ law: its density is ∝ 1/(time left + δ), in active days.

    With D days between them, u = ln((D+δ)/(D-t+δ)) / ln((D+δ)/δ), solved for t.
    """
    start_days = time.to_active_days(start_s)
    between_days = time.to_active_days(limit_s) - start_days + settings.delta_days
    after_days = between_days * -np.expm1(draws * np.log(settings.delta_days / between_days))
    return np.clip(time.to_portal_s(start_days + after_days), start_s, limit_s)


def _after_days(
    time: ActiveTime, start_s: Floats, settings: DemandSettings, seed: int, candidates: NDArray[np.uint32]
) -> Floats:
    """Place a visit a lognormal number of active days after the start, at most at the close."""
    u, v = uniforms(seed, "apply-return", candidates), uniforms(seed, "apply-return/angle", candidates)
    normals = np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)
    delay_days = settings.apply_median_days * np.exp(settings.apply_sigma * normals)
    return time.to_portal_s(time.to_active_days(start_s) + delay_days)
