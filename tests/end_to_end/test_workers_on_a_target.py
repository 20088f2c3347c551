"""The ceiling of a target while its crew changes, by real processes: it is never broken, and none of it lies idle."""

import json
import os
import signal
import time
from urllib.parse import urlsplit

import msgspec
import polars as pl
import pytest
from passing_on import passing_on
from registrant import set_portal_clock

from scenarios.pids import noted_pids
from scenarios.run_clock import clock_of_load
from scenarios.target import load_target
from scenarios.target_rehearsal import for_target, rehearse_target
from tests.end_to_end.crew_changes import join_late, load_at, planned_and_come

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]

CEILING_PER_S = 30
LENGTH_S = 45
LAST_S = 8
"""By then everybody has the share that they are to have."""


@pytest.fixture
def hold(stack, scenario, notes, tmp_path):
    """Give what holds a rehearsal of two workers whose people want more than the ceiling, and the target file."""
    set_portal_clock(stack, scenario.window.opening)
    arrived_unix_s = []

    def hear(data):
        if data.startswith((b"GET ", b"POST ", b"PUT ", b"DELETE ")):
            arrived_unix_s.append(time.time())

    nobody_at_the_gate = msgspec.structs.replace(scenario.demand, gate_share=0.0)
    behaviour = msgspec.structs.replace(scenario.behaviour, think_mean_s=0.1, patience_median_s=1e6)
    steady = msgspec.structs.replace(
        scenario, start_s=0.0, minutes=LENGTH_S / 60, population=400_000, behaviour=behaviour, demand=nobody_at_the_gate
    )
    ports = [urlsplit(address).port for address in (stack.address, stack.provider_address)]
    with passing_on(ports[0], on_data=hear) as portal, passing_on(ports[1], on_data=hear) as inbox:
        file = tmp_path / "target.toml"
        file.write_text(
            f'base_url = "http://127.0.0.1:{portal}"\nsms_inbox = "http://127.0.0.1:{inbox}"\n'
            f"most_requests_per_s = {CEILING_PER_S}\n"
            f'[gateways]\nhosts = ["127.0.0.1:{ports[1]}"]\n'
        )

        def held(*watchers):
            it = for_target(steady, load_target(file))
            run = tmp_path / "run"
            rehearse_target(it, file, lambda event: [hear(event) for hear in watchers], out=run, notes=notes, workers=2)
            return run, [it - clock_of_load(run).started_unix_s for it in sorted(arrived_unix_s)]

        yield held, file


def check_ceiling(arrived_s):
    """Hold the server's own count against the ceiling: a request may take its time, but none arrives before it left.

    People want more all the time, so a second that had more would show in all that follow. What catches up before
    the load does not count, but its last second may arrive in the first one.
    """
    of_load_s = [it for it in arrived_s if it >= 0]
    for second, at_s in enumerate(of_load_s[CEILING_PER_S::CEILING_PER_S]):
        assert at_s >= second
    assert len(of_load_s) > 0.7 * CEILING_PER_S * LENGTH_S


def per_s_at_the_end(arrived_s):
    """Give the requests a second that arrived in the last seconds."""
    return sum(LENGTH_S - LAST_S <= it < LENGTH_S for it in arrived_s) / LAST_S


def parts_at_the_end(run):
    """Give each worker's part of what was answered in the last seconds."""
    done = pl.read_parquet(run / "requests" / "*.parquet").filter(
        pl.col("status") > 0, pl.col("done_s").is_between(LENGTH_S - LAST_S, LENGTH_S)
    )
    return {worker: count / done.height for worker, count in done.group_by("worker").len().iter_rows()}


def test_a_worker_that_comes_late_takes_its_share_of_plan_and_ceiling(hold, tmp_path):
    """A third one: everybody comes once, each sends a third in the end, and all together never more than before.

    One whose own file allows less than the ceiling that is dealt out does not play, and says why, as does the master.
    """
    held, file = hold
    less = tmp_path / "less.toml"
    less.write_text(file.read_text().replace(f"= {CEILING_PER_S}\n", f"= {CEILING_PER_S - 1}\n"))
    late = []

    def join():
        late.extend(join_late(tmp_path / "run", it.with_suffix(".log"), "--target", str(it)) for it in (file, less))

    run, arrived_s = held(load_at(1, join))
    assert [0, 0] == [it.wait(timeout=10) for it in late]
    planned, come = planned_and_come(run)
    assert planned == come
    names = {pid: name for name, pid in noted_pids(run).items()}
    assert late[1].pid not in names
    refusal = f"its target file allows {CEILING_PER_S - 1} requests a second"
    assert f"cannot play: {refusal}" in less.with_suffix(".log").read_text()
    assert refusal in (run / "logs" / "generator.log").read_text()
    third = int(names[late[0].pid].removeprefix("generator-"))
    assert {0, 1, third} == set(pl.read_parquet(run / "visits" / "*.parquet").filter("planned")["worker"])
    check_ceiling(arrived_s)
    assert per_s_at_the_end(arrived_s) > 0.9 * CEILING_PER_S
    assert pytest.approx(1 / 3, rel=0.2) == parts_at_the_end(run)[third]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_the_others_get_the_share_of_a_lost_worker(hold, tmp_path, how):
    """One of two is killed, or stands still and goes on once it is missed: the other one has the whole ceiling then."""
    held, _ = hold
    pids = {}

    def lose():
        pids.update(noted_pids(tmp_path / "run"))
        os.kill(pids["generator-1"], how)

    def go_on():
        if how == signal.SIGSTOP:
            os.kill(pids["generator-1"], signal.SIGCONT)

    run, arrived_s = held(load_at(4, lose), load_at(20, go_on))
    planned, come = planned_and_come(run)
    assert planned == come
    assert [1] == [it["worker"] for it in json.loads((run / "run.json").read_text())["lost_workers"]]
    check_ceiling(arrived_s)
    assert per_s_at_the_end(arrived_s) > 0.9 * CEILING_PER_S
    assert {0} == set(parts_at_the_end(run))
