"""Master, workers and portal on hosts with addresses of their own: network namespaces of this machine."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import polars as pl
import pytest
from passing_on import passing_on
from registrant import set_portal_clock

from scenarios.generator_processes import ROOT, UNPATCHED
from scenarios.stack_start import free_port
from scenarios.window import CHINA

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="network namespaces need root and iproute2"),
]

HOST = "10.213.{}.1"
"""This machine, as each worker's network sees it."""
HERE = HOST.format(0)
LOCUST = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py")]


@pytest.fixture
def hosts():
    """Give two network namespaces, each with a cable to this machine and a way to all of its addresses."""
    names = [f"rehearse-{os.getpid()}-{number}" for number in range(2)]
    with ExitStack() as exits:
        for number, name in enumerate(names):
            ours, theirs = f"rh{number}-{os.getpid()}"[:15], f"rw{number}-{os.getpid()}"[:15]
            ip("netns", "add", name)
            exits.callback(ip, "netns", "del", name)  # and its end of the cable, and so the other one
            ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
            ip("addr", "add", f"{HOST.format(number)}/24", "dev", ours)
            ip("link", "set", ours, "up")
            ip("-n", name, "addr", "add", f"10.213.{number}.2/24", "dev", theirs)
            for device in (theirs, "lo"):
                ip("-n", name, "link", "set", device, "up")
            ip("-n", name, "route", "add", "default", "via", HOST.format(number))
        yield names


def ip(*arguments):
    """Change the network, or fail with what was said."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def test_workers_on_other_hosts_play_the_whole_plan(stack, scenario, hosts, tmp_path):
    """Each with a target file of its own; the portal sees who comes from where, and every arrival comes once."""
    set_portal_clock(stack, scenario.window.opening)
    now = datetime.now(CHINA)
    master_port = free_port()
    env = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with ExitStack() as exits:
        ports = [
            exits.enter_context(passing_on(urlsplit(address).port, HERE))
            for address in (stack.address, stack.provider_address)
        ]
        target = tmp_path / "target.toml"
        target.write_text(
            f'base_url = "http://{HERE}:{ports[0]}"\nsms_inbox = "http://{HERE}:{ports[1]}"\n'
            "most_requests_per_s = 500\n"
            f'allowed_by = "Li Wei"\nallowed_host = "{HERE}:{ports[0]}"\n'
            f"allowed_from = {(now - timedelta(hours=1)).isoformat()}\n"
            f"allowed_until = {(now + timedelta(hours=1)).isoformat()}\n"
        )
        common = ["--target", str(target), "--only-summary"]
        playing = ["--worker", "--master-host", HERE, "--master-port", str(master_port)]
        conducting = ["--master", "--headless", "--expect-workers", "2"]
        conducting += ["--master-bind-host", HERE, "--master-bind-port", str(master_port)]
        workers = [
            exits.enter_context(
                subprocess.Popen(
                    ["ip", "netns", "exec", name, *LOCUST, *common, *playing],
                    cwd=tmp_path,
                    env=env,
                )
            )
            for name in hosts
        ]
        exits.callback(lambda: [worker.kill() for worker in workers])
        subprocess.run(
            [*LOCUST, *common, *conducting, "--minutes", "0.3", "--population", "100000"],
            cwd=tmp_path,
            env=env,
            check=True,
            timeout=150,
        )
        assert [0, 0] == [worker.wait(timeout=20) for worker in workers]
    [run] = (tmp_path / "runs").iterdir()
    key = ["candidate", "visit"]
    planned = pl.read_parquet(run / "arrivals.parquet").select(key).rows()
    visits = pl.read_parquet(run / "visits" / "*.parquet")
    assert sorted(planned) == sorted(visits.filter("planned").select(key).rows())
    assert {0, 1} == set(visits["worker"])
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    assert (requests["status"] == 200).mean() > 0.9
    assert {0, 1} == set(requests.filter(pl.col("status") == 200)["worker"])
    verdict = json.loads((run / "verdict.json").read_text())
    assert not [why for why in verdict["invalid_because"] if "balance" in why or "lost" in why]
