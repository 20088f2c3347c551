"""Who waits when cores are short, on the real kernel."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from scenarios.processes import descendants, kept_nice

# As PostgreSQL does for each connection: a child that makes a session of its own, some time after the start.
FORKS = "import os, time; time.sleep(0.3); os.fork() or os.setsid(); print('forked', flush=True); time.sleep(60)"
AUTOGROUPS = Path("/proc/sys/kernel/sched_autogroup_enabled")


@pytest.fixture
def parent():
    """Give a process that forks a child of a session of its own soon, and end both."""
    with subprocess.Popen([sys.executable, "-c", FORKS], stdout=subprocess.PIPE, start_new_session=True) as process:
        yield process
        for pid in descendants(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.kill()


def test_descendants_are_found_and_others_left_out(parent):
    """As psutil finds them."""
    parent.stdout.readline()
    (child,) = psutil.Process(parent.pid).children(recursive=True)
    assert [child.pid] == list(descendants(parent.pid))
    assert [] == list(descendants(parent.pid, frozenset([child.pid])))
    assert parent.pid in descendants(os.getpid())


def test_a_process_that_is_gone_has_no_descendants(parent):
    """It may end at any time."""
    parent.kill()
    parent.wait()
    assert [] == list(descendants(parent.pid))


@pytest.mark.skipif(not AUTOGROUPS.exists() or AUTOGROUPS.read_text() != "1\n", reason="no autogroups in this kernel")
def test_sessions_are_kept_nice_too(parent):
    """Niceness counts within a session alone: that of a child which begins later has to be nice as well."""
    with kept_nice([parent.pid], 7):
        parent.stdout.readline()
        (child,) = descendants(parent.pid)
        for pid in (parent.pid, child):
            deadline_s = time.monotonic() + 5
            while not Path(f"/proc/{pid}/autogroup").read_text().endswith(" nice 7\n"):
                assert time.monotonic() < deadline_s, f"the session of {pid} is not nice"
                time.sleep(0.05)
            assert 7 == psutil.Process(pid).nice()
