"""Promises and books of many candidates whose registrations are in order, to be audited by benchmarks: `make_books`."""

from pathlib import Path

import polars as pl

from reports.ledgers import FOLDER, TABLES
from tests.reports.made_ledgers import made_ledgers, made_promises

NUMBERS = {"id", "account_id", "application_id"}
NAMES = {"id_number", "phone", "file", "order_no", "number", "filing_number"}
CANDIDATES_A_PART = 20_000
DIGEST_LENGTH = 64


def copies(table: pl.LazyFrame, who: range) -> pl.LazyFrame:
    """Give the rows of one candidate for each of these, with numbers, names and digests of their own."""
    columns = table.collect_schema().names()
    own = [pl.col(c) + 1000 * pl.col("who") for c in columns if c in NUMBERS]
    own += [pl.format("{}-{}", c, "who").alias(c) for c in columns if c in NAMES]
    own += [_digest("sha256", "who")] if "sha256" in columns else []
    own += [pl.col("who").cast(pl.UInt32).alias("candidate")] if "candidate" in columns else []
    everybody = pl.LazyFrame({"who": pl.int_range(who.start, who.stop, eager=True)})
    return everybody.join(table, how="cross", maintain_order="left_right").with_columns(own).select(columns)


def promises_of(who: range) -> pl.LazyFrame:
    """Give the promises of these candidates: items and values are numbers, names and digests of the books."""
    made = copies(made_promises(), who)
    number = pl.col("candidate").cast(pl.Int64) * 1000
    kind = pl.col("promise")

    def own(column: str, numeric: tuple[str, ...], named: tuple[str, ...]) -> pl.Expr:
        as_number = (pl.col(column).cast(pl.Int64, strict=False) + number).cast(pl.String)
        as_name = pl.format("{}-{}", column, "candidate")
        digest = _digest(column, "candidate") if column == "value" else pl.col(column)
        return (
            pl.when(kind.is_in(numeric))
            .then(as_number)
            .when(kind.is_in(named))
            .then(as_name)
            .when(kind == "paper")
            .then(digest)
            .otherwise(column)
            .alias(column)
        )

    return made.with_columns(
        own("item", ("filing", "withdrawal", "supplement", "order", "invoice"), ("account", "unbinding", "payment")),
        own("value", ("application", "invoice"), ("filing", "order")),
    )


def make_books(run: Path, count: int) -> None:
    """Write into the folder of a run the promises of so many candidates, and the books in which they are kept."""
    (run / "promises").mkdir(parents=True)
    (run / FOLDER).mkdir()
    for part, begin in enumerate(range(0, count, CANDIDATES_A_PART)):
        some = promises_of(range(begin, min(count, begin + CANDIDATES_A_PART))).collect()
        some.write_parquet(run / "promises" / f"part-0-{part:05d}.parquet", compression="zstd", compression_level=1)
    ledgers = made_ledgers()
    for name in TABLES:
        copies(getattr(ledgers, name), range(count)).sink_parquet(run / FOLDER / f"{name}.parquet")


def _digest(column: str, whose: str) -> pl.Expr:
    """Give a text as long as a digest, each candidate's own, that cannot be packed either."""
    text = pl.format("{}-{}", column, whose)
    return pl.concat_str(text.hash(seed) for seed in range(4)).str.head(DIGEST_LENGTH).alias(column)
