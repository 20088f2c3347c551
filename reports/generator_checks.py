"""Is the load generator fit, and does nobody else use the machine? Each check of that, with its figure.

The limits and their reasons are in `soundness_limits.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import msgspec
import numpy as np
import polars as pl

from reports.books import Books
from reports.facts import Facts
from reports.language import later
from reports.machine import BUSY_SHARE
from reports.soundness_check import Check, check, unknown
from reports.soundness_limits import LIMITS, standing


def generator_cpu(workers: pl.DataFrame) -> Check:
    """Hold the busiest worker's CPU against its core; `workers` as in GeneratorHealth.

    The 95th percentile of its seconds decides: a mean would hide an opening minute at full CPU behind a quiet gate,
    and the single worst second would void good runs. The mean is held against the same bound and is said beside it.
    """
    rows = [row for row in workers.iter_rows(named=True) if row["seconds"]]
    if not rows:
        return unknown("generator_cpu", later("generator-cpu-unknown"))
    row = max(rows, key=lambda row: max(row["cpu_p95"], row["cpu_mean"]))
    figure = max(row["cpu_p95"], row["cpu_mean"])
    said = later(
        "generator-cpu",
        worker=row["worker"],
        p95=row["cpu_p95"],
        mean=row["cpu_mean"],
        allowed=BUSY_SHARE,
        is_short=figure > BUSY_SHARE,
    )
    return check("generator_cpu", figure, said)


def loop_lag(generator: pl.DataFrame) -> Check:
    """Judge how late the generator's event loop runs its timers."""
    if generator.is_empty():
        return unknown("loop_lag", later("loop-lag-unknown"))
    lag_ms = generator["loop_lag_ms"].to_numpy()
    figure = float(np.quantile(lag_ms, 0.95))
    passes = standing("loop_lag", figure) == "pass"
    return check("loop_lag", figure, later("loop-lag", p95_ms=figure, most_ms=float(lag_ms.max()), passes=passes))


def other_work(others: pl.DataFrame) -> Check:
    """Judge how much of the cores others had, where the portal could have used them; `others` as in read_others."""
    if others.is_empty():
        return unknown("other_work", later("other-work-unknown"))
    worst = others.row(int(others["share"].arg_max() or 0), named=True)
    figure = float(np.quantile(others["share"].to_numpy(), 0.95))
    passes = standing("other_work", figure) == "pass"
    said = later("other-work", share=figure, most=worst["share"], at_s=worst["at_s"], passes=passes)
    return check("other_work", figure, said)


def open_files(generator: pl.DataFrame) -> Check:
    """Judge how near the generator came to the number of files and sockets that it may have open."""
    known = generator.drop_nulls(["open_files", "open_files_limit"])
    if known.is_empty():
        return unknown("open_files", later("open-files-unknown"))
    share = pl.col("open_files") / pl.col("open_files_limit")
    row = known.with_columns(share=share).sort("share").row(-1, named=True)
    passes = standing("open_files", row["share"]) == "pass"
    said = later("open-files", most=row["open_files"], allowed=row["open_files_limit"], passes=passes)
    return check("open_files", row["share"], said)


Span = tuple[float, float]
"""From one run second to another."""


def presence(facts: Facts) -> dict[int, Span]:
    """Give from when to when each worker was there that was not there all the time."""
    length_s = facts.load.length_s
    heard_s = {it.worker: it.heard_s for it in facts.lost_workers}
    return {it.worker: (it.joined_s, heard_s.get(it.worker, length_s)) for it in facts.workers}


def workers(generator: pl.DataFrame, length_s: float, presence: Mapping[int, Span] = MappingProxyType({})) -> Check:
    """Judge for how long a worker of the generator gave no sign: from the load's start to its end, or as it was there.

    A worker that is lost is not silent: `lost_workers` judges that.
    """
    if generator.is_empty():
        return unknown("workers", later("workers-unknown"))
    silences = {}
    for (name,), rows in generator.group_by("worker", maintain_order=True):
        worker = int(str(name))
        from_s, to_s = presence.get(worker, (0.0, length_s))
        silences[worker] = float(np.diff([from_s, *rows["at_s"], max(to_s, rows["at_s"][-1])]).max())
    worker = max(silences, key=lambda name: silences[name])
    silent_s = silences[worker]
    passes = standing("workers", silent_s) == "pass"
    allowed_s = LIMITS["workers"].void
    said = later("workers", silent_s=silent_s, worker=worker, allowed_s=allowed_s, passes=passes)
    return check("workers", silent_s, said)


def lost_workers(facts: Facts, books: Books) -> list[Check]:
    """Judge what the load has lost with each worker that was lost; nothing where one process played it all."""
    if not facts.workers:
        return []
    if not facts.lost_workers:
        return [check("lost_workers", 0.0, later("no-worker-lost", workers=len(facts.workers)))]
    found = []
    for it in facts.lost_workers:
        share = it.broken_off / max(1, books.started + books.came_back)
        judged = check("lost_workers", share, later("worker-lost", **msgspec.structs.asdict(it)))
        is_void = it.then == "void" or judged.standing == "void"
        found.append(replace(judged, standing="void" if is_void else "warn"))  # also where nobody was inside
    return found


def clock_steps(generator: pl.DataFrame) -> Check:
    """Judge how far the wall clock jumped against the monotonic one between two samples."""
    known = generator.drop_nulls("wall_s")
    if known.height < 2:
        return unknown("clock_steps", later("clock-steps-unknown"))
    jump_ms = 1000 * (pl.col("wall_s") - pl.col("at_s")).diff().over("worker").abs()
    row = known.with_columns(jump_ms=jump_ms.fill_null(0.0)).sort("jump_ms").row(-1, named=True)
    passes = standing("clock_steps", row["jump_ms"]) == "pass"
    return check(
        "clock_steps", row["jump_ms"], later("clock-steps", jump_ms=row["jump_ms"], at_s=row["at_s"], passes=passes)
    )


def rate_ceiling(generator: pl.DataFrame, requests: int) -> list[Check]:
    """Judge what share of the requests waited for the ceiling of a target file; no check where there was none."""
    known = generator.drop_nulls(["held_back", "held_back_s"])
    if known.is_empty():
        return []
    most = known.group_by("worker").agg(pl.col("held_back", "held_back_s").max())
    held = int(most["held_back"].sum())
    share = min(1.0, held / max(1, requests))
    mean_ms = 1000 * float(most["held_back_s"].sum()) / max(1, held)
    said = later("rate-ceiling", passes=held == 0, held=held, share=share, mean_ms=mean_ms)
    return [check("rate_ceiling", share, said)]
