"""The blind proof judges its cases as it says."""

import pytest

from benchmarks.blind_naming import CLASSES, Case, Outcome, draw_case
from mock_server.plants import PLANTS


def outcome(kind, plants, standing, named=(), cost=0.2):
    """Give an outcome of a case."""
    return Outcome(Case(kind, 1, plants, {}), "seal", standing, named, "", "", cost, 1.0)


@pytest.mark.parametrize(
    ("said", "judgement"),
    [
        (("small_pool", {"small_pool": 1.0}, "confirmed", ("database_connections",)), "right"),
        (("small_pool", {"small_pool": 1.0}, "confirmed", ("worker_slots",)), "wrong"),
        (("small_pool", {"small_pool": 1.0}, "holds"), "wrong"),
        (("small_pool", {"small_pool": 1.0}, "holds", (), 0.05), "too mild"),
        (("small_pool", {"small_pool": 1.0}, "not_identified"), "abstained"),
        (("small_pool", {"small_pool": 1.0}, "confirmed", ("database_connections",), 0.05), "too mild"),
        (("small_pool", {"small_pool": 1.0}, "confirmed", ("worker_slots",), 0.05), "wrong"),
        (("healthy", {}, "holds"), "right"),
        (("healthy", {}, "confirmed", ("sms",)), "wrong"),
        (("starved", {}, "void"), "right"),
        (("starved", {}, "holds"), "wrong"),
    ],
)
def test_judgements(said, judgement):
    """A name is right or wrong; silence is neither."""
    assert judgement == outcome(*said).judgement


def test_two_causes_must_both_be_named():
    """Half of the truth is wrong."""
    plants = {"few_sms_lines": 1.0, "strong_hash": 6.0}
    assert "right" == outcome("two_causes", plants, "confirmed", ("password_hash", "sms")).judgement
    assert "wrong" == outcome("two_causes", plants, "confirmed", ("sms",)).judgement


def test_cases_are_drawn_from_the_seed():
    """40 cases have 24 plants of every class and 12 portals that are well; the same seed draws the same."""
    cases = [draw_case(number, 1) for number in range(40)]
    assert cases == [draw_case(number, 1) for number in range(40)]
    assert set(CLASSES) <= {case.kind for case in cases}
    assert 24 == sum(bool(case.plants) for case in cases)
    assert 12 == sum(case.kind in {"healthy", "distractor"} for case in cases)
    for case in cases:
        for name, severity in case.plants.items():
            least, most = sorted(PLANTS[name].severities)
            assert least <= severity <= most
