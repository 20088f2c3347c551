"""The laboratory on a real portal: the same people again and again, with other capacities."""

import msgspec
import polars as pl
import pytest

from benchmarks.constant_rate import constant_rate, scenario_after_opening
from reports.trial_figures import read_trial
from scenarios.behaviour import BehaviourSettings
from scenarios.laboratory import TRIALS, Trial, begin_series, laboratory, trial_slice
from scenarios.rehearsal import RehearsalError
from scenarios.scenario import ScenarioError, load_scenario

pytestmark = pytest.mark.timeout(300)  # two trials, on a machine that may be busy

LENGTH_S = 5.0
QUICK = BehaviourSettings(think_mean_s=0.05, form_median_s=0.1, account_median_s=0.3, account_least_s=0.1)


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    """Make the same trial twice, the second time with three times the SMS lines."""
    folder = tmp_path_factory.mktemp("laboratory")
    it = msgspec.structs.replace(
        scenario_after_opening(LENGTH_S, profile="as-reported", behaviour=QUICK),
        population=100,
        providers={"sms": {"median_ms": 300.0, "sigma": 0.0}},
    )

    def arrivals(scenario):
        return constant_rate(16 * scenario.population / it.population, LENGTH_S, "register", scenario.seed)

    with laboratory(it, folder, arrivals) as lab:
        for trial in (
            Trial("first", 1, 1.0, notes={"relieved": ()}),
            Trial("relief", 1, 1.0, {"lines.sms": 9}, {"relieved": ("sms",)}),
        ):
            lab.hold(trial, lambda _: None)
    return folder


@pytest.mark.long
def test_a_trial_can_be_made_again(trials):
    """The portal has forgotten everybody: the same people come at the same times, and none is known already."""
    first, relief = (pl.read_parquet(trials / name / "arrivals.parquet") for name in ("first", "relief"))
    assert first.equals(relief)
    for name in ("first", "relief"):
        problems = pl.read_parquet(trials / name / "requests" / "*.parquet")["problem"]
        assert "id_number_registered" not in problems
        assert "sms_too_soon" not in problems


@pytest.mark.long
def test_figures_of_a_trial(trials):
    """With more lines hardly anybody waits for one; the demand of a line is what the service takes."""
    first, relief = (read_trial(trials / name) for name in ("first", "relief"))
    assert (3, 9) == (first.capacities["lines.sms"], relief.capacities["lines.sms"])
    few, many = (trial.resources["sms"] for trial in (first, relief))
    assert many.waited_s / many.completions < few.waited_s / few.completions / 2
    assert 0.3 <= relief.resources["sms"].demand_s < 0.5
    assert 0 < relief.in_time <= relief.wanted
    assert "lines.sms" == relief.settings["sms"]
    assert 90 == relief.most["database_connections"]


def test_a_slice_begins_shortly_before_the_opening():
    """A trial of the opening has ten seconds of the gate; one of another moment begins there."""
    opening = trial_slice(load_scenario("opening-day"), 50)
    assert (-10.0, 60.0) == (opening.start_s, opening.length_s)
    closing = load_scenario("closing-day")
    assert closing.start_s == trial_slice(closing, 50).start_s


def test_a_whole_window_is_no_trial():
    """A clock of many speeds has no load of one moment."""
    with pytest.raises(ScenarioError, match="whole-window has an adaptive pace"):
        trial_slice(load_scenario("whole-window"), 50)


def test_a_folder_keeps_one_series(tmp_path):
    """Trials of another load or set-up are not mixed in."""
    opening = trial_slice(load_scenario("opening-day"), 50)
    assert tmp_path == begin_series(opening, {}, tmp_path) == begin_series(opening, {}, tmp_path)
    with pytest.raises(RehearsalError, match="another scenario or set-up"):
        begin_series(opening, {"small_pool": 1.0}, tmp_path)
    assert TRIALS not in {path.name for path in tmp_path.iterdir()}
