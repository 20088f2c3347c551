"""The books that an audit holds against each other: candidates' promises, the portal's books, the gateways' orders."""

from dataclasses import dataclass, fields

import polars as pl

from reports.run_folder import Run, RunFolderError

FOLDER = "ledgers"


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
            tables[field.name] = pl.read_parquet(path)
        except FileNotFoundError:
            if field.name != "files":
                raise RunFolderError(f"{path}: missing; only half of the books are here") from None
            tables[field.name] = None
        except pl.exceptions.PolarsError as error:
            raise RunFolderError(f"{path}: cannot be read: {error}") from None
    return Ledgers(**tables)  # type: ignore[arg-type]  # only `files` may be None, which the loop sees to
