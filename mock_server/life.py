"""The life of an application: every state, every move, and who or what makes it.

              submit                  approve               pay
    draft ───────────► under_review ─────────► approved ─────────► paid
      ▲ │                │  ▲   │                 │
      │ │ window closes  │  │   │ reject          │ 7 days pass (rule 18)
      │ ▼                │  │   ▼                 ▼
      │ expired  request_│  │ rejected         given_up
      │        supplement│  │ supplement
      │                  ▼  │
      │       supplement_requested ──► closed     after 5 days (rule 17)
      │
      └── change ── withdrawn ◄── withdraw ── under_review, supplement_requested, approved, paid    (rule 21)

`submit`, `change` and `withdraw` need the window to be open; that is the rules' business, not this machine's.
"""

from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    GIVEN_UP = "given_up"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLEMENT = "supplement"
    PAY = "pay"
    WITHDRAW = "withdraw"
    CHANGE = "change"
    WINDOW_CLOSES = "window_closes"
    SUPPLEMENT_LAPSES = "supplement_lapses"
    PAYMENT_LAPSES = "payment_lapses"


MOVES: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.SUBMIT): State.UNDER_REVIEW,  # rule 15
    (State.DRAFT, Event.WINDOW_CLOSES): State.EXPIRED,  # rule 15
    (State.UNDER_REVIEW, Event.APPROVE): State.APPROVED,  # rule 16
    (State.UNDER_REVIEW, Event.REJECT): State.REJECTED,  # rule 16
    (State.UNDER_REVIEW, Event.REQUEST_SUPPLEMENT): State.SUPPLEMENT_REQUESTED,  # rule 17
    (State.SUPPLEMENT_REQUESTED, Event.SUPPLEMENT): State.UNDER_REVIEW,  # rule 17
    (State.SUPPLEMENT_REQUESTED, Event.SUPPLEMENT_LAPSES): State.CLOSED,  # rule 17
    (State.APPROVED, Event.PAY): State.PAID,  # rule 18
    (State.APPROVED, Event.PAYMENT_LAPSES): State.GIVEN_UP,  # rule 18
    (State.UNDER_REVIEW, Event.WITHDRAW): State.WITHDRAWN,  # rule 21
    (State.SUPPLEMENT_REQUESTED, Event.WITHDRAW): State.WITHDRAWN,  # rule 21
    (State.APPROVED, Event.WITHDRAW): State.WITHDRAWN,  # rule 21
    (State.PAID, Event.WITHDRAW): State.WITHDRAWN,  # rule 21, the fee is then owed back
    (State.WITHDRAWN, Event.CHANGE): State.DRAFT,  # rule 21
}

DEADLINES: dict[State, Event] = {
    State.DRAFT: Event.WINDOW_CLOSES,
    State.SUPPLEMENT_REQUESTED: Event.SUPPLEMENT_LAPSES,
    State.APPROVED: Event.PAYMENT_LAPSES,
}
"""What happens in a state when its deadline passes, whether or not the candidate comes back."""


class IllegalMove(Exception):  # noqa: N818 - it is a refusal, not an error of the program
    """An event that the present state does not allow."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is not possible while the application is {state}")
        self.state = state
        self.event = event


def move(state: State, event: Event) -> State:
    """Give the state after `event`.

    >>> move(State.DRAFT, Event.SUBMIT)
    <State.UNDER_REVIEW: 'under_review'>

    Raises IllegalMove.
    """
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMove(state, event) from None


def settled(state: State, due_at: datetime | None, now: datetime) -> State:
    """Give the state at `now`: the deadline of the state is applied if it has passed."""
    if due_at is not None and due_at <= now and state in DEADLINES:
        return move(state, DEADLINES[state])
    return state
