"""Faults on a timeline: each has its moment, one that does not work leaves the others, and what lasts is undone."""

import json
import time
from datetime import datetime
from typing import ClassVar

import msgspec
import pytest

from mock_server.__main__ import HUNG_AFTER_S
from scenarios.fault_timeline import faults_played
from scenarios.faults.fault import Fault, FaultError
from scenarios.faults.portal_frozen import PortalFrozen
from scenarios.pids import noted_pids
from scenarios.stack import Stack
from scenarios.stack_start import running_stack
from scenarios.window import CHINA


class Noted(Fault, frozen=True, tag="noted"):
    """Writes down what is done to it."""

    log: list[str]
    title: ClassVar[str] = "something is noted"

    def begin(self, _):
        """Note it."""
        self.log.append(f"begin {self.from_s:g}")

    def end(self, stack):
        """Note it, and start something again."""
        self.log.append(f"end {self.to_s:g}")
        stack.processes["noted"] = int(self.to_s)


class Broken(Noted, frozen=True, tag="broken"):
    """Does not work."""

    def begin(self, _):
        """Fail."""
        raise FaultError("cannot be done")


def test_each_has_its_moment(tmp_path):
    """At one moment ends come first; a fault that does not work is said and undone, and does not stop the others."""
    log: list[str] = []
    faults = (Noted(0.2, 0.4, log), Broken(0.3, 0.5, log), Noted(0.4, 60.0, log), Noted(50.0, 60.0, log))
    load = {"load": {"started_at": datetime.now(CHINA).isoformat()}}
    (tmp_path / "run.json").write_text(json.dumps(load))
    with faults_played(tmp_path, faults, Stack("", "", "", "", 1)):
        time.sleep(0.8)
    assert ["begin 0.2", "end 0.5", "end 0.4", "begin 0.4", "end 60"] == log  # the load is over: what lasts is undone
    first, broken, lasting, never = json.loads((tmp_path / "faults.json").read_text())
    assert 0.2 <= first["from_s"] < first["to_s"] < 0.8
    assert ("cannot be done", None, None) == (broken["failed"], broken["from_s"], broken["to_s"])
    assert lasting["to_s"] < 60
    assert {"noted": 60} == noted_pids(tmp_path)
    assert (None, None) == (never["from_s"], never["to_s"])


def test_a_load_that_never_begins_has_no_faults(tmp_path):
    """Nothing is done, and that is written down."""
    log: list[str] = []
    (tmp_path / "run.json").write_text(json.dumps({"load": {"started_at": None}}))
    with faults_played(tmp_path, (Noted(0.0, 1.0, log),), None):
        time.sleep(0.3)
    assert [] == log
    assert [None] == [it["from_s"] for it in json.loads((tmp_path / "faults.json").read_text())]


@pytest.mark.long
def test_who_stands_still_is_not_replaced(scenario, tmp_path):
    """Whoever looks after the server processes stands still too: it would kill who does not answer it."""
    still_s = HUNG_AFTER_S + 5
    with running_stack(msgspec.structs.replace(scenario, server_workers=2), tmp_path) as stack:
        before = {it.pid for it in stack.server_processes()}
        fault = PortalFrozen(0, still_s)
        fault.begin(stack)
        time.sleep(still_s)
        fault.end(stack)
        time.sleep(3)  # it looks every half second
        assert before == {it.pid for it in stack.server_processes()}
        assert 2 == len(before)
