"""Promises and books of many candidates whose registrations are in order, for benchmarks of the audit of promises."""

import polars as pl

from reports.ledgers import TABLES, Ledgers
from tests.reports.made_ledgers import made_ledgers, made_promises

NUMBERS = {"id", "account_id", "application_id"}
NAMES = {"id_number", "phone", "file", "order_no", "number", "filing_number"}


def copies(table: pl.DataFrame, count: int) -> pl.DataFrame:
    """Give the rows of one candidate for so many, each with numbers and names of their own."""
    who = pl.DataFrame({"who": range(count)})
    own = [pl.col(c) + 1000 * pl.col("who") for c in NUMBERS & set(table.columns)]
    own += [pl.format("{}-{}", c, "who").alias(c) for c in NAMES & set(table.columns)]
    if "candidate" in table.columns:
        own.append(pl.col("who").cast(pl.UInt32).alias("candidate"))
    return table.join(who, how="cross").with_columns(own).select(table.columns)


def promises_of(count: int) -> pl.DataFrame:
    """Give the promises of so many candidates: items and values are numbers and names of the books."""
    made = copies(made_promises(), count)
    number = pl.col("candidate").cast(pl.Int64) * 1000

    def named(column: str, kinds: dict[str, str]) -> pl.Expr:
        numeric = pl.col("promise").is_in([kind for kind, sort in kinds.items() if sort == "number"])
        text = pl.col("promise").is_in([kind for kind, sort in kinds.items() if sort == "name"])
        return (
            pl.when(numeric)
            .then((pl.col(column).cast(pl.Int64, strict=False) + number).cast(pl.String))
            .when(text)
            .then(pl.format("{}-{}", column, "candidate"))
            .otherwise(pl.col(column))
            .alias(column)
        )

    applications = dict.fromkeys(("filing", "withdrawal", "supplement", "order", "invoice"), "number")
    phones = dict.fromkeys(("account", "unbinding", "payment"), "name")
    return made.with_columns(
        named("item", {**applications, **phones}),
        named("value", {"application": "number", "invoice": "number", "filing": "name", "order": "name"}),
    )


def books_of(count: int) -> Ledgers:
    """Give the books of portal and gateways in which the promises of so many candidates are kept."""
    ledgers = made_ledgers()
    return Ledgers(**{name: copies(getattr(ledgers, name), count) for name in TABLES})
