"""The plan: all visits of all candidates in the window and after it, one table, drawn from one seed.

    register ─► face_check ─► apply ─► status … ─► supplement ─► pay ─► invoice ─► ticket ─► results ─► certificate
                                 └► change

The visits follow from the stages (scenarios/stages.py): a stage that is passed in the same session as the one
before it needs no visit of its own. What is drawn here is when people look again: at their status while the
review is pending, at their ticket, their results, their certificate.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fakes.draws import uniforms
from scenarios.active_time import ActiveTime, Curve, active_time, curve
from scenarios.behaviour import lognormals
from scenarios.demand import Floats
from scenarios.scenario import Scenario
from scenarios.stage_settings import StageSettings
from scenarios.stages import PURPOSE_STEP, Candidates, Stages, draw_stages
from scenarios.working_days import office_time

PURPOSES = pl.Enum([
    "register", "face_check", "apply", "change", "supplement", "status", "pay", "invoice", "ticket", "results",
    "certificate",
])  # fmt: skip
"""What a visit is for; the number of a visit is PURPOSE_STEP × its purpose's place here + its repetition."""

NEEDS_OPEN_WINDOW = frozenset({"register", "face_check", "apply"})
"""Visits that nobody makes, or makes again, once the window has closed."""
MOST_POLLS = PURPOSE_STEP - 1
"""So often at most a candidate looks at the status of a pending review."""


class Visits(NamedTuple):
    """Visits for one purpose: who comes, and when in portal seconds; `again` counts a candidate's visits from 0."""

    purpose: str
    again: int
    candidate: Candidates
    planned_s: Floats


def make_plan(scenario: Scenario, stages: Stages | None = None) -> pl.DataFrame:
    """Draw the plan of the scenario's whole window and the time after it, in the order of time.

    Columns: `candidate` u32, 0 to population - 1; `visit` u16, a number that tells the visit from the
    candidate's others and does not depend on them; `purpose`, one of PURPOSES; `planned_s` f64, portal seconds
    since the opening, below 0 for those who stand at the gate, at most `Window.end_s`. `stages` are those of
    `draw_stages(scenario)`, if they are at hand.
    """
    stages = stages or draw_stages(scenario)
    visits = [_table(of_one_purpose) for of_one_purpose in _all_visits(scenario, stages)]
    return pl.concat(visits, rechunk=True).sort("planned_s", maintain_order=True)


def _all_visits(scenario: Scenario, stages: Stages) -> Iterator[Visits]:
    rules, time = scenario.stages.with_limits(scenario.limits), active_time(scenario.window, scenario.demand)
    face_visit_s = np.where(stages.face_visit_s == stages.arrival_s, np.nan, stages.face_visit_s)
    apply_visit_s = np.where(stages.apply_visit_s == stages.face_visit_s, np.nan, stages.apply_visit_s)
    yield _visits("register", stages.arrival_s)
    yield _visits("face_check", face_visit_s)
    yield _visits("apply", apply_visit_s)
    yield _visits("change", stages.change_visit_s)
    yield _visits("supplement", stages.supplement_visit_s)
    yield from _polls(stages, rules, time, scenario.seed)
    yield _visits("pay", stages.pay_visit_s)
    yield _invoice(stages, rules, time, scenario)
    yield from _after_payment(stages, rules, scenario)


def _visits(purpose: str, planned_s: Floats) -> Visits:
    """Give the visits of everybody who has a time; `planned_s` has one entry a candidate."""
    who = np.flatnonzero(~np.isnan(planned_s)).astype(np.uint32)
    return Visits(purpose, 0, who, planned_s[who])


def _table(visits: Visits) -> pl.DataFrame:
    number = PURPOSE_STEP * PURPOSES.categories.to_list().index(visits.purpose) + visits.again
    return pl.DataFrame({"candidate": visits.candidate, "planned_s": visits.planned_s}).select(
        "candidate",
        pl.lit(number, pl.UInt16).alias("visit"),
        pl.lit(visits.purpose, PURPOSES).alias("purpose"),
        "planned_s",
    )


def _polls(stages: Stages, rules: StageSettings, time: ActiveTime, seed: int) -> Iterator[Visits]:
    """Let people look at their status from the filing to the last decision: a Poisson process on active days.

    The k-th look comes when the rate has summed up to the sum of k exponential draws. On the busy days the rate
    is `poll_busy_factor` times as high, so the sum over time has two bends.
    """
    ends_s = np.where(np.isnan(stages.decided_again_s), stages.decided_s, stages.decided_again_s)
    who = np.flatnonzero(~np.isnan(ends_s)).astype(np.uint32)
    filed_s = stages.filed_s[who]
    begin_days = time.to_active_days(filed_s)
    before_days = time.to_active_days(filed_s + rules.poll_busy_from_days * 86_400) - begin_days
    busy_days = time.to_active_days(filed_s + rules.poll_busy_to_days * 86_400) - begin_days - before_days
    end_days = time.to_active_days(ends_s[who]) - begin_days

    factor, reached = rules.poll_busy_factor, np.zeros(len(who))
    for again in range(MOST_POLLS):
        reached = reached - np.log(uniforms(seed, "poll", who, again)) / rules.polls_a_day
        beyond = reached - before_days
        after_days = np.where(
            beyond <= 0,
            reached,
            before_days + np.minimum(beyond, factor * busy_days) / factor + np.maximum(beyond - factor * busy_days, 0),
        )
        # Sorted out by days and by seconds: rounding must not carry a look past the decision.
        planned_s = np.maximum(time.to_portal_s(begin_days + after_days), stages.filed_s[who])
        goes_on = (after_days < end_days) & (planned_s < ends_s[who])
        who, reached, begin_days = who[goes_on], reached[goes_on], begin_days[goes_on]
        before_days, busy_days, end_days = before_days[goes_on], busy_days[goes_on], end_days[goes_on]
        if not len(who):
            return
        yield Visits("status", again, who, planned_s[goes_on])


def _invoice(stages: Stages, rules: StageSettings, time: ActiveTime, scenario: Scenario) -> Visits:
    """Let people fetch the e-invoice some days after it must be there (rule 19)."""
    office = office_time(scenario.window, rules.office_days_after_close)
    who = np.flatnonzero(~np.isnan(stages.invoice_asked_s)).astype(np.uint32)
    ready_s = office.to_portal_s(office.to_office_days(stages.invoice_asked_s[who]) + rules.invoice_working_days)
    delay_days = lognormals(scenario.seed, "invoice-return", who, rules.invoice_median_days, rules.invoice_sigma)
    planned_s = time.after(ready_s, delay_days)
    in_time = planned_s < scenario.window.end_s
    return Visits("invoice", 0, who[in_time], planned_s[in_time])


def _after_payment(stages: Stages, rules: StageSettings, scenario: Scenario) -> Iterator[Visits]:
    """Let those who paid print their ticket and look at their results, and those who passed get a certificate."""
    window, seed, gap_s, paid_s = scenario.window, scenario.seed, scenario.demand.return_gap_s, stages.paid_s
    tickets = curve(window, rules.ticket_demand, window.tickets_s, window.exam_s)
    yield from _looks(seed, "ticket", tickets, paid_s, gap_s, rules.ticket_again_share, most=2)

    results = curve(window, rules.results_demand, window.results_s, window.results_s + window.looked_at_s)
    seen_s = np.full_like(paid_s, np.nan)
    for visits in _looks(seed, "results", results, paid_s, gap_s, rules.results_again_share, most=3):
        yield visits
        if visits.again == 0:
            seen_s[visits.candidate] = visits.planned_s + gap_s

    passed: NDArray[np.bool_] = uniforms(seed, "passes", np.arange(len(paid_s), dtype=np.uint32)) < rules.passing_share
    certificates = curve(window, rules.certificate_demand, window.certificates_s, window.end_s)
    yield from _looks(seed, "certificate", certificates, np.where(passed, seen_s, np.nan), gap_s)


def _looks(
    seed: int, purpose: str, law: Curve, after_s: Floats, gap_s: float, again_share: float = 0.0, most: int = 1
) -> Iterator[Visits]:
    """Let people come by a curve of its own, and `again_share` of those once more, up to `most` times.

    `after_s` is when each candidate can come first, NaN for those who do not. All visits of a candidate are drawn
    by the curve and then sorted, so that all visits together keep its form; `gap_s` lies between two of them.
    """
    who = np.flatnonzero(after_s < law.end_s).astype(np.uint32)
    draws = np.full((len(who), most), np.inf)
    comes = np.ones(len(who), np.bool_)
    for again in range(most):
        draws[comes, again] = uniforms(seed, purpose, who[comes], again)
        comes &= uniforms(seed, f"{purpose}-again", who, again) < again_share
    draws.sort(axis=1)

    first_s = least_s = np.maximum(after_s[who], law.portal_s[0])
    for again in range(most):
        planned_s = np.maximum(law.after(first_s, np.minimum(draws[:, again], 1)), least_s)
        comes = np.isfinite(draws[:, again]) & (planned_s < law.end_s)
        who, draws, first_s, planned_s = who[comes], draws[comes], first_s[comes], planned_s[comes]
        yield Visits(purpose, again, who, planned_s)
        least_s = planned_s + gap_s
