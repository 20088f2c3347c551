"""One candidate's whole registration, as promises and as all three books have it: made up, and in order."""

from dataclasses import replace
from typing import Any

import polars as pl

from reports.ledgers import TABLES as SCHEMAS
from reports.ledgers import Ledgers
from reports.run_folder import TABLES

NOON = "2025-03-10T12:00:00+08:00"

BOOKS: dict[str, list[dict[str, Any]]] = {
    "people": [{"candidate": 7, "id_number": "N7"}],
    "accounts": [
        {"id": 1, "id_number": "N7", "phone": "138", "submitted_at": NOON, "face_checked_at": NOON, "lapsed_at": None}
    ],
    "identity_scans": [{"account_id": 1, "side": "front", "sha256": "f2", "file": "file-front"}],
    "materials": [{"application_id": 11, "paper": "work_proof", "sha256": "w1", "file": "file-work"}],
    "applications": [{"id": 11, "account_id": 1, "state": "paid", "filing_number": "110002"}],
    "application_events": [
        {"application_id": 11, "event": event, "from_state": "a", "to_state": "b", "at": NOON}
        for event in ("submit", "withdraw", "change", "submit", "request_supplement", "supplement", "approve", "pay")
    ],
    "filings": [{"number": "110001", "application_id": 11}, {"number": "110002", "application_id": 11}],
    "payment_orders": [
        {"order_no": "A1", "application_id": 11, "channel": "alipay", "amount_fen": 13000, "state": "paid"},
        {"order_no": "A0", "application_id": 11, "channel": "alipay", "amount_fen": 13000, "state": "cancelled"},
    ],
    "invoices": [{"id": 5, "application_id": 11, "order_no": "A1", "amount_fen": 13000}],
    "support_tickets": [{"phone": "138", "requested_at": NOON}],
    "charges": [
        {
            "order_no": "A1",
            "amount_fen": 13000,
            "status": "paid",
            "paid_at": NOON,
            "notified": True,
            "believed_lie": False,
        },
        {
            "order_no": "A0",
            "amount_fen": 13000,
            "status": "closed",
            "paid_at": None,
            "notified": False,
            "believed_lie": False,
        },
    ],
    "files": [{"file": "file-front", "sha256": "f2"}, {"file": "file-work", "sha256": "w1"}],
}

PROMISES: list[tuple[str, str, str, str]] = [
    ("unbinding", "138", "", "ok"),
    ("account", "138", "", "ok"),
    ("paper", "id_front", "f1", "ok"),
    ("paper", "id_front", "f2", "ok"),
    ("paper", "id_front", "f3", "fail"),
    ("identity", "", "", "ok"),
    ("face_check", "", "", "ok"),
    ("application", "", "11", "ok"),
    ("paper", "work_proof", "w1", "ok"),
    ("filing", "11", "110001", "ok"),
    ("withdrawal", "11", "", "ok"),
    ("filing", "11", "110002", "ok"),
    ("supplement", "11", "", "ok"),
    ("order", "11", "A0", "ok"),
    ("order", "11", "A1", "ok"),
    ("payment", "A1", "13000", "ok"),
    ("invoice", "11", "5", "ok"),
]
"""Promise, item, value, outcome, one a second."""


def made_promises(rows: list[tuple[str, str, str, str]] | None = None) -> pl.LazyFrame:
    """Give promises of candidate 7, one a second, each answered after half a second."""
    told = PROMISES if rows is None else rows
    schema = TABLES["promises"]
    return pl.LazyFrame(
        [(0, 7, 0, promise, item, value, float(n), n + 0.5, end) for n, (promise, item, value, end) in enumerate(told)],
        schema=schema,
        orient="row",
    )


def made_ledgers(**changed: list[dict[str, Any]] | None) -> Ledgers:
    """Give the books, with the rows of some in place of those that are in order; None: a book that is not there."""
    books = Ledgers(**{name: pl.LazyFrame(rows, schema=SCHEMAS[name]) for name, rows in BOOKS.items()})
    tables = {
        name: None if rows is None else pl.LazyFrame(rows, schema=SCHEMAS[name]) for name, rows in changed.items()
    }
    return replace(books, **tables)  # type: ignore[arg-type]  # only `files` may be None


def one_changed(book: str, row: int = 0, **columns: Any) -> list[dict[str, Any]]:
    """Give the rows of a book, one of them changed."""
    rows = [dict(it) for it in BOOKS[book]]
    rows[row].update(columns)
    return rows
