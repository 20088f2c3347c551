"""How far each candidate is at a moment of the window, by the plan: a pure function of stages and moment.

A visit that is under way at that moment counts as not begun: whoever is in the middle of it makes it for real. So all
stages of one session count together, once its last one is done.

    ──●━ register ━ face check ━ apply ━●──        ● begin and end of a session
                 ┿                                 at ┿ nothing of it has happened yet
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.stages import Stages

Bools = NDArray[np.bool_]


class Reached(NamedTuple):
    """Which stages each candidate has behind them; one entry a candidate."""

    registered: Bools
    face_checked: Bools
    applied: Bools
    """They have begun an application."""
    filed: Bools
    changed: Bools
    decided: Bools
    supplemented: Bools
    decided_again: Bools
    paid: Bools
    invoice_asked: Bools


def reached(stages: Stages, at_s: float, close_s: float) -> Reached:
    """Give how far everybody is at portal second `at_s`; the window closes at `close_s`."""
    # Who is still filling in the application when the window closes, leaves with a draft.
    unfinished = ~np.isnan(stages.apply_visit_s) & np.isnan(stages.filed_s)
    applied_s = np.where(unfinished, close_s, stages.filed_s)
    applies_at_once = stages.apply_visit_s == stages.face_visit_s
    face_session_s = np.where(applies_at_once, applied_s, stages.face_checked_s)
    checks_at_once = stages.face_visit_s == stages.arrival_s
    first_session_s = np.where(checks_at_once, face_session_s, stages.registered_s)
    return Reached(
        registered=first_session_s <= at_s,
        face_checked=face_session_s <= at_s,
        applied=applied_s <= at_s,
        filed=stages.filed_s <= at_s,
        changed=stages.changed_s <= at_s,
        decided=stages.decided_s <= at_s,
        supplemented=stages.supplemented_s <= at_s,
        decided_again=stages.decided_again_s <= at_s,
        paid=stages.paid_s <= at_s,
        invoice_asked=stages.invoice_asked_s <= at_s,
    )
