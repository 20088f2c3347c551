"""Suspicion on portals of arithmetic, without a capacity turned."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.diagnosis import diagnosis_lines
from tests.reports.simulated_portal import SimulatedPortal

ROOMY = {"slots": 100, "pool": 20, "hash": 4, "sms": 8}
DEMANDS = {"slots": 0.5, "pool": 0.2, "hash": 0.05, "sms": 0.3}


@settings(deadline=None)
@given(st.sampled_from(sorted(ROOMY)), st.floats(0.4, 0.85))
def test_the_short_one_is_suspected(short, served):
    """Whichever it is: it alone, and never said to be proven."""
    found = SimulatedPortal({**ROOMY, short: 10}, {**DEMANDS, short: 1.0 / served}).suspect()
    assert ("suspected", (short,)) == (found.standing, found.confirmed)
    assert all(it.gain is None and it.cure is None for it in found.candidates)
    assert f"Suspected: {short}." == diagnosis_lines(found)[0]
    assert "What would settle it" in str(found.because)


def test_both_that_are_short_are_suspected():
    """Nothing tells them apart from outside."""
    found = SimulatedPortal({**ROOMY, "pool": 2, "sms": 2}, {**DEMANDS, "pool": 0.3, "sms": 0.32}).suspect()
    assert {"pool", "sms"} == set(found.confirmed)


def test_who_has_room_bears_the_load():
    """Nobody is suspected."""
    portal = SimulatedPortal(ROOMY, DEMANDS)
    assert ("holds", ()) == (portal.suspect().standing, portal.suspect().confirmed)
    assert ["light", "baseline-seed1"] == portal.asked


@pytest.mark.parametrize(("elsewhere", "says"), [(0.5, "no resource that it tells of"), (0.05, "10 % of the load")])
def test_what_the_portal_does_not_tell_of_is_nobody(elsewhere, says):
    """Half of the load is served, or a twentieth, and everything is roomy."""
    found = SimulatedPortal(ROOMY, DEMANDS, elsewhere=elsewhere).suspect()
    assert ("not_identified", ()) == (found.standing, found.confirmed)
    assert says in str(found.because)
