"""Faults wished for on the control page of a portal that is served on the command line, as a developer does it."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from scenarios.loopback_client import loopback_client
from scenarios.stack_start import free_port

ROOT = Path(__file__).parent.parent.parent
DEADLINE_S = 60.0


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Give a process that serves a portal, and a developer at its control page."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, str(ROOT / "rehearse.py"), "serve", "--port", address.rpartition(":")[2]]
    with subprocess.Popen(command, cwd=tmp_path_factory.mktemp("served"), stdout=subprocess.PIPE, text=True) as serving:
        said = ""
        while "Ctrl-C ends it" not in said:
            line = serving.stdout.readline()
            assert line, f"the portal did not start: {said}"
            said += line
        token = re.search(r"Bearer (\S+)", said)[1]
        with loopback_client(base_url=address, headers={"Origin": address}, timeout=2) as developer:
            developer.post("/staff", data={"token": token, "to": "control-page"})
            yield serving, developer
        if serving.poll() is None:
            serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=60)


def wish(developer, fault, length_s):
    """Wish for a fault."""
    return developer.post("/control-page/faults", data={"fault": fault, "length_s": str(length_s)})


def wait_for(what):
    """Wait until something holds; what breaks off a connection meanwhile is part of it."""
    until_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < until_s:
        try:
            if what():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not come to that")


def is_silent(developer):
    """Say whether the portal does not answer."""
    try:
        developer.get("/healthz")
    except httpx.HTTPError:
        return True
    return False


def test_what_cannot_be_wished_for_is_said_beside_its_field(served):
    """An unknown fault, and lengths that are none."""
    _, developer = served
    for fault, length_s in (
        ("earthquake", 5),
        ("", 5),
        ("portal_frozen", 0),
        ("portal_frozen", 61),
        ("portal_frozen", "x"),
    ):
        answer = wish(developer, fault, length_s)
        assert 422 == answer.status_code, (fault, length_s)
        field = "length_s" if fault == "portal_frozen" else "fault"
        assert f'id="{field}-error"' in answer.text
        assert "即将发生" not in answer.text
    assert 200 == developer.get("/healthz").status_code
    with loopback_client(base_url=developer.base_url) as stranger:
        assert 303 == wish(stranger, "portal_frozen", 5).status_code  # to the door


def test_faults_are_done_one_after_the_other_and_can_be_interrupted(served):
    """While the disk is full no other is taken; the portal is killed and comes back; it stands still until Ctrl-C."""
    serving, developer = served
    page = developer.get("/control-page").text
    assert "所有服务进程被杀" in page
    assert "一个服务进程被杀" not in page  # this portal has one
    portal = next(it for it in psutil.Process(serving.pid).children() if "mock_server" in it.cmdline())
    assert "即将发生：上传文件的磁盘已满" in wish(developer, "disk_full", 3).text
    second = wish(developer, "portal_killed", 1)
    assert 422 == second.status_code
    assert "上一个故障还没有结束" in second.text

    wait_for(lambda: "即将发生：所有服务进程被杀" in wish(developer, "portal_killed", 1).text)
    wait_for(lambda: not psutil.pid_exists(portal.pid) or portal.status() == psutil.STATUS_ZOMBIE)
    wait_for(lambda: "2025-03-10 08:59" in developer.get("/control-page").text)

    wait_for(lambda: "即将发生：所有服务进程停住不动" in wish(developer, "portal_frozen", 60).text)
    wait_for(lambda: is_silent(developer))
    children = psutil.Process(serving.pid).children(recursive=True)
    serving.send_signal(signal.SIGINT)
    said, _ = serving.communicate(timeout=60)
    assert 0 == serving.returncode
    assert "Fault, for 60 s: every server process stands still" in said
    assert said.count("The fault is over.") == 3
    assert [] == psutil.wait_procs(children, timeout=5)[1]


def test_a_portal_that_nobody_serves_has_no_desk(stack):
    """That of a rehearsal offers no fault: its scenario has them."""
    with loopback_client(base_url=stack.address, headers={"Origin": stack.address}) as developer:
        developer.post("/staff", data={"token": stack.control_token, "to": "control-page"})
        assert "制造故障" not in developer.get("/control-page").text
        assert 422 == wish(developer, "portal_frozen", 5).status_code
