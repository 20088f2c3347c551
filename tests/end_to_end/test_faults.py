"""Faults on a real stack under load: they are felt, the portal recovers, and nothing acknowledged is lost."""

from collections import Counter

import msgspec
import polars as pl
import psutil
import pytest

from benchmarks.blind_naming import QUICK
from benchmarks.constant_rate import constant_rate, scenario_after_opening
from reports import write_report
from scenarios.faults.clock_step import ClockStep
from scenarios.faults.database_crash import DatabaseCrash
from scenarios.faults.database_restart import DatabaseRestart
from scenarios.faults.disk_full import DiskFull
from scenarios.faults.down import Down
from scenarios.faults.latency import Latency
from scenarios.faults.portal_killed import PortalKilled
from scenarios.faults.reset_peer import ResetPeer
from scenarios.faults.server_killed import ServerKilled
from scenarios.faults.service_disturbed import ServiceFailing, ServiceSilent
from scenarios.faults.slicer import Slicer
from scenarios.rehearsal import rehearse

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize(
    "faults",
    [
        (DatabaseCrash(6, 8), PortalKilled(16, 18)),
        pytest.param(
            (
                DatabaseCrash(8, 11),
                ServiceSilent(18, 21, services=("sms",)),
                ServiceFailing(27, 30, services=("face_check",)),
                ServerKilled(36, 37),
                PortalKilled(44, 46),
            ),
            marks=pytest.mark.long,
        ),
    ],
    ids=["worst", "all"],
)
def test_every_fault_is_survived(tmp_path, notes, faults):
    """Crash, silence, failure, kill -9 of one and of all, one after the other: back each time, and the audit clean."""
    length_s = faults[-1].to_s + 16
    scenario = msgspec.structs.replace(
        scenario_after_opening(length_s, behaviour=QUICK), profile="generous", server_workers=2, faults=faults
    )
    arrivals = constant_rate(2, length_s - 2, "register")  # a busy machine must have time to catch up
    verdict = write_report(rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes))
    assert [it.words for it in faults] == [it.words for it in verdict.faults]
    assert [""] * len(faults) == [it.failed for it in verdict.faults]
    assert not any(it.outlasts for it in verdict.faults), verdict.faults
    crash, *_, killed = verdict.faults
    for it in (crash, killed):
        assert it.goodput_during < it.goodput_before - 0.1
        assert it.requests_lost > 0
    assert verdict.integrity.promises > 8.1 * length_s
    assert verdict.integrity.unknown > 0  # who was in the middle of it
    assert () == verdict.integrity.violations


@pytest.mark.long
def test_what_is_done_to_database_disk_and_clock_is_survived(tmp_path, notes):
    """A restart, a full disk and a clock put back, while phones die: all is kept, and no more; CPU is sampled on."""
    faults = (DatabaseRestart(3, 4.5), DiskFull(8, 10), ClockStep(13, 17, step_s=-1800))
    people = msgspec.structs.replace(QUICK, phone_dies_share=0.5)
    scenario = msgspec.structs.replace(scenario_after_opening(20, behaviour=people), server_workers=2, faults=faults)
    arrivals = constant_rate(3, 18, "register")
    run = rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes)
    verdict = write_report(run)
    assert [""] * len(faults) == [it.failed for it in verdict.faults]
    restart, full, step = verdict.faults
    assert restart.goodput_during < restart.goodput_before - 0.1
    assert full.requests_lost > 0
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    problems = Counter(requests["problem"])
    assert problems["disk_full"] > 5
    assert problems["device_died"] > 5
    assert 0 == requests.filter(status=500).height, "a portal without its database is busy, not broken"
    assert problems["busy"] > 0
    in_time = requests.filter(pl.col("sent_s").is_between(full.to_s + 1, step.from_s - 1))
    assert 0 == in_time.filter(pl.col("status") >= 500).height
    assert () == verdict.integrity.violations
    ledgers = {
        it: pl.read_parquet(run / "ledgers" / f"{it}.parquet") for it in ("identity_scans", "materials", "files")
    }
    assert {*ledgers["identity_scans"]["file"], *ledgers["materials"]["file"]} == set(ledgers["files"]["file"])
    database = pl.read_parquet(run / "processes" / "*.parquet").filter(process="database").sort("at_s")
    assert database.filter(pl.col("at_s") > restart.to_s + 2).height > 10
    assert (database["cpu_s"].diff().drop_nulls() >= 0).all()


@pytest.mark.long
def test_faults_of_the_network_are_survived(tmp_path, notes):
    """A far database, candidates cut off in the middle, no way to the providers: felt, recovered, and nothing is lost.

    Candidates and gateways have links too, which pass everything on; of the network's process nothing is left.
    """
    faults = (
        Latency(4, 7, link="portal_database", latency_ms=700, stream="both"),
        ResetPeer(11, 13, link="candidates_portal", share=0.5),
        Down(11, 13, link="candidates_providers"),
        Down(16, 18, link="portal_providers"),
        Slicer(16, 18, link="providers_portal", average_bytes=50, variation_bytes=10),
    )
    scenario = msgspec.structs.replace(
        scenario_after_opening(22, behaviour=QUICK), profile="generous", server_workers=2, faults=faults
    )
    arrivals = constant_rate(3, 20, "register")
    verdict = write_report(rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes))
    found = {it.words: it for it in verdict.faults}
    assert {it.words for it in faults} == set(found)
    assert [""] * len(faults) == [it.failed for it in verdict.faults]
    asked = pl.read_parquet(tmp_path / "run" / "requests").filter(pl.col("step").is_in(["sms_code", "account"]))
    asked = asked.with_columns((pl.col("done_s") - pl.col("sent_s")).alias("took_s"))
    far = asked.filter(pl.col("sent_s").is_between(4.1, 5.5))["took_s"]
    assert len(far) > 2
    assert far.min() > 1.4  # one question to the database, there and back
    assert asked.filter(pl.col("sent_s") < 2.5)["took_s"].median() < 0.7
    cut = found[faults[1].words]
    assert cut.requests_lost > 0
    assert verdict.integrity.promises > 200
    assert verdict.integrity.unknown > 0  # the portal has done it, and the answer was cut off
    assert () == verdict.integrity.violations
    sampled = pl.read_parquet(tmp_path / "run" / "processes").filter(process="network")
    assert sampled["cpu_s"].max() > 0.1  # everything went through it
    ours = {str(tmp_path / "run"), "scenarios.network"}
    assert [] == [it.pid for it in psutil.Process().children(recursive=True) if ours & set(it.cmdline())]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_twenty_kills_lose_nothing(tmp_path, notes):
    """`kill -9` of all of the portal, twenty times under load: after all of them nothing acknowledged is lost."""
    kills = tuple(PortalKilled(8.0 * number, 8.0 * number + 1) for number in range(1, 21))
    scenario = msgspec.structs.replace(
        scenario_after_opening(172, behaviour=QUICK), profile="generous", server_workers=2, faults=kills
    )
    arrivals = constant_rate(3, 170, "register")
    verdict = write_report(rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes))
    assert [""] * 20 == [it.failed for it in verdict.faults]
    assert verdict.integrity.promises > 3000
    assert verdict.integrity.unknown > 20
    assert () == verdict.integrity.violations
