"""The books that an audit holds against each other: candidates' promises, the portal's books, the gateways' orders."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from reports.run_folder import Run, RunFolderError, check_columns

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

    people: pl.DataFrame
    accounts: pl.DataFrame
    identity_scans: pl.DataFrame
    materials: pl.DataFrame
    applications: pl.DataFrame
    application_events: pl.DataFrame
    filings: pl.DataFrame
    payment_orders: pl.DataFrame
    invoices: pl.DataFrame
    support_tickets: pl.DataFrame
    charges: pl.DataFrame
    files: pl.DataFrame | None
    """What lies on the portal's disk; None where it keeps no files."""


def read_ledgers(run: Run) -> Ledgers | None:
    """Read the books of a run; None where it has none. Raises RunFolderError for half of them."""
    folder = run.folder / FOLDER
    if not folder.is_dir():
        return None
    tables: dict[str, pl.DataFrame | None] = {}
    for field in fields(Ledgers):
        path = folder / f"{field.name}.parquet"
        try:
            check_columns(path, field.name, TABLES[field.name])
            tables[field.name] = pl.read_parquet(path)
        except FileNotFoundError:
            if field.name != "files":
                raise RunFolderError(f"{path}: missing; only half of the books are here") from None
            tables[field.name] = None
        except pl.exceptions.PolarsError as error:
            raise RunFolderError(f"{path}: cannot be read: {error}") from None
    return Ledgers(**tables)  # type: ignore[arg-type]  # only `files` may be None, which the loop sees to
