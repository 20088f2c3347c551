"""Workers that come late or are lost while a load lasts, and whether all have come all the same."""

import os
import subprocess
import sys

import polars as pl
import psutil

from scenarios.generator_processes import ROOT, UNPATCHED
from scenarios.pids import noted_pids


def load_at(at_s, what):
    """Give a watcher of events that does something once, when the load is so old."""
    done = []

    def hear(event):
        if event["now"] == "load" and event["at_s"] >= at_s and not done:
            done.append(what())

    return hear


def join_late(run, log_file, *options):
    """Start one worker more for a run that is played; give its process."""
    command = psutil.Process(noted_pids(run)["generator-master"]).cmdline()
    port = command[command.index("--master-bind-port") + 1]
    options = ["--worker", "--master-host", "127.0.0.1", "--master-port", port, *options]
    env = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with log_file.open("wb") as log:
        command = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), *options]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)


def planned_and_come(run):
    """Give the visits of the plan, and those that have come as planned."""
    key = ["candidate", "visit"]
    planned = pl.read_parquet(run / "arrivals.parquet").select(key)
    come = pl.read_parquet(run / "visits" / "*.parquet").filter("planned").select(key)
    return sorted(planned.rows()), sorted(come.rows())
