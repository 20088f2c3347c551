"""The three books of a run, for the audit of promises: those of candidates, portal and payment gateways.

    promises/ ─► who was promised something ─┬► their rows in the portal's books, at rest ─┐
                                             ├► the gateways' orders                      ├► ledgers/
                                             └► the files on the portal's disk           ─┘

`docs/run-folder.md` says what is in each. A portal that gives no books leaves none, and the report says so.
"""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

import httpx
import numpy as np
import polars as pl

from fakes.identity_numbers import id_numbers
from scenarios.control import Control, rows
from scenarios.loopback_client import loopback_client
from scenarios.run_folder import Schema
from scenarios.sampler import read_resources

FOLDER = "ledgers"
QUIET_S = 60.0
"""How long the portal may take to finish what the load has left in it."""
SETTLING_S = 15.0
"""How long the last notifications of payments may be on their way; what the portal has not heard of is no violation."""
ANSWER_S = 30.0
AT_ONCE = 20_000
"""People whose rows are asked for in one request."""
GATEWAYS = ("alipay", "unionpay")
_SENDING = re.compile(r"^provider_callbacks_sending{[^}]*} (\S+)$", re.MULTILINE)

BOOKS: Mapping[str, Schema] = {
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
    "applications": {
        "id": pl.Int64,
        "account_id": pl.Int64,
        "state": pl.String,
        "filing_number": pl.String,
    },
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
}
"""The columns that are kept of each of the portal's books."""
CHARGES: Schema = {
    "order_no": pl.String,
    "amount_fen": pl.Int64,
    "status": pl.String,
    "paid_at": pl.String,
    "notified": pl.Boolean,
    "believed_lie": pl.Boolean,
}
FILES: Schema = {"file": pl.String, "sha256": pl.String}


class StillBusy(RuntimeError):  # noqa: N818 - says how the portal is
    """The portal has not come to rest; the message says with what it is busy."""


class NothingPromised(Exception):  # noqa: N818 - what came of the run, not an error
    """There is nobody whose books could be written."""


def wait_until_quiet(address: str) -> None:
    """Wait until no request is in the portal any more. Raises StillBusy after QUIET_S, and httpx.HTTPError.

    Texts are not waited for: the offices send the day's results for hours, and who asks for a code holds a slot too.
    """
    deadline_s = time.monotonic() + QUIET_S
    with loopback_client(timeout=ANSWER_S) as client:
        while True:
            resources = read_resources(client.get(f"{address}/metrics").raise_for_status().text).items()
            busy = [name for name, it in resources if name != "sms" and (it.get("in_use") or it.get("queue"))]
            if not busy:
                return
            if time.monotonic() > deadline_s:
                raise StillBusy(f"the portal is still busy {QUIET_S:.0f} s after a run, with {', '.join(busy)}")
            time.sleep(0.2)


def forget_ledgers(run: Path) -> None:
    """Delete the books of a run that was resumed: they are of its earlier part."""
    rmtree(run / FOLDER, ignore_errors=True)


def write_ledgers(run: Path, control: Control, provider_address: str, seed: int, *, keeps_files: bool) -> None:
    """Write the books of all who were promised something, once payments have settled.

    Raises NothingPromised, and httpx.HTTPError.
    """
    parts = sorted((run / "promises").glob("part-*.parquet"))
    if not parts:
        raise NothingPromised("nobody was promised anything")
    candidates = pl.scan_parquet(parts).select(pl.col("candidate").unique().sort()).collect()["candidate"].to_numpy()
    numbers = id_numbers(seed, candidates)
    charges = _settled_charges(provider_address)
    folder = run / f"{FOLDER}.partial"
    rmtree(folder, ignore_errors=True)
    folder.mkdir()
    charges.write_parquet(folder / "charges.parquet")
    pl.DataFrame({"candidate": candidates, "id_number": numbers}).write_parquet(folder / "people.parquet")
    for book, schema in BOOKS.items():
        theirs = [
            control.rows_of(book, some.tolist(), schema)
            for some in np.array_split(numbers, 1 + len(numbers) // AT_ONCE)
        ]
        pl.concat(theirs).unique(maintain_order=True).write_parquet(folder / f"{book}.parquet")
    if keeps_files:
        control.files(FILES).write_parquet(folder / "files.parquet")
    folder.rename(run / FOLDER)


def _settled_charges(provider_address: str) -> pl.DataFrame:
    """Give the gateways' orders, once the portal has heard what they are telling it, or SETTLING_S later."""
    deadline_s = time.monotonic() + SETTLING_S
    with loopback_client(base_url=provider_address, timeout=ANSWER_S) as services:
        while _are_telling(services) and time.monotonic() < deadline_s:
            time.sleep(0.2)
        books = [services.get(f"/{gateway}/orders").raise_for_status() for gateway in GATEWAYS]
    return pl.concat(rows(book.content, CHARGES) for book in books)


def _are_telling(services: httpx.Client) -> bool:
    """Say whether notifications are on their way; those that come minutes late, or never, are not waited for."""
    metrics = services.get("/metrics").raise_for_status()
    return any(float(sending) for sending in _SENDING.findall(metrics.text))
