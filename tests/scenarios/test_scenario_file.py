"""Scenario files load, and each mistake in one is answered with one clear line."""

import datetime as dt
import json

import msgspec
import numpy as np
import pytest

from reports.objectives import check_objectives
from scenarios.phases import Phase, load_phases, objective_names
from scenarios.plan import make_plan
from scenarios.scenario import PRESETS, Scenario, ScenarioError, load_scenario, scenario_names, with_overrides

SMALL = 'name = "x"\npurpose = "y"\npopulation = 10\nstart_s = 0\n'
PRESET_NAMES = sorted(path.stem for path in PRESETS.glob("*.toml"))


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


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_every_preset_loads_under_its_own_name(name):
    """A preset's file and its name agree, and the list has its purpose."""
    scenario = load_scenario(name)
    assert name == scenario.name
    assert scenario.purpose == scenario_names()[name]


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_objectives_of_every_preset_are_understood(name):
    """Each preset has objectives, about steps that the portal has."""
    scenario = load_scenario(name)
    assert scenario.objectives
    check_objectives(scenario.objectives, **objective_names(scenario))


OWN_PHASES = """
[[phases]]
name = "crowd"
from_s = 0
to_s = 30

[[phases]]
name = "after_it"
from_s = 30
to_s = 9000
"""


def test_phases_are_those_of_the_window_unless_the_file_has_its_own(load):
    """Before, during and after the window; a file's own instead, cut at the load's end; none with an adaptive pace."""
    opening = load_scenario("opening-day")
    assert [Phase("gate", 0.0, 60.0), Phase("opening", 60.0, 180.0)] == load_phases(opening)
    closing = load_scenario("closing-day")
    assert [Phase("open", 0.0, 900.0), Phase("closed", 900.0, 1200.0)] == load_phases(closing)
    assert [Phase("gate", 0.0, 18.0)] == load_phases(with_overrides(opening, minutes=0.3))
    own = load(SMALL + OWN_PHASES)
    assert [Phase("crowd", 0.0, 30.0), Phase("after_it", 30.0, 180.0)] == load_phases(own)
    assert [Phase("crowd", 0.0, 18.0)] == load_phases(with_overrides(own, minutes=0.3))
    assert [] == load_phases(load_scenario("whole-window"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (('"after_it"', '"crowd"'), "phases: two are called crowd"),
        (("from_s = 30", "from_s = 29"), "phases: after_it begins at 29 s, before crowd ends"),
        (("from_s = 30", "from_s = 9001"), "from_s is 9001 and to_s 9000; write 0 <= from_s < to_s"),
        (('"crowd"', '"the crowd"'), "name is 'the crowd'; write one word"),
        (("to_s = 30", "until_s = 30"), r"phases\[0\].until_s is not a field; the fields are name, from_s, to_s"),
        (("\n[[phases]]", 'pace = "adaptive"\n[[phases]]'), "phases: with an adaptive pace nobody knows"),
    ],
)
def test_phases_that_make_no_sense_are_refused(load, changed, said):
    """In one line that says what is wrong."""
    with pytest.raises(ScenarioError, match=said) as caught:
        load(SMALL + OWN_PHASES.replace(*changed, 1))
    assert "\n" not in str(caught.value)


def test_presets_lie_where_they_say():
    """The moments that the files write as seconds are those of the window."""
    of = {name: load_scenario(name) for name in PRESET_NAMES}
    window = of["opening-day"].window
    close_s = window.length_s
    assert {scenario.window for scenario in of.values()} == {window}
    assert (close_s - 900, close_s + 300) == (of["closing-day"].start_s, of["closing-day"].end_s)
    assert (close_s - 300, close_s + 60) == (of["stress-closing"].start_s, of["stress-closing"].end_s)
    assert (close_s - 1_800) == of["upload-storm"].start_s
    assert window.tickets_s - 10 == of["admission-tickets"].start_s
    assert window.results_s - 10 == of["results-day"].start_s
    assert (-60, window.end_s) == (of["whole-window"].start_s, of["whole-window"].end_s)
    assert (-60, 120) == (of["stress-opening"].start_s, of["stress-opening"].end_s)
    ordinary = window.moment(of["ordinary-day"].start_s)
    assert (10, 0, 2) == (ordinary.hour, ordinary.minute, ordinary.weekday())
    assert 0.4 < of["ordinary-day"].start_s / close_s < 0.6


def test_payment_wave_is_the_hour_in_which_most_pay():
    """No hour of the plan has more payments than the one in which the preset begins."""
    scenario = load_scenario("payment-wave")
    paying = make_plan(scenario).filter(purpose="pay")["planned_s"].to_numpy()
    assert scenario.start_s / 3_600 == np.bincount((paying // 3_600).astype(int)).argmax()


def test_stress_settings_are_those_of_the_demand_model():
    """Twice the opening's weight; δ of 0.2, and one hour with 40 % of the last day, the one before the close."""
    opening, closing = load_scenario("stress-opening").demand, load_scenario("stress-closing").demand
    assert (0.12, 0.28, 0.60) == (opening.opening_weight, opening.base_weight, opening.deadline_weight)
    assert (0.2, 16, 0.4) == (closing.delta_days, closing.surge_hour, closing.surge_share)


def written(table, fields):
    """Write fields as TOML, which numbers, lists and true share with JSON."""
    return f"[{table}]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())


@pytest.mark.parametrize("table", ["demand", "behaviour", "stages"])
def test_every_parameter_can_be_set_in_the_file(load, table):
    """Each number of a table is 1 % larger in the file than by default, and so it is in the scenario."""
    defaults = getattr(Scenario(name="x", purpose="y", population=10, start_s=0), table)
    changed = {
        name: value + 1 if isinstance(value, int) else round(1.01 * value, 9)
        for name, value in msgspec.structs.asdict(defaults).items()
        if isinstance(value, int | float)
    }
    if table == "demand":
        changed |= {"base_weight": 1 - changed["opening_weight"] - changed["deadline_weight"]}
        changed |= {"hour_shares": [1 / 24] * 24, "surge_hour": 16}
    loaded = msgspec.structs.asdict(getattr(load(SMALL + written(table, changed)), table))
    others = {name for name in loaded if name not in changed}
    assert all(name.endswith("_demand") for name in others)  # tables of their own, see below
    assert json.loads(json.dumps(changed)) == {name: _plain(loaded[name]) for name in changed}


def _plain(value):
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", ["ticket_demand", "results_demand", "certificate_demand"])
def test_demand_after_the_exam_has_tables_of_its_own(load, name):
    """`[stages.results_demand]` takes the fields of `[demand]`, and refuses others by name."""
    scenario = load(SMALL + f"[stages.{name}]\nsettling_days = 0.25\n")
    assert 0.25 == getattr(scenario.stages, name).settling_days
    with pytest.raises(ScenarioError, match=f"{name}.w_o is not a field; the fields are opening_weight"):
        load(SMALL + f"[stages.{name}]\nw_o = 0.25\n")


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


def toxic(name, fields, before=SMALL):
    """Give the text of a scenario with a fault of the network."""
    return f'{before}[[faults]]\nname = "{name}"\nfrom_s = 1\nto_s = 2\nlink = "portal_database"\n{fields}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SMALL + "minuets = 3\n",
            "minuets is not a field; the fields are name, purpose, population, start_s",
        ),
        (
            SMALL + "[demand]\nopening_weight = 0.12\n",
            "opening_weight + base_weight + deadline_weight is 1.06; the sum must be 1",
        ),
        (
            SMALL + "[demand]\nopening_weight = 1.06\nbase_weight = -0.7\n",
            "opening_weight is 1.06; a share lies between 0 and 1",
        ),
        (SMALL + f"[demand]\nhour_shares = {[0.04] * 24}\n", "hour_shares has 24 numbers with the sum 0.96"),
        (SMALL + "[demand]\nweekend_factor = 0\n", "weekend_factor is 0.0; it must be above 0"),
        (SMALL + '[demand]\ndelta_days = "short"\n', "Expected `float`, got `str` - at `$.demand.delta_days`"),
        (SMALL + "[stages]\nreview_days = 5\n", "stages.review_days is not a field; the fields are"),
        (SMALL + "[stages]\npayment_delta_days = -0.2\n", "payment_delta_days is -0.2; it must be above 0"),
        (SMALL + "[behaviour]\nslow_uplink_share = 2\n", "slow_uplink_share is 2.0; a share lies between 0 and 1"),
        (
            SMALL + "[window]\nclosing = 2025-03-10T08:00:00+08:00\n",
            "closing is 2025-03-10T08:00:00+08:00; it must come after the opening, 2025-03-10T09:00:00+08:00",
        ),
        (SMALL + "[window]\nexam_dates = [2025-04-01]\n", "exam_dates has 2025-04-01; an exam comes after the closing"),
        (SMALL + "[window]\nexam_dates = []\n", "exam_dates is empty; it must have at least one day"),
        (SMALL + "[window]\nlength_days = 21\n", "window.length_days is not a field; the fields are opening, closing"),
        (SMALL + 'pace = "fast"\n', "Invalid enum value 'fast' - at `$.pace`"),
        (SMALL + "minutes = 0\n", "minutes is 0.0; it must be above 0"),
        (
            SMALL.replace("start_s = 0", "start_s = 17_024_400"),
            "start_s is 17024400.0; visits come from -60.0 (the gate)",
        ),
        (SMALL.replace("start_s = 0", "start_s = nan"), "start_s is nan; visits come from -60.0 (the gate)"),
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
        (
            SMALL + '[[faults]]\nname = "data_base_crash"\nfrom_s = 1\nto_s = 2\n',
            "faults[0].name is 'data_base_crash'; the faults are database_crash, ",
        ),
        (
            SMALL + '[[faults]]\nname = "portal_frozen"\nfrom_s = 1\nuntil_s = 2\n',
            "faults[0].until_s is not a field; the fields are from_s, to_s",
        ),
        (SMALL + '[[faults]]\nname = "portal_frozen"\nfrom_s = 2\nto_s = 1\n', "write 0 <= from_s < to_s"),
        (SMALL + '[[faults]]\nname = "portal_frozen"\nfrom_s = 2\nto_s = 999\n', "the load ends at 180 s"),
        (
            SMALL + '[[faults]]\nname = "server_killed"\nfrom_s = 1\nto_s = 2\n',
            "one server process is killed: server_workers is 1, it takes 2",
        ),
        (SMALL + '[[faults]]\nname = "service_slow"\nfrom_s = 1\nto_s = 2\nservices = ["sms"]\n', "`times`"),
        (
            SMALL
            + '[[faults]]\nname = "service_silent"\nfrom_s = 1\nto_s = 5\nservices = ["sms", "alipay"]\n'
            + '[[faults]]\nname = "service_failing"\nfrom_s = 4\nto_s = 6\nservices = ["alipay"]\n',
            "both at once on alipay",
        ),
        (toxic("latency", "latency_ms = 0"), "latency_ms is 0.0; it must be above 0"),
        (toxic("latency", "latency_ms = 5\njitter_ms = 6"), "jitter_ms is 6; it must be at most latency_ms, 5"),
        (toxic("bandwidth", "bytes_per_s = inf"), "bytes_per_s is inf; it must be above 0"),
        (toxic("slow_close", "delay_ms = -1"), "delay_ms is -1.0; it must be above 0"),
        (toxic("timeout", "after_ms = -1"), "after_ms is -1.0; it must be 0 or more"),
        (toxic("reset_peer", "after_ms = nan"), "after_ms is nan; it must be 0 or more"),
        (toxic("reset_peer", "share = 0"), "share is 0.0; it must be above 0"),
        (toxic("reset_peer", "share = 1.1"), "share is 1.1; a share lies between 0 and 1"),
        (toxic("slicer", "average_bytes = 5\nvariation_bytes = 5"), "it must be above variation_bytes, 5"),
        (toxic("limit_data", "limit_bytes = -1"), "limit_bytes is -1; it must be 0 or more"),
        (toxic("down", 'stream = "both"'), "faults[0].stream is not a field; the fields are from_s, to_s, link"),
        (toxic("timeout", 'stream = "sideways"'), "'sideways'"),
        (toxic("timeout", "").replace("portal_database", "portal_moon"), "'portal_moon'"),
        (toxic("timeout", "") + toxic("timeout", "", before=""), "both at once on portal_database (timeout)"),
        (toxic("down", "") + toxic("timeout", "", before=""), "both at once on portal_database"),
        (toxic("timeout", "") + toxic("down", "", before=""), "both at once on portal_database"),
        (
            SMALL + '[[faults]]\nname = "clock_step"\nfrom_s = 1\nto_s = 2\nstep_s = 0\n',
            "step_s is 0; write up to 86400 s, forward or back, and not 0",
        ),
        (
            SMALL
            + '[[faults]]\nname = "disk_full"\nfrom_s = 1\nto_s = 5\n'
            + '[[faults]]\nname = "portal_killed"\nfrom_s = 4\nto_s = 6\n',
            "both at once on portal",
        ),
        (SMALL + "[behaviour]\nphone_dies_share = 2\n", "phone_dies_share is 2.0; a share lies between 0 and 1"),
        (
            SMALL + 'pace = "adaptive"\n[[faults]]\nname = "portal_frozen"\nfrom_s = 1\nto_s = 2\n',
            "faults: with an adaptive pace nobody knows when they would come",
        ),
        (SMALL + "server_workers = 0\n", "server_workers is 0; it must be 1 or more"),
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


def test_two_toxics_can_be_on_one_link(load):
    """A line that is far and thin; one that is cut at one end of the portal, and slow at the other."""
    others = toxic("bandwidth", "bytes_per_s = 1e6", before="") + toxic("down", "", before="").replace(
        "portal_database", "candidates_portal"
    )
    assert 3 == len(load(toxic("latency", "latency_ms = 50") + others).faults)


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
