"""The books that an audit holds against each other: candidates' promises, the portal's books, the gateways' orders."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from reports.run_folder import RunFolderError, check_columns

FOLDER = "ledgers"

TABLES: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "people": {"candidate": pl.UInt32, "id_number": pl.String},
    "accounts": {
        "id": pl.Int64,
        "id_number": pl.String,
        "phone": pl.String,
        "submitted_at": pl.String,
        "face_checked_at": pl.String,
        "lapsed_at": pl.String,
    },
    "identity_scans": {"account_id": pl.Int64, "side": pl.String, "sha256": pl.String, "file": pl.String},
    "materials": {"application_id": pl.Int64, "paper": pl.String, "sha256": pl.String, "file": pl.String},
    "applications": {"id": pl.Int64, "account_id": pl.Int64, "state": pl.String, "filing_number": pl.String},
    "application_events": {
        "application_id": pl.Int64,
        "event": pl.String,
        "from_state": pl.String,
        "to_state": pl.String,
        "at": pl.String,
    },
    "filings": {"number": pl.String, "application_id": pl.Int64},
    "payment_orders": {
        "order_no": pl.String,
        "application_id": pl.Int64,
        "channel": pl.String,
        "amount_fen": pl.Int64,
        "state": pl.String,
    },
    "invoices": {"id": pl.Int64, "application_id": pl.Int64, "order_no": pl.String, "amount_fen": pl.Int64},
    "support_tickets": {"phone": pl.String, "requested_at": pl.String},
    "charges": {
        "order_no": pl.String,
        "amount_fen": pl.Int64,
        "status": pl.String,
        "paid_at": pl.String,
        "notified": pl.Boolean,
        "believed_lie": pl.Boolean,
    },
    "files": {"file": pl.String, "sha256": pl.String},
}
"""The columns of each book; docs/run-folder.md says what they are."""


@dataclass(frozen=True)
class Ledgers:
    """The tables of `RUN/ledgers/`, by the names of their files; docs/run-folder.md says what is in each."""

    people: pl.LazyFrame
    accounts: pl.LazyFrame
    identity_scans: pl.LazyFrame
    materials: pl.LazyFrame
    applications: pl.LazyFrame
    application_events: pl.LazyFrame
    filings: pl.LazyFrame
    payment_orders: pl.LazyFrame
    invoices: pl.LazyFrame
    support_tickets: pl.LazyFrame
    charges: pl.LazyFrame
    files: pl.LazyFrame | None
    """What lies on the portal's disk; None where it keeps no files."""


def read_ledgers(run: Path) -> Ledgers | None:
    """Open the books in the folder of a run; None where it has none. Raises RunFolderError for half of them."""
    folder = run / FOLDER
    if not folder.is_dir():
        return None
    tables: dict[str, pl.LazyFrame | None] = {}
    for field in fields(Ledgers):
        path = folder / f"{field.name}.parquet"
        try:
            check_columns(path, field.name, TABLES[field.name])
            tables[field.name] = pl.scan_parquet(path)
        except FileNotFoundError:
            if field.name != "files":
                raise RunFolderError(f"{path}: missing; only half of the books are here") from None
            tables[field.name] = None
        except pl.exceptions.PolarsError as error:
            raise RunFolderError(f"{path}: cannot be read: {error}") from None
    return Ledgers(**tables)  # type: ignore[arg-type]  # only `files` may be None, which the loop sees to
