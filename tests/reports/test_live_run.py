"""A run while it lasts, read from a folder that grows under the reader; the real writer writes it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from reports.live_counts import LATENCY_BOUNDS_S, LATENESS_BOUNDS_S, Histogram
from reports.live_metrics import RunCollector, table
from reports.live_run import LiveRun
from reports.live_view import live_view
from scenarios import lateness, run_folder
from scenarios.run_folder import RequestRow, table_in
from tests.reports.made_run import facts

DOCS = Path(__file__).parents[2] / "docs"
LIMIT = 1024


class Growing:
    """A run folder whose load began 100 s ago, with an arrival due each second."""

    def __init__(self, folder, **load):
        self.folder = folder
        began = datetime.now(UTC) - timedelta(seconds=100)
        load = {"started_at": began.isoformat(), "length_s": 0.0, "planned_length_s": 180.0, **load}
        (folder / "run.json").write_text(json.dumps(facts(load=load)))
        pl.DataFrame({"due_s": [float(s) for s in range(180)]}).write_parquet(folder / "arrivals.parquet")
        self.generator = table_in(folder, "generator", run_folder.GENERATOR)
        self.requests = table_in(folder, "requests", run_folder.REQUESTS)
        self.resources = table_in(folder, "resources", run_folder.RESOURCES)
        self.counts = [0] * (len(LATENESS_BOUNDS_S) + 1)

    def second(self, at_s, started_in_bucket=(0,), cpu_share=0.2):
        """Write what the generator notes each second: arrivals by the bucket of their lateness."""
        for bucket in started_in_bucket:
            self.counts[bucket] += 1
        row = (0, at_s, cpu_share, 2.0, 7, 10**8, 50, LIMIT, at_s, list(self.counts), 0.5, None, None)
        self.generator.add(row)
        self.generator.flush()

    def request(self, done_s, latency_s, step="home", outcome="ok", reload_s=0.0):
        """Write a request that took so long, wanted `reload_s` before it was sent."""
        sent_s = done_s - latency_s
        row = RequestRow(0, 1, 0, step, 1, sent_s - reload_s, sent_s, done_s, 200, outcome, "", 0, 0, "")
        self.requests.add(row)
        self.requests.flush()


@pytest.fixture
def growing(tmp_path):
    """Give a run folder in which nothing has happened yet."""
    return Growing(tmp_path)


def test_bounds_are_those_of_the_writer():
    """The counts of the generator are read with the bounds that they were made with."""
    assert lateness.BOUNDS_S == LATENESS_BOUNDS_S


def test_nothing_is_counted_twice(growing):
    """Looking again changes nothing; what comes later is added."""
    run = LiveRun(growing.folder)
    growing.request(9.0, 0.03)
    growing.request(9.5, 3.0, step="submit", outcome="abandoned", reload_s=5.0)
    growing.second(10.0, [0] * 10)
    for _ in range(3):
        run.look()
    assert (1, 1, 0) == (
        run.requests["home", "ok"],
        run.requests["submit", "abandoned"],
        run.requests["home", "failed"],
    )
    assert (11, 10, 180, 7) == (run.due, run.started, run.planned, run.inside)  # second 0 is one of eleven
    growing.request(10.5, 0.03)
    growing.second(11.0)
    run.look()
    assert (2, 12, 11) == (run.requests["home", "ok"], run.due, run.started)
    assert dict.fromkeys(map(str, LATENCY_BOUNDS_S[:8]), 0.0) == dict(run.intended["submit"].buckets()[:8])
    assert (8.0, 3.0) == (pytest.approx(run.intended["submit"].sum), pytest.approx(run.service["submit"].sum))


def test_a_load_that_has_not_begun_shows_nothing(tmp_path):
    """Not even a planned arrival is due."""
    run = LiveRun(Growing(tmp_path, started_at=None).folder)
    run.look()
    assert (False, 0, 0, 0.0) == (run.has_begun, run.due, run.started, run.now_s)
    assert not live_view(run).has_begun


def test_late_arrivals_warn_and_make_void_as_the_report_would(growing):
    """One of ten is later than 50 ms: 99 of 100 are not on time."""
    run = LiveRun(growing.folder)
    growing.second(10.0, [0] * 9)
    run.look()
    assert [] == live_view(run).warnings
    growing.second(11.0, [6])
    run.look()
    (warning,) = live_view(run).warnings
    assert ("void", True) == (warning.standing, warning.sentence.startswith("Arrivals started late"))


def test_a_busy_generator_warns(growing):
    """From 70 % of a core on."""
    run = LiveRun(growing.folder)
    for second in range(1, 11):
        growing.second(float(second), cpu_share=0.8)
    run.look()
    assert ["warn"] == [it.standing for it in live_view(run).warnings]


def test_the_portals_clock_follows_the_pace(growing):
    """At speed 60 from run second 50 on, portal time has passed 50 s and 60 times the rest."""
    pace = {"from_s": [0.0, 50.0], "portal_s": [0.0, 50.0], "speed": [1.0, 60.0]}
    pl.DataFrame(pace).write_parquet(growing.folder / "pace.parquet")
    run = LiveRun(growing.folder)
    growing.second(40.0, [0])
    growing.second(60.0, [6] * 5)  # not at true rate: whether these are late says nothing
    run.look()
    passed_s = (run.portal_time - run.facts.load.portal_time_at_start).total_seconds()
    assert (60.0, pytest.approx(50 + 60 * 50, abs=120)) == (run.speed, passed_s)
    assert [] == live_view(run).warnings
    assert 6 == run.started


def test_a_run_that_goes_on_counts_its_own_arrivals(tmp_path):
    """What was due and started before it was interrupted is not planned again."""
    growing = Growing(tmp_path, resumed_at_s=50.0)
    growing.second(49.0, [0] * 49)
    run = LiveRun(growing.folder)
    run.look()
    assert 0 == run.started
    growing.counts = [0] * len(growing.counts)
    growing.second(60.0, [0] * 11)
    run.look()
    assert (130, 11, 11) == (run.planned, run.due, run.started)


def test_faults_under_way(growing):
    """One that has begun and not ended."""
    faults = [
        {"name": "over", "words": "", "from_s": 1.0, "to_s": 2.0, "failed": ""},
        {"name": "frozen", "words": "it stands still", "from_s": 3.0, "to_s": None, "failed": ""},
        {"name": "later", "words": "", "from_s": None, "to_s": None, "failed": ""},
    ]
    (growing.folder / "faults.json").write_text(json.dumps(faults))
    run = LiveRun(growing.folder)
    run.look()
    assert ["it stands still"] == [it.words for it in live_view(run).faults]
    registry = CollectorRegistry()
    registry.register(RunCollector(run, Lock()))
    gauges = [registry.get_sample_value("rehearse_faults_under_way", {"fault": it["name"]}) for it in faults]
    assert [0.0, 1.0, 0.0] == gauges


def test_waiting_is_the_mean_number_of_waiters(growing):
    """Waiting seconds a second; a counter that has fallen is that of a portal that was started again."""
    run = LiveRun(growing.folder)
    for at_s, wait_s in ((1.0, 10.0), (6.0, 25.0), (11.0, 2.0)):
        growing.resources.add((at_s, "sms", 3.0, 3.0, 4.0, 0.0, wait_s, 0.0))
        growing.resources.flush()
        run.look()
        if at_s == 6.0:
            assert ("SMS gateway", 3.0) == (live_view(run).resources[0].title, live_view(run).resources[0].waiting)
    assert 0.0 == run.resources["sms"].waiting


def test_points_are_rates_between_samples(growing):
    """Each looks back to the one before, and is told once."""
    run = LiveRun(growing.folder)
    growing.second(10.0, [0] * 10)
    run.look()
    growing.request(10.5, 0.1)
    growing.request(11.5, 0.2, outcome="failed")
    growing.request(11.5, 9.0, step="asset")
    growing.second(12.0, [0, 0])
    run.look()
    (point,) = live_view(run, since_s=10.0).points
    rates = (point.due_per_s, point.started_per_s, point.ok_per_s, point.others_per_s)
    assert (1.0, 1.0, 0.5, 0.5) == rates
    assert 195.0 == pytest.approx(point.service_p95_ms)
    assert [] == live_view(run, since_s=12.0).points


@given(st.lists(st.floats(0.0, 200.0), min_size=1, max_size=200))
def test_a_quantile_of_a_histogram_is_within_its_bucket(values):
    """However the values lie, and at the last bound where they are over it."""
    it = Histogram(LATENCY_BOUNDS_S)
    it.add(pl.Series(values))
    exact = sorted(values)[max(0, -(-99 * len(values) // 100) - 1)]
    above = next((bound for bound in LATENCY_BOUNDS_S if exact <= bound), LATENCY_BOUNDS_S[-1])
    below = max((bound for bound in LATENCY_BOUNDS_S if bound < min(exact, above)), default=0.0)
    assert below - 1e-9 <= it.quantile(0.99) <= above + 1e-9


def test_the_docs_have_every_metric():
    """The table of docs/live-metrics.md is the one that the code gives."""
    assert table() in (DOCS / "live-metrics.md").read_text(encoding="utf-8")
