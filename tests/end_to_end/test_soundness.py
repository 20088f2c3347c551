"""Every check of the measurement is made to fire by what it is there for, on real runs of a few seconds."""

import json
import os
import shutil
import time

import gevent
import msgspec
import numpy as np
import polars as pl
import psutil
import pytest

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening
from reports import exit_code, write_report
from reports.generator_checks import clock_steps
from scenarios import run_folder
from scenarios.generator_health import GeneratorHealth
from scenarios.lateness import Lateness
from scenarios.rehearsal import rehearse
from scenarios.run_clock import RunClock
from scenarios.run_folder import table_in

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="limits of other processes are Linux's"),
]


class Load:
    """What a test may do to the processes of a run while its load goes on: `disturb` hears of each moment."""

    def __init__(self, disturb):
        self._disturb = disturb
        self._found = {}

    def __call__(self, event):
        """Hear what is going on, from the rehearsal."""
        if event["now"] == "load":
            self._disturb(self, event["at_s"])

    def process(self, word):
        """Give the process of this run whose command line has the word."""
        if word not in self._found:
            children = psutil.Process().children(recursive=True)
            self._found[word] = next(it for it in children if word in " ".join(it.cmdline()))
        return self._found[word]

    @property
    def generator(self):
        """The load generator."""
        return self.process("locustfile")

    @property
    def server(self):
        """The portal under test."""
        return self.process("mock_server")


def play(folder, notes, rate_per_s, length_s, disturb=lambda *_: None, stay_per_s=0, **changes):
    """Play a constant rate of looks at the home page, and of visits that stay; give the run's folder."""
    looks = constant_rate(rate_per_s, length_s, "look")
    stays = constant_rate(stay_per_s, length_s, "register", seed=2).with_columns(pl.col("candidate") + len(looks))
    scenario = scenario_after_opening(length_s, behaviour=ENDLESS_PATIENCE)
    return rehearse(
        msgspec.structs.replace(scenario, **changes),
        Load(disturb),
        out=folder,
        arrivals=pl.concat([looks, stays]).sort("due_s"),
        notes=notes,
    )


def standings(run):
    """Give each check's standing by its name."""
    return {check.name: check.standing for check in write_report(run).soundness}


def freeze(*processes_and_seconds):
    """Stop processes, and let each go on after so many seconds, the shortest first."""
    for process, _ in processes_and_seconds:
        process.suspend()
    passed_s = 0.0
    for process, seconds in sorted(processes_and_seconds, key=lambda it: it[1]):
        time.sleep(seconds - passed_s)
        passed_s = seconds
        process.resume()


@pytest.mark.long
def test_a_sound_run_passes_every_check(tmp_path, notes):
    """A few seconds of a load that the machine bears; a busy one is rightly warned of lateness."""
    for attempt in ("first", "second"):
        found = standings(play(tmp_path / attempt, notes, 40, 9, steady_after_s=1.0))
        if {"pass"} == set(found.values()):
            return
    assert "void" != found.pop("lateness")
    assert {"pass"} == set(found.values()), found


@pytest.fixture(scope="module")
def stalled(tmp_path_factory, notes):
    """Give a run whose generator is stopped for 5.5 of 12 s, and may open no more files at the end."""
    done = []

    def disturb(load, at_s):
        if at_s >= 3 and not done:
            done.append(at_s)
            freeze((load.generator, 5.5))
        if at_s >= 9 and len(done) == 1:
            done.append(at_s)
            most = load.generator.rlimit(psutil.RLIMIT_NOFILE)[1]
            load.generator.rlimit(psutil.RLIMIT_NOFILE, (load.generator.num_fds() + 2, most))

    return play(tmp_path_factory.mktemp("stalled") / "run", notes, 50, 12, disturb)


@pytest.mark.parametrize(
    ("check", "standing"),
    [
        ("lateness", "void"),
        ("achieved_rate", "void"),
        ("gaps", "void"),
        ("persistence", "warn"),
        ("loop_lag", "void"),
        ("workers", "void"),
    ],
)
def test_a_stalled_generator_is_seen(stalled, check, standing):
    """It is late, at another rate, in other gaps, late in a row, slow to read answers, and silent."""
    assert standing == standings(stalled)[check]


def test_a_generator_without_sockets_is_seen(stalled):
    """It may open two more than it has open, one of them to write what it records."""
    assert standings(stalled)["open_files"] in ("warn", "void")


def test_a_stalled_generator_makes_the_run_void(stalled):
    """With a reason for each void check."""
    verdict = write_report(stalled)
    void = [check.sentence for check in verdict.soundness if check.standing == "void"]
    assert 3 == exit_code(verdict)
    assert set(void) <= set(verdict.invalid_because)


@pytest.fixture(scope="module")
def freezing(tmp_path_factory, notes):
    """Give a run whose server freezes once a second, for longer each time, while a steady portal is claimed."""
    frozen = []

    def disturb(load, at_s):
        if at_s >= 6 + len(frozen):
            frozen.append(at_s)
            freeze((load.server, 0.1 + 0.1 * len(frozen)))

    return play(tmp_path_factory.mktemp("freezing") / "run", notes, 50, 15, disturb, stay_per_s=4, steady_after_s=4.0)


@pytest.mark.long
def test_a_portal_that_gets_slower_is_not_steady(freezing):
    """And that is no fault of the generator, which comes when it should: the load is open."""
    found = standings(freezing)
    assert "warn" == found["stationarity"]
    if found["lateness"] == "pass":  # a machine too busy to start arrivals delays both
        assert "pass" == found["coordinated_omission"]


@pytest.mark.long
def test_an_objective_close_to_what_was_measured_is_not_decided(freezing, tmp_path):
    """So few requests of a portal that freezes now and then do not tell on which side of the limit it is."""
    run = shutil.copytree(freezing, tmp_path / "run")
    about = json.loads((run / "run.json").read_text())
    limit_ms = 1.02 * write_report(run).requests.intended_p95_ms
    (run / "run.json").write_text(json.dumps(about | {"objectives": [f"all.intended_p95_ms < {limit_ms:.0f}"]}))
    assert "warn" == standings(run)["percentile"]


@pytest.mark.long
def test_lost_visits_break_littles_law(freezing, tmp_path):
    """Half of the visits are lost on the way to the disk: the samples of those inside know better."""
    run = shutil.copytree(freezing, tmp_path / "run")
    for part in (run / "visits").glob("*.parquet"):
        pl.read_parquet(part).filter(pl.col("candidate") % 2 == 0).write_parquet(part)
    assert "void" == standings(run)["littles_law"]
    assert standings(freezing)["littles_law"] in ("pass", "warn")


@pytest.mark.long
def test_a_generator_that_waits_for_a_slow_portal_is_seen(tmp_path, notes):
    """Both stand still, the portal for longer: the load comes late just when the portal is slow."""
    frozen = []

    def disturb(load, at_s):
        if at_s >= 2 + 3 * (len(frozen) // 2) + len(frozen) % 2 and at_s < 23:
            frozen.append(at_s)
            freeze((load.generator, 0.5), (load.server, 0.8))

    assert "void" == standings(play(tmp_path / "run", notes, 50, 24, disturb))["coordinated_omission"]


@pytest.mark.long
def test_a_generator_without_cpu_is_seen(tmp_path, notes):
    """More arrivals than one core can start; a machine that is busy otherwise gives it no core that it could fill."""
    found = standings(play(tmp_path / "run", notes, 12_000, 2.5))
    assert "void" == found["lateness"]
    if os.getloadavg()[0] <= os.cpu_count():
        assert "void" == found["generator_cpu"]


def test_a_stepped_clock_is_seen(tmp_path):
    """The generator's own watch over its clocks, with a wall clock that is put forward by 2 s after 1.5 s.

    The clock of the machine is not stepped: others live by it.
    """
    clock = RunClock(time.time(), sleep=gevent.sleep)
    table = table_in(tmp_path, "generator", run_folder.GENERATOR)
    stepped = GeneratorHealth(table, 0, clock, lambda: 0, Lateness(), lambda: time.time() + 2.0 * (clock.now_s() > 1.5))
    watch = gevent.spawn(stepped.run)
    gevent.sleep(4)
    watch.kill()
    table.flush()
    found = clock_steps(pl.read_parquet(tmp_path / "generator" / "*.parquet"))
    assert "void" == found.standing
    assert np.isclose(2000, found.figure, atol=50)
