"""What people at real browsers saw of the portal's pages, beside what the protocol's candidates got from it.

The two are apart: no request of a browser is in `requests/`, and no figure of the load holds one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reports.filing import filings
from reports.latency import quantile
from reports.machine import Processes
from reports.run_folder import Run

FEW = 20
"""Of fewer than so many observations the largest is given, and no 95th percentile: it would be one of the last two."""
PROCESS = "browser"
"""Under this name the browsers stand in `processes/`."""
TIMES = ("ttfb_ms", "lcp_ms", "waited_ms")


@dataclass(frozen=True)
class Spread:
    """How some observed times spread; None where nothing was observed."""

    count: int
    half: float | None
    p95: float | None
    """None for fewer than FEW."""
    most: float | None

    @property
    def upper(self) -> float | None:
        """The 95th percentile, or the largest of few."""
        return self.most if self.p95 is None else self.p95


@dataclass(frozen=True)
class PageSeen:
    """A page as people saw it, and the protocol's step of that name; times in ms."""

    page: str
    loads: int
    unwell: int
    """Loads that failed or were given up."""
    ttfb: Spread
    lcp: Spread
    waited: Spread
    """From the click until it was there; who gave up, or was cut off, counts with the time until then."""
    step_p95_ms: float | None
    """Intended latency of that step's requests, 95th percentile; None where the protocol has no such step."""


@dataclass(frozen=True)
class BrowserPeople:
    """The people who rode along at browsers. Times in s but those of pages, in ms."""

    browsers: int
    people: int
    filed: int
    pages: list[PageSeen]
    """In the order in which people come to them."""
    every: PageSeen
    """All pages together."""
    filing: Spread
    """From the home page to the filing number."""
    protocol_filing: Spread
    """The same of protocol candidates who registered and filed in one visit that began while the portal was open."""
    problems: Mapping[str, int]
    """How often which problem ended a visit, the most frequent first."""
    cores: float | None
    """Cores that the browsers kept busy on average; None where that was not sampled."""


def read_browser_people(run: Run, steps: pl.DataFrame, visits: pl.DataFrame, cpu: Processes) -> BrowserPeople | None:
    """Read what the people at browsers saw; None for a run without them. `steps` as `latency.by_step` gives them."""
    if not run.facts.browsers:
        return None
    loads, people = pl.collect_all([run.page_loads.sort("at_s"), run.browser_visits])
    protocol = dict(steps.select("step", "intended_p95_ms").iter_rows())
    filed = people.filter(pl.col("outcome") == "finished")
    problems = people.filter(pl.col("outcome").is_in(["gave_up", "broke_off"]))["reason"].value_counts()
    return BrowserPeople(
        browsers=run.facts.browsers,
        people=people.height,
        filed=filed.height,
        pages=[_page(str(name), theirs, protocol) for (name,), theirs in loads.group_by("page", maintain_order=True)],
        every=_page("all", loads, protocol),
        filing=_spread(filed["ended_s"] - filed["started_s"]),
        protocol_filing=_spread(_protocol_filings(run, visits)),
        problems=dict(problems.sort("count", "reason", descending=[True, False]).iter_rows()),
        cores=cpu.mean_cores().get(PROCESS),
    )


def _page(name: str, loads: pl.DataFrame, protocol: Mapping[str, float | None]) -> PageSeen:
    came = loads.filter(pl.col("outcome").is_in(["ok", "refused"]))
    return PageSeen(
        page=name,
        loads=loads.height,
        unwell=loads.filter(pl.col("outcome").is_in(["failed", "abandoned"])).height,
        ttfb=_spread(came["ttfb_ms"]),
        lcp=_spread(came["lcp_ms"]),
        waited=_spread(loads["waited_ms"]),
        step_p95_ms=protocol.get(name),
    )


def _spread(values: pl.Series) -> Spread:
    values = values.drop_nulls()
    if values.is_empty():
        return Spread(0, None, None, None)
    half, p95, most = pl.select(
        quantile(pl.lit(values), 0.5).alias("half"), quantile(pl.lit(values), 0.95).alias("p95"), pl.lit(values).max()
    ).row(0)
    return Spread(len(values), half, p95 if len(values) >= FEW else None, most)


def _protocol_filings(run: Run, visits: pl.DataFrame) -> pl.Series:
    """Give the seconds that protocol candidates took for the way of people at browsers, who never wait at the gate."""
    window, load = run.facts.window, run.facts.load
    opening_s = (window.opening - load.portal_time_at_start).total_seconds() if window else 0.0
    found = filings(visits, run.requests, run.pace, None).filter(
        pl.col("purpose") == "register", pl.col("started_s") >= max(0.0, opening_s)
    )
    return found["filed_s"] - found["started_s"]
