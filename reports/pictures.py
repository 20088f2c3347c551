"""The pictures of the candidates: which figures each shows, and the finding in its title."""

from itertools import groupby

import polars as pl

from reports import words
from reports.analysis import Analysis
from reports.charts import Chart, Color, Panel, Series, Value, column, peak_of
from reports.funnel import Stage
from reports.language import say
from reports.sentence import LAG_MS


def _longest_stretch(flags: list[bool]) -> int | None:
    """Give where the longest unbroken stretch of true values begins, or None without any.

    >>> _longest_stretch([True, False, True, True, False]), _longest_stretch([False])
    (2, None)
    """
    stretches = [list(part) for flag, part in groupby(range(len(flags)), key=lambda at: flags[at]) if flag]
    return max(stretches, key=len)[0] if stretches else None


def _each_second(a: Analysis, moments: pl.Series) -> list[Value]:
    """Count moments by bucket, a second; what was before the load does not belong to its first bucket."""
    counted = (
        pl.LazyFrame({"at_s": moments.filter(moments >= 0)})
        .select(a.timeline.bucket(pl.col("at_s")))
        .group_by("bucket")
        .len()
        .collect()
    )
    every = a.timeline.every_bucket(counted).with_columns(pl.col("len").fill_null(0) / a.timeline.width_s)
    return column(every, "len")


def opening(a: Analysis) -> Chart:
    """Show the offered load and how much of it was answered in time, above the latency that candidates felt."""
    wanted = column(a.over_time, "wanted", 1 / a.timeline.width_s)
    in_time = column(a.over_time, "in_time", 1 / a.timeline.width_s)
    load = [
        Series(say("series-wanted"), wanted, "grey", "area"),
        Series(say("series-in-time"), in_time, "blue"),
    ]
    p95 = column(a.over_time, "intended_p95_ms", 0.001)
    felt = [
        Series(say("series-one-in-twenty"), p95, "red"),
        Series(say("series-every-second"), column(a.over_time, "intended_p50_ms", 0.001), "blue", dashed=True),
    ]
    most, _ = peak_of(wanted, a.timeline)
    peak, at = peak_of(p95, a.timeline)
    slow = _longest_stretch([v is not None and v * 1000 > LAG_MS for v in p95])
    if slow is None:
        finding = say("opening-kept-up", most_per_s=most, most_ms=peak * 1000, is_true=a.timeline.pace.is_true)
    else:
        since = a.timeline.clock(a.timeline.starts_s[slow])
        finding = say("opening-lagged", most_per_s=most, since=since, most_ms=peak * 1000, at=at)
    return Chart(
        "opening",
        finding,
        say("opening-note"),
        [Panel(say("axis-pages"), load), Panel(say("axis-seconds-to-answer"), felt, least_top=1.0)],
    )


def arrivals(a: Analysis) -> Chart:
    """Show visits that began, against the plan."""
    planned = a.visits.filter("planned")
    due = a.run.arrivals.filter(pl.col("due_s") < a.timeline.length_s).select("due_s").collect()["due_s"]
    back = a.visits.filter(~pl.col("planned"))["started_s"]
    series = [
        Series(say("series-planned"), _each_second(a, due), "grey", "area"),
        Series(say("series-started"), _each_second(a, planned["started_s"]), "blue"),
    ]
    if len(back):
        series.append(Series(say("series-came-back"), _each_second(a, back), "purple", dashed=True))
    off = a.books.missing or a.books.surplus or (a.books.late_p99_ms or 0) > 50
    as_planned = say("arrivals-as-planned", started=a.books.started, late_p99_ms=a.books.late_p99_ms)
    return Chart(
        "arrivals",
        say("arrivals-not-as-planned") if off else as_planned,
        say("arrivals-note"),
        [Panel(say("axis-visits"), series)],
    )


def requests(a: Analysis) -> Chart:
    """Show requests a second and what became of them."""
    width = a.timeline.width_s
    sent = column(a.over_time, "sent", 1 / width)
    kinds: list[tuple[str, str, Color]] = [
        ("ok", say("series-answered"), "blue"),
        ("refused", say("series-refused"), "sky"),
        ("failed", say("series-failed"), "red"),
        ("abandoned", say("series-given-up"), "orange"),
        ("cut_off", say("series-cut-off"), "grey"),
    ]
    kinds = [kind for kind in kinds if kind[0] == "ok" or a.outcome_count(kind[0])]
    series = [Series(name, column(a.over_time, outcome, 1 / width), color, "area") for outcome, name, color in kinds]
    peak, at = peak_of(sent, a.timeline)
    return Chart(
        "requests",
        say("requests-sent", peak_per_s=peak, at=at, failed_share=a.pages["failed_share"] or 0.0),
        say("requests-note"),
        [Panel(say("axis-requests"), [*series, Series(say("series-sent"), sent, "purple", dashed=True)])],
    )


def latencies(a: Analysis) -> Chart:
    """Show both latencies over time."""
    colors: list[tuple[str, Color]] = [("p50", "blue"), ("p95", "red"), ("p99", "purple")]

    def series(kind: str) -> list[Series]:
        return [
            Series(q, column(a.over_time, f"{kind}_{q}_ms", 0.001), color, dashed=q == "p50") for q, color in colors
        ]

    intended, service = a.pages["intended_p95_ms"], a.pages["service_p95_ms"]
    apart = (intended or 0) > 1.1 * (service or 0)
    finding = say("latencies", intended_ms=intended, service_ms=service, is_apart=apart)
    return Chart(
        "latencies",
        finding,
        say("latencies-note"),
        [
            Panel(say("axis-from-wanting"), series("intended"), least_top=1.0),
            Panel(say("axis-from-sending"), series("service"), least_top=1.0),
        ],
    )


def funnel(purpose: str, stages: list[Stage]) -> Chart:
    """Show how far the candidates of one purpose got."""
    whole = stages[0].got_here
    finished = sum(s.finished for s in stages)
    gave_up = sum(s.gave_up for s in stages)
    inside = whole - finished - gave_up
    parts: list[tuple[str, str, Color]] = [
        (say("series-went-on"), "went_on", "blue"),
        (say("series-finished-here"), "finished", "green"),
        (say("series-still-inside"), "inside", "grey"),
        (say("series-gave-up-after"), "gave_up", "red"),
    ]
    series = [Series(name, [float(getattr(s, key)) for s in stages], color, "area") for name, key, color in parts]
    finding = say(
        "funnel",
        visits=whole,
        purpose=words.purpose(purpose),
        finished_share=finished / whole,
        gave_up_share=gave_up / whole,
        inside_share=inside / whole,
    )
    return Chart(
        f"funnel-{purpose}",
        finding,
        say("funnel-note"),
        [Panel(say("axis-visits-by-step"), series)],
        categories=[say("began-the-visit"), *(words.step(s.step) for s in stages[1:])],
    )
