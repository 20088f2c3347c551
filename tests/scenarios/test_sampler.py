"""What a part of the rehearsal has used: real processes that work, end, and are started again."""

import json
import subprocess
import sys
import time
from datetime import datetime

import polars as pl
import psutil
import pytest

from scenarios.pids import note_pids, noted_pids
from scenarios.sampler import Part
from scenarios.stack_start import stop_process
from scenarios.window import CHINA

# Works for 0.2 s of CPU in a child, which ends; says so, and waits.
WORKS = (
    "import subprocess, sys; "
    "work = 'import time\\nwhile time.process_time() < 0.2: pass\\nprint(0, flush=True)\\ninput()'; "
    "child = subprocess.Popen([sys.executable, '-c', work], stdin=-1, stdout=-1); child.stdout.readline(); "
    "print('worked', flush=True); input(); child.communicate(b'x'); print('ended', flush=True); input()"
)


@pytest.fixture
def worker():
    """Give a function that starts a process whose child works, and end all of them."""
    started = []

    def start():
        started.append(
            subprocess.Popen([sys.executable, "-c", WORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        assert "worked" == started[-1].stdout.readline().strip()
        return started[-1]

    yield start
    for process in started:
        process.communicate("\n\n")


def test_what_has_ended_stays_counted(worker):
    """A child that ends takes nothing back, and whoever takes the part's place adds to it."""
    part = Part()
    first = worker()
    while_working_s = part.sample(first.pid)[0]
    assert while_working_s >= 0.2
    first.stdin.write("\n")
    first.stdin.flush()
    assert "ended" == first.stdout.readline().strip()
    assert [] == psutil.Process(first.pid).children()
    after_s = part.sample(first.pid)[0]
    assert after_s >= while_working_s
    second = worker()
    assert part.sample(second.pid)[0] >= after_s + 0.2


def test_a_part_that_is_started_again_is_noted_by_its_new_pid(tmp_path):
    """Others keep theirs."""
    note_pids(tmp_path, {"server": 1, "database": 2, "generator-0": 3})
    note_pids(tmp_path, {"server": 10, "database": 2})
    assert {"server": 10, "database": 2, "generator-0": 3} == noted_pids(tmp_path)


BURNS = "import time\nwhile time.process_time() < 1: pass"


def test_all_that_the_machine_does_is_sampled_and_what_of_it_is_the_harness(tmp_path):
    """This process, which has started the sampler, counts as the harness; one that has lost its parent does not."""
    (tmp_path / "run.json").write_text(json.dumps({"load": {"started_at": datetime.now(CHINA).isoformat()}}))
    note_pids(tmp_path, {})
    sampler = subprocess.Popen([sys.executable, "-m", "scenarios.sampler", str(tmp_path)])
    begun_s = time.monotonic()
    time.sleep(2.5)
    subprocess.run(["sh", "-c", f"{sys.executable} -c '{BURNS}' &"], check=True)
    burnt_s = time.process_time()
    while time.process_time() < burnt_s + 1:
        pass
    time.sleep(max(2.0, 6 - (time.monotonic() - begun_s)))
    stop_process(sampler)
    rows = pl.read_parquet(tmp_path / "machine" / "*.parquet").sort("at_s")
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    harness_s = last["harness_s"] - first["harness_s"]
    assert harness_s >= 1.0
    assert last["busy_s"] - first["busy_s"] - harness_s > 0.5
    assert psutil.cpu_count() == last["cores"]
