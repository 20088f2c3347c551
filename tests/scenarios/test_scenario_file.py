"""Scenario files load, and each mistake in one is answered with one clear line."""

import datetime as dt

import msgspec
import pytest

from scenarios.scenario import PRESETS, ScenarioError, load_scenario, scenario_names, with_overrides

SMALL = 'name = "x"\npurpose = "y"\npopulation = 10\nstart_s = 0\n'


@pytest.fixture
def load(tmp_path):
    """Give a function that loads the text of a scenario file."""

    def load_text(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path)

    return load_text


def test_opening_day_begins_at_the_gate():
    """The first preset: half a million, from a minute before the opening, with two objectives."""
    scenario = load_scenario("opening-day")
    assert (500_000, -60, 3, 1) == (scenario.population, scenario.start_s, scenario.minutes, scenario.speed)
    assert ("all.intended_p95_ms < 2000", "all.failed_share < 0.01") == scenario.objectives
    assert (180, 120) == (scenario.length_s, scenario.end_s)


@pytest.mark.parametrize("name", sorted(path.stem for path in PRESETS.glob("*.toml")))
def test_every_preset_loads_under_its_own_name(name):
    """A preset's file and its name agree, and the list has its purpose."""
    scenario = load_scenario(name)
    assert name == scenario.name
    assert scenario.purpose == scenario_names()[name]


def test_nested_settings_are_read(load):
    """Tables of the file are the settings of window, demand, behaviour and flaws."""
    scenario = load(
        SMALL
        + """
        [window]
        closing = 2025-03-31T17:00:00+08:00
        exam_dates = [2025-05-24]
        [demand]
        delta_days = 0.2
        [behaviour]
        retry_share = 0.5
        [flaw_shares]
        blurred_scan = 0.1
        """
    )
    assert 21 == (scenario.window.closing.date() - scenario.window.opening.date()).days
    assert (dt.date(2025, 5, 24),) == scenario.window.exam_dates
    assert (0.2, 0.5) == (scenario.demand.delta_days, scenario.behaviour.retry_share)
    assert {"blurred_scan": 0.1} == scenario.flaw_shares


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SMALL + "minuets = 3\n",
            "minuets is not a field; the fields are name, purpose, population, start_s",
        ),
        (
            SMALL + "[demand]\nw_o = 0.1\n",
            "demand.w_o is not a field; the fields are opening_weight, base_we",
        ),
        (SMALL + "[demand]\ndelta_days = -1\n", "delta_days is -1.0; it must be above 0 - at `$.demand`"),
        (SMALL + "[window]\nopening = 2025-03-10T09:00:00\n", "such as 2025-03-10T09:00:00+08:00"),
        (SMALL + "[flaw_shares]\nblurred_scan = 2\n", "blurred_scan is 2.0; it must be from 0 to 1"),
        (SMALL + "[flaw_shares]\nblured = 1\n", "flaw_shares.blured is not a flaw; the flaws are blurred_scan"),
        (SMALL + "[demand]\nsurge_hour = 21\n", "surge_hour is 21; the last day has the hours 0 to 16"),
        (SMALL + 'seed = "one"\n', "Expected `int`, got `str` - at `$.seed`"),
        (SMALL.replace("10", "0"), "population is 0; it must be between 1 and 4294967296"),
        (
            SMALL.replace("start_s = 0", "start_s = -61"),
            "start_s is -61.0; visits come from -60.0 (the gate)",
        ),
        (SMALL.replace("population = 10\n", ""), "missing required field `population`"),
        (SMALL.replace('"y"', '"y\\ny"'), "purpose must be one line of text"),
        ("name = ", "Invalid value"),
    ],
)
def test_mistake_is_answered_in_one_line(load, text, said):
    """The line has the file, what was wrong, and where it helps, what would be right."""
    with pytest.raises(ScenarioError) as refusal:
        load(text)
    line = str(refusal.value)
    assert said in line
    assert "mine.toml: " in line
    assert "\n" not in line


def test_unknown_scenario_is_answered_with_the_known_ones():
    """Who mistypes a name sees the names."""
    with pytest.raises(ScenarioError, match=r"no scenario 'opening-dya': give one of .*opening-day"):
        load_scenario("opening-dya")


def test_overrides_replace_only_what_was_asked_for():
    """None leaves a field as it is."""
    scenario = load_scenario("opening-day")
    changed = with_overrides(scenario, population=1_000, seed=7, minutes=1)
    assert (1_000, 7, 1) == (changed.population, changed.seed, changed.minutes)
    assert (scenario.profile, scenario.speed) == (changed.profile, changed.speed)
    assert scenario == with_overrides(scenario)


def test_wrong_override_is_refused():
    """The command line's values pass the same checks as the file's."""
    with pytest.raises(ScenarioError, match="minutes is 0; it must be above 0"):
        with_overrides(load_scenario("opening-day"), minutes=0)


def test_scenario_survives_json():
    """A run's folder keeps the scenario as it was used; it can be read back."""
    scenario = load_scenario("opening-day")
    text = msgspec.json.encode(scenario)
    assert scenario == msgspec.json.decode(text, type=type(scenario))
