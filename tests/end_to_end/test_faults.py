"""Faults on a real stack under load: they are felt, the portal recovers, and nothing acknowledged is lost."""

import msgspec
import pytest

from benchmarks.blind_naming import QUICK
from benchmarks.constant_rate import constant_rate, scenario_after_opening
from reports import write_report
from scenarios.faults.database_crash import DatabaseCrash
from scenarios.faults.portal_killed import PortalKilled
from scenarios.faults.server_killed import ServerKilled
from scenarios.faults.service_disturbed import ServiceFailing, ServiceSilent
from scenarios.rehearsal import rehearse

pytestmark = pytest.mark.timeout(240)


def test_every_fault_is_survived(tmp_path):
    """Crash, silence, failure, kill -9 of one and of all, one after the other: back each time, and the audit clean."""
    faults = (
        DatabaseCrash(8, 11),
        ServiceSilent(18, 21, services=("sms",)),
        ServiceFailing(27, 30, services=("face_check",)),
        ServerKilled(36, 37),
        PortalKilled(44, 46),
    )
    scenario = msgspec.structs.replace(
        scenario_after_opening(62, behaviour=QUICK), profile="generous", server_workers=2, faults=faults
    )
    arrivals = constant_rate(3, 60, "register")
    verdict = write_report(rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals))
    assert [it.words for it in faults] == [it.words for it in verdict.faults]
    assert [""] * len(faults) == [it.failed for it in verdict.faults]
    assert not any(it.outlasts for it in verdict.faults), verdict.faults
    crash, *_, killed = verdict.faults
    for it in (crash, killed):
        assert it.goodput_during < it.goodput_before - 0.1
        assert it.requests_lost > 0
    assert verdict.integrity.promises > 1000
    assert verdict.integrity.unknown > 0  # who was in the middle of it
    assert () == verdict.integrity.violations


@pytest.mark.long
@pytest.mark.timeout(600)
def test_twenty_kills_lose_nothing(tmp_path):
    """`kill -9` of all of the portal, twenty times under load: after all of them nothing acknowledged is lost."""
    kills = tuple(PortalKilled(8.0 * number, 8.0 * number + 1) for number in range(1, 21))
    scenario = msgspec.structs.replace(
        scenario_after_opening(172, behaviour=QUICK), profile="generous", server_workers=2, faults=kills
    )
    arrivals = constant_rate(3, 170, "register")
    verdict = write_report(rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals))
    assert [""] * 20 == [it.failed for it in verdict.faults]
    assert verdict.integrity.promises > 3000
    assert verdict.integrity.unknown > 20
    assert () == verdict.integrity.violations
