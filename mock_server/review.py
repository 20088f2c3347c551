"""What the reviewer decides and when (rules 16 and 17), as pure functions of seed and ID number.

Reviewers are people, not part of the portal. Where the harness plays them, it has written into their diary (the table
`reviewer_diary`) what they will do, as it plans the visits that follow from that; else their decisions are drawn here.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from mock_server.draws import drawn
from mock_server.life import Event
from mock_server.rules import Paper
from mock_server.settings import Limits
from mock_server.working_days import OFFICE_DAY, office_time_after


class Decision(NamedTuple):
    """What the reviewer decides, the note for the candidate, and the paper that is asked for."""

    event: Event
    note: str | None = None
    asked_paper: Paper | None = None


def decision_time(seed: int, id_number: str, round_: int, now: datetime, limits: Limits) -> datetime:
    """Give when the exam office will have decided: within the working days of rule 16, released on full hours."""
    working = drawn(seed, "review time", id_number, round_) * limits.review_working_days * OFFICE_DAY
    decided = office_time_after(now, working, plain=limits.plain_calendar)
    batch = decided.replace(minute=0, second=0, microsecond=0)
    return batch if batch == decided else batch + timedelta(hours=1)


def decision(
    seed: int,
    id_number: str,
    has_stamp: bool | None,
    limits: Limits,
    *,
    after_supplement: bool,
    verdict: str | None = None,
) -> Decision:
    """Give what the reviewer decides; `verdict` is what the diary says.

    A work proof without the employer's stamp is always asked for again (rule 12). Other reasons come by chance, one
    draw a candidate, so that withdrawing and filing again meets the same reviewer; only who has just handed in the
    better paper that was asked for is approved for sure.
    """
    if has_stamp is False:
        return Decision(Event.REQUEST_SUPPLEMENT, "工作证明缺少单位公章，请补交", Paper.WORK_PROOF)
    if after_supplement:
        return Decision(Event.APPROVE)
    match verdict or _drawn_verdict(drawn(seed, "review", id_number), limits):
        case Event.REQUEST_SUPPLEMENT:
            return Decision(Event.REQUEST_SUPPLEMENT, "学历证书不清晰，请补交", Paper.DEGREE_CERTIFICATE)
        case Event.REJECT:
            return Decision(Event.REJECT, "所报级别与材料不符")
    return Decision(Event.APPROVE)


def _drawn_verdict(u: float, limits: Limits) -> Event:
    if u < limits.supplement_share:
        return Event.REQUEST_SUPPLEMENT
    return Event.REJECT if u < limits.supplement_share + limits.rejected_share else Event.APPROVE
