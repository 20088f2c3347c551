"""The pictures of the candidates: which figures each shows, and the finding in its title."""

from itertools import groupby

import polars as pl

from reports import words
from reports.analysis import Analysis
from reports.charts import Chart, Color, Panel, Series, Value, column, peak_of
from reports.funnel import Stage
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
        Series("wanted (offered load)", wanted, "grey", "area"),
        Series("answered within 2 s (goodput)", in_time, "blue"),
    ]
    p95 = column(a.over_time, "intended_p95_ms", 0.001)
    felt = [
        Series("one page in twenty takes longer (p95)", p95, "red"),
        Series(
            "every second page takes longer (p50)", column(a.over_time, "intended_p50_ms", 0.001), "blue", dashed=True
        ),
    ]
    most, _ = peak_of(wanted, a.timeline)
    peak, at = peak_of(p95, a.timeline)
    slow = _longest_stretch([v is not None and v * 1000 > LAG_MS for v in p95])
    if slow is None:
        finding = (
            f"Up to {most:,.0f} pages a second, and 95 of 100 came within {words.duration(peak * 1000)} at all times"
        )
    else:
        finding = (
            f"Up to {most:,.0f} pages a second; from {a.timeline.clock(a.timeline.starts_s[slow])} one in twenty took "
            f"over 2 s, and {words.duration(peak * 1000)} at the worst moment ({at})"
        )
    return Chart(
        "opening",
        finding,
        "Above: pages that candidates wanted, by when they first wanted them, and those that came within 2 s. Below: "
        "time from wanting a page until its answer, over all answers of each moment.",
        [Panel("pages a second", load), Panel("seconds until the answer", felt, least_top=1.0)],
    )


def arrivals(a: Analysis) -> Chart:
    """Show visits that began, against the plan."""
    planned = a.visits.filter("planned")
    due = a.run.arrivals.filter(pl.col("due_s") < a.timeline.length_s).select("due_s").collect()["due_s"]
    back = a.visits.filter(~pl.col("planned"))["started_s"]
    series = [
        Series("planned", _each_second(a, due), "grey", "area"),
        Series("started", _each_second(a, planned["started_s"]), "blue"),
    ]
    if len(back):
        series.append(Series("came back", _each_second(a, back), "purple", dashed=True))
    off = a.books.missing or a.books.surplus or (a.books.late_p99_ms or 0) > 50
    return Chart(
        "arrivals",
        "Arrivals did not come as planned: see why this run is void"
        if off
        else f"Arrivals came as planned: {words.count(a.books.started)}, 99 of 100 at most "
        f"{words.duration(a.books.late_p99_ms)} late",
        "Visits that began, against the plan; who gave up and came back is counted apart.",
        [Panel("visits a second", series)],
    )


def requests(a: Analysis) -> Chart:
    """Show requests a second and what became of them."""
    width = a.timeline.width_s
    sent = column(a.over_time, "sent", 1 / width)
    kinds: list[tuple[str, str, Color]] = [
        ("ok", "answered", "blue"),
        ("refused", "refused by a rule", "sky"),
        ("failed", "failed", "red"),
        ("abandoned", "given up", "orange"),
        ("cut_off", "cut off", "grey"),
    ]
    kinds = [kind for kind in kinds if kind[0] == "ok" or a.outcome_count(kind[0])]
    series = [Series(name, column(a.over_time, outcome, 1 / width), color, "area") for outcome, name, color in kinds]
    peak, at = peak_of(sent, a.timeline)
    share = a.pages["failed_share"]
    loss = f"{words.percent(share)} of all pages failed or were given up" if share else "no page failed or was given up"
    return Chart(
        "requests",
        f"Up to {peak:,.0f} requests a second were sent ({at}); {loss}",
        "Static files are counted too. Areas stand where the answer came or the candidate gave up, the line where "
        "requests were sent.",
        [Panel("requests a second", [*series, Series("sent", sent, "purple", dashed=True)])],
    )


def latencies(a: Analysis) -> Chart:
    """Show both latencies over time."""
    colors: list[tuple[str, Color]] = [("p50", "blue"), ("p95", "red"), ("p99", "purple")]

    def series(kind: str) -> list[Series]:
        return [
            Series(q, column(a.over_time, f"{kind}_{q}_ms", 0.001), color, dashed=q == "p50") for q, color in colors
        ]

    intended, service = a.pages["intended_p95_ms"], a.pages["service_p95_ms"]
    finding = f"One page in twenty took over {words.duration(intended)} from when it was wanted"
    if (intended or 0) > 1.1 * (service or 0):
        finding += f", though only {words.duration(service)} from its last sending: the rest went into earlier attempts"
    return Chart(
        "latencies",
        finding,
        "Above from the moment a page was first wanted, below from the moment its request was sent. Given-up requests "
        "count with the time until then.",
        [
            Panel("s from wanting", series("intended"), least_top=1.0),
            Panel("s from sending", series("service"), least_top=1.0),
        ],
    )


def funnel(purpose: str, stages: list[Stage]) -> Chart:
    """Show how far the candidates of one purpose got."""
    whole = stages[0].got_here
    finished = sum(s.finished for s in stages)
    gave_up = sum(s.gave_up for s in stages)
    inside = whole - finished - gave_up
    parts: list[tuple[str, str, Color]] = [
        ("went on", "went_on", "blue"),
        ("finished here", "finished", "green"),
        ("still inside at the end", "inside", "grey"),
        ("gave up after it", "gave_up", "red"),
    ]
    series = [Series(name, [float(getattr(s, key)) for s in stages], color, "area") for name, key, color in parts]
    finding = (
        f"Of {words.count(whole, 'visit')} to {purpose.replace('_', ' ')}, {words.percent(finished / whole)} finished, "
        f"{words.percent(gave_up / whole)} gave up and {words.percent(inside / whole)} were still inside"
    )
    return Chart(
        f"funnel-{purpose}",
        finding,
        "Visits by the last step that was answered ok, in the order in which candidates take the steps.",
        [Panel("visits", series)],
        categories=["began the visit", *(s.step.replace("_", " ") for s in stages[1:])],
    )
