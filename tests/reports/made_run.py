"""Made run folders: what a run would have observed, written down with answers that are known beforehand."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from reports.run_folder import OPTIONAL_COLUMNS, TABLES

Row = dict[str, Any]

PORTAL_START = datetime.fromisoformat("2025-03-10T08:59:00+08:00")


CALM_DUE_S = [1.5 * number for number in range(100)]
"""When the visits of a calm run are due; each lasts 10 s."""


def facts(length_s: float = 180.0, **changes: Any) -> dict[str, Any]:
    """Give a `run.json`; `changes` replace its top fields, `load` only those of its fields that are given."""
    made = {
        "format": 1,
        "rehearse_version": "0.1.0",
        "scenario": {"name": "opening-day", "purpose": "The portal opens at 09:00: does it hold?", "minutes": 3},
        "seed": 1,
        "population": 500_000,
        "load": {
            "started_at": "2026-03-01T12:00:00+08:00",
            "length_s": length_s,
            "planned_length_s": length_s,
            "portal_time_at_start": PORTAL_START.isoformat(),
            "speed": 1.0,
            "interrupted": False,
        },
        "objectives": ["all.intended_p95_ms < 2000", "all.failed_share < 0.01"],
        "portal": {
            "kind": "mock",
            "profile": "as-reported",
            "capacities": {"worker_slots": 24, "lines.sms": 4, "database_connections": 16},
            "server_workers": 1,
            "database": "embedded",
            "address": "http://127.0.0.1:8600",
        },
        "cores": {"count": 2, "generator_niceness": 0, "portal_niceness": 10},
        "phases": [
            {"name": "gate", "from_s": 0.0, "to_s": length_s / 3},
            {"name": "opening", "from_s": length_s / 3, "to_s": length_s},
        ],
        "machine": {"system": "Linux", "cpu": "a CPU", "cores": 2, "memory_bytes": 8 * 10**9, "python": "3.11.7"},
        "versions": {"locust": "2.47.0", "polars": "2.1.0"},
        "resource_titles": {
            "worker_slots": "worker slots",
            "database_connections": "database connections",
            "sms": "SMS gateway",
        },
        "capacity_names": {
            "worker_slots": "worker_slots",
            "database_connections": "database_connections",
            "sms": "lines.sms",
        },
    }
    load = {**made["load"], **changes.pop("load", {})}
    return {**made, "load": load, **changes}


def header(total_ms: float, **resources: tuple[float, float]) -> str:
    """Write a Server-Timing header; `resources` give waiting and holding in ms, in the order of entering."""
    parts = [f"{name}-wait;dur={wait:.2f}, {name}-svc;dur={held:.2f}" for name, (wait, held) in resources.items()]
    return ", ".join([*parts, f"total;dur={total_ms:.2f}"])


def request(at_s: float, latency_ms: float = 100.0, **changes: Any) -> Row:
    """Give a request that was wanted and sent at `at_s` and answered ok after `latency_ms`."""
    return {
        "worker": 0,
        "candidate": 0,
        "visit": 0,
        "step": "home",
        "attempt": 1,
        "intended_s": at_s,
        "sent_s": at_s,
        "done_s": at_s + latency_ms / 1000,
        "status": 200,
        "outcome": "ok",
        "problem": "",
        "bytes_up": 0,
        "bytes_down": 1000,
        "server_timing": header(latency_ms),
        **changes,
    }


def visit(candidate: int, due_s: float, **changes: Any) -> Row:
    """Give a planned visit that began 2 ms late and finished after 10 s."""
    return {
        "worker": 0,
        "candidate": candidate,
        "visit": 0,
        "purpose": "register",
        "planned": True,
        "due_s": due_s,
        "started_s": due_s + 0.002,
        "ended_s": due_s + 10.0,
        "outcome": "finished",
        "reached": "submit",
        "reason": "",
        **changes,
    }


def arrival(candidate: int, due_s: float, purpose: str = "register") -> Row:
    """Give a planned arrival."""
    return {"candidate": candidate, "purpose": purpose, "due_s": due_s}


@cache
def calm_inside(at_s: float) -> int:
    """Count the visits of a calm run that are inside."""
    return sum(due + 0.002 <= at_s < due + 10 for due in CALM_DUE_S)


def health(at_s: float, cpu_share: float = 0.3, worker: int = 0, **changes: Any) -> Row:
    """Give a second of a healthy generator worker; those inside are the visits of a calm run, all of worker 0."""
    inside = calm_inside(at_s) if worker == 0 else 0
    sample = {"loop_lag_ms": 2.0, "inside": inside, "rss_bytes": 10**8}
    return {"worker": worker, "at_s": at_s, "cpu_share": cpu_share, **sample, **changes}


def resource_samples(resource: str, capacity: float, each_second: Iterable[Mapping[str, float]]) -> list[Row]:
    """Give samples from second 0 on whose counters grow by `completions`, `wait_s` and `held_s` of each second."""
    totals = {"completions": 1000.0, "wait_s": 500.0, "held_s": 250.0}
    state = {"in_use": 0.0, "queue": 0.0}
    samples = [{"at_s": 0.0, "resource": resource, "capacity": capacity, **state, **totals}]
    for number, added in enumerate(each_second, start=1):
        totals = {name: total + added.get(name, 0.0) for name, total in totals.items()}
        state = {name: added.get(name, 0.0) for name in state}
        samples.append({"at_s": float(number), "resource": resource, "capacity": capacity, **state, **totals})
    return samples


def process_samples(process: str, cores: Iterable[float], niceness: int = 0) -> list[Row]:
    """Give samples from second 0 on of a process that uses so many cores in each second."""
    used = 100.0
    samples = [{"at_s": 0.0, "process": process, "cpu_s": used, "rss_bytes": 10**8, "niceness": niceness}]
    for number, share in enumerate(cores, start=1):
        used += share
        samples.append({**samples[0], "at_s": float(number), "cpu_s": used})
    return samples


def machine_samples(cores: Iterable[float], count: int = 2) -> list[Row]:
    """Give samples from second 0 on of a machine whose programs use so many of its cores in each second."""
    counters = {"busy_s": 500.0, "stolen_s": 5.0, "harness_s": 20.0}
    samples = [{"at_s": 0.0, "cores": count, **counters}]
    for number, busy in enumerate(cores, start=1):
        before = samples[-1]
        harness_s = before["harness_s"] + 0.1
        samples.append({**before, "at_s": float(number), "busy_s": before["busy_s"] + busy, "harness_s": harness_s})
    return samples


def write_run(folder: Path, run_json: dict[str, Any] | None = None, **tables: list[Row] | pl.DataFrame) -> Path:
    """Write a run folder; without rows a table is a folder without parts. Gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(run_json or facts(), ensure_ascii=False), encoding="utf-8")
    for name, schema in TABLES.items():
        rows = tables.pop(name, [])
        optional = {
            c: t for c, t in OPTIONAL_COLUMNS.get(name, {}).items() if isinstance(rows, list) and rows and c in rows[0]
        }
        columns = {**schema, **optional}
        table = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, schema=columns, orient="row")
        if name == "arrivals":
            table.write_parquet(folder / "arrivals.parquet")
            continue
        (folder / name).mkdir(exist_ok=True)
        if not table.is_empty():
            table.write_parquet(folder / name / "part-0-0.parquet")
    assert not tables, f"no such tables: {sorted(tables)}"
    return folder


def calm_run(folder: Path, run_json: dict[str, Any] | None = None, **tables: Any) -> Path:
    """Write a run of 180 s in which nothing is wrong: 100 visits of 5 quick requests; `tables` replace whole tables."""
    due = CALM_DUE_S
    made: dict[str, Any] = {
        "arrivals": [arrival(n, at) for n, at in enumerate(due)],
        "visits": [visit(n, at) for n, at in enumerate(due)],
        "requests": [
            request(at + k, 100.0 + k, candidate=n, server_timing=header(90.0, worker_slots=(0.0, 80.0)))
            for n, at in enumerate(due)
            for k in range(5)
        ],
        "generator": [health(float(second)) for second in range(1, 181)],
        "resources": resource_samples("worker_slots", 24, [{"completions": 3.0, "held_s": 0.24}] * 180),
        "processes": [
            *process_samples("server-1", [0.2] * 180, niceness=10),
            *process_samples("generator-0", [0.3] * 180),
        ],
        "machine": machine_samples([0.7] * 180),
    }
    return write_run(folder, run_json, **{**made, **tables})
