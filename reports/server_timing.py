"""Where the time of the answered requests went, from their Server-Timing headers.

Each header names, for each resource that the request used, the time it waited for it (`NAME-wait`) and the time it held
it (`NAME-svc`), and its whole stay in the server (`total`). All of them are read with vectorised string expressions in
one pass over the requests and summed by second, so ten million requests need no more memory than a few.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import polars as pl

from reports.latency import IS_PAGE

ROUNDING_MS = 1.0
"""Durations are rounded where they are written, so two that should be equal may differ by this much."""

_HEADER = pl.col("server_timing")


@dataclass(frozen=True)
class Timings:
    """Sums of the Server-Timing headers by second of the answer.

    `seconds` has one row a second in which an answer came, with, in seconds:
    `second`; `answered`, `with_header` (requests that got an answer, and those of them with a header);
    `pages`, `latency`, `stay`, `waited` (requests with a header but static files: their number, service latency, stay
    in the server, waiting for any resource);
    `asset_stay` (stay of static files);
    for each resource R `used:R`, `wait:R`, `held:R` (all requests) and `page_wait:R` (waiting of pages alone);
    for each pair `both:A:B` (requests that used both), `sticks_out:A:B` (those where B did not fit into the holding of
    A), `overlap:A:B` (those where both did not fit into the stay one after the other), `overlap_in_first:A:B` (the same
    for the holding of `first`), `inner:A:B` (waiting and holding of B).
    """

    resources: tuple[str, ...]
    first: str | None
    """What most requests enter first: it is named first in the header, and holds the others within it."""
    seconds: pl.DataFrame

    def total(self, column: str, window_s: tuple[float, float] | None = None) -> float:
        """Sum a column over the load, or over the seconds that begin within `window_s`."""
        rows = self.seconds
        if window_s is not None:
            rows = rows.filter(pl.col("second").is_between(int(window_s[0]), window_s[1], closed="left"))
        return float(rows[column].sum()) if column in rows.columns else 0.0


def read_timings(requests: pl.LazyFrame) -> Timings:
    """Sum up the headers of all requests that were answered."""
    headers = _kinds_of_headers(requests)
    resources = tuple(sorted({name for names in headers for name in names}))
    pairs = [(a, b) for a, b in permutations(resources, 2) if any(a in names and b in names for names in headers)]
    firsts = Counter[str]()
    for names, number in headers.items():
        firsts[names[0]] += number
    first = firsts.most_common(1)[0][0] if firsts else None
    parsed = requests.select(
        (pl.col("done_s").floor().cast(pl.Int32)).alias("second"),
        (pl.col("status") > 0).alias("answered"),
        IS_PAGE.alias("page"),
        (pl.col("done_s") - pl.col("sent_s")).alias("latency"),
        _duration("total").alias("total"),
        *(_duration(f"{r}-wait").alias(f"w:{r}") for r in resources),
        *(_duration(f"{r}-svc").alias(f"s:{r}") for r in resources),
    )
    sums = [
        pl.col("answered").sum(),
        pl.col("total").is_not_null().sum().alias("with_header"),
        *_page_sums(resources),
        *(expr for r in resources for expr in _resource_sums(r)),
        *(expr for a, b in pairs for expr in _pair_sums(a, b, first)),
    ]
    seconds = parsed.group_by("second").agg(sums).sort("second").collect(engine="streaming")
    return Timings(resources=resources, first=first, seconds=seconds)


def _kinds_of_headers(requests: pl.LazyFrame) -> Counter[tuple[str, ...]]:
    """Give the resources of each kind of header in their order, and how many headers are of that kind.

    Without their durations the headers of a portal are few distinct strings.
    """
    kinds = requests.select(_HEADER.str.replace_all(r";[^,]*", "")).group_by("server_timing").len()
    found = Counter[tuple[str, ...]]()
    for text, number in kinds.collect(engine="streaming").iter_rows():
        names = dict.fromkeys(re.findall(r"([^\s,]+)-(?:wait|svc)(?=,|\s|$)", text))
        found[tuple(names)] += number
    del found[()]
    return found


def waits_ms(requests: pl.LazyFrame, resource: str) -> pl.Series:
    """Give how long each answered request that used a resource waited for it, in ms, in no certain order."""
    wait = (_duration(f"{resource}-wait") * 1000).alias("wait_ms")
    return requests.select(wait).drop_nulls().collect(engine="streaming")["wait_ms"]


def spent_ms(resources: Iterable[str], *kinds: Literal["wait", "svc"]) -> pl.Expr:
    """Give how long an answer says that it waited for these resources, or held them, in ms; 0 where it says nothing."""
    entries = [f"{resource}-{kind}" for resource in resources for kind in kinds]
    return pl.sum_horizontal(*(_duration(it).fill_null(0.0) * 1000 for it in entries)) if entries else pl.lit(0.0)


def _duration(name: str) -> pl.Expr:
    """Give the duration of one entry of the header in seconds, null where the header has no such entry."""
    pattern = rf"(?:^|[,\s]){re.escape(name)};dur=([0-9.]+)"
    return _HEADER.str.extract(pattern, 1).cast(pl.Float64, strict=False) / 1000


def _page_sums(resources: tuple[str, ...]) -> list[pl.Expr]:
    page = pl.col("page") & pl.col("total").is_not_null()
    waited = pl.sum_horizontal(f"w:{r}" for r in resources) if resources else pl.lit(0.0)
    return [
        page.sum().alias("pages"),
        pl.col("latency").filter(page).sum(),
        pl.col("total").filter(page).sum().alias("stay"),
        waited.filter(page).sum().alias("waited"),
        pl.col("total").filter(~pl.col("page")).sum().alias("asset_stay"),
        *(pl.col(f"w:{r}").filter(page).sum().alias(f"page_wait:{r}") for r in resources),
    ]


def _resource_sums(r: str) -> list[pl.Expr]:
    used = pl.col(f"w:{r}").is_not_null() | pl.col(f"s:{r}").is_not_null()
    return [
        used.sum().alias(f"used:{r}"),
        pl.col(f"w:{r}").sum().alias(f"wait:{r}"),
        pl.col(f"s:{r}").sum().alias(f"held:{r}"),
    ]


def _pair_sums(a: str, b: str, first: str | None) -> list[pl.Expr]:
    both = pl.col(f"s:{a}").is_not_null() & pl.col(f"s:{b}").is_not_null()
    inner = pl.col(f"w:{b}").fill_null(0) + pl.col(f"s:{b}")
    outer = pl.col(f"w:{a}").fill_null(0) + pl.col(f"s:{a}")
    slack = ROUNDING_MS / 1000
    overlap_in_first = []
    if first not in (None, a, b):
        roof = pl.col(f"s:{first}") + slack
        overlap_in_first = [(both & (inner + outer > roof)).sum().alias(f"overlap_in_first:{a}:{b}")]
    return [
        *overlap_in_first,
        both.sum().alias(f"both:{a}:{b}"),
        (both & (inner > pl.col(f"s:{a}") + slack)).sum().alias(f"sticks_out:{a}:{b}"),
        (both & (inner + outer > pl.col("total") + slack)).sum().alias(f"overlap:{a}:{b}"),
        inner.filter(both).sum().alias(f"inner:{a}:{b}"),
    ]
