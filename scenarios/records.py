"""What a run has made on a portal that stays: accounts, applications, orders, with the portal's ids."""

from pathlib import Path

import polars as pl

from fakes.identity_numbers import id_numbers
from scenarios.run_folder import PROMISES

FILE = "records.csv"
KINDS = {
    "account": "item",
    "application": "value",
    "filing": "value",
    "order": "value",
    "invoice": "value",
    "unbinding": "item",
}
"""Promises of a new record, and the column that names it."""


def write_records(run: Path, seed: int) -> None:
    """List in a run folder every record that its candidates have made, or may have made, in the order of time.

    Columns: `record`, `id` (the portal's; of an account, the phone), `candidate`, `id_number`, `made`: `yes`, or
    `perhaps` where no answer came. Raises OSError.
    """
    parts = sorted((run / "promises").glob("part-*.parquet"))
    promises = pl.read_parquet(parts) if parts else pl.DataFrame(schema=PROMISES)
    named = [
        promises.filter(pl.col("promise") == kind, pl.col("outcome").is_in(["ok", "info"])).select(
            pl.col("promise").alias("record"),
            pl.col(column).alias("id"),
            "candidate",
            pl.when(pl.col("outcome") == "ok").then(pl.lit("yes")).otherwise(pl.lit("perhaps")).alias("made"),
            "ended_s",
        )
        for kind, column in KINDS.items()
    ]
    made = pl.concat(named).sort("ended_s", maintain_order=True)
    numbers = pl.Series("id_number", id_numbers(seed, made["candidate"].to_numpy()), pl.String)
    made.with_columns(numbers).select("record", "id", "candidate", "id_number", "made").unique(
        maintain_order=True
    ).write_csv(run / FILE)
