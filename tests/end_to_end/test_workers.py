"""One load by several real Locust processes: the whole plan comes, also where one is killed and one joins late."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import polars as pl
import psutil
import pytest
import yaml

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening
from mock_server.embedded_database import embedded_database
from reports import exit_code, write_report
from scenarios.generator_processes import ROOT, UNPATCHED, WorkersError
from scenarios.pids import noted_pids
from scenarios.rehearsal import rehearse
from scenarios.scenario import load_scenario
from scenarios.stack_start import free_port
from tests.command_line import refusal
from tests.end_to_end.crew_changes import join_late, load_at, planned_and_come

pytestmark = pytest.mark.timeout(180)

LENGTH_S = 22.0
RATE_PER_S = 20.0


def held(folder, notes, *watchers, **how):
    """Hold a rehearsal of two workers with people who look at the home page; give its folder."""
    return rehearse(
        scenario_after_opening(LENGTH_S, behaviour=ENDLESS_PATIENCE),
        lambda event: [hear(event) for hear in watchers],
        out=folder,
        arrivals=constant_rate(RATE_PER_S, LENGTH_S, "look"),
        notes=notes,
        workers=2,
        **how,
    )


def test_a_killed_worker_is_replaced_by_the_others_and_named(tmp_path, notes):
    """One of two is killed, a third joins: every arrival comes once, and the verdict says what went with the one."""
    out, late = tmp_path / "run", []

    def join():
        late.append(join_late(out, tmp_path / "late.log"))

    run = held(out, notes, load_at(1, join), load_at(5, lambda: os.kill(noted_pids(out)["generator-1"], 9)))
    assert 0 == late[0].wait(timeout=10)

    planned, come = planned_and_come(run)
    assert planned == come
    verdict = write_report(run)
    assert RATE_PER_S * LENGTH_S == verdict.arrivals.planned == verdict.arrivals.started
    about = json.loads((run / "run.json").read_text())
    assert [0, 1, 2] == sorted(it["worker"] for it in about["workers"])
    assert [1] == [it["worker"] for it in about["lost_workers"]]
    lost = about["lost_workers"][0]
    assert 4 <= lost["heard_s"] < lost["missed_s"] < 14
    visits = pl.read_parquet(run / "visits" / "*.parquet")
    assert lost["broken_off"] == visits.filter(pl.col("outcome") == "lost").height
    assert {0, 1, 2} == set(visits["worker"])
    assert visits.filter(pl.col("worker") == 1)["started_s"].max() <= lost["heard_s"]
    check = next(it for it in verdict.soundness if it.name == "lost_workers")
    assert "warn" == check.standing
    assert "Worker 1 was lost" in check.sentence
    assert not [it for it in verdict.invalid_because if "balance" in it]


@pytest.mark.long
def test_a_load_that_is_to_end_with_its_worker_is_void(tmp_path, notes):
    """With --when-lost void the load ends; what was measured is kept and reported, and says nothing."""
    out = tmp_path / "run"
    run = held(out, notes, load_at(3, lambda: os.kill(noted_pids(out)["generator-0"], 9)), when_lost="void")
    verdict = write_report(run)
    assert 3 == exit_code(verdict)
    assert any("Worker 0 was lost" in why for why in verdict.invalid_because)
    assert json.loads((run / "run.json").read_text())["load"]["length_s"] < LENGTH_S - 5


@pytest.mark.long
def test_plain_locust_plays_it_on_a_database_that_is_given(tmp_path):
    """Master and workers with the arguments of deploy/compose.yml: the whole plan comes, and the report is there."""
    services = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text())["services"]
    locust = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), "--only-summary"]
    port = str(free_port())
    env = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with embedded_database(tmp_path / "database") as url, ExitStack() as exits:
        conducting = [
            it for it in services["master"]["command"] if not re.search("expect-workers=|scenario|database", it)
        ]
        conducting += ["--expect-workers=2", "--master-bind-port", port, f"--database={url}", "--minutes=0.2"]
        playing = [*services["worker"]["command"], "--master-port", port]
        for _ in range(2):
            worker = exits.enter_context(subprocess.Popen([*locust, *playing], cwd=tmp_path, env=env))
            exits.callback(worker.kill)
        subprocess.run([*locust, *conducting], cwd=tmp_path, env=env, check=True, timeout=150)
    [run] = (tmp_path / "runs").iterdir()
    planned, come = planned_and_come(run)
    assert planned == come
    assert "given" == json.loads((run / "run.json").read_text())["portal"]["database"]
    assert "database" in set(pl.read_parquet(run / "processes" / "*.parquet")["process"])
    assert (run / "report.html").exists()


@pytest.mark.long
def test_plain_locust_ends_in_good_order_however_often_ctrl_c_is_pressed(tmp_path):
    """A terminal tells master and workers alike: the report is written, and nobody is left behind."""
    port = str(free_port())
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), "--headless", "--only-summary"]
    command += ["--processes", "2", "--master-bind-port", port, "--master-port", port]
    command += ["--portal-profile", "generous", "--population", "50000", "--minutes", "2"]
    env = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log, start_new_session=True)
    until_s = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/requests/*.parquet")):
        assert time.monotonic() < until_s, (tmp_path / "log").read_text()
        time.sleep(0.2)
    started = psutil.Process(running.pid).children(recursive=True)
    assert [it for it in started if "mock_server" in it.cmdline()]
    database = [it for it in psutil.process_iter() if it.name() == "postgres"]
    for _ in range(3):
        os.killpg(running.pid, signal.SIGINT)
        time.sleep(0.4)
    assert 0 == running.wait(60), (tmp_path / "log").read_text()
    _, left = psutil.wait_procs(started, timeout=5)
    assert [] == left
    assert [it for it in database if not it.is_running()], "this run's PostgreSQL is still there"
    [run] = (tmp_path / "runs").iterdir()
    assert json.loads((run / "run.json").read_text())["load"]["interrupted"]
    assert (run / "report.html").exists()


def test_workers_cannot_share_an_adaptive_pace(tmp_path):
    """Its pace follows what one process sees: said before anything is started."""
    with pytest.raises(WorkersError, match="adaptive"):
        rehearse(load_scenario("whole-window"), lambda _: None, out=tmp_path / "run", workers=2)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("workers", [0, 65])
def test_a_number_of_workers_that_cannot_be_is_refused(tmp_path, workers):
    """On the command line, in one line."""
    said = f"rehearse: {workers} workers: it must be 1 to 64; each takes a core of this machine"
    assert said == refusal(tmp_path, "run", "opening-day", "--workers", workers)
