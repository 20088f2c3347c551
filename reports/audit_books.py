"""The books in the shapes that the checks of an audit need, read so that millions of candidates fit into memory.

Tables stay on the disk until a check asks, and a check reads the rows and columns that it is about. What several checks
need of everybody, whose each row is and what was paid, is read once and kept.
"""

from typing import Literal

import polars as pl

from reports.ledgers import Ledgers

How = Literal["inner", "left", "semi", "anti"]


class Books:
    """The tables in the shapes that the checks need."""

    def __init__(self, promises: pl.LazyFrame, ledgers: Ledgers) -> None:
        self.promises = promises
        self.acknowledged = promises.filter(pl.col("outcome") == "ok")
        self.ledgers = ledgers
        accounts = joined(ledgers.accounts, ledgers.people, "id_number")
        facts = pl.col("submitted_at", "face_checked_at", "lapsed_at").is_not_null().name.replace("_at$", "")
        self.accounts = read_once(accounts.select("candidate", "phone", facts, account_id="id"))
        owners = self.accounts.select("candidate", "account_id")
        applications = joined(owners, ledgers.applications, "account_id")
        self.applications = read_once(applications.select("candidate", application_id="id"))
        scans = joined(ledgers.identity_scans, owners, "account_id").with_columns(paper="id_" + pl.col("side"))
        materials = joined(ledgers.materials, self.applications, "application_id")
        columns = ("candidate", "paper", "sha256", "file")
        self.papers = pl.concat([scans.select(columns), materials.select(columns)])
        orders = joined(ledgers.payment_orders, self.applications, "application_id", how="left")
        self.orders = read_once(orders.select("candidate", "application_id", "order_no", "state", "amount_fen"))
        paid = ledgers.charges.filter(pl.col("status") == "paid").drop("status", "paid_at")
        self.paid = read_once(joined(paid, self.orders.rename({"amount_fen": "order_fen"}), "order_no", how="left"))
        recorded = pl.col("state").is_in(["paid", "refund_owed"])
        unrecorded = self.paid.filter(~recorded.fill_null(value=False))
        self.open_charges = unrecorded.filter(~pl.col("notified") & pl.col("state").is_in(["open", "cancelled"]))
        self.unrecorded = joined(unrecorded, self.open_charges, "order_no", how="anti")

    def promised(self, kind: str, item: str, value: str = "") -> pl.LazyFrame:
        """Give acknowledged promises of one kind, with columns named for what they are about; numbers as numbers."""
        found = self.acknowledged.filter(pl.col("promise") == kind)
        numbers = {"application_id", "invoice_id", "amount_fen"}
        names = {"item": item, **({"value": value} if value else {})}
        chosen = [pl.col(old).cast(pl.Int64) if new in numbers else pl.col(old) for old, new in names.items()]
        return found.select(
            "candidate", *(column.alias(new) for column, new in zip(chosen, names.values(), strict=True))
        )


def joined(rows: pl.LazyFrame, there: pl.LazyFrame, *on: str, how: How = "inner") -> pl.LazyFrame:
    """Join, in the order of `rows` and then of what is there: that of what is listed depends on nothing else."""
    return rows.join(there, on=on, how=how, maintain_order="left_right")


def collect(rows: pl.LazyFrame) -> pl.DataFrame:
    """Read rows, some at a time where they are only looked through."""
    return rows.collect(engine="streaming")


def read_once(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Give rows that are in memory from now on."""
    return collect(rows).lazy()
