"""What the portal must do with one application: a pure model, to hold the real one against.

It knows the moves of `mock_server/life.py`, the deadlines, and what becomes of money; no files, locks or clients.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from mock_server.life import DEADLINES, Event, IllegalMove, State, move
from mock_server.settings import Limits

LIMITS = Limits()
PAPERS = frozenset({"degree_certificate", "work_proof"})
"""What an application in the household's province needs, where nobody asks for insurance."""
ASKED = "degree_certificate"
"""What the reviewer asks for who asks for better papers."""
ENDED = {
    State.CLOSED: (409, "supplement_lapsed"),
    State.GIVEN_UP: (409, "payment_lapsed"),
    State.EXPIRED: (403, "window_closed"),
}

Answer = tuple[int, str]
"""Status, and the code of a refusal or what the acceptance says."""


class Move(NamedTuple):
    """What a client asks for; `about` is a paper, a key or an order, `of` a channel or a kind of notification."""

    name: str
    about: str | int = ""
    of: str = ""


@dataclass(frozen=True)
class Order:
    """An order of the application."""

    channel: str
    state: str = "open"


@dataclass(frozen=True)
class Application:
    """An application as it must be.

    `verdicts` are what the reviewers will decide, round by round; `decides_at` is when, and comes from outside.
    """

    closing: datetime
    state: State | None = None
    due_at: datetime | None = None
    decides_at: datetime | None = None
    verdicts: tuple[Event, ...] = ()
    after_supplement: bool = False
    answered: bool = False
    degree_known: bool = False
    filed: bool = False
    rounds: int = 0
    papers: frozenset[str] = frozenset()
    orders: tuple[Order, ...] = ()
    keys: tuple[tuple[str, int], ...] = ()

    @property
    def boundaries(self) -> list[datetime]:
        """Moments at which something happens by itself, soon or late."""
        decision = [] if self.decides_at is None else [self.decides_at]
        return [self.closing, *decision, *([] if self.due_at is None else [self.due_at])]

    def at(self, now: datetime) -> "Application":
        """Give how it stands at a moment: decisions and deadlines act by themselves."""
        it = self
        if it.state is State.UNDER_REVIEW and it.decides_at is not None and it.decides_at <= now:
            verdict = Event.APPROVE if it.after_supplement else it.verdicts[it.rounds - 1]
            within = {
                Event.APPROVE: timedelta(days=LIMITS.payment_within_d),
                Event.REQUEST_SUPPLEMENT: timedelta(days=LIMITS.supplement_within_d),
            }
            due_at = it.decides_at + within[verdict] if verdict in within else None
            it = replace(it, state=move(it.state, verdict), due_at=due_at, decides_at=None, answered=False)
        if it.state in DEADLINES and it.due_at is not None and it.due_at <= now:
            it = replace(it, state=move(it.state, DEADLINES[it.state]), due_at=None)
        return it

    def after(self, asked: Move, now: datetime) -> tuple["Application", Answer]:
        """Give how it stands after a move that somebody asks for at `now`, and what they must hear."""
        it = self.at(now)
        if asked.name in ("change", "withdraw") and now >= self.closing:
            return it, (403, "change_after_close")
        if asked.name != "create" and it.state is None:
            return it, (404, "application_not_found")
        try:
            after: tuple[Application, Answer] = getattr(it, f"_{asked.name}")(asked, now)
            return after
        except IllegalMove:
            return it, (409, "illegal_move")

    def _create(self, _: Move, now: datetime) -> tuple["Application", Answer]:
        if now >= self.closing:
            return self, (403, "window_closed")
        if self.state is not None:
            return self, (409, "application_exists")
        return replace(self, state=State.DRAFT, due_at=self.closing), (201, "draft")

    def _change(self, *_: object) -> tuple["Application", Answer]:
        if self.state in ENDED:
            return self, ENDED[self.state]
        if self.state not in (State.DRAFT, State.WITHDRAWN):
            return self, (409, "application_not_editable")
        return replace(self, state=State.DRAFT, due_at=self.closing), (200, "draft")

    def _check_degree(self, *_: object) -> tuple["Application", Answer]:
        if self.state is not State.DRAFT:
            return self, (409, "application_not_editable")
        return replace(self, degree_known=True), (200, "draft")

    def _upload(self, asked: Move, _: datetime) -> tuple["Application", Answer]:
        if self.state in ENDED:
            return self, ENDED[self.state]
        if self.state not in (State.DRAFT, State.SUPPLEMENT_REQUESTED):
            return self, (409, "application_not_editable")
        answered = self.answered or asked.about == ASKED
        return replace(self, papers=self.papers | {str(asked.about)}, answered=answered), (200, "")

    def _submit(self, _: Move, now: datetime) -> tuple["Application", Answer]:
        if now >= self.closing:
            return self, (403, "window_closed")
        if not self.degree_known:
            return self, (409, "degree_not_checked")
        if self.papers < PAPERS:
            return self, (409, "materials_missing")
        return self._into_review(Event.SUBMIT), (200, "under_review")

    def _supplement(self, *_: object) -> tuple["Application", Answer]:
        if self.state in ENDED:
            return self, ENDED[self.state]
        if self.state is State.SUPPLEMENT_REQUESTED and not self.answered:
            return self, (409, "supplement_empty")
        return self._into_review(Event.SUPPLEMENT), (200, "under_review")

    def _into_review(self, event: Event) -> "Application":
        assert self.state is not None
        return replace(
            self,
            state=move(self.state, event),
            due_at=None,
            decides_at=None,  # the offices' own affair: whoever asks them says it to the model
            after_supplement=event is Event.SUPPLEMENT,
            filed=True,
            rounds=self.rounds + 1,
        )

    def _withdraw(self, *_: object) -> tuple["Application", Answer]:
        if self.state in ENDED:
            return self, ENDED[self.state]
        assert self.state is not None
        becomes = {"open": "cancelled", "paid": "refund_owed"}
        orders = tuple(replace(it, state=becomes.get(it.state, it.state)) for it in self.orders)
        withdrawn = move(self.state, Event.WITHDRAW)
        return replace(self, state=withdrawn, due_at=None, decides_at=None, orders=orders), (200, "withdrawn")

    def _pay(self, asked: Move, _: datetime) -> tuple["Application", Answer]:
        known = dict(self.keys)
        if (number := known.get(str(asked.about))) is not None:
            if self.orders[number].channel != asked.of:
                return self, (422, "payment_key_reused")
            return self, self._order(number)
        if self.state in ENDED:
            return self, ENDED[self.state]
        if self.state is not State.APPROVED:
            return self, (409, "illegal_move")
        number = next((n for n, it in enumerate(self.orders) if it.state == "open"), len(self.orders))
        new = () if number < len(self.orders) else (Order(asked.of),)
        it = replace(self, orders=self.orders + new, keys=(*self.keys, (str(asked.about), number)))
        if it.orders[number].channel != asked.of:
            return self, (409, "payment_other_channel_open")
        return it, it._order(number)

    def _order(self, number: int) -> Answer:
        return 201, f"order {number} {self.orders[number].state}"

    def _notify(self, asked: Move, _: datetime) -> tuple["Application", Answer]:
        """Hear a notification of a gateway: of the kinds only the true one is of consequence, and once."""
        number = int(asked.about)
        if asked.of == "forged":
            return self, (403, "callback_signature_wrong")
        if asked.of == "other amount":
            return self, (422, "callback_amount_wrong")
        if asked.of == "waiting" or self.orders[number].state in ("paid", "refund_owed"):
            return self, (200, "success")
        if self.state is State.APPROVED:
            paid = self._with_order(number, "paid")
            return replace(paid, state=move(self.state, Event.PAY), due_at=None), (200, "success")
        return self._with_order(number, "refund_owed"), (200, "success")

    def _cancel(self, asked: Move, _: datetime) -> tuple["Application", Answer]:
        number = int(asked.about)
        if self.orders[number].state in ("paid", "refund_owed"):
            return self, (409, "order_not_open")
        return self._with_order(number, "cancelled"), (204, "")

    def _with_order(self, number: int, state: str) -> "Application":
        orders = [*self.orders]
        orders[number] = replace(orders[number], state=state)
        return replace(self, orders=tuple(orders))
