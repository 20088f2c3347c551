"""People at real browsers in a run: they file, are measured, and are nobody of the load."""

import json
import os
import sys

import msgspec
import polars as pl
import psutil
import pytest
from playwright.sync_api import expect
from typer.testing import CliRunner

import rehearse as command_line
from benchmarks.blind_naming import QUICK
from benchmarks.constant_rate import constant_rate, scenario_after_opening
from reports import write_report
from reports.books import read_books
from reports.run_folder import open_run
from scenarios import stack_start
from scenarios.browser_candidates.chromium import running_browser
from scenarios.pids import noted_pids
from scenarios.rehearsal import rehearse
from tests.real_browser import needs_browser

MOST_S = 240.0
"""On a machine with time to spare somebody has filed after 30 s, and that ends it."""
SERVICES = ("sms", "face_check", "degree_record", "alipay", "unionpay")
WAY = ["home", "register", "sms_code", "account", "scan_front", "scan_back", "addresses", "identity_submission"]
WAY += ["face_check", "application", "degree_check", "material", "submission"]


def rows(folder, table):
    """Give what has been written of a table so far."""
    parts = sorted((folder / table).glob("part-*.parquet"))
    return pl.concat(map(pl.read_parquet, parts)) if parts else pl.DataFrame({"outcome": []}, {"outcome": pl.String})


def browsers_of(pid):
    """Give the browsers that a process has started, the first of each one's processes."""
    below = psutil.Process(pid).children(recursive=True)
    return [it for it in below if "chrom" in it.name() and "chrom" not in it.parent().name()]


class Onlooker:
    """Ends the first browser once it has shown a page, and the load, as Ctrl-C does, once somebody has filed."""

    def __init__(self, folder):
        self.folder = folder
        self.ended = []
        self.niceness = []

    def __call__(self, event):
        """Hear how far the load is."""
        if event["now"] != "load":
            return
        if not self.ended and rows(self.folder, "page_loads").height:
            self.ended = browsers_of(noted_pids(self.folder)["browser"])
            for browser in self.ended:
                browser.kill()
        if "finished" in rows(self.folder, "browser_visits")["outcome"]:
            self.niceness = [it.nice() for it in browsers_of(noted_pids(self.folder)["browser"])]
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def run(tmp_path_factory, notes):
    """Hold a rehearsal with one browser until somebody has filed at it; give its folder and verdict."""
    folder = tmp_path_factory.mktemp("browser") / "run"
    quick = {name: {"median_ms": 2.0, "sigma": 0.1, "capacity": 64} for name in SERVICES}
    scenario = msgspec.structs.replace(scenario_after_opening(MOST_S, behaviour=QUICK), providers=quick)
    onlooker = Onlooker(folder)
    arrivals = constant_rate(0.2, MOST_S, "register")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack_start, "NICENESS", 0)  # beside a browser, and other tests, a portal that waits never ends
        rehearse(scenario, onlooker, out=folder, arrivals=arrivals, notes=notes, browsers=1)
    assert onlooker.ended
    assert [os.nice(0)] == onlooker.niceness
    return folder, write_report(folder)


@needs_browser
@pytest.mark.timeout(400)
def test_a_person_files_at_a_real_browser(run):
    """Every page on the way is measured; the browser that was killed before is a row with its reason."""
    folder, verdict = run
    visits = rows(folder, "browser_visits").sort("started_s")
    (reason,) = visits.filter(outcome="broke_off")["reason"]
    assert "closed" in reason
    filed = visits.filter(outcome="finished")["candidate"][0]
    pages = rows(folder, "page_loads").filter(candidate=filed).sort("at_s")
    assert WAY == pages["page"].unique(maintain_order=True).to_list()
    came = pages.filter((pl.col("outcome") == "ok") & (pl.col("page") != "sms_code"))
    assert came.filter((0 < pl.col("ttfb_ms")) & (pl.col("ttfb_ms") < pl.col("lcp_ms"))).height == came.height
    assert came.filter(pl.col("lcp_ms") <= pl.col("waited_ms")).height == came.height
    upload = came.filter(page="scan_front").row(0, named=True)
    assert upload["waited_ms"] > upload["lcp_ms"] + 10  # sent before the page was asked for
    whole_s = visits.filter(candidate=filed).select(pl.col("ended_s") - pl.col("started_s")).item()
    assert 0 < pages["waited_ms"].sum() / 1000 < whole_s
    assert verdict.browser.filed >= 1
    assert whole_s == pytest.approx(verdict.browser.time_to_file_p50_s, abs=0.001) or verdict.browser.filed > 1
    assert {"browser", "generator-0"} <= set(rows(folder, "processes")["process"])
    assert verdict.browser.cores > 0
    assert not [it for it in psutil.Process().children(recursive=True) if "chrom" in it.name()]


@needs_browser
@pytest.mark.timeout(400)
def test_who_rides_along_is_nobody_of_the_load(run):
    """No figure of the protocol counts them, no check of the books stumbles over them; the portal has them."""
    folder, verdict = run
    people = set(rows(folder, "browser_visits")["candidate"])
    about = json.loads((folder / "run.json").read_text())
    assert min(people) >= about["population"]
    for table in ("requests", "visits", "promises"):
        assert not people & set(rows(folder, table)["candidate"])
    assert ((), 0, 0) == (verdict.integrity.violations, verdict.integrity.lost, verdict.integrity.duplicated)
    assert [] == read_books(open_run(folder)).faults
    requests = rows(folder, "requests")
    filed = requests.filter(step="submission", outcome="ok")["candidate"].n_unique()
    assert about["census"]["filings"] >= filed + verdict.browser.filed


@needs_browser
@pytest.mark.timeout(400)
def test_the_report_shows_what_they_saw(run):
    """A section in both languages, beside the protocol's figures, with what the browsers took of the machine."""
    folder, _ = run
    with running_browser() as browser:
        tab = browser.new_page()
        tab.goto((folder / "report.html").as_uri())
        section = tab.locator("#browser")
        expect(section.locator("h2")).to_have_text("In a real browser")
        expect(section).to_contain_text("is of their own making")
        home = section.locator("tr", has=tab.get_by_role("cell", name="home", exact=True))
        expect(home.locator("td").nth(5)).to_contain_text("s")  # the protocol's 95th percentile of the same step
        expect(home).to_contain_text("max ")  # too few for one of their own
        expect(tab.locator("#how pre").first).to_contain_text("--browser-candidates 1")
        tab.locator("button.language").click()
        expect(section.locator("h2")).to_have_text("在真实浏览器中")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["opening-day", "--browser-candidates", "9"], "from 0 to 8"),
        (["opening-day", "--browser-candidates", "-1"], "from 0 to 8"),
        (["whole-window", "--browser-candidates", "1"], "the clock of whole-window runs faster"),
        (["results-day", "--browser-candidates", "1"], "the window is closed"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tmp_path, monkeypatch, arguments, said):
    """With exit code 2, before anything is started or written."""
    refused_with(said, arguments, tmp_path, monkeypatch)


def refused_with(said, arguments, folder, monkeypatch):
    """Run the command line, and hold how it ends against what it should say."""
    monkeypatch.chdir(folder)
    ended = CliRunner().invoke(command_line.app, ["run", *arguments])
    assert (2, 1, []) == (ended.exit_code, len(ended.stderr.splitlines()), list(folder.iterdir())), ended.output
    assert said in ended.stderr


def test_what_is_missing_is_named_with_its_cure(tmp_path, monkeypatch):
    """The browser, or what drives it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    refused_with("apt-get install chromium", ["opening-day", "--browser-candidates", "1"], tmp_path, monkeypatch)
    monkeypatch.setitem(sys.modules, "playwright", None)
    refused_with("pip install 'playwright", ["opening-day", "--browser-candidates", "1"], tmp_path, monkeypatch)
