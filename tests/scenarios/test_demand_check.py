"""The comparison with real counts: its arithmetic, its fit, and that docs/demand.md shows what it gives."""

import math

import numpy as np
import pytest

from scenarios import demand_check
from scenarios.demand import DemandSettings, per_day, share_per_minute
from scenarios.demand_check import (
    BEGIN,
    DOCUMENT,
    END,
    Row,
    comparison,
    fitted,
    in_document,
    published_rows,
    real_rows,
    worst,
)
from scenarios.demand_counts import REAL_WINDOWS, RealWindow
from scenarios.demand_stays import inside_at_most, submission_minutes, submission_requests
from scenarios.pace import REQUESTS_OF_A_VISIT
from scenarios.scenario import Scenario
from scenarios.stages import draw_stages

BY_NAME = {window.name.split(",")[0]: window for window in REAL_WINDOWS}


def error(rows):
    """Give what the fit makes small."""
    return sum(math.log(row.model / row.real) ** 2 for row in rows)


@pytest.fixture(scope="module")
def stages():
    """Give the stages of three candidates with times that can be added up by hand."""
    drawn = draw_stages(Scenario(name="x", purpose="y", population=3, start_s=0))
    nan = np.nan
    return drawn._replace(
        # All in one visit; three visits; registered, and never seen again.
        arrival_s=np.array([0.0, 100.0, 200.0]),
        registered_s=np.array([240.0, 400.0, 500.0]),
        face_visit_s=np.array([0.0, 5_000.0, nan]),
        face_checked_s=np.array([300.0, 5_060.0, nan]),
        apply_visit_s=np.array([0.0, 90_000.0, nan]),
        filed_s=np.array([420.0, 90_120.0, nan]),
    )


def test_document_shows_what_the_command_prints():
    """The tables between the markers of docs/demand.md are today's; make demand-check writes them anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == in_document(text, comparison())


def test_command_writes_what_it_prints(tmp_path, monkeypatch, capsys):
    """What stood between the markers is replaced and the rest stays; without markers nothing is written."""
    document = tmp_path / "demand.md"
    monkeypatch.setattr(demand_check, "DOCUMENT", document)
    monkeypatch.setattr(demand_check, "REAL_WINDOWS", REAL_WINDOWS[-1:])  # one window, as the fits take seconds
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert 0 == demand_check.main()
    printed = capsys.readouterr().out.strip()
    assert f"before\n{BEGIN}\n\n{printed}\n\n{END}\nafter\n" == document.read_text(encoding="utf-8")
    document.write_text("no markers", encoding="utf-8")
    assert 2 == demand_check.main()
    assert "was not written: it must have the line" in capsys.readouterr().err
    assert "no markers" == document.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["no markers", f"{BEGIN}\n", f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_document_without_its_markers_is_refused(text):
    """Nothing is written into a document that does not say where."""
    with pytest.raises(ValueError, match="it must have the line <!-- demand-check: begin"):
        in_document(text, "new")


def test_distances_of_a_row():
    """A model that says 5 of 20 is at a quarter, 15 points below; the factor is the same as for 80."""
    row = Row("window", "day 1", 20.0, 5.0, "%")
    assert (0.25, 4.0, 4.0) == (row.ratio, row.factor, Row("window", "day 1", 20.0, 80.0, "%").factor)
    assert "| day 1 | 20.0 % | 5.00 % | 0.25 | -15.0 |" == row.line
    assert "too low by a factor of 4.0 (window: day 1; 20.0 %, the model says 5.00 %)" == row.words
    assert "| a | 1,200 people | 1,300 people | 1.08 |  |" == Row("w", "a", 1_200, 1_300, "people").line


def test_worst_is_the_largest_factor_either_way():
    """Half is as far away as twice, and a quarter is farther."""
    rows = [Row("w", what, 1.0, model, "%") for what, model in (("a", 2.0), ("b", 0.25), ("c", 3.9))]
    assert "b" == worst(rows).what


def test_published_figures_are_within_their_rounding():
    """Each is within 1.2 % of what was published with the model."""
    assert 11 == len(published_rows())
    assert [] == [row.what for row in published_rows() if row.factor > 1.012]


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_fit_is_no_farther_from_the_counts_than_the_defaults(name):
    """Fitting makes the squared distances smaller, and changes only what it may."""
    window = BY_NAME[name]
    settings, defaults = fitted(window), DemandSettings()
    assert error(real_rows(window, settings)) < error(real_rows(window, defaults))
    changed = {field for field in settings.__struct_fields__ if getattr(settings, field) != getattr(defaults, field)}
    assert changed <= {*window.free, "base_weight"}


def test_fit_finds_the_parameters_that_made_the_counts():
    """Counts that the model itself made with known parameters give these parameters back."""
    real = BY_NAME["UK Register to Vote 2019"]
    made = DemandSettings(opening_weight=0.03, base_weight=0.37, deadline_weight=0.60, delta_days=0.8)
    counts = tuple(count._replace(real=count.model(made)) for count in real.counts)
    free = {name: real.free[name] for name in ("opening_weight", "deadline_weight", "delta_days")}
    found = fitted(RealWindow("made", counts, free))
    assert pytest.approx(0, abs=1e-3) == error(real_rows(RealWindow("made", counts, free), found))
    assert (0.03, 0.60, 0.8) == (found.opening_weight, found.deadline_weight, found.delta_days)


@pytest.mark.parametrize(
    "changed", [{}, {"delta_days": 0.2}, {"surge_hour": 21}, {"opening_weight": 0.12, "base_weight": 0.24}]
)
def test_comparison_measures_the_model_itself(changed):
    """A count of the comparison is what the demand model gives, however the comparison saves time on it."""
    count = BY_NAME["UK Register to Vote 2019"].counts[-1]
    settings = DemandSettings(**changed)
    last_day = per_day(count.window, share_per_minute(count.window, settings))[-1]
    assert pytest.approx(100 * last_day, rel=1e-9) == count.model(settings)


def test_counts_by_a_day_add_up():
    """By day 3 has come who came on days 1 to 3; a last day is what is missing by the day before."""
    settings = DemandSettings()
    guokao = {row.what: row.model for row in real_rows(BY_NAME["Guokao"], settings)}
    assert guokao["day 1 (2026)"] < guokao["by day 3 (2017)"] < guokao["by day 4 (2020)"] < guokao["by day 5 (2015)"]
    assert guokao["by the evening of day 9, 20:00 assumed (2025)"] + guokao["last day (2016)"] < 100


def test_time_inside_leaves_out_the_days_between(stages):
    """One visit of 7 minutes, three of 5, 1 and 2; who never filed does not count."""
    assert (7 + 8) / 2 == submission_minutes(stages)


def test_requests_up_to_the_filing(stages):
    """One made one visit, the other three."""
    one = REQUESTS_OF_A_VISIT["register"]
    three = one + REQUESTS_OF_A_VISIT["face_check"] + REQUESTS_OF_A_VISIT["apply"]
    assert (one + three) / 2 == submission_requests(stages)


def test_most_people_inside_at_once(stages):
    """From second 200 on all three are inside; four visits begin in 24 hours, the fifth after them."""
    assert 3 / 4 == inside_at_most(stages)
