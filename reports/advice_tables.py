"""The advice in tables and sentences."""

import polars as pl

from reports import words
from reports.advice import LEAST_SEEN, Advice, Gain
from reports.filing import PROMISED_MIN, within_promise
from reports.language import say
from reports.tables import Row, Table
from reports.uplinks import CLASSES, SLOW_BITS_PER_S, SLOW_CLASSES

_SLOW_MBIT = SLOW_BITS_PER_S / 1e6


def findings(advice: Advice) -> list[str]:
    """Say what each piece of advice is worth, a sentence each."""
    first, last, others = advice.gains
    return [*(_gain(day, others) for day in (first, last)), _cache(advice), *_uplink(advice), *_promise(advice)]


def _days(gain: Gain) -> str:
    return say("days-of", kind=gain.days.partition(" ")[0])


def _gain(day: Gain, others: Gain) -> str:
    days = _days(day)
    if day.lag_p95_ms is None or others.lag_p95_ms is None:
        unknown = say("between-suspects").join(_days(g) for g in (day, others) if g.lag_p95_ms is None)
        return say("gain-not-measured", days=days, unknown=unknown, least=LEAST_SEEN)
    filing = (
        say("gain-filing-not-measured", least=LEAST_SEEN)
        if day.form_p50_min is None or others.form_p50_min is None
        else say("gain-filing", others_min=others.form_p50_min, day_min=day.form_p50_min)
    )
    return say(
        "gain",
        days=days,
        others=_days(others),
        others_p95_ms=others.lag_p95_ms,
        day_p95_ms=day.lag_p95_ms,
        others_p50_ms=others.lag_p50_ms,
        day_p50_ms=day.lag_p50_ms,
        filing=filing,
    )


def _cache(advice: Advice) -> str:
    files = advice.static_files
    if not files.requests:
        return say("cache-not-asked")
    cost = say("cache-cost", requests=files.request_share, bytes=files.bytes_share)
    if files.added_p50_s is None:
        return say("cache-time-not-measured", cost=cost)
    return say("cache-time", cost=cost, server=files.server_share, added_ms=1000 * files.added_p50_s)


def _uplink(advice: Advice) -> list[str]:
    classes, slow = advice.uplinks.classes, advice.uplinks.slow
    if classes.is_empty():
        return [say("uplink-not-measured")]
    if slow.is_empty():
        return [say("uplink-none-slow", slow_mbit=_SLOW_MBIT)]
    quick = classes.filter(~pl.col("name").is_in(sorted(SLOW_CLASSES)))
    number, whole = int(slow["uploads"].sum()), int(classes["uploads"].sum())
    own = say("uplink-own", slow_mbit=_SLOW_MBIT, took=_range(slow), others=_range(quick) if quick.height else "none")
    share = advice.uplinks.share(float(slow["held_s"].sum()))
    if share is None:
        return [own, say("uplink-others-not-known")]
    return [own, say("uplink-others", uploads=number / whole, held=share, slot=_slot(advice))]


def _slot(advice: Advice) -> str:
    name = advice.uplinks.slot or "slots"
    return say("resource", name=name, title=words.spaced(name))


def _range(classes: pl.DataFrame) -> str:
    medians = sorted(classes["p50_s"].to_list())
    least, most = (words.duration(1000 * seconds) for seconds in (medians[0], medians[-1]))
    return least if least == most else say("range", least=least, most=most)


def _promise(advice: Advice) -> list[str]:
    since = (say("since-visit"), say("since-first-page"))
    return [
        say("promise-nobody-filed", minutes=PROMISED_MIN, since=said)
        if share is None
        else say("promise-enough", minutes=PROMISED_MIN, since=said, share=share, filings=number)
        for said, (number, share) in zip(since, within_promise(advice.filings).values(), strict=True)
    ]


def gains(advice: Advice) -> Table:
    """Compare the first day, the last and the others."""
    rows = [
        Row(
            [
                _days(g),
                words.count(g.visits),
                *(_or_not(ms, words.duration(ms)) for ms in (g.lag_p50_ms, g.lag_p95_ms)),
                words.count(g.filings),
                *(
                    _or_not(m, say("in-minutes", minutes=m))
                    for m in (g.visit_p50_min, g.visit_p95_min, g.form_p50_min, g.form_p95_min)
                ),
            ]
        )
        for g in advice.gains
    ]
    both = (say("head-median"), "p95")
    return Table(
        [say("head-days"), say("head-visits"), *both, say("head-filings"), *both, *both],
        rows,
        groups=[
            ("", 2),
            (say("lag-of-page"), 2),
            ("", 1),
            (say("to-file-from-visit"), 2),
            (say("to-file-from-page"), 2),
        ],
        caption=say("gains-caption", least=LEAST_SEEN),
    )


def _or_not(value: float | None, text: str) -> str:
    return say("not-measured") if value is None else text


def static_files(advice: Advice) -> Table:
    """Say what an empty cache costs."""
    files = advice.static_files
    lines = [
        (say("files-requests"), words.count(files.requests), words.percent(files.request_share)),
        (say("files-bytes"), words.data(files.bytes_down), words.percent(files.bytes_share)),
        (say("files-server"), words.span(files.server_s), words.percent(files.server_share)),
        (say("files-visits"), words.count(files.visits), ""),
        (say("files-added"), _seconds(files.added_p50_s), ""),
        (say("files-added-p95"), _seconds(files.added_p95_s), ""),
    ]
    return Table(
        [say("head-static-files"), say("head-amount"), say("head-share-of-all")],
        [Row(list(line)) for line in lines],
        caption=say("files-caption"),
    )


def _seconds(seconds: float | None) -> str:
    return say("not-measured") if seconds is None else words.duration(1000 * seconds)


def uplinks(advice: Advice) -> Table:
    """Say what uplinks cost, by rate."""
    links = advice.uplinks
    rows = [
        Row(
            [
                say("uplink-class", number=CLASSES.index(r["name"]), title=r["name"]),
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
    slot = _slot(advice)
    heads = [say("head-uplink"), say("head-uploads"), say("head-bytes-sent"), say("head-one-upload"), "p95"]
    return Table(
        [*heads, say("head-slot-held", slot=slot), say("head-of-slot-held", slot=slot)],
        rows,
        caption=say("uplinks-caption", slow_mbit=_SLOW_MBIT),
    )


def promise(advice: Advice) -> Table:
    """Say whether the promised minutes are enough, by hour of the day."""
    counts = ("filed", "apply_filed", "apply_in_time", "form_filed", "form_in_time")
    by_day = advice.by_hour.group_by((pl.col("hour") % 24).alias("of_day")).agg(pl.col(counts).sum()).sort("of_day")
    rows = [
        Row(
            [
                say("hours-of-day", begin=r["of_day"], end=r["of_day"] + 1),
                words.count(r["filed"]),
                words.percent(r["apply_in_time"] / r["apply_filed"] if r["apply_filed"] else None),
                words.percent(r["form_in_time"] / r["form_filed"] if r["form_filed"] else None),
            ]
        )
        for r in by_day.iter_rows(named=True)
    ]
    return Table(
        [say("head-hour-of-coming"), say("head-filings"), say("since-visit"), say("since-application-page")],
        rows,
        groups=[("", 2), (say("filed-within", minutes=PROMISED_MIN), 2)],
    )
