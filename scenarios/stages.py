"""The stages: when each candidate gets where, from the first visit to the e-invoice, drawn from one seed.

    arrival ─► registered ─► face checked ─► filed ─► decided ─► (supplemented ─► decided again) ─► paid
                               │ 2% too late:  │ 1% withdraw, change         15%                     └► invoice
                               └ once more     └ and file again                                        asked for

The time of everybody's first visit is the inverse of the cumulative arrival rate at one uniform draw a
candidate. Given N, the counts of the minutes are then multinomial, which is what Poisson counts are when
their sum is known; and a larger N leaves the others as they were.

What people do keeps people's hours (scenarios/active_time.py), what the offices do keeps office hours
(scenarios/working_days.py). Who does what is decided in scenarios/behaviour.py, for the plan and for the
candidates alike. The portal draws its decisions itself: plan and portal agree in law, not person by person.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fakes.draws import uniforms
from fakes.identity_numbers import id_numbers
from scenarios.active_time import ActiveTime, active_time, at_gate
from scenarios.behaviour import Choices, account_stages_s, choices, lognormals
from scenarios.demand import DemandSettings, Floats, cumulative_share
from scenarios.scenario import Scenario
from scenarios.stage_settings import StageSettings
from scenarios.working_days import OfficeTime, office_time

Candidates = NDArray[np.uint32]

OUTCOMES = ("none", "approved", "supplement asked for", "rejected")
"""What the review decides first; `Stages.outcome` is the index."""
NONE, APPROVED, SUPPLEMENT, REJECTED = range(4)

PURPOSE_STEP = 64
"""Visits of one purpose are numbered from PURPOSE_STEP × its place among the purposes on."""
_FACE_CHECK_VISIT = PURPOSE_STEP

_DAY_S = 86_400.0


class Stages(NamedTuple):
    """When each candidate passes each stage, by the plan.

    All arrays have one entry a candidate: portal seconds since the opening, NaN where it never happens. In the
    middle of a visit at a moment is who has begun it and is not yet done with its stages.
    """

    arrival_s: Floats
    """Start of the first visit; below 0 for those who stand at the gate."""
    registered_s: Floats
    """Identity submitted."""
    face_visit_s: Floats
    """Start of the visit in which the face is checked; `arrival_s` where it is the same."""
    face_checked_s: Floats
    """Face check passed."""
    apply_visit_s: Floats
    """Start of the visit in which they apply; `face_visit_s` where it is the same."""
    filed_s: Floats
    """Application filed for the first time; NaN too if the close came first."""
    changed_s: Floats
    """Filed again, after withdrawing and changing (rule 21)."""
    decided_s: Floats
    """First decision on what was filed last."""
    outcome: NDArray[np.uint8]
    """That decision: index into OUTCOMES."""
    supplemented_s: Floats
    """Better papers handed in (rule 17)."""
    decided_again_s: Floats
    """Decision on the better papers, always an approval."""
    approved_s: Floats
    """Whichever decision approved."""
    paid_s: Floats
    """Paid; NaN if given up."""
    invoice_asked_s: Floats
    """Asked for an e-invoice, in the visit of the payment."""
    change_visit_s: Floats
    """Start of the visit that ends with `changed_s`."""
    supplement_visit_s: Floats
    """Start of the visit that ends with `supplemented_s`."""
    pay_visit_s: Floats
    """Start of the visit that ends with `paid_s`."""


class _Laws(NamedTuple):
    """What all draws need."""

    scenario: Scenario
    rules: StageSettings
    active: ActiveTime
    office: OfficeTime
    everyone: Candidates
    people: Choices

    @property
    def close_s(self) -> float:
        return self.scenario.window.length_s

    def draws(self, purpose: str, candidates: Candidates, step: int = 0) -> Floats:
        return uniforms(self.scenario.seed, purpose, candidates, step)

    def takes_s(self, stage: str, candidates: Candidates) -> Floats:
        """Give how long a stage takes within its visit."""
        median_s = getattr(self.rules, f"{stage}_median_s")
        return lognormals(self.scenario.seed, f"{stage}-takes", candidates, median_s, self.rules.duration_sigma)

    def account_takes_s(self, candidates: Candidates, visit: int) -> Floats:
        return account_stages_s(self.scenario.behaviour, self.scenario.seed, candidates, visit)

    def days(self, purpose: str, candidates: Candidates, median_days: float, sigma: float) -> Floats:
        return lognormals(self.scenario.seed, purpose, candidates, median_days, sigma)


def draw_stages(scenario: Scenario) -> Stages:
    """Draw the stages of all candidates of the scenario.

    Raises CalendarUnknownError for a window in years whose official calendar is not known.
    """
    everyone = np.arange(scenario.population, dtype=np.uint32)
    rules = scenario.stages.with_limits(scenario.limits)
    laws = _Laws(
        scenario,
        rules,
        active_time(scenario.window, scenario.demand),
        office_time(scenario.window, rules.office_days_after_close),
        everyone,
        choices(scenario.behaviour, scenario.seed, everyone),
    )
    edges_s, cumulative = cumulative_share(scenario.window, scenario.demand)
    entered_s = np.interp(laws.draws("arrival", everyone), cumulative, edges_s)
    arrival_s = at_gate(entered_s, laws.draws("gate", everyone), laws.draws("gate-lead", everyone), scenario.demand)
    if scenario.window.province_gap_s:
        # Who comes early comes by the own province's opening; nobody comes after the close for that.
        later_s = scenario.window.opens_s(id_numbers(scenario.seed, everyone)) * (1 - entered_s / laws.close_s)
        arrival_s, entered_s = arrival_s + later_s, entered_s + later_s
    registered_s = entered_s + laws.account_takes_s(everyone, visit=0)
    face_visit_s, face_checked_s = _check_faces(laws, entered_s, registered_s)
    apply_visit_s, filed_s = _apply(laws, face_visit_s, face_checked_s)
    change_visit_s, changed_s = _change(laws, filed_s)
    decided_s, outcome = _decide(laws, filed_s, changed_s)
    supplement_visit_s, supplemented_s = _supplement(laws, decided_s, outcome)
    decided_again_s = _reviewed(laws, everyone, supplemented_s, step=2)
    approved_s = np.where(outcome == APPROVED, decided_s, decided_again_s)
    pay_visit_s, paid_s = _pay(laws, approved_s)
    return Stages(
        arrival_s=arrival_s,
        registered_s=registered_s,
        face_visit_s=np.where(face_visit_s == entered_s, arrival_s, face_visit_s),
        face_checked_s=face_checked_s,
        apply_visit_s=np.where(apply_visit_s == entered_s, arrival_s, apply_visit_s),
        filed_s=filed_s,
        changed_s=changed_s,
        decided_s=decided_s,
        outcome=outcome,
        supplemented_s=supplemented_s,
        decided_again_s=decided_again_s,
        approved_s=approved_s,
        paid_s=paid_s,
        invoice_asked_s=np.where(laws.people.wants_invoice, paid_s, np.nan),
        change_visit_s=change_visit_s,
        supplement_visit_s=supplement_visit_s,
        pay_visit_s=pay_visit_s,
    )


def _check_faces(laws: _Laws, entered_s: Floats, registered_s: Floats) -> tuple[Floats, Floats]:
    """Give visit and end of the face check: at once, within 48 h by the δ law, or too late, with a new account."""
    demand, people = laws.scenario.demand, laws.people
    takes_s = laws.takes_s("face_check", laws.everyone)
    visit_s = np.where(people.face_check_now, entered_s, np.nan)
    checked_s = np.where(people.face_check_now, registered_s + takes_s, np.nan)

    in_48_h_s = np.minimum(entered_s + demand.face_check_limit_s, registered_s + demand.face_check_limit_s - takes_s)
    limit_s = np.minimum(in_48_h_s, laws.close_s)
    late = _who(~people.face_check_now & ~people.misses_face_check & (registered_s < limit_s))
    start_s = _earliest_return(entered_s[late], registered_s[late], limit_s[late], demand)
    visit_s[late] = laws.active.before_deadline(
        start_s, limit_s[late], demand.delta_days, laws.draws("face-check-return", late)
    )
    checked_s[late] = visit_s[late] + takes_s[late]

    missed = _who(people.misses_face_check)
    delay_days = laws.days("face-check-missed", missed, laws.rules.missed_median_days, laws.rules.missed_sigma)
    comes_s = laws.active.after(registered_s[missed] + demand.face_check_limit_s, delay_days)
    missed, comes_s = missed[comes_s < laws.close_s], comes_s[comes_s < laws.close_s]
    visit_s[missed] = comes_s
    checked_s[missed] = comes_s + laws.account_takes_s(missed, visit=_FACE_CHECK_VISIT) + takes_s[missed]
    return visit_s, checked_s


def _apply(laws: _Laws, face_visit_s: Floats, face_checked_s: Floats) -> tuple[Floats, Floats]:
    """Give visit and end of the filing: at once, or a lognormal number of active days later, before the close."""
    demand, apply_now = laws.scenario.demand, laws.people.apply_now
    in_time = face_checked_s < laws.close_s
    visit_s = np.where(apply_now & in_time, face_visit_s, np.nan)
    begins_s = np.where(apply_now & in_time, face_checked_s, np.nan)

    later = _who(~apply_now & in_time)
    close_s = np.full(len(later), laws.close_s)
    start_s = _earliest_return(face_visit_s[later], face_checked_s[later], close_s, demand)
    delay_days = laws.days("apply-return", later, demand.apply_median_days, demand.apply_sigma)
    comes_s = laws.active.after(start_s, delay_days)
    # Whose own time would come after the close, feels the deadline instead.
    hurried = comes_s >= laws.close_s
    comes_s[hurried] = laws.active.before_deadline(
        start_s[hurried], close_s[hurried], demand.delta_days, laws.draws("apply-hurried", later[hurried])
    )
    visit_s[later] = begins_s[later] = comes_s
    filed_s = begins_s + laws.takes_s("filing", laws.everyone)
    return visit_s, np.where(filed_s < laws.close_s, filed_s, np.nan)


def _change(laws: _Laws, filed_s: Floats) -> tuple[Floats, Floats]:
    """Give visit and end of the change: at any active time while the review is pending and the window open."""
    visit_s, changed_s = np.full_like(filed_s, np.nan), np.full_like(filed_s, np.nan)
    who = _who(laws.people.changes & ~np.isnan(filed_s))
    takes_s = laws.takes_s("change", who)
    limit_s = np.minimum(_reviewed(laws, who, filed_s[who], step=0), laws.close_s) - takes_s
    in_time = limit_s > filed_s[who]
    who, takes_s, limit_s = who[in_time], takes_s[in_time], limit_s[in_time]
    start_s = _earliest_return(filed_s[who], filed_s[who], limit_s, laws.scenario.demand)
    visit_s[who] = laws.active.evenly(start_s, limit_s, laws.draws("change-return", who))
    changed_s[who] = visit_s[who] + takes_s
    return visit_s, changed_s


def _decide(laws: _Laws, filed_s: Floats, changed_s: Floats) -> tuple[Floats, NDArray[np.uint8]]:
    """Give when the last filing is decided, and how. After a change the review starts anew."""
    decided_s = _reviewed(laws, laws.everyone, filed_s, step=0)
    changed = _who(~np.isnan(changed_s))
    decided_s[changed] = _reviewed(laws, changed, changed_s[changed], step=1)
    rules, draws = laws.rules, laws.draws("review", laws.everyone)
    outcome = np.select(
        [np.isnan(decided_s), draws < rules.supplement_share, draws < rules.supplement_share + rules.rejected_share],
        [NONE, SUPPLEMENT, REJECTED],
        APPROVED,
    )
    return decided_s, outcome.astype(np.uint8)


def _reviewed(laws: _Laws, candidates: Candidates, filed_s: Floats, step: int) -> Floats:
    """Give when the offices decide: 0 to 3 office days after the filing, released on full hours (rule 16)."""
    office_days = laws.rules.review_working_days * laws.draws("review-time", candidates, step)
    return laws.office.next_full_hour(laws.office.to_portal_s(laws.office.to_office_days(filed_s) + office_days))


def _supplement(laws: _Laws, decided_s: Floats, outcome: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Give visit and end of handing in better papers: at once, or by the δ law in 5 days (rule 17)."""
    rules = laws.rules
    visit_s, done_s = np.full_like(decided_s, np.nan), np.full_like(decided_s, np.nan)
    who = _who((outcome == SUPPLEMENT) & ~laws.people.lets_supplement_lapse)
    takes_s = laws.takes_s("supplement", who)
    limit_s = np.maximum(decided_s[who] + rules.supplement_within_d * _DAY_S - takes_s, decided_s[who])
    soon = laws.draws("supplement-soon", who) < rules.supplement_soon_share
    delay_days = -rules.supplement_soon_days * np.log(laws.draws("supplement-soon-delay", who))
    visit_s[who] = np.where(
        soon,
        np.minimum(laws.active.after(decided_s[who], delay_days), limit_s),
        laws.active.before_deadline(
            decided_s[who], limit_s, rules.supplement_delta_days, laws.draws("supplement-late", who)
        ),
    )
    done_s[who] = visit_s[who] + takes_s
    return visit_s, done_s


def _pay(laws: _Laws, approved_s: Floats) -> tuple[Floats, Floats]:
    """Give visit and end of the payment: within 24 h of the approval, or by the δ law in 7 days (rule 18)."""
    rules = laws.rules
    visit_s, paid_s = np.full_like(approved_s, np.nan), np.full_like(approved_s, np.nan)
    who = _who(~np.isnan(approved_s) & laws.people.pays)
    takes_s = laws.takes_s("payment", who)
    limit_s = np.maximum(approved_s[who] + rules.payment_within_d * _DAY_S - takes_s, approved_s[who])
    soon = laws.draws("payment-soon", who) < rules.payment_soon_share
    in_a_day_s = np.minimum(approved_s[who] + _DAY_S, limit_s)
    visit_s[who] = np.where(
        soon,
        laws.active.evenly(approved_s[who], in_a_day_s, laws.draws("payment-soon-delay", who)),
        laws.active.before_deadline(
            approved_s[who], limit_s, rules.payment_delta_days, laws.draws("payment-late", who)
        ),
    )
    paid_s[who] = visit_s[who] + takes_s
    return visit_s, paid_s


def _who(do: NDArray[np.bool_]) -> Candidates:
    return np.flatnonzero(do).astype(np.uint32)


def _earliest_return(visit_s: Floats, done_s: Floats, limit_s: Floats, settings: DemandSettings) -> Floats:
    """Nobody is back before the visit is over; close to a limit, half of the time that is left must do."""
    return np.maximum(visit_s + np.minimum(settings.return_gap_s, (limit_s - visit_s) / 2), done_s)
