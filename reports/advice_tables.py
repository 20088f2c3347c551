"""The advice in tables and sentences."""

import polars as pl

from reports import words
from reports.advice import LEAST_SEEN, Advice, Gain
from reports.filing import PROMISED_MIN, within_promise
from reports.portal_days import OTHERS
from reports.tables import Row, Table
from reports.uplinks import SLOW_BITS_PER_S, SLOW_CLASSES

NOT_MEASURED = "not measured"
_SLOW = f"under {SLOW_BITS_PER_S / 1e6:g} Mbit/s"


def findings(advice: Advice) -> list[str]:
    """Say what each piece of advice is worth, a sentence each."""
    first, last, others = advice.gains
    return [*(_gain(day, others) for day in (first, last)), _cache(advice), *_uplink(advice), *_promise(advice)]


def _gain(day: Gain, others: Gain) -> str:
    said = f"Avoiding the {day.days}: "
    if day.lag_p95_ms is None or others.lag_p95_ms is None:
        days = " and ".join(g.days for g in (day, others) if g.lag_p95_ms is None)
        return f"{said}not measured, as fewer than {LEAST_SEEN} visits began at true rate on the {days}."
    lag = (
        f"95 of 100 pages come within {words.duration(others.lag_p95_ms)} on {OTHERS} instead of "
        f"{words.duration(day.lag_p95_ms)}, half within {words.duration(others.lag_p50_ms)} instead of "
        f"{words.duration(day.lag_p50_ms)}"
    )
    if day.form_p50_min is None or others.form_p50_min is None:
        return (
            f"{said}{lag}; what it gains in filing was not measured, with fewer than {LEAST_SEEN} filings at true rate."
        )
    return (
        f"{said}{lag}; the application is filed in {others.form_p50_min:.1f} min instead of {day.form_p50_min:.1f} "
        "at the median."
    )


def _cache(advice: Advice) -> str:
    files = advice.static_files
    if not files.requests:
        return "An empty cache: no static file was asked for."
    cost = (
        f"An empty cache: static files were {words.percent(files.request_share)} of all requests and "
        f"{words.percent(files.bytes_share)} of all bytes that candidates received"
    )
    if files.added_p50_s is None:
        return f"{cost}; what they cost in time was not measured."
    return (
        f"{cost}, {words.percent(files.server_share)} of the time in the server, and kept half of the visits that "
        f"loaded them for over {words.duration(1000 * files.added_p50_s)}."
    )


def _uplink(advice: Advice) -> list[str]:
    classes, slow = advice.uplinks.classes, advice.uplinks.slow
    if classes.is_empty():
        return ["A slow uplink: not measured, as no upload was answered at true rate."]
    if slow.is_empty():
        return [f"A slow uplink: no upload went at {_SLOW}."]
    quick = classes.filter(~pl.col("name").is_in(sorted(SLOW_CLASSES)))
    number, whole = int(slow["uploads"].sum()), int(classes["uploads"].sum())
    own = f"A slow uplink ({_SLOW}) costs its owner {_range_s(slow)} an upload at the median"
    own += f", others {_range_s(quick)}." if quick.height else "."
    share = advice.uplinks.share(float(slow["held_s"].sum()))
    if share is None:
        return [own, "What it costs everybody else is not known: the portal sent no Server-Timing of worker slots."]
    return [
        own,
        f"It costs everybody else: {words.percent(number / whole)} of the uploads came that slowly, and held "
        f"{words.percent(share)} of all the time for which {str(advice.uplinks.slot).replace('_', ' ')} were held.",
    ]


def _range_s(classes: pl.DataFrame) -> str:
    medians = sorted(classes["p50_s"].to_list())
    least, most = (words.duration(1000 * seconds) for seconds in (medians[0], medians[-1]))
    return least if least == most else f"{least} to {most}"


def _promise(advice: Advice) -> list[str]:
    said = []
    for since, (number, share) in within_promise(advice.filings).items():
        if share is None:
            said.append(f"{PROMISED_MIN:.0f} minutes for filing, {since}: nobody filed so.")
        else:
            said.append(
                f"{PROMISED_MIN:.0f} minutes for filing, {since}: enough for {words.percent(share)} of "
                f"{words.count(number, 'filing')}."
            )
    return said


def gains(advice: Advice) -> Table:
    """Compare the first day, the last and the others."""
    rows = [
        Row(
            [
                g.days,
                words.count(g.visits),
                *(_or_not(ms, words.duration(ms)) for ms in (g.lag_p50_ms, g.lag_p95_ms)),
                words.count(g.filings),
                *(
                    _or_not(m, f"{m or 0:.1f} min")
                    for m in (g.visit_p50_min, g.visit_p95_min, g.form_p50_min, g.form_p95_min)
                ),
            ]
        )
        for g in advice.gains
    ]
    return Table(
        ["days", "visits", "median", "p95", "filings", "median", "p95", "median", "p95"],
        rows,
        groups=[("", 2), ("lag of a page", 2), ("", 1), ("to file, from the visit", 2), ("from the first page", 2)],
        caption="At true rate alone: visits that began there, the pages wanted there, filings of which all lay there. "
        f"Not measured: fewer than {LEAST_SEEN}.",
    )


def _or_not(value: float | None, text: str) -> str:
    return NOT_MEASURED if value is None else text


def static_files(advice: Advice) -> Table:
    """Say what an empty cache costs."""
    files = advice.static_files
    lines = [
        ("requests", words.count(files.requests), words.percent(files.request_share)),
        ("bytes received", words.data(files.bytes_down), words.percent(files.bytes_share)),
        ("time in the server, at true rate", words.span(files.server_s), words.percent(files.server_share)),
        ("visits that loaded any, at true rate", words.count(files.visits), ""),
        ("time that this added to such a visit, median", _seconds(files.added_p50_s), ""),
        ("the same, p95", _seconds(files.added_p95_s), ""),
    ]
    return Table(
        ["static files", "amount", "share of all"],
        [Row(list(line)) for line in lines],
        caption="A cold cache: a browser that has the files asks for none of them. Files that come side by side are "
        "counted once in the time added.",
    )


def _seconds(seconds: float | None) -> str:
    return NOT_MEASURED if seconds is None else words.duration(1000 * seconds)


def uplinks(advice: Advice) -> Table:
    """Say what uplinks cost, by rate."""
    links = advice.uplinks
    rows = [
        Row(
            [
                r["name"],
                words.count(r["uploads"]),
                words.data(r["bytes"]),
                words.duration(1000 * r["p50_s"]),
                words.duration(1000 * r["p95_s"]),
                words.span(r["held_s"]) if links.slot else "–",
                words.percent(links.share(r["held_s"])),
            ],
            mark="accused" if r["name"] in SLOW_CLASSES else "",
        )
        for r in links.classes.iter_rows(named=True)
    ]
    slot = (links.slot or "slots").replace("_", " ")
    return Table(
        ["uplink", "uploads", "bytes sent", "one upload, median", "p95", f"{slot} held", f"of all {slot} held"],
        rows,
        caption="Uploads answered at true rate, by bits sent over the time from sending to answer; the portal's own "
        f"time is in it. Slow: {_SLOW}.",
    )


def promise(advice: Advice) -> Table:
    """Say whether the promised minutes are enough, by hour of the day."""
    counts = ("filed", "apply_filed", "apply_in_time", "form_filed", "form_in_time")
    by_day = advice.by_hour.group_by((pl.col("hour") % 24).alias("of_day")).agg(pl.col(counts).sum()).sort("of_day")
    rows = [
        Row(
            [
                f"{r['of_day']} to {r['of_day'] + 1} h",
                words.count(r["filed"]),
                words.percent(r["apply_in_time"] / r["apply_filed"] if r["apply_filed"] else None),
                words.percent(r["form_in_time"] / r["form_filed"] if r["form_filed"] else None),
            ]
        )
        for r in by_day.iter_rows(named=True)
    ]
    return Table(
        ["hour of coming", "filings", "from the start of a visit to apply", "from the application's first page"],
        rows,
        groups=[("", 2), (f"filed within {PROMISED_MIN:.0f} minutes", 2)],
    )
