"""The tables of a report, with every cell as the reader sees it."""

from dataclasses import dataclass, field

import polars as pl

from reports import words
from reports.analysis import Analysis
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
    cut_off = a.outcome_count("cut_off")
    rows = []
    partly = [] if a.timeline.pace.is_true else ["measured"]
    for row in a.steps.iter_rows(named=True):
        cells = ["every page" if row["step"] == EVERY else row["step"].replace("_", " ")]
        cells += [words.count(row[c]) for c in (*counts, *partly)]
        cells += [words.duration(row[f"{kind}_{q}_ms"]) for kind in ("intended", "service") for q in quantiles]
        cells += [words.data(row[c]) for c in ("bytes_up", "bytes_down")]
        rows.append(Row(cells, "every" if row["step"] == EVERY else ""))
    return Table(
        heads=[
            "step",
            "requests",
            "refused",
            "failed",
            "given up",
            *partly,
            *quantiles,
            *quantiles,
            "sent",
            "received",
        ],
        groups=[("", 5 + len(partly)), ("intended latency", 3), ("service latency", 3), ("bodies", 2)],
        rows=rows,
        caption="Every page is the sum of all steps but asset, the static files."
        + (" Latencies are of the measured requests: those first wanted at true rate." if partly else "")
        + (
            f" Cut off by the end of the load, or by a device that died: {words.count(cut_off, 'request')}."
            if cut_off
            else ""
        ),
    )


def problems(a: Analysis) -> Table:
    """Say what was refused and what failed, the most frequent first."""
    shown = a.problems.head(12)
    rows = [
        Row([problem or "not named", outcome.replace("_", " "), step.replace("_", " "), words.count(number)])
        for outcome, problem, step, number in shown.iter_rows()
    ]
    rest = int(a.problems["len"].sum()) - int(shown["len"].sum())
    if rest:
        rows.append(Row(["others", "", "", words.count(rest)]))
    return Table(["problem", "outcome", "step", "requests"], rows)


def resources(a: Analysis) -> Table:
    """Every resource by both sources."""
    rows = [
        Row(
            [
                a.run.facts.title(u.resource),
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
    by_source = ["share", "waited, s", "held, s", "uses"]
    return Table(
        heads=["resource", *by_source, *by_source, "capacity", "utilised", "longest queue"],
        groups=[("", 1), ("by the answers' Server-Timing", 4), ("by the server's counters", 4), ("", 3)],
        rows=rows,
        caption="Share is of all waiting. Utilised is over the whole load, quiet stretches included."
        if a.timeline.pace.is_true
        else "Share is of all waiting; all of it, utilisation too, is of the stretches at true rate.",
    )


def visits(a: Analysis) -> Table:
    """Sum up the books of the visits."""
    b = a.books
    lines = [
        ("planned and due in the load", b.planned),
        ("started as planned", b.started),
        ("came back after giving up", b.came_back),
        ("finished", b.finished),
        ("gave up", b.gave_up),
        ("still inside as the load ended", b.inside),
    ]
    balance = "The books balance." if not b.faults else " ".join(b.faults)
    return Table(["visits", "number"], [Row([name, words.count(n)]) for name, n in lines], caption=balance)


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
                reason or "no reason noted",
                reached.replace("_", " ") or "nothing",
                words.count(n),
                words.percent(n / gave_up.height),
            ]
        )
        for reason, reached, n in shown.iter_rows()
    ]
    rest = int(table["len"].sum()) - int(shown["len"].sum())
    if rest:
        rows.append(Row(["other reasons and steps", "", words.count(rest), words.percent(rest / gave_up.height)]))
    return Table(["reason", "last step answered", "visits", "of those who gave up"], rows)


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
    return Table(["process", "cores, mean", "cores, p95", "cores, most", "memory, most", "niceness"], rows)


def workers(a: Analysis) -> Table:
    """Sum up each worker of the generator."""
    rows = [
        Row(
            [
                f"worker {r['worker']}",
                words.percent(r["cpu_mean"]),
                words.percent(r["cpu_p95"]),
                f"{r['busy_seconds']} of {r['seconds']}",
                words.duration(r["loop_lag_p99_ms"]),
                words.duration(r["loop_lag_most_ms"]),
                words.data(r["most_rss_bytes"]),
            ]
        )
        for r in a.generator.workers.iter_rows(named=True)
    ]
    heads = [
        "generator",
        "CPU, mean",
        "CPU, p95",
        "seconds over 90 %",
        "loop lag, p99",
        "loop lag, most",
        "memory, most",
    ]
    return Table(heads, rows)
