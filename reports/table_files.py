"""The tables of a report as files, CSV and Parquet, for other programs; units are in the columns' names."""

from dataclasses import asdict
from pathlib import Path

import polars as pl

from reports.analysis import Analysis
from reports.resources import Use


def table_frames(a: Analysis) -> dict[str, pl.DataFrame]:
    """Give the tables by name: `steps`, `over_time` and `resources`."""
    starts_s = pl.Series("from_s", a.timeline.starts_s, dtype=pl.Float64)
    moments = pl.Series("portal_time", [a.timeline.moment(at_s).isoformat() for at_s in starts_s], dtype=pl.String)
    over_time = a.over_time.drop("bucket").select(starts_s, moments, pl.all())
    kinds = dict.fromkeys(Use.__dataclass_fields__, pl.Float64) | {"resource": pl.String, "requests": pl.Int64}
    resources = pl.DataFrame([asdict(use) for use in a.uses], schema=kinds, orient="row")
    return {"steps": a.steps, "over_time": over_time, "resources": resources}


def write_table_files(a: Analysis, folder: Path) -> None:
    """Write each table as `NAME.csv` and `NAME.parquet`."""
    for name, frame in table_frames(a).items():
        frame.write_csv(folder / f"{name}.csv", float_precision=6)
        frame.write_parquet(folder / f"{name}.parquet")
