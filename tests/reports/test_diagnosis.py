"""The diagnosis on portals of arithmetic: what is short is named, and nothing else ever is."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.diagnosis import COMFORTABLE, SEEDS, decide, diagnosis_lines
from tests.reports.simulated_portal import SimulatedPortal

ROOMY = {"slots": 100, "pool": 20, "hash": 4, "sms": 8}
DEMANDS = {"slots": 0.5, "pool": 0.2, "hash": 0.05, "sms": 0.3}


def test_who_has_room_bears_the_load():
    """A light load and two baselines are enough to say so."""
    portal = SimulatedPortal(ROOMY, DEMANDS)
    assert "holds" == portal.diagnose().standing
    assert ["light", "baseline-seed1", "baseline-seed2"] == portal.asked


def test_who_answers_just_in_time_is_looked_at_more_closely():
    """Every answer comes in time, but candidates get on slowly: the short one is found all the same."""

    class Slow(SimulatedPortal):
        """Late answers are never wanted: each visit gets through fewer pages instead."""

        def trial(self, step):
            it = super().trial(step)
            return msgspec.structs.replace(it, wanted=it.in_time)

    found = Slow({**ROOMY, "sms": 2}, DEMANDS).diagnose()
    assert ("confirmed", ("sms",)) == (found.standing, found.confirmed)


@settings(deadline=None)  # the first call imports scipy
@given(st.sampled_from(sorted(ROOMY)), st.floats(0.4, 0.85))
def test_the_short_one_is_confirmed(short, served):
    """Whichever it is, and however short: it is named, alone, with a capacity that was shown to be enough."""
    capacities = {**ROOMY, short: 10}
    demands = {**DEMANDS, short: 1.0 / served}
    found = SimulatedPortal(capacities, demands).diagnose()
    assert ("confirmed", (short,)) == (found.standing, found.confirmed)
    (named,) = (it for it in found.candidates if it.resource == short)
    assert 10 / served <= named.cure <= 10 / served / COMFORTABLE + 1


def test_a_relief_is_as_much_as_the_law_asks_for():
    """One that is asked for four times over is still full when there is three times as much of it."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, {**DEMANDS, "sms": 0.8})
    found = portal.diagnose()
    assert ("confirmed", ("sms",)) == (found.standing, found.confirmed)
    (named,) = (it for it in found.candidates if it.resource == "sms")
    assert named.cure == 11  # 8 visits' worth at 75 %
    assert not any(name.startswith("cure") for name in portal.asked)  # the relief was no more than that


@pytest.mark.parametrize(("noisy", "standing"), [({1}, "confirmed"), ({1, 2, 3}, "not_identified")])
def test_one_pair_of_runs_that_cannot_tell_is_repeated(noisy, standing):
    """A relief that stays 6 % behind everything once is confirmed; one that always does is not."""

    class Noisy(SimulatedPortal):
        """The relief of one resource does less than that of everything."""

        def trial(self, step):
            it = super().trial(step)
            if step.relieved != ("sms",) or step.seed not in noisy:
                return it
            return msgspec.structs.replace(it, in_time=round(0.94 * it.in_time))

    portal = Noisy({**ROOMY, "sms": 2}, DEMANDS)
    assert standing == portal.diagnose().standing
    assert "relief-all-seed3" in portal.asked


def test_two_that_are_short_are_named_both():
    """Relieving one only moves the limit to the other."""
    portal = SimulatedPortal({**ROOMY, "pool": 2, "sms": 2}, {**DEMANDS, "pool": 0.3, "sms": 0.32})
    found = portal.diagnose()
    assert ("confirmed", {"pool", "sms"}) == (found.standing, set(found.confirmed))


def test_what_no_capacity_mends_is_not_identified():
    """The machine's cores are short: three times everything does not help, and nobody is blamed."""
    found = SimulatedPortal(ROOMY, DEMANDS, elsewhere=0.6).diagnose()
    assert ("not_identified", ()) == (found.standing, found.confirmed)
    assert "more of every capacity" in str(found.because)


def test_a_busy_one_behind_another_limit_is_not_blamed():
    """Something that no knob turns limits the portal, and a resource is nearly full."""
    found = SimulatedPortal({**ROOMY, "sms": 3}, {**DEMANDS, "sms": 0.29}, elsewhere=0.6).diagnose()
    assert "not_identified" == found.standing


def test_a_gain_that_does_not_repeat_is_no_proof():
    """A relief that helped once and not again is not confirmed, even after all seeds."""
    noise = {("relief", seed): -0.28 for seed in (2, 3, 5)}
    portal = SimulatedPortal({**ROOMY, "sms": 2}, {**DEMANDS, "sms": 0.28}, noise=noise)
    found = portal.diagnose()
    assert "not_identified" == found.standing
    assert "baseline-seed5" in portal.asked


def test_a_void_trial_is_made_once_more():
    """One void trial costs a second try; two end the diagnosis."""
    again = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS, void=frozenset(["baseline-seed1"]))
    assert "confirmed" == again.diagnose().standing
    twice = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS, void=frozenset(["baseline-seed1", "baseline-seed1-again"]))
    found = twice.diagnose()
    assert ("void", ()) == (found.standing, found.confirmed)


def test_the_answer_comes_early():
    """One short resource takes light, baseline, everything, itself, two more pairs and the cure."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    portal.diagnose()
    assert 3 + 1 + 2 * (SEEDS - 1) + 1 == len(portal.asked)


def test_a_series_goes_on_where_it_stopped():
    """What was asked for so far decides what comes next, and nothing else does."""
    portal = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    first = decide([], 1)
    assert "light" == first.name
    assert "baseline-seed1" == decide([portal.trial(first)], 1).name


def test_lines_name_the_limit_and_what_is_enough():
    """A person reads what is short, by how much, and on what it rests."""
    lines = diagnosis_lines(SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS).diagnose())
    assert "Confirmed: the limit is sms." == lines[0]
    assert "Enough: 4 in place of 2 sms." == lines[1]
    assert "95 % interval" in lines[2]


def test_the_ramp_comes_last_and_changes_nothing():
    """Knee and law are of the portal as it is; the answer is the same with them and without."""
    without = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    with_ramp = SimulatedPortal({**ROOMY, "sms": 2}, DEMANDS)
    short, found = without.diagnose(), with_ramp.diagnose(with_ramp=True)
    assert ["ramp-30%", "ramp-60%", "ramp-90%"] == with_ramp.asked[len(without.asked) :]
    assert (short.standing, short.confirmed) == (found.standing, found.confirmed)
    assert (0.1, 0.3, 0.6, 0.9, 1.0) == found.ramp.load_shares
    assert 0.6 == pytest.approx(found.ramp.knee_share)
    assert all(it.demand_growth == pytest.approx(1.0) for it in found.candidates)
