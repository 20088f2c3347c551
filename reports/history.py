"""The history that shows a violation: what the candidate did and heard, and what the books say, in lines."""

import polars as pl

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


def history_of(
    rule: str, candidate: int | None, item: str, promises: pl.DataFrame, ledgers: Ledgers
) -> tuple[str, ...]:
    """Give what happened around one violation: first to the candidate, in order, then in the books."""
    subject = rule.partition("_")[0]
    told: list[str] = []
    if candidate is not None:
        its = promises.filter((pl.col("candidate") == candidate) & pl.col("promise").is_in(_KINDS[subject]))
        if subject in ("paper", "file"):
            its = its.filter(pl.col("item") == item)
        told += [_told(row) for row in its.sort("invoked_s").iter_rows(named=True)]
    if subject in ("filing", "withdrawal", "supplement") and item.isdigit():
        moves = ledgers.application_events.filter(pl.col("application_id") == int(item))
        told += [f"portal, {at}: {event}, {a} to {b}" for event, a, b, at in moves.select(_MOVE).iter_rows()]
    if "order" in _KINDS[subject]:
        told += _orders(item, ledgers)
    return tuple(told)


_MOVE = ("event", "from_state", "to_state", "at")


def _told(row: dict[str, object]) -> str:
    """Say one promise: from when to when, in run seconds, and how it ended.

    >>> _told({"promise": "paper", "item": "id_front", "value": "ab" * 32, "invoked_s": 1.0, "ended_s": 2.5,
    ...        "visit": 3, "outcome": "ok"})
    'candidate, 1.000 to 2.500 s, visit 3: paper id_front abababababab… ok'
    """
    value = str(row["value"])
    short = value[:12] + "…" if len(value) > 24 else value
    about = " ".join(word for word in (str(row["promise"]), str(row["item"]), short) if word)
    return (
        f"candidate, {row['invoked_s']:.3f} to {row['ended_s']:.3f} s, visit {row['visit']}: {about} {row['outcome']}"
    )


def _orders(item: str, ledgers: Ledgers) -> list[str]:
    """Say how the orders of an order number, or of an application, stand at the portal and at the gateways."""
    orders = ledgers.payment_orders
    its = orders.filter((pl.col("order_no") == item) | (pl.col("application_id").cast(pl.String) == item))
    numbers = {item, *its["order_no"]}
    charges = ledgers.charges.filter(pl.col("order_no").is_in(list(numbers)))
    portal = its.select("order_no", "amount_fen", "state").iter_rows()
    gateway = charges.select("order_no", "amount_fen", "status", "paid_at", "notified").iter_rows()
    return [
        *(f"portal: order {number} over {fen} fen is {state}" for number, fen, state in portal),
        *(
            f"gateway: order {number} over {fen} fen is {status}"
            + (f" since {at}, and the portal {'took' if notified else 'did not take'} notice" if at else "")
            for number, fen, status, at, notified in gateway
        ),
    ]
