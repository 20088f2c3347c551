"""The arms of `rehearse metastable`."""

import pytest
from msgspec.structs import replace

from scenarios.metastable import arms
from scenarios.scenario import ScenarioError, load_scenario


def test_one_load_one_trigger_and_less_of_each():
    """The preset has five arms; the smaller trigger lasts a third of the time."""
    made = arms(load_scenario("retry-storm"))
    assert ["baseline", "trigger", "smaller", "lower_load", "way_out"] == [it.name for it in made]
    assert [0, 15, 5, 15, 15] == [sum(fault.to_s - fault.from_s for fault in it.faults) for it in made]
    assert [1, 1, 1, 0.5, 1] == [it.load_share for it in made]


def test_a_trigger_that_lasts_nearly_to_the_end_shows_nothing():
    """What is judged is the last minute: the trigger must have gone."""
    storm = load_scenario("retry-storm")
    late = replace(storm, faults=(replace(storm.faults[0], to_s=130.0),))
    with pytest.raises(ScenarioError, match=r"the trigger ends at 130 s, .* write to_s = 118 or less"):
        arms(late)
    with pytest.raises(ScenarioError, match="last minute; write more minutes"):
        arms(replace(storm, minutes=1.0))
    with pytest.raises(ScenarioError, match="has 0 faults: the trigger must be one"):
        arms(replace(storm, faults=()))
