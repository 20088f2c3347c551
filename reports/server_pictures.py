"""The pictures of the server, the machine and the generator: which figures each shows, and the finding in its title."""

import polars as pl

from reports import words
from reports.analysis import Analysis
from reports.charts import PALETTE, Chart, Color, Panel, Series, column, peak_of
from reports.language import say
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
    named = [r for r in colors if r in names and a.timings.total(f"wait:{r}") > 0]
    rest = [f"page_wait:{r}" for r in names if r not in named and a.timings.total(f"wait:{r}") > 0]
    series = [Series(words.resource(a.run.facts, r), column(each, f"page_wait:{r}"), colors[r], "area") for r in named]
    if rest:
        series.append(
            Series(
                say("series-other-resources"),
                each.select(pl.sum_horizontal(rest)).to_series().to_list(),
                "yellow",
                "area",
            )
        )
    series.append(Series(say("series-outside-handlers"), column(each, "elsewhere"), "grey", "area"))
    lag = a.lag
    whole = lag.latency_s or 1.0
    finding = say(
        "waiting",
        waited_share=lag.waited_s / whole,
        served_share=lag.served_s / whole,
        outside_share=lag.elsewhere_s / whole,
    )
    return Chart(
        "waiting",
        finding,
        say("waiting-note"),
        [
            Panel(say("axis-waiting"), series, least_top=0.1),
            Panel(say("axis-work"), [Series(say("series-work"), column(each, "served"), "blue")], least_top=0.1),
        ],
    )


def utilisation(a: Analysis) -> Chart:
    """Show how busy each resource was, and its queue, by the server's own counters."""
    table = rates(a.counters, a.timeline)
    shown = {r: c for r, c in resource_colors(a).items() if r in a.counters.resources}
    busy, queues = [], []
    for resource, color in shown.items():
        rows = a.timeline.every_bucket(table.filter(pl.col("resource") == resource))
        name = words.resource(a.run.facts, resource)
        busy.append(Series(name, [None if v is None else min(v * 100, 100.0) for v in rows["utilisation"]], color))
        queues.append(Series(name, column(rows, "queue_max"), color))
    most = max((u for u in a.uses if u.queue_max is not None), key=lambda u: u.queue_max or 0, default=None)
    used = max((u for u in a.uses if u.utilisation is not None), key=lambda u: u.utilisation or 0, default=None)
    finding = ""
    if used is not None and most is not None:
        finding = say("busiest", resource=words.resource(a.run.facts, used.resource), utilisation=used.utilisation)
        if most.queue_max:
            queue = say("longest-queue", resource=words.resource(a.run.facts, most.resource), requests=most.queue_max)
            finding = say("between-clauses").join([finding, queue])
    return Chart(
        "utilisation",
        finding,
        say("utilisation-note"),
        [Panel(say("axis-utilised"), busy, least_top=100), Panel(say("axis-queue"), queues, least_top=5)],
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
    limit = (float(count), say("cores", count=count)) if count else None
    return Chart(
        "cpu",
        say("cpu", peak_cores=peak, cores=count, at=at),
        say("cpu-note"),
        [Panel(say("axis-cores"), series, limit=limit, least_top=float(count))],
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
    finding = say("generator-late", late_p99_ms=a.books.late_p99_ms)
    if busiest is not None:
        finding = say("between-clauses").join([finding, say("generator-busiest", share=busiest)])
    return Chart(
        "generator",
        finding,
        say("generator-note"),
        [
            Panel(
                say("axis-of-a-core"),
                [Series(say("series-busiest-worker"), column(rows, "cpu_share", 100), "blue")],
                limit=(BUSY_SHARE * 100, say("void-above")),
                least_top=100,
            ),
            Panel(
                say("axis-late"),
                [
                    Series(say("series-latest-arrival"), column(late, "late_ms"), "red"),
                    Series(say("series-worst-loop-lag"), column(rows, "loop_lag_ms"), "grey", dashed=True),
                ],
                least_top=10,
            ),
        ],
    )
