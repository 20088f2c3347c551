"""Real rehearsals of a few seconds: real Locust, real server, real database."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import polars as pl
import psutil
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus_text

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening
from deploy.check_dashboard import queries
from reports import write_report
from reports.live_metrics import METRICS
from scenarios.generator_processes import ROOT
from scenarios.loopback_client import loopback_client
from scenarios.rehearsal import RehearsalError, prepare_run, rehearse
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stack_start import free_port
from tests.command_line import refusal

pytestmark = pytest.mark.timeout(180)

REHEARSE = [sys.executable, str(ROOT / "rehearse.py")]
OPEN_METRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
METRIC_NAME = re.compile(r"\b(?:rehearse|resource|event_loop|http)_\w+")


def children_named(word):
    """Give the processes below this one whose command line has the word."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if word in " ".join(process.cmdline()):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def everyone_gone(pids):
    """Wait a moment for processes to end; give those that did not."""
    gone_by_s = time.monotonic() + 5
    while alive := [pid for pid in pids if psutil.pid_exists(pid)]:
        if time.monotonic() > gone_by_s:
            return alive
        time.sleep(0.1)
    return []


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    """Hold a rehearsal of 15 s on the command line; give how it ended, its folder, and what it showed while it ran."""
    folder = tmp_path_factory.mktemp("opening")
    out, port = folder / "run", free_port()
    arguments = ["run", "opening-day", "--profile", "generous", "--minutes", "0.25", "--out", str(out), "--json-lines"]
    command = [*REHEARSE, *arguments, "--metrics-port", str(port)]
    shown = {}
    with (
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running,
        loopback_client(base_url=f"http://127.0.0.1:{port}", headers=OPEN_METRICS) as client,
    ):
        while running.poll() is None:
            with suppress(httpx.HTTPError):
                for path in ("/metrics", "/portal/metrics", "/live.json"):
                    shown[path] = client.get(path).raise_for_status()
            time.sleep(0.5)
        printed = running.communicate()
    return running.returncode, printed, out, shown


def test_the_first_seconds_of_opening_day(opening):
    """The command runs a whole rehearsal: all arrivals start, the books balance, the report is there; it says so."""
    code, (said, errors), out, _ = opening
    assert code in (0, 1, 3), said + errors  # 3: a machine too busy for a valid measurement
    verdict = json.loads((out / "verdict.json").read_text())
    assert "" == errors
    check_events([json.loads(line) for line in said.splitlines()], out, verdict, code)
    assert verdict["arrivals"]["planned"] == verdict["arrivals"]["started"] > 10
    visits = pl.read_parquet(out / "visits" / "*.parquet")
    planned = pl.read_parquet(out / "arrivals.parquet")
    assert sorted(planned["candidate"]) == sorted(visits.filter("planned")["candidate"])
    requests = pl.read_parquet(out / "requests" / "*.parquet")
    assert {"home", "window", "asset"} <= set(requests["step"])
    assert "total;dur=" in requests.filter(pl.col("status") == 200)["server_timing"][0]
    resources = pl.read_parquet(out / "resources" / "*.parquet")
    assert "worker_slots" in set(resources["resource"])
    assert {"server", "database", "providers", "generator-0"} == set(
        pl.read_parquet(out / "processes" / "*.parquet")["process"]
    )


def check_events(events, out, verdict, exit_code):
    """Hold what the command said against docs/live-view.md and what it wrote."""
    said = {"now": "verdict", "exit_code": exit_code, "report": str(out / "report.html"), "verdict": verdict}
    assert said == events[-1]
    happened = [it["now"] for it in events]
    assert ["plan", "stack", "portal"] == happened[:3]
    assert ["books", "verdict"] == happened[-2:]
    loads = [it for it in events if it["now"] == "load"]
    seconds = [int(it["at_s"]) for it in loads]
    assert sorted(set(seconds)) == seconds
    assert len(seconds) >= 13  # of 15
    last = loads[-1]
    assert pl.read_parquet(out / "requests" / "*.parquet").height >= last["requests"] > 50
    assert verdict["arrivals"]["planned"] == last["planned"] >= last["started"] > 10
    assert 0 < last["lag_p95_ms"] < 60_000
    late_s = pl.read_parquet(out / "visits" / "*.parquet").select(pl.col("started_s") - pl.col("due_s")).max().item()
    assert 0 < last["late_p99_ms"] <= 1000 * late_s + 1
    assert set(pl.read_parquet_schema(next(out.glob("generator/*.parquet")))) == set(last["generator"])
    samples = [it for it in events if it["now"] == "resources"]
    assert len(samples) >= 10
    assert set(events[2]["resources"]) == set(samples[-1]["resources"])
    assert samples[-1]["resources"]["worker_slots"]["completions"] > 10
    documented = (ROOT / "docs" / "live-view.md").read_text()
    assert [] == [field for field in {*last, *happened} if f"`{field}`" not in documented]


def test_a_run_is_shown_while_it_lasts(opening):
    """As OpenMetrics, with every metric that the docs name, and figures that the run folder bears out."""
    _, _, out, shown = opening
    assert shown["/metrics"].headers["content-type"].startswith("application/openmetrics-text")
    families = {family.name: family for family in openmetrics(shown["/metrics"].text)}
    assert {metric.name for metric in METRICS} == set(families)
    figures = {name: sum(sample.value for sample in family.samples) for name, family in families.items()}
    seen_s = pl.read_parquet(out / "generator" / "*.parquet")["at_s"].max()
    assert 0 < figures["rehearse_run_seconds"] <= seen_s + 5
    assert 0 < figures["rehearse_arrivals_started"] <= figures["rehearse_arrivals_due"] + 1
    planned = pl.read_parquet(out / "arrivals.parquet").height
    assert planned == figures["rehearse_plan_arrivals"] >= figures["rehearse_arrivals_due"]
    requests = pl.read_parquet(out / "requests" / "*.parquet")
    assert 0 < figures["rehearse_requests"] <= requests.height
    assert "worker_slots" in {it["name"] for it in shown["/live.json"].json()["resources"]}


def test_the_dashboard_asks_for_what_is_there(opening):
    """Every metric that a query of the dashboard names is given by the run or by the portal."""
    shown = opening[3]
    given = {family.name for family in openmetrics(shown["/metrics"].text)}
    given |= {family.name for family in prometheus_text(shown["/portal/metrics"].text)}
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text())
    named = {name for query in queries(dashboard) for name in METRIC_NAME.findall(query.text)}
    assert len(named) > 20
    assert set() == {name for name in named if name not in given and re.sub("_(total|bucket)$", "", name) not in given}


def test_a_frozen_server_costs_what_arithmetic_says(tmp_path, notes):
    """SIGSTOP for 6 s in 20 s at 100 arrivals a second: the intended p95 is within 15 % of the true one.

    Of all arrivals, the share 6/20 falls into the freeze and waits evenly between 6 s and 0; so the wait that 5 % of
    all exceed is 6 s · (1 - 0.05 · 20 / 6) = 5 s. On a busy machine the freeze is longer, and counts as it was.
    """
    freeze_s, length_s = 6.0, 20.0
    frozen = []

    def freeze(event):
        if event["now"] == "load" and event["at_s"] >= 4 and not frozen:
            frozen.append(children_named("mock_server")[0])
            frozen[0].suspend()
            frozen.append(time.monotonic())
        if len(frozen) == 2 and time.monotonic() - frozen[1] >= freeze_s:
            frozen[0].resume()
            frozen.append(time.monotonic())

    run = rehearse(
        scenario_after_opening(length_s, behaviour=ENDLESS_PATIENCE),
        freeze,
        out=tmp_path / "run",
        arrivals=constant_rate(100, length_s, "look"),
        notes=notes,
    )
    verdict = write_report(run)
    assert 2000 == verdict.arrivals.planned == verdict.arrivals.started
    freeze_s = frozen[2] - frozen[1]
    true_p95_ms = freeze_s * (1 - 0.05 * length_s / freeze_s) * 1000
    assert pytest.approx(true_p95_ms, rel=0.15) == verdict.requests.intended_p95_ms


def test_ctrl_c_keeps_what_was_measured(tmp_path):
    """Interrupted in the middle: report written, nobody left behind, database stopped cleanly."""
    out = tmp_path / "run"
    command = [*REHEARSE, "run", "opening-day", "--minutes", "2", "--out", str(out)]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline_s = time.monotonic() + 60
    while not list(out.glob("requests/*.parquet")):
        assert time.monotonic() < deadline_s, "the load did not begin"
        time.sleep(0.2)
    children = [process.pid for process in psutil.Process(running.pid).children(recursive=True)]
    database = [process.pid for process in psutil.process_iter() if process.name() == "postgres"]
    running.send_signal(signal.SIGINT)
    printed = running.communicate(timeout=60)[0]
    assert running.returncode in (0, 1, 3), printed
    assert "\x1b" not in printed
    assert "Interrupted: the load ends" in printed
    about = json.loads((out / "run.json").read_text())
    assert about["load"]["interrupted"]
    assert 0 < about["load"]["length_s"] < 120
    assert (out / "report.html").stat().st_size > 10_000
    assert [] == everyone_gone(children)
    mine = [pid for pid in database if not psutil.pid_exists(pid)]
    assert mine, "this run's PostgreSQL is still there"


@pytest.mark.parametrize("stopping", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_portal_that_is_served_leaves_nothing_behind(tmp_path, stopping):
    """Neither after Ctrl-C nor after `kill`."""
    command = [*REHEARSE, "serve", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as serving:
        while "Ctrl-C ends it" not in (said := serving.stdout.readline()):
            assert said, "the portal did not start"
        children = [process.pid for process in psutil.Process(serving.pid).children(recursive=True)]
        database = [process.pid for process in psutil.process_iter() if process.name() == "postgres"]
        serving.send_signal(stopping)
        assert 0 == serving.wait(30)
    assert len(children) > 1
    assert [] == everyone_gone(children)
    assert [pid for pid in database if not psutil.pid_exists(pid)], "this portal's PostgreSQL is still there"


@pytest.mark.long
def test_two_at_once_do_not_get_in_each_others_way(tmp_path):
    """Started twice, both find ports and folders of their own."""
    command = [*REHEARSE, "run", "opening-day", "--profile", "generous", "--minutes", "0.1", "--population", "5000"]
    both = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    for one in both:
        printed = one.communicate(timeout=120)[0]
        assert one.returncode in (0, 1, 3), printed
    assert 2 == len(list((tmp_path / "runs").glob("*/report.html")))


def test_a_run_folder_is_not_written_over(tmp_path):
    """A folder that holds a run is refused, in one line."""
    scenario = with_overrides(load_scenario("opening-day"), population=1000)
    prepare_run(scenario, tmp_path)
    with pytest.raises(RehearsalError, match="holds a run already"):
        prepare_run(scenario, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run", "no-such-day"], "there is no scenario"),
        (["run", "--profile", "no-such-profile", "--minutes", "0.1", "--population", "1000"], "no profile"),
        (["run", "--minutes", "-1"], "minutes"),
        (["report", "no-such-folder"], "no-such-folder"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(tmp_path, arguments, word):
    """What is wrong, and what would be right, without a traceback."""
    assert word in refusal(tmp_path, *arguments)


MISTYPED = 'name = "x"\npurpose = "y"\npopulation = 100\nstart_s = 0\nobjectives = ["submision.failed_share < 0.1"]\n'
LOCUST = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), "--headless", "--only-summary"]
WITHOUT_PATCH = {name: value for name, value in os.environ.items() if name != "LOCUST_SKIP_MONKEY_PATCH"}


@pytest.mark.parametrize("command", [[*REHEARSE, "run"], [*LOCUST, "--scenario"]])
def test_an_objective_with_a_typing_error_stops_before_the_load(tmp_path, command):
    """By `rehearse` and by plain `locust`: exit code 2, one line with what there is, and no run folder."""
    scenario = tmp_path / "mistyped.toml"
    scenario.write_text(MISTYPED)
    done = subprocess.run(
        [*command, str(scenario)], cwd=tmp_path, capture_output=True, text=True, check=False, env=WITHOUT_PATCH
    )
    assert 2 == done.returncode
    (line,) = [line for line in done.stderr.splitlines() if "objective" in line]
    assert "scenario x: objective 'submision.failed_share < 0.1': no step 'submision'" in line
    assert "(did you mean submission?); there are all, home, window" in line
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_plain_locust_plays_a_rehearsal(tmp_path):
    """`locust` alone: its web UI has form and tab, it plays plan and faults, and its own options still work."""
    scenario = tmp_path / "frozen.toml"
    opening_day = (ROOT / "scenarios" / "presets" / "opening-day.toml").read_text()
    scenario.write_text(f'{opening_day}\n[[faults]]\nname = "portal_frozen"\nfrom_s = 4\nto_s = 6\n')
    port = free_port()
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), "--only-summary"]
    command += ["--autostart", "--web-port", str(port)]
    command += ["--scenario", str(scenario), "--portal-profile", "generous", "--minutes", "0.2"]
    command += ["--population", "50000", "--tags", "register", "--html", "locust.html", "--csv", "locust", "--json"]
    shown = {}
    with (
        subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=WITHOUT_PATCH
        ) as running,
        loopback_client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        while running.poll() is None:
            with suppress(httpx.HTTPError):
                for path in ("/", "/rehearsal/live.js", "/rehearsal/echarts.js", "/rehearsal/live.json", "/metrics"):
                    if (answer := client.get(path)).status_code == httpx.codes.OK:
                        shown[path] = answer
            if list(tmp_path.glob("runs/*/report.html")):
                running.send_signal(signal.SIGINT)  # the web UI stays until Ctrl-C
                break
            time.sleep(0.5)
        printed, said = running.communicate()
    assert 0 == running.returncode, said
    _check_web_ui(shown, scenario)
    assert {"home"} <= {it["name"] for it in json.loads(printed)}
    assert (tmp_path / "locust.html").stat().st_size > 10_000
    assert "home" in (tmp_path / "locust_stats.csv").read_text()
    (report,) = (tmp_path / "runs").glob("*/report.html")
    assert ["register"] == pl.read_parquet(report.with_name("arrivals.parquet"))["purpose"].unique().to_list()
    (fault,) = json.loads(report.with_name("verdict.json").read_text())["faults"]
    assert ("", pytest.approx(4, abs=0.5)) == (fault["failed"], fault["from_s"])


def _check_web_ui(shown, scenario):
    page = shown["/"].text
    arguments = json.loads(re.search(r"window\.templateArgs = (.*)", page)[1])
    form, tabs = arguments["extra_options"], arguments["extended_tabs"]
    assert {"opening-day", "closing-day", str(scenario)} <= set(form["scenario"]["choices"])
    assert str(scenario) == form["scenario"]["default_value"]
    assert {"as-reported", "generous"} <= set(form["portal_profile"]["choices"])
    assert ["rehearsal"] == [tab["key"] for tab in tabs]
    assert 1 == page.count('id="rehearse-live"')
    assert {"/rehearsal/live.js", "/rehearsal/echarts.js"} <= set(shown)
    assert shown["/rehearsal/live.json"].json()["points"]
    assert "rehearse_arrivals_started_total" in shown["/metrics"].text
