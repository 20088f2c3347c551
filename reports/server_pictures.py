"""The pictures of the server, the machine and the generator: which figures each shows, and the finding in its title."""

import polars as pl

from reports import words
from reports.analysis import Analysis
from reports.charts import PALETTE, Chart, Color, Panel, Series, column, peak_of
from reports.machine import BUSY_SHARE
from reports.resources import rates

MOST_NAMED = 6
"""More lines than this in one picture cannot be told apart; the rest are added up."""


def resource_colors(a: Analysis) -> dict[str, Color]:
    """Give the resources that get a colour of their own: the suspect red, the others by how much is waited for them."""
    suspect = a.suspect.resource if a.suspect else None
    others = [u.resource for u in a.uses if u.resource != suspect]
    colors = dict(zip(others[: MOST_NAMED - 1], PALETTE, strict=False))
    known = suspect in {u.resource for u in a.uses}
    return {suspect: "red", **colors} if suspect is not None and known else colors


def waiting(a: Analysis) -> Chart:
    """Show what a page waits for, by resource, and what is left of its latency."""
    second = a.timings.seconds
    names = a.timings.resources
    sums = (
        second.group_by(a.timeline.bucket(pl.col("second")))
        .agg(pl.col("pages", "latency", "stay", "waited").sum(), *(pl.col(f"page_wait:{r}").sum() for r in names))
        .with_columns((pl.col("latency") - pl.col("stay")).clip(0).alias("elsewhere"))
        .with_columns(((pl.col("stay") - pl.col("waited")).clip(0)).alias("served"))
    )
    each = a.timeline.every_bucket(sums).with_columns(
        (pl.col(c) / pl.col("pages")).fill_nan(None) for c in sums.columns if c not in ("bucket", "pages")
    )
    colors = resource_colors(a)
    title = a.run.facts.title
    named = [r for r in colors if r in names and a.timings.total(f"wait:{r}") > 0]
    rest = [f"page_wait:{r}" for r in names if r not in named and a.timings.total(f"wait:{r}") > 0]
    series = [Series(title(r), column(each, f"page_wait:{r}"), colors[r], "area") for r in named]
    if rest:
        series.append(
            Series("other resources", each.select(pl.sum_horizontal(rest)).to_series().to_list(), "yellow", "area")
        )
    series.append(Series("outside of the handlers", column(each, "elsewhere"), "grey", "area"))
    lag = a.lag
    whole = lag.latency_s or 1.0
    finding = (
        f"Of the time to an answer, {words.percent(lag.waited_s / whole)} was waiting for resources, "
        f"{words.percent(lag.served_s / whole)} work, {words.percent(lag.elsewhere_s / whole)} outside of the handlers"
    )
    return Chart(
        "waiting",
        finding,
        "Mean of the pages that were answered in each moment, from their Server-Timing. Above what they waited for; "
        "below the work itself. Outside of the handlers: accept queue, event loop, network, uploads, generator.",
        [
            Panel("s of waiting a page", series, least_top=0.1),
            Panel("s of work a page", [Series("work", column(each, "served"), "blue")], least_top=0.1),
        ],
    )


def utilisation(a: Analysis) -> Chart:
    """Show how busy each resource was, and its queue, by the server's own counters."""
    table = rates(a.counters, a.timeline)
    shown = {r: c for r, c in resource_colors(a).items() if r in a.counters.resources}
    busy, queues = [], []
    for resource, color in shown.items():
        rows = a.timeline.every_bucket(table.filter(pl.col("resource") == resource))
        name = a.run.facts.title(resource)
        busy.append(Series(name, [None if v is None else min(v * 100, 100.0) for v in rows["utilisation"]], color))
        queues.append(Series(name, column(rows, "queue_max"), color))
    most = max((u for u in a.uses if u.queue_max is not None), key=lambda u: u.queue_max or 0, default=None)
    used = max((u for u in a.uses if u.utilisation is not None), key=lambda u: u.utilisation or 0, default=None)
    finding = ""
    if used is not None and most is not None:
        finding = f"Busiest over the whole load: {a.run.facts.title(used.resource)}, {words.percent(used.utilisation)}"
        if most.queue_max:
            finding += f"; longest queue: {words.count(most.queue_max)} for {a.run.facts.title(most.resource)}"
    return Chart(
        "utilisation",
        finding,
        "From the server's counters, independent of the requests. A gap: the server gave no sample.",
        [Panel("% utilised", busy, least_top=100), Panel("requests in the queue", queues, least_top=5)],
    )


def cpu(a: Analysis) -> Chart:
    """Show the CPU by process."""
    table = a.processes.over_time(a.timeline)
    order = a.processes.table()["process"].to_list()
    colors: list[Color] = [*PALETTE, "red", "grey"]
    series = []
    for number, process in enumerate(order[: len(colors)]):
        rows = a.timeline.every_bucket(table.filter(pl.col("process") == process))
        series.append(Series(process, column(rows, "cores"), colors[number], "area"))
    total = a.timeline.every_bucket(table.group_by("bucket").agg(pl.col("cores").sum()))
    peak, at = peak_of(column(total, "cores"), a.timeline)
    count = a.processes.core_count
    limit = (float(count), words.count(count, "core")) if count else None
    return Chart(
        "cpu",
        f"At most {peak:.1f} of {words.count(count, 'core')} were in use ({at})",
        "CPU seconds a second of every process that took part, stacked.",
        [Panel("cores in use", series, limit=limit, least_top=float(count))],
    )


def generator(a: Analysis) -> Chart:
    """Show the generator's own health."""
    rows = a.timeline.every_bucket(a.generator.over_time)
    planned = (
        a.visits.lazy()
        .filter("planned", pl.col("due_s") >= 0)
        .select(
            a.timeline.bucket(pl.col("started_s")), ((pl.col("started_s") - pl.col("due_s")) * 1000).alias("late_ms")
        )
    )
    late = a.timeline.every_bucket(planned.group_by("bucket").agg(pl.col("late_ms").max()).collect())
    workers = a.generator.workers
    busiest = max(workers["cpu_p95"].to_list(), default=None)
    finding = f"Arrivals started {words.duration(a.books.late_p99_ms)} late at the 99th percentile"
    if busiest is not None:
        finding += f"; the busiest worker used {words.percent(busiest)} of its core at the 95th"
    return Chart(
        "generator",
        finding,
        "A generator that is late or out of CPU would blame the portal for its own delay; such a run is void.",
        [
            Panel(
                "% of a core",
                [Series("busiest worker", column(rows, "cpu_share", 100), "blue")],
                limit=(BUSY_SHARE * 100, "void above, at the 95th percentile"),
                least_top=100,
            ),
            Panel(
                "ms late",
                [
                    Series("latest arrival", column(late, "late_ms"), "red"),
                    Series("worst loop lag", column(rows, "loop_lag_ms"), "grey", dashed=True),
                ],
                least_top=10,
            ),
        ],
    )
