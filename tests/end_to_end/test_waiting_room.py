"""A portal that lets twelve people in at a time, and the crowd that wants in: as the report sees it."""

import msgspec
import polars as pl
import pytest

from benchmarks.blind_naming import QUICK
from benchmarks.constant_rate import constant_rate, scenario_after_opening
from reports import write_report
from reports.run_folder import open_run
from reports.waiting_room import read_waiting_room
from scenarios.rehearsal import rehearse

pytestmark = pytest.mark.timeout(240)

PLACES = 12


@pytest.mark.long
def test_first_come_first_served_and_never_too_many(tmp_path, notes):
    """People wait in line, come in by their numbers, and at no time are more inside than there are places."""
    profile = tmp_path / "twelve.toml"
    profile.write_text(f'purpose = "Twelve at a time."\n[protections]\nplaces_inside = {PLACES}\n')
    behaviour = msgspec.structs.replace(QUICK, queue_patience_median_s=8.0, queue_patience_sigma=0.5)
    scenario = scenario_after_opening(20, profile=str(profile), behaviour=behaviour)
    arrivals = constant_rate(5, 18, "register")
    folder = rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes)
    verdict = write_report(folder)
    run = open_run(folder)
    room = read_waiting_room(run, run.visits.collect())
    assert room.admitted > PLACES
    assert room.waited_s["most"] > 2
    assert room.left > 0
    assert (0, 0) == (room.inversions, room.overshoot), room
    assert 0 < room.most_inside <= PLACES
    entered = run.requests.filter((pl.col("step") == "sms_code") & (pl.col("outcome") == "ok"))
    assert entered.select(pl.col("candidate").n_unique()).collect().item() <= room.admitted
    assert () == verdict.integrity.violations
    assert "The waiting room" in (folder / "report.html").read_text()
