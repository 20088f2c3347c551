"""The tables of a report, with every cell as the reader sees it."""

from dataclasses import dataclass, field

import polars as pl

from reports import words
from reports.analysis import Analysis
from reports.language import say
from reports.latency import EVERY


@dataclass(frozen=True)
class Row:
    """Cells, and how the row is marked: `every` for a sum, `accused` for the suspect, `quiet` for what never came."""

    cells: list[str]
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """Heads, rows, groups of heads as (words, number of columns), and the numbers of the columns that hold text."""

    heads: list[str]
    rows: list[Row]
    caption: str = ""
    groups: list[tuple[str, int]] = field(default_factory=list)
    text_columns: frozenset[int] = frozenset()


def steps(a: Analysis) -> Table:
    """Every step: how often, how it ended, both latencies, bytes."""
    counts, quantiles = ("count", "refused", "failed", "abandoned"), ("p50", "p95", "p99")
    is_true = a.timeline.pace.is_true
    partly = [] if is_true else ["measured"]
    rows = []
    for row in a.steps.iter_rows(named=True):
        cells = [words.step(row["step"])]
        cells += [words.count(row[c]) for c in (*counts, *partly)]
        cells += [words.duration(row[f"{kind}_{q}_ms"]) for kind in ("intended", "service") for q in quantiles]
        cells += [words.data(row[c]) for c in ("bytes_up", "bytes_down")]
        rows.append(Row(cells, "every" if row["step"] == EVERY else ""))
    counted = (say("head-requests"), say("head-refused"), say("head-failed"), say("head-given-up"))
    measured = [] if is_true else [say("head-measured")]
    bodies = (say("head-sent"), say("head-received"))
    notes = [say("steps-caption")]
    if not is_true:
        notes.append(say("steps-measured"))
    if cut_off := a.outcome_count("cut_off"):
        notes.append(say("steps-cut-off", requests=cut_off))
    return Table(
        heads=[say("step-head"), *counted, *measured, *quantiles, *quantiles, *bodies],
        groups=[
            ("", 5 + len(measured)),
            (say("intended-latency"), 3),
            (say("service-latency"), 3),
            (say("head-bodies"), 2),
        ],
        rows=rows,
        caption=words.together(notes),
    )


def problems(a: Analysis) -> Table:
    """Say what was refused and what failed, the most frequent first."""
    shown = a.problems.head(12)
    rows = [
        Row([problem or say("not-named"), words.outcome(outcome), words.step(step), words.count(number)])
        for outcome, problem, step, number in shown.iter_rows()
    ]
    rest = int(a.problems["len"].sum()) - int(shown["len"].sum())
    if rest:
        rows.append(Row([say("other-problems"), "", "", words.count(rest)]))
    return Table([say("head-problem"), say("head-outcome"), say("step-head"), say("head-requests")], rows)


def resources(a: Analysis) -> Table:
    """Every resource by both sources."""
    rows = [
        Row(
            [
                words.resource(a.run.facts, u.resource),
                words.percent(u.share),
                words.count(u.wait_s) if u.wait_s is None or u.wait_s >= 10 else f"{u.wait_s:.1f}",
                words.count(u.held_s) if u.held_s is None or u.held_s >= 10 else f"{u.held_s:.1f}",
                words.count(u.requests),
                words.percent(u.server_share),
                words.count(u.server_wait_s),
                words.count(u.server_held_s),
                words.count(u.server_completions),
                words.count(u.capacity),
                words.percent(u.utilisation),
                words.count(u.queue_max),
            ],
            mark="accused" if a.suspect and a.suspect.resource == u.resource else "",
        )
        for u in a.uses
        if u.requests or u.server_completions or u.server_wait_s
    ]
    by_source = [say("head-share"), say("head-waited"), say("head-held"), say("head-uses")]
    capacity = [say("head-capacity"), say("head-utilised"), say("head-longest-queue")]
    return Table(
        heads=[say("head-resource"), *by_source, *by_source, *capacity],
        groups=[("", 1), (say("by-server-timing"), 4), (say("by-counters"), 4), ("", 3)],
        rows=rows,
        caption=say("resources-caption", is_true=a.timeline.pace.is_true),
    )


def visits(a: Analysis) -> Table:
    """Sum up the books of the visits."""
    b = a.books
    lines = [
        (say("visits-planned"), b.planned),
        (say("visits-started"), b.started),
        (say("visits-came-back"), b.came_back),
        (say("visits-finished"), b.finished),
        (say("visits-gave-up"), b.gave_up),
        (say("visits-inside"), b.inside),
    ]
    if b.lost:
        lines.append((say("visits-lost"), b.lost))
    balance = words.together(b.faults) if b.faults else say("visits-balance")
    rows = [Row([name, words.count(n)]) for name, n in lines]
    return Table([say("head-visits"), say("head-number")], rows, caption=balance)


def reasons(a: Analysis) -> Table:
    """Why candidates gave up, and after which step."""
    gave_up = a.visits.filter(pl.col("outcome") == "gave_up")
    table = (
        gave_up.group_by("reason", "reached").len().sort("len", "reason", "reached", descending=[True, False, False])
    )
    shown = table.head(12)
    rows = [
        Row(
            [
                reason or say("no-reason-noted"),
                words.step(reached) if reached else say("no-step-reached"),
                words.count(n),
                words.percent(n / gave_up.height),
            ]
        )
        for reason, reached, n in shown.iter_rows()
    ]
    rest = int(table["len"].sum()) - int(shown["len"].sum())
    if rest:
        rows.append(Row([say("other-reasons"), "", words.count(rest), words.percent(rest / gave_up.height)]))
    return Table([say("head-reason"), say("head-last-step"), say("head-visits"), say("head-of-who-gave-up")], rows)


def processes(a: Analysis) -> Table:
    """CPU and memory by process."""
    rows = [
        Row(
            [
                r["process"],
                *(f"{r[c]:.2f}" for c in ("mean_cores", "p95_cores", "most_cores")),
                words.data(r["most_rss_bytes"]),
                str(r["niceness"]),
            ]
        )
        for r in a.processes.table().iter_rows(named=True)
    ]
    cores = [say("head-cores", of=of) for of in ("mean", "p95", "most")]
    return Table([say("head-process"), *cores, say("head-most-memory"), say("head-niceness")], rows)


def workers(a: Analysis) -> Table:
    """Sum up each worker of the generator."""
    rows = [
        Row(
            [
                say("worker", number=r["worker"]),
                words.percent(r["cpu_mean"]),
                words.percent(r["cpu_p95"]),
                say("seconds-of", busy=r["busy_seconds"], seconds=r["seconds"]),
                words.duration(r["loop_lag_p99_ms"]),
                words.duration(r["loop_lag_most_ms"]),
                words.data(r["most_rss_bytes"]),
            ]
        )
        for r in a.generator.workers.iter_rows(named=True)
    ]
    heads = [
        say("head-generator"),
        *(say("head-cpu", of=of) for of in ("mean", "p95")),
        say("head-busy-seconds"),
        *(say("head-loop-lag", of=of) for of in ("p99", "most")),
        say("head-most-memory"),
    ]
    return Table(heads, rows)
