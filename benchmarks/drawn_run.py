"""Run folders of many requests over a whole window, for benchmarks of reports and for pictures of them: `make_run`.

Nothing is rehearsed here: requests are drawn, with the columns, steps, headers and proportions of a real run, so only
the time and memory that their report takes are worth reading.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

START = datetime.fromisoformat("2025-03-10T08:59:00+08:00")
OPENING = datetime.fromisoformat("2025-03-10T09:00:00+08:00")
CLOSING = datetime.fromisoformat("2025-04-08T17:00:00+08:00")
LENGTH_S = 10_000.0
TRUE = ((0.0, 1200.0, 0.0), (5000.0, 5600.0, 1_040_460.0), (9000.0, 10_000.0, 2_534_460.0 - 1000.0))
"""Stretches at true rate: from and to in run seconds, and portal seconds since the start at their beginning."""
VISITS_A_PART = 20_000


class Kind(NamedTuple):
    """What visits of one purpose do: pages in order, and the static files that come with the first."""

    share: float
    pages: tuple[str, ...]
    assets: int


_REGISTER = ("home", "window", "sms_code", "account", "log_in", "identity", "scan_front", "scan_back", "addresses",
             "identity_submission", "face_check")  # fmt: skip
_APPLY = ("catalogue", "application", "degree_check", "material", "material", "submission", "status")
KINDS = {
    "register": Kind(0.45, (*_REGISTER, *_APPLY), 12),
    "apply": Kind(0.25, ("home", "window", "log_in", *_APPLY), 12),
    "status": Kind(0.30, ("home", "log_in", "status", "status"), 12),
}
UPLOADS = ("scan_front", "scan_back", "material")
EXTRA = {"account": "password_hash", "log_in": "password_hash", "sms_code": "sms", "face_check": "face_check",
         "degree_check": "degree_record", "scan_front": "image_check", "scan_back": "image_check",
         "material": "storage"}  # fmt: skip
"""The resource that a step uses beyond slot and database."""
REFUSALS = {"scan_front": "scan_blurred", "account": "phone_already_bound", "material": "paper_too_large",
            "submission": "materials_missing"}  # fmt: skip


def pace(*, steady: bool) -> pl.DataFrame:
    """Give the pieces of the portal's clock: true where TRUE says so and fast between, or true throughout."""
    opening_s = (OPENING - START).total_seconds()
    if steady:
        return pl.DataFrame({"from_s": 0.0, "portal_s": -opening_s, "speed": 1.0})
    rows = []
    for (begin, end, portal), follows in zip(TRUE, (*TRUE[1:], None), strict=True):
        rows.append({"from_s": begin, "portal_s": portal - opening_s, "speed": 1.0})
        if follows:
            ends_s = portal + end - begin
            speed = (follows[2] - ends_s) / (follows[0] - end)
            rows.append({"from_s": end, "portal_s": ends_s - opening_s, "speed": speed})
    return pl.DataFrame(rows)


def make_run(folder: Path, requests: int, *, steady: bool = False, seed: int = 1) -> Path:
    """Write a run folder with about so many requests; gives the folder. A steady one is at true rate throughout."""
    rng = np.random.default_rng(seed)
    a_visit = sum(kind.share * (len(kind.pages) + kind.assets) for kind in KINDS.values())
    count = round(requests / a_visit)
    clock = pace(steady=steady)
    (folder / "requests").mkdir(parents=True)
    (folder / "visits").mkdir()
    clock.write_parquet(folder / "pace.parquet")
    due_s = np.sort(rng.uniform(0.0, LENGTH_S, count))
    names = list(KINDS)
    purposes = np.array(names)[rng.choice(len(names), count, p=[kind.share for kind in KINDS.values()])]
    piece = np.searchsorted(clock["from_s"].to_numpy(), due_s, side="right") - 1
    since_s = (due_s - clock["from_s"].to_numpy()[piece]) * clock["speed"].to_numpy()[piece]
    planned_s = clock["portal_s"].to_numpy()[piece] + since_s
    people = pl.DataFrame(
        {"candidate": np.arange(count), "visit": np.zeros(count), "purpose": purposes, "due_s": due_s},
        schema={"candidate": pl.UInt32, "visit": pl.UInt16, "purpose": pl.String, "due_s": pl.Float64},
    )
    people.with_columns(pl.Series("planned_s", planned_s)).write_parquet(folder / "arrivals.parquet")
    for part, begin in enumerate(range(0, count, VISITS_A_PART)):
        some = people.slice(begin, VISITS_A_PART)
        sent = pl.concat(list(_requests(some, clock, rng)))
        _visits(some, sent).write_parquet(folder / "visits" / f"part-0-{part:05d}.parquet")
        rows = sent.filter(pl.col("done_s") < LENGTH_S)
        rows.write_parquet(folder / "requests" / f"part-0-{part:05d}.parquet", compression="zstd", compression_level=1)
    _counters(folder, rng)
    (folder / "run.json").write_text(json.dumps(_facts(count), ensure_ascii=False), encoding="utf-8")
    return folder


def _later(clock: pl.DataFrame, run_s: Floats, portal_s: Floats) -> Floats:
    """Give the run seconds that are so many portal seconds later."""
    runs = np.append(clock["from_s"].to_numpy(), 2 * LENGTH_S)
    portals = np.append(clock["portal_s"].to_numpy(), clock["portal_s"][-1] + 2 * LENGTH_S - clock["from_s"][-1])
    found: Floats = np.interp(np.interp(run_s, runs, portals) + portal_s, portals, runs)
    return found


def _requests(people: pl.DataFrame, clock: pl.DataFrame, rng: np.random.Generator) -> Iterator[pl.DataFrame]:
    """Give the requests of some visits, a table a purpose."""
    for purpose, kind in KINDS.items():
        chosen = (people["purpose"] == purpose).to_numpy()
        who, due_s = people["candidate"].to_numpy()[chosen], people["due_s"].to_numpy()[chosen]
        number, pages = len(who), len(kind.pages)
        uplink = rng.lognormal(np.log(8e6), 1.1, number)
        slow = rng.random(number) < 0.02
        uplink[slow] = rng.uniform(50e3, 250e3, int(slow.sum()))
        began_s = due_s + rng.gamma(2, 0.001, number)
        strain = np.where(due_s < TRUE[0][1], 8.0, 1.0)
        clock_s = began_s.copy()
        for page in range(pages):
            step = kind.pages[page]
            server_s = rng.gamma(2, 0.02, number) * strain
            up = rng.lognormal(np.log(4.5e5), 0.5, number) if step in UPLOADS else np.full(number, 300.0)
            line_s = up * 8 / uplink if step in UPLOADS else np.full(number, 0.01)
            done_s = _later(clock, clock_s, line_s) + server_s
            yield _table(who, step, clock_s, done_s, up, done_s - clock_s - 0.005, rng)
            if page == 0:
                for _ in range(kind.assets):
                    asset_s = rng.gamma(2, 0.004, number) * strain
                    yield _table(who, "asset", done_s, done_s + asset_s, np.zeros(number), asset_s * 0.5, rng)
                    # six at a time would be truer; that they come side by side is what counts here
            clock_s = _later(clock, done_s, np.minimum(rng.exponential(25.0, number), 120.0))


def _table(
    who: NDArray[Any], step: str, sent_s: Floats, done_s: Floats, up: Floats, server_s: Floats, rng: np.random.Generator
) -> pl.DataFrame:
    number = len(who)
    refused = (rng.random(number) < 0.03) if step in REFUSALS else np.zeros(number, bool)
    abandoned = rng.random(number) < (0.0 if step == "asset" else 0.004)
    stay_ms, part = server_s * 1000, rng.random((number, 6))
    part = part / part.sum(axis=1, keepdims=True) * stay_ms[:, None]
    columns = {"total": stay_ms, "slot_wait": part[:, 0], "slot": stay_ms - part[:, 0]}
    columns |= {"db_wait": part[:, 1], "db": part[:, 2], "query": part[:, 2] * 0.9, "extra_wait": part[:, 3]}
    columns |= {"extra": part[:, 4]}
    frame = pl.DataFrame({name: np.round(values, 2) for name, values in columns.items()})
    text = "worker_slots-wait;dur={}, worker_slots-svc;dur={}, "
    named = ["slot_wait", "slot"]
    if step != "asset":
        text += "database_connections-wait;dur={}, database_connections-svc;dur={}, database-wait;dur=0.0, "
        text += "database-svc;dur={}, "
        named += ["db_wait", "db", "query"]
    if step in EXTRA:
        text += f"{EXTRA[step]}-wait;dur={{}}, {EXTRA[step]}-svc;dur={{}}, "
        named += ["extra_wait", "extra"]
    header = frame.select(pl.format(text + "total;dur={}", *named, "total")).to_series()
    outcome = np.where(abandoned, "abandoned", np.where(refused, "refused", "ok"))
    return pl.DataFrame(
        {
            "worker": pl.Series(np.zeros(number), dtype=pl.UInt16),
            "candidate": pl.Series(who, dtype=pl.UInt32),
            "visit": pl.Series(np.zeros(number), dtype=pl.UInt16),
            "step": pl.Series([step], dtype=pl.String).extend_constant(step, number - 1) if number else [],
            "attempt": pl.Series(np.ones(number), dtype=pl.UInt16),
            "intended_s": sent_s,
            "sent_s": sent_s,
            "done_s": done_s,
            "status": pl.Series(np.where(abandoned, 0, np.where(refused, 422, 200)), dtype=pl.UInt16),
            "outcome": pl.Series(outcome, dtype=pl.String),
            "problem": pl.Series(np.where(outcome == "refused", REFUSALS.get(step, ""), ""), dtype=pl.String),
            "bytes_up": pl.Series(up, dtype=pl.UInt32, strict=False) if number else pl.Series([], dtype=pl.UInt32),
            "bytes_down": pl.Series(rng.integers(300, 20_000, number), dtype=pl.UInt32),
            "server_timing": pl.select(
                pl.when(pl.Series(abandoned)).then(pl.lit("")).otherwise(header).alias("t")
            ).to_series(),
        }
    )


def _visits(people: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """Give a visit for each arrival: as long as its requests, and inside if the load ends before them."""
    began_s, ended_s = pl.col("sent_s").min().alias("started_s"), pl.col("done_s").max().alias("ended_s")
    ends = sent.sort("done_s").group_by("candidate").agg(began_s, ended_s, pl.col("step").last().alias("reached"))
    inside = pl.col("ended_s") >= LENGTH_S
    return (
        people.join(ends, on="candidate", maintain_order="left")
        .with_columns(
            pl.lit(0, pl.UInt16).alias("worker"),
            pl.lit(True).alias("planned"),
            pl.when(inside).then(pl.lit("inside")).otherwise(pl.lit("finished")).alias("outcome"),
            pl.when(~inside).then("ended_s").alias("ended_s"),
            pl.lit("").alias("reason"),
        )
        .select(
            "worker",
            "candidate",
            "visit",
            "purpose",
            "planned",
            "due_s",
            "started_s",
            "ended_s",
            "outcome",
            "reached",
            "reason",
        )
    )


def _counters(folder: Path, rng: np.random.Generator) -> None:
    """Write a sample a second of generator, resources and processes."""
    at_s = np.arange(0.0, LENGTH_S + 1)
    number = len(at_s)
    (folder / "generator").mkdir()
    pl.DataFrame(
        {"worker": np.zeros(number), "at_s": at_s, "cpu_share": rng.uniform(0.2, 0.6, number),
         "loop_lag_ms": rng.gamma(2, 1.5, number), "inside": rng.integers(50, 400, number),
         "rss_bytes": np.full(number, 3e8)},
        schema={"worker": pl.UInt16, "at_s": pl.Float64, "cpu_share": pl.Float64, "loop_lag_ms": pl.Float64,
                "inside": pl.UInt32, "rss_bytes": pl.UInt64}, strict=False,
    ).write_parquet(folder / "generator" / "part-0-0.parquet")  # fmt: skip
    (folder / "resources").mkdir()
    samples = [
        pl.DataFrame(
            {"at_s": at_s, "resource": [name] * number, "capacity": np.full(number, units),
             "in_use": np.zeros(number), "queue": rng.integers(0, 4, number).astype(float),
             "completions": np.cumsum(rng.integers(1, 9, number)).astype(float),
             "wait_s": np.cumsum(rng.uniform(0, 0.5, number)),
             "held_s": np.cumsum(rng.uniform(0, 0.7 * units, number))}
        )
        for name, units in CAPACITIES.items()
    ]  # fmt: skip
    pl.concat(samples).write_parquet(folder / "resources" / "part-0-0.parquet")
    (folder / "processes").mkdir()
    cpu = [
        pl.DataFrame(
            {"at_s": at_s, "process": [name] * number, "cpu_s": np.cumsum(rng.uniform(0.1, 0.6, number)),
             "rss_bytes": np.full(number, 4e8), "niceness": np.zeros(number)},
            schema={"at_s": pl.Float64, "process": pl.String, "cpu_s": pl.Float64, "rss_bytes": pl.UInt64,
                    "niceness": pl.Int16}, strict=False,
        )
        for name in ("server-1", "database", "generator-0")
    ]  # fmt: skip
    pl.concat(cpu).write_parquet(folder / "processes" / "part-0-0.parquet")


CAPACITIES = {"worker_slots": 32.0, "database_connections": 8.0, "database": 8.0, "password_hash": 1.0, "storage": 2.0,
              "image_check": 1.0, "sms": 3.0, "face_check": 8.0, "degree_record": 8.0, "alipay": 8.0,
              "unionpay": 8.0}  # fmt: skip


def _facts(visits: int) -> dict[str, Any]:
    filed, asked = visits // 2, visits // 14
    return {
        "format": 1,
        "scenario": {"name": "whole-window", "purpose": "The whole window, drawn for a benchmark of reports."},
        "steps": [*dict.fromkeys((*_REGISTER, *_APPLY))],
        "seed": 1,
        "population": visits,
        "load": {"started_at": "2026-03-01T12:00:00+08:00", "length_s": LENGTH_S, "planned_length_s": LENGTH_S,
                 "portal_time_at_start": START.isoformat(), "speed": 1.0, "interrupted": False},
        "objectives": ["all.intended_p95_ms < 2000", "all.failed_share < 0.01"],
        "portal": {"kind": "mock", "profile": "as-reported", "server_workers": 1, "database": "embedded"},
        "cores": {"count": 2, "generator_niceness": 0, "portal_niceness": 10},
        "resource_titles": {name: name.replace("_", " ") for name in CAPACITIES},
        "window": {"opening": OPENING.isoformat(), "closing": CLOSING.isoformat(),
                   "tickets": (CLOSING + timedelta(days=40)).isoformat()},
        "rules": {
            "steps": {"sms_code": [1], "account": [1, 2], "log_in": [1], "scan_front": [3], "scan_back": [3],
                      "addresses": [4], "face_check": [5], "catalogue": [6], "application": [6, 7, 8, 9, 14, 22],
                      "degree_check": [10], "material": [11, 12, 13], "submission": [15], "status": [20]},
            "refusals": {"scan_blurred": 3, "phone_already_bound": 2, "paper_too_large": 11, "materials_missing": 14},
        },
        "census": {
            "accounts": visits, "lapsed": visits // 50, "filings": filed, "results": 0,
            "applications": {"paid": filed // 2, "approved": filed // 4, "under_review": filed // 4},
            "moves": [
                {"event": "submit", "from_state": "draft", "to_state": "under_review", "count": filed},
                {"event": "approve", "from_state": "under_review", "to_state": "approved", "count": 3 * filed // 4},
                {"event": "request_supplement", "from_state": "under_review", "to_state": "supplement_requested",
                 "count": asked},
                {"event": "supplement", "from_state": "supplement_requested", "to_state": "under_review",
                 "count": asked},
                {"event": "pay", "from_state": "approved", "to_state": "paid", "count": filed // 2},
            ],
        },
    }  # fmt: skip
