"""What a part of the rehearsal has used: real processes that work, end, and are started again."""

import subprocess
import sys

import psutil
import pytest

from scenarios.pids import note_pids, noted_pids
from scenarios.sampler import Part

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
