"""The reader of a run folder; docs/run-folder.md is the contract.

Tables are opened lazily, so that a question about two columns of ten million requests reads two columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from reports.facts import Facts, Load
from reports.pace import Pace

FORMAT = 1

TABLES: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "arrivals": {"candidate": pl.UInt32, "purpose": pl.String, "due_s": pl.Float64},
    "requests": {
        "worker": pl.UInt16,
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "step": pl.String,
        "attempt": pl.UInt16,
        "intended_s": pl.Float64,
        "sent_s": pl.Float64,
        "done_s": pl.Float64,
        "status": pl.UInt16,
        "outcome": pl.String,
        "problem": pl.String,
        "bytes_up": pl.UInt32,
        "bytes_down": pl.UInt32,
        "server_timing": pl.String,
    },
    "visits": {
        "worker": pl.UInt16,
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "purpose": pl.String,
        "planned": pl.Boolean,
        "due_s": pl.Float64,
        "started_s": pl.Float64,
        "ended_s": pl.Float64,
        "outcome": pl.String,
        "reached": pl.String,
        "reason": pl.String,
    },
    "promises": {
        "worker": pl.UInt16,
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "promise": pl.String,
        "item": pl.String,
        "value": pl.String,
        "invoked_s": pl.Float64,
        "ended_s": pl.Float64,
        "outcome": pl.String,
    },
    "standings": {
        "candidate": pl.UInt32,
        "visit": pl.UInt16,
        "number": pl.UInt32,
        "promised_s": pl.Float64,
        "taken_s": pl.Float64,
        "admitted_s": pl.Float64,
        "ended_s": pl.Float64,
    },
    "generator": {
        "worker": pl.UInt16,
        "at_s": pl.Float64,
        "cpu_share": pl.Float64,
        "loop_lag_ms": pl.Float64,
        "inside": pl.UInt32,
        "rss_bytes": pl.UInt64,
    },
    "resources": {
        "at_s": pl.Float64,
        "resource": pl.String,
        "capacity": pl.Float64,
        "in_use": pl.Float64,
        "queue": pl.Float64,
        "completions": pl.Float64,
        "wait_s": pl.Float64,
        "held_s": pl.Float64,
    },
    "processes": {
        "at_s": pl.Float64,
        "process": pl.String,
        "cpu_s": pl.Float64,
        "rss_bytes": pl.UInt64,
        "niceness": pl.Int16,
    },
    "machine": {
        "at_s": pl.Float64,
        "cores": pl.UInt16,
        "busy_s": pl.Float64,
        "stolen_s": pl.Float64,
        "harness_s": pl.Float64,
    },
    "page_loads": {
        "browser": pl.UInt16,
        "candidate": pl.UInt32,
        "page": pl.String,
        "at_s": pl.Float64,
        "ttfb_ms": pl.Float64,
        "lcp_ms": pl.Float64,
        "waited_ms": pl.Float64,
        "outcome": pl.String,
        "problem": pl.String,
    },
    "browser_visits": {
        "browser": pl.UInt16,
        "candidate": pl.UInt32,
        "started_s": pl.Float64,
        "ended_s": pl.Float64,
        "outcome": pl.String,
        "reached": pl.String,
        "reason": pl.String,
    },
}

OPTIONAL_COLUMNS: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "arrivals": {"planned_s": pl.Float64, "province": pl.String},
    "generator": {
        "open_files": pl.UInt32,
        "open_files_limit": pl.UInt32,
        "wall_s": pl.Float64,
        "held_back": pl.UInt32,
        "held_back_s": pl.Float64,
    },
}
"""Columns that not every run has; they are null there."""

PACE = {"from_s": pl.Float64, "portal_s": pl.Float64, "speed": pl.Float64}

# A real portal may give no counters, and a run can be reported without them; the report says that they are missing.
OPTIONAL = frozenset(TABLES) - {"arrivals", "requests", "visits"}


class RunFolderError(ValueError):
    """The folder is no whole run folder; the message is one line that says what is wrong and where."""


@dataclass(frozen=True)
class Run:
    """An opened run folder: its facts, `run.json` as it stands, and its tables, not yet read."""

    folder: Path
    facts: Facts
    record: dict[str, Any]
    arrivals: pl.LazyFrame
    requests: pl.LazyFrame
    visits: pl.LazyFrame
    promises: pl.LazyFrame
    standings: pl.LazyFrame
    generator: pl.LazyFrame
    resources: pl.LazyFrame
    processes: pl.LazyFrame
    machine: pl.LazyFrame
    page_loads: pl.LazyFrame
    browser_visits: pl.LazyFrame
    pace: Pace
    broken_parts: tuple[str, ...]
    """Parts that were cut off while they were written, and are left out."""


def open_run(folder: Path) -> Run:
    """Open a run folder.

    Raises RunFolderError, with one line, if the folder, `run.json` or a table that no report can do without is
    missing or does not fit the contract. Parts that were cut off are left out and named in `broken_parts`.
    """
    if not folder.is_dir():
        raise RunFolderError(f"{folder}: no such folder; give the folder of a run, as `rehearse run` names it")
    facts, record = _read_facts(folder / "run.json")
    broken: list[str] = []
    tables = {name: _scan(folder, name, broken) for name in TABLES}
    if facts.load.length_s <= 0:
        load = msgspec.structs.replace(facts.load, length_s=_last_moment(tables, facts.load), interrupted=True)
        facts = msgspec.structs.replace(facts, load=load)
    pace = _read_pace(folder / "pace.parquet", facts.load)
    return Run(folder=folder, facts=facts, record=record, pace=pace, broken_parts=tuple(broken), **tables)


def _read_pace(path: Path, load: Load) -> Pace:
    """Read the portal's clock over the run; without the file it kept the speed that `run.json` names."""
    if not path.exists():
        return Pace.steady(load.speed, load.length_s)
    if not _is_whole(path):
        raise RunFolderError(f"{path}: cut off, so when it was what portal time is not known")
    check_columns(path, "pace", PACE)
    try:
        return Pace.of_table(pl.read_parquet(path).select(pl.col(c).cast(t) for c, t in PACE.items()), load.length_s)
    except ValueError as error:
        raise RunFolderError(f"{path}: {error}") from error


def _last_moment(tables: Mapping[str, pl.LazyFrame], load: Load) -> float:
    """Give the last run second of which anything was written, for a load that was killed before its end."""
    lasts = [
        tables[name].select(pl.col(column).max()).collect().item()
        for name, column in (("requests", "done_s"), ("generator", "at_s"))
    ]
    return min(load.planned_length_s, max((s for s in lasts if s is not None), default=0.0))


def _read_facts(path: Path) -> tuple[Facts, dict[str, Any]]:
    if not path.is_file():
        raise RunFolderError(f"{path}: missing, so {path.parent} is not the folder of a run (or it never began)")
    text = path.read_bytes()
    try:
        record = msgspec.json.decode(text, type=dict[str, Any])
        if record.get("format") != FORMAT:
            raise RunFolderError(f"{path}: format {record.get('format')!r}; this version reads format {FORMAT}")
        facts = msgspec.json.decode(text, type=Facts)
    except msgspec.DecodeError as error:
        raise RunFolderError(f"{path}: does not fit docs/run-folder.md: {error}") from error
    if facts.load.started_at is None:
        raise RunFolderError(f"{path}: the load never began, so there is nothing to report; run it again")
    return facts, record


def _scan(folder: Path, name: str, broken: list[str]) -> pl.LazyFrame:
    """Open one table: a file or a folder of parts; without any part it is a table without rows."""
    path = folder / ("arrivals.parquet" if name == "arrivals" else name)
    if not path.exists() and name not in OPTIONAL:
        raise RunFolderError(f"{path}: missing; only half of a run is here, so run it again")
    parts = [path] if path.is_file() else sorted(path.glob("part-*.parquet"))
    whole = []
    for part in parts:
        if _is_whole(part):
            check_columns(part, name, TABLES[name])
            whole.append(part)
        else:
            broken.append(str(part.relative_to(folder)))
    columns = {**TABLES[name], **OPTIONAL_COLUMNS.get(name, {})}
    if not whole:
        return pl.LazyFrame(schema=columns)
    table = pl.scan_parquet(whole).select("*", *_lacking(whole[0], name))
    return table.select(pl.col(c).cast(t) for c, t in columns.items())


def _lacking(part: Path, name: str) -> list[pl.Expr]:
    """Give the optional columns that a table does not have, as nulls."""
    found = pl.read_parquet_schema(part)
    return [pl.lit(None, t).alias(c) for c, t in OPTIONAL_COLUMNS.get(name, {}).items() if c not in found]


def _is_whole(part: Path) -> bool:
    """Say whether a Parquet file was written to its end, where its footer and the letters PAR1 stand."""
    size = part.stat().st_size
    with part.open("rb") as file:
        file.seek(max(size - 4, 0))
        return size > 12 and file.read() == b"PAR1"


def check_columns(part: Path, name: str, columns: Mapping[str, type[pl.DataType]]) -> None:
    """Hold a file against the columns of its table. Raises RunFolderError."""
    found = pl.read_parquet_schema(part)
    for column, wanted in columns.items():
        if column not in found:
            raise RunFolderError(f"{part}: no column {column!r}; docs/run-folder.md lists those of {name}")
        if _kind(found[column]) != _kind(wanted()):
            raise RunFolderError(f"{part}: column {column!r} is {found[column]}; it should be {wanted()}")


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "number"
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else str(dtype)
