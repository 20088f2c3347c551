"""How long filing takes: from the start of the visit, and from the first page of the application, until it is filed.

What candidates do by themselves (thinking, typing, their uplinks) goes by the portal's clock at any speed, so portal
minutes of it mean something everywhere. Waiting for the portal is real: where the clock runs fast, each second of it
would count as many. So it counts with the seconds that it really took, and is a measurement at true rate alone.
"""

import re

import polars as pl

from reports.latency import IS_PAGE
from reports.pace import Pace
from reports.uplinks import UPLOAD_BYTES

FILED = "submission"
"""The step that files an application."""
FIRST_PAGES = ("catalogue", "application")
"""The steps with which an application begins."""
PROMISED_MIN = 3.0
"""Minutes that candidates are told filing takes."""

KEY = ("candidate", "visit")

_HEADER = pl.col("server_timing")


def filings(visits: pl.DataFrame, requests: pl.LazyFrame, pace: Pace, first: str | None) -> pl.DataFrame:
    """Give one row for each visit in which an application was filed, but those under way as the load began.

    Columns: `candidate`, `visit`, `purpose`, `started_s`, `filed_s` (run seconds; of several filings the first),
    `visit_min` and `form_min` (portal minutes from the visit's start, and from the application's first page; null
    without one), `at_true_rate` (whether all of it lay in one stretch at true rate). `first` is the resource which
    requests hold for the whole of their stay, so that its holding is no work.
    """
    filed = (
        requests.filter(pl.col("step") == FILED, pl.col("outcome") == "ok")
        .group_by(KEY)
        .agg(pl.col("done_s").min().alias("filed_s"))
    )
    begun = visits.lazy().filter(pl.col("due_s") >= 0).select(*KEY, "purpose", "started_s")
    table = begun.join(filed, on=KEY).collect(engine="streaming")
    return (
        table.lazy()
        .join(_on_the_way(table, requests, pace, first), on=KEY, how="left")
        .with_columns(
            _portal_min(pace, "started_s", "inflated_visit_s").alias("visit_min"),
            _portal_min(pace, "first_page_s", "inflated_form_s").alias("form_min"),
            _in_one_stretch(pace).alias("at_true_rate"),
        )
        .select(*KEY, "purpose", "started_s", "filed_s", "visit_min", "form_min", "at_true_rate")
        .sort(KEY)
        .collect()
    )


def _in_one_stretch(pace: Pace) -> pl.Expr:
    begin, end = pace.stretch(pl.col("started_s")), pace.stretch(pl.col("filed_s"))
    return (begin == end) & (end >= 0)


def _portal_min(pace: Pace, begin: str, inflated: str) -> pl.Expr:
    elapsed_s = pace.portal(pl.col("filed_s")) - pace.portal(pl.col(begin))
    return (elapsed_s - pl.col(inflated).fill_null(0.0)).clip(0) / 60


def _on_the_way(table: pl.DataFrame, requests: pl.LazyFrame, pace: Pace, first: str | None) -> pl.LazyFrame:
    """Give for each filing its first page, and by how much waiting for the portal was inflated by a fast clock.

    A request's real part is all of it, or for an upload what the server's resources took: the line goes by the
    portal's clock.
    """
    is_upload = pl.col("bytes_up") >= UPLOAD_BYTES
    real_s = pl.when(is_upload).then(pl.min_horizontal(_worked_s(first), _SERVICE_S)).otherwise(_SERVICE_S)
    portal_s = pace.portal(pl.col("done_s")) - pace.portal(pl.col("sent_s"))
    speed = pl.when(_SERVICE_S > 0).then(portal_s / _SERVICE_S).otherwise(1.0)
    inflated_s = pl.lit(0.0) if pace.is_true else (speed - 1) * real_s
    pages = (
        requests.filter(IS_PAGE)
        .select(*KEY, "step", "intended_s", "sent_s", "done_s", "bytes_up", "server_timing")
        .join(table.lazy().select(*KEY, "filed_s"), on=KEY)
        .filter(pl.col("done_s") <= pl.col("filed_s"))
    )
    first_page_s = pl.col("intended_s").filter(pl.col("step").is_in(FIRST_PAGES)).min()
    return (
        pages.with_columns(inflated_s.alias("inflated_s"))
        .with_columns(first_page_s.over(KEY).alias("first_page_s"))
        .group_by(KEY)
        .agg(
            pl.col("first_page_s").first(),
            pl.col("inflated_s").sum().alias("inflated_visit_s"),
            pl.col("inflated_s").filter(pl.col("sent_s") >= pl.col("first_page_s")).sum().alias("inflated_form_s"),
        )
    )


_SERVICE_S = pl.col("done_s") - pl.col("sent_s")


def _worked_s(first: str | None) -> pl.Expr:
    """Give the seconds that a request waited for resources and was worked on, by its header."""
    header = _HEADER.str.replace(rf"{re.escape(first)}-svc;dur=[0-9.]+", "") if first else _HEADER
    parts = header.str.extract_all(r"-(?:wait|svc);dur=[0-9.]+")
    ms = pl.element().str.extract(r"=([0-9.]+)", 1).cast(pl.Float64, strict=False)
    return parts.list.eval(ms).list.sum() / 1000


def within_promise(found: pl.DataFrame) -> dict[str, tuple[int, float | None]]:
    """Give the number of filings, and the share of them within the promised minutes, by where they are counted from.

    From the visit's start only visits that came to apply count: the others registered their account in the same visit.
    """
    to_apply = found.filter(pl.col("purpose") == "apply")["visit_min"]
    from_form = found["form_min"].drop_nulls()
    return {
        "from the start of a visit to apply": (len(to_apply), _share(to_apply)),
        "from the first page of the application": (len(from_form), _share(from_form)),
    }


def _share(minutes: pl.Series) -> float | None:
    return float((minutes <= PROMISED_MIN).mean()) if len(minutes) else None  # type: ignore[arg-type]
