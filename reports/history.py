"""The history that shows a violation: what the candidate did and heard, and what the books say, in lines."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from reports import words
from reports.audit_books import collect
from reports.language import Text, later
from reports.ledgers import Ledgers

_KINDS = {
    "account": ("account", "unbinding"),
    "phone": ("account", "unbinding"),
    "unbinding": ("account", "unbinding"),
    "paper": ("paper",),
    "file": ("paper",),
    "identity": ("identity",),
    "face": ("face_check",),
    "application": ("application",),
    "filing": ("filing", "withdrawal", "supplement"),
    "withdrawal": ("filing", "withdrawal", "supplement"),
    "supplement": ("filing", "withdrawal", "supplement"),
    "order": ("order", "payment"),
    "payment": ("order", "payment"),
    "charged": ("order", "payment"),
    "recorded": ("order", "payment"),
    "amount": ("order", "payment"),
    "lie": ("order", "payment"),
    "invoice": ("payment", "invoice"),
}
"""Which promises have to do with a rule, by the first word of its name."""


@dataclass(frozen=True)
class Told:
    """All that histories of some violations are made of."""

    promises: pl.DataFrame
    application_events: pl.DataFrame
    payment_orders: pl.DataFrame
    charges: pl.DataFrame


def read_told(candidates: set[int], items: set[str], promises: pl.LazyFrame, ledgers: Ledgers) -> Told:
    """Read what was promised to some candidates, and what the books say of the applications and orders in `items`."""
    numbers = pl.Series(list(items), dtype=pl.String).cast(pl.Int64, strict=False).drop_nulls()
    is_theirs = pl.col("order_no").is_in(items) | pl.col("application_id").is_in(numbers.implode())
    orders = collect(ledgers.payment_orders.filter(is_theirs))
    return Told(
        collect(promises.filter(pl.col("candidate").is_in(candidates))),
        collect(ledgers.application_events.filter(pl.col("application_id").is_in(numbers.implode()))),
        orders,
        collect(ledgers.charges.filter(pl.col("order_no").is_in({*items, *orders["order_no"]}))),
    )


def history_of(rule: str, candidate: int | None, item: str, among: Told) -> tuple[Text, ...]:
    """Give what happened around one violation: first to the candidate, in order, then in the books."""
    subject = rule.partition("_")[0]
    told: list[Text] = []
    if candidate is not None:
        its = among.promises.filter((pl.col("candidate") == candidate) & pl.col("promise").is_in(_KINDS[subject]))
        if subject in ("paper", "file"):
            its = its.filter(pl.col("item") == item)
        told += [_told(row) for row in its.sort("invoked_s", maintain_order=True).iter_rows(named=True)]
    if subject in ("filing", "withdrawal", "supplement") and item.isdigit():
        moves = among.application_events.filter(pl.col("application_id") == int(item))
        told += [_moved(row) for row in moves.iter_rows(named=True)]
    if "order" in _KINDS[subject]:
        told += _orders(item, among)
    return tuple(told)


def _told(row: dict[str, Any]) -> Text:
    """Say one promise: from when to when, in run seconds, and how it ended.

    >>> str(_told({"promise": "paper", "item": "id_front", "value": "ab" * 32, "invoked_s": 1.0, "ended_s": 2.5,
    ...            "visit": 3, "outcome": "ok"}))
    'candidate, 1.000 to 2.500 s, visit 3: paper id_front abababababab… acknowledged'
    """
    value, kind = str(row["value"]), str(row["promise"])
    short = value[:12] + "…" if len(value) > 24 else value
    return later(
        "history-candidate",
        from_s=row["invoked_s"],
        to_s=row["ended_s"],
        visit=str(row["visit"]),
        kind=later("promise-kind", name=kind, title=words.spaced(kind)),
        about=" ".join(word for word in (str(row["item"]), short) if word),
        outcome=row["outcome"],
    )


def _moved(row: dict[str, Any]) -> Text:
    event, before, after = (str(row[name]) for name in ("event", "from_state", "to_state"))
    return later(
        "history-portal-moved",
        at=str(row["at"]),
        act=later("act", name=f"{event}-{before}", title=words.spaced(event)),
        before=_state(before),
        after=_state(after),
    )


def _state(name: str) -> Text:
    return later("state", name=name, title=words.spaced(name))


def _orders(item: str, among: Told) -> list[Text]:
    """Say how the orders of an order number, or of an application, stand at the portal and at the gateways."""
    orders = among.payment_orders
    its = orders.filter((pl.col("order_no") == item) | (pl.col("application_id").cast(pl.String) == item))
    numbers = {item, *its["order_no"]}
    charges = among.charges.filter(pl.col("order_no").is_in(list(numbers)))
    portal = its.select("order_no", "amount_fen", "state").iter_rows()
    gateway = charges.select("order_no", "amount_fen", "status", "paid_at", "notified").iter_rows()
    return [
        *(later("history-portal-order", number=number, fen=str(fen), state=state) for number, fen, state in portal),
        *(
            later(
                "history-gateway-order",
                number=number,
                fen=str(fen),
                state=status,
                since=str(at or ""),
                heard="none" if not at else "yes" if notified else "no",
            )
            for number, fen, status, at, notified in gateway
        ),
    ]
