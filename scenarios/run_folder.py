"""Writes the run folder; docs/run-folder.md is its format."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import get_ident
from typing import Any, NamedTuple

import msgspec
import polars as pl

Schema = dict[str, Any]

REQUESTS: Schema = {
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
}
VISITS: Schema = {
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
}
PROMISES: Schema = {
    "worker": pl.UInt16,
    "candidate": pl.UInt32,
    "visit": pl.UInt16,
    "promise": pl.String,
    "item": pl.String,
    "value": pl.String,
    "invoked_s": pl.Float64,
    "ended_s": pl.Float64,
    "outcome": pl.String,
}
STANDINGS: Schema = {
    "worker": pl.UInt16,
    "candidate": pl.UInt32,
    "visit": pl.UInt16,
    "number": pl.UInt32,
    "ahead": pl.UInt32,
    "promised_s": pl.Float64,
    "taken_s": pl.Float64,
    "admitted_s": pl.Float64,
    "ended_s": pl.Float64,
}
GENERATOR: Schema = {
    "worker": pl.UInt16,
    "at_s": pl.Float64,
    "cpu_share": pl.Float64,
    "loop_lag_ms": pl.Float64,
    "inside": pl.UInt32,
    "rss_bytes": pl.UInt64,
    "open_files": pl.UInt32,
    "open_files_limit": pl.UInt32,
    "wall_s": pl.Float64,
    "late_counts": pl.List(pl.UInt32),
    "late_sum_s": pl.Float64,
    "held_back": pl.UInt32,
    "held_back_s": pl.Float64,
}
RESOURCES: Schema = {
    "at_s": pl.Float64,
    "resource": pl.String,
    "capacity": pl.Float64,
    "in_use": pl.Float64,
    "queue": pl.Float64,
    "completions": pl.Float64,
    "wait_s": pl.Float64,
    "held_s": pl.Float64,
}
PROCESSES: Schema = {
    "at_s": pl.Float64,
    "process": pl.String,
    "cpu_s": pl.Float64,
    "rss_bytes": pl.UInt64,
    "niceness": pl.Int16,
}
MACHINE: Schema = {
    "at_s": pl.Float64,
    "cores": pl.UInt16,
    "busy_s": pl.Float64,
    "stolen_s": pl.Float64,
    "harness_s": pl.Float64,
}
PAGE_LOADS: Schema = {
    "browser": pl.UInt16,
    "candidate": pl.UInt32,
    "page": pl.String,
    "at_s": pl.Float64,
    "ttfb_ms": pl.Float64,
    "lcp_ms": pl.Float64,
    "waited_ms": pl.Float64,
    "outcome": pl.String,
    "problem": pl.String,
}
BROWSER_VISITS: Schema = {
    "browser": pl.UInt16,
    "candidate": pl.UInt32,
    "started_s": pl.Float64,
    "ended_s": pl.Float64,
    "outcome": pl.String,
    "reached": pl.String,
    "reason": pl.String,
}


class RequestRow(NamedTuple):
    """One row of `requests/`, in the order of REQUESTS."""

    worker: int
    candidate: int
    visit: int
    step: str
    attempt: int
    intended_s: float
    sent_s: float
    done_s: float
    status: int
    outcome: str
    problem: str
    bytes_up: int
    bytes_down: int
    server_timing: str


class VisitRow(NamedTuple):
    """One row of `visits/`, in the order of VISITS."""

    worker: int
    candidate: int
    visit: int
    purpose: str
    planned: bool
    due_s: float
    started_s: float
    ended_s: float | None
    outcome: str
    reached: str
    reason: str


class PromiseRow(NamedTuple):
    """One row of `promises/`, in the order of PROMISES."""

    worker: int
    candidate: int
    visit: int
    promise: str
    item: str
    value: str
    invoked_s: float
    ended_s: float
    outcome: str


class StandingRow(NamedTuple):
    """One row of `standings/`, in the order of STANDINGS."""

    worker: int
    candidate: int
    visit: int
    number: int
    ahead: int
    promised_s: float | None
    taken_s: float
    admitted_s: float | None
    ended_s: float


Keep = Callable[[str, bytes], None]
"""Keeps a part of a table, given its place in the run folder and its content."""


def kept_in(run: Path) -> Keep:
    """Keep parts in a run folder: each is there whole or not at all."""

    def keep(part: str, content: bytes) -> None:
        # A thread that is late writes the same under its own name.
        partial = (run / part).with_suffix(f".{get_ident()}.partial")
        partial.write_bytes(content)
        partial.rename(run / part)

    return keep


class Table:
    """A growing table: rows gather in memory, `flush` makes them one more part, which `keep` keeps.

    Parts are complete files: what is kept stays readable, whatever happens to the process afterwards.
    """

    def __init__(self, keep: Keep, name: str, schema: Schema, writer: str = "0", first_part: int = 0) -> None:
        self._keep = keep
        self._stem = f"{name}/part-{writer}"
        self._schema = schema
        self._parts = first_part
        self._rows: list[Any] = []
        self._unkept: dict[str, list[Any]] = {}  # handed over, and not known to be kept
        self.count = 0

    def add(self, row: Any) -> None:
        """Take a row: values in the order of the schema."""
        self._rows.append(row)
        self.count += 1

    def flush(self, submit: Callable[[Callable[[], None]], Any] = lambda write: write()) -> None:
        """Keep what has gathered; `submit` may carry the work elsewhere, off an event loop."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        part = f"{self._stem}-{self._parts:05d}.parquet"
        self._parts += 1
        self._unkept[part] = rows
        submit(lambda: self._write(part, rows))

    def close(self) -> None:
        """Keep all that is not kept, also what was handed over and never kept: it would be missed in silence."""
        self.flush()
        for part, rows in list(self._unkept.items()):
            self._write(part, rows)

    def _write(self, part: str, rows: list[Any]) -> None:
        self._keep(part, _parquet(rows, self._schema))
        self._unkept.pop(part, None)


def table_in(run: Path, name: str, schema: Schema, writer: str = "0") -> Table:
    """Give a table of a run folder; it goes on where an earlier process of the same writer stopped."""
    (run / name).mkdir(parents=True, exist_ok=True)
    parts = sum(1 for _ in (run / name).glob(f"part-{writer}-*.parquet"))
    return Table(kept_in(run), name, schema, writer, parts)


def _parquet(rows: list[Any], schema: Schema) -> bytes:
    # Column by column is an order of magnitude cheaper than row by row, and the load generator pays for it.
    columns = zip(*rows, strict=True)
    frame = pl.DataFrame(
        [pl.Series(name, column, dtype) for (name, dtype), column in zip(schema.items(), columns, strict=True)]
    )
    content = BytesIO()
    frame.write_parquet(content, compression="zstd", compression_level=1)
    return content.getvalue()


def write_run_json(run: Path, content: dict[str, Any]) -> None:
    """Write what was run, where and with what."""
    text = msgspec.json.format(msgspec.json.encode(content, enc_hook=str), indent=2)
    partial = run / "run.json.partial"
    partial.write_bytes(text)
    partial.rename(run / "run.json")
