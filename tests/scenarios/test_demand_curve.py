"""The demand curve's tables agree with the plan, visit by visit; pictures and CSV are written."""

import math
from datetime import date

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scenarios.arrivals import slice_arrivals
from scenarios.demand_curve import COLUMNS, NEW, busiest_hours, by_day, by_hour, marks, slice_of
from scenarios.demand_picture import COLOURS, PICTURES
from scenarios.demand_show import demand_tables, slice_line, write_demand
from scenarios.plan import PURPOSES, make_plan
from scenarios.scenario import PRESETS, Scenario, load_scenario, with_overrides

NAMES = sorted(path.stem for path in PRESETS.glob("*.toml"))
CLOSE_S = 2_534_400.0


@pytest.fixture(scope="module")
def scenario():
    """Give a scenario of 3,000 candidates."""
    return with_overrides(load_scenario("closing-day"), population=3_000)


@pytest.fixture(scope="module")
def plan(scenario):
    """Give its plan."""
    return make_plan(scenario)


def planned(*visits):
    """Give a plan of these (purpose, portal second)."""
    return pl.DataFrame(
        {
            "candidate": range(len(visits)),
            "visit": [0] * len(visits),
            "purpose": [purpose for purpose, _ in visits],
            "planned_s": [float(at_s) for _, at_s in visits],
        },
        schema={"candidate": pl.UInt32, "visit": pl.UInt16, "purpose": PURPOSES, "planned_s": pl.Float64},
    ).sort("planned_s")


def sums(table):
    """Give the sum of each column of visits."""
    return {name: table[name].sum() for name in COLUMNS}


def test_every_visit_is_in_one_hour_and_one_day(plan, scenario):
    """Hours and days each hold the whole plan, purpose by purpose; each candidate is new once."""
    counts = plan["purpose"].value_counts()
    expected = dict.fromkeys(COLUMNS, 0) | {
        NEW if row["purpose"] == "register" else row["purpose"]: row["count"] for row in counts.to_dicts()
    }
    hours, days = by_hour(plan, scenario), by_day(plan, scenario)
    assert expected == sums(hours) == sums(days)
    assert scenario.population == hours[NEW].sum()
    assert len(plan) == hours["visits"].sum() == days["visits"].sum()


def test_hours_count_from_the_opening_without_gaps(plan, scenario):
    """The gate is hour -1, and every hour has its row, also the empty ones between exam and results."""
    hours = by_hour(plan, scenario)
    first = hours["portal_hour"][0]
    assert list(range(first, first + len(hours))) == hours["portal_hour"].to_list()
    assert "2025-03-10T09:00+08:00" == hours.filter(pl.col("portal_hour") == 0)["begins"].item()


def test_an_hour_holds_its_begin_and_not_its_end(scenario):
    """At the second 3,600 the next hour has begun; before 0 lies the gate."""
    hours = by_hour(planned(("register", -30), ("register", 0), ("apply", 3_599.9), ("apply", 3_600)), scenario)
    assert [-1, 0, 1] == hours["portal_hour"].to_list()
    assert [1, 1, 0] == hours[NEW].to_list()
    assert [0, 1, 1] == hours["apply"].to_list()


def test_days_are_those_of_the_calendar(scenario):
    """The window opens at 09:00, so day 1 has 15 hours of it, and day 2 begins at midnight."""
    days = by_day(planned(("register", 0), ("status", 15 * 3_600 - 1), ("status", 15 * 3_600)), scenario)
    assert [(1, date(2025, 3, 10), 2), (2, date(2025, 3, 11), 1)] == days.select("day", "date", "visits").rows()


def test_busiest_hours_come_first(plan, scenario):
    """The first one has the most visits of all, and the earlier of two equals comes first."""
    hours = by_hour(plan, scenario)
    assert hours["visits"].max() == busiest_hours(hours)["visits"][0]
    two = by_hour(planned(("pay", 10_000), ("pay", 0)), scenario)
    assert [0, 2] == busiest_hours(two, most=2)["portal_hour"].to_list()


def test_marked_parts(scenario):
    """The gate counts to the opening minute; the close itself is after the final hour."""
    visits = [("register", at_s) for at_s in (-60, 59.9, 60, CLOSE_S - 3_600, CLOSE_S - 60)]
    parts = {part.name: part.total for part in marks(planned(*visits, ("status", CLOSE_S)), scenario)}
    assert {"opening minute": 2, "final hour": 2, "final minute": 1, "window": 5, "whole plan": 6} == parts


@pytest.mark.parametrize("name", NAMES)
def test_slice_has_the_arrivals_of_the_run(name):
    """What the command counts is what a run of the scenario lets come, and every bin of it lies in the slice."""
    scenario = with_overrides(load_scenario(name), population=20_000)
    plan = make_plan(scenario)
    played, arrivals = slice_of(plan, scenario), slice_arrivals(plan, scenario)
    assert len(arrivals) == played.part.total
    assert (scenario.start_s, scenario.end_s) == (played.part.from_s, played.part.to_s)
    if scenario.is_adaptive:
        until_s = CLOSE_S + 10 * 86_400
        assert len(plan.filter(pl.col("planned_s") < until_s)) == sum(sums(played.bins).values())
    else:
        assert played.part.visits == sums(played.bins)
        assert math.ceil(60 * scenario.minutes / played.bin_s) == len(played.bins) <= 60


@settings(max_examples=25, deadline=None)
@given(start_s=st.floats(-60, 3e6), minutes=st.floats(0.1, 3_000))
def test_any_slice_is_counted_whole(plan, scenario, start_s, minutes):
    """Whatever the slice, its bins add up to the visits that the run would have."""
    it = msgspec.structs.replace(scenario, start_s=start_s, minutes=minutes)
    played = slice_of(plan, it)
    assert len(slice_arrivals(plan, it)) == played.part.total == sum(sums(played.bins).values())
    assert played.busiest_per_s * played.busiest_over_s <= max(played.part.total, 1)


def test_slice_of_nobody_is_said_as_such(scenario):
    """A slice without a visit has 0 arrivals; nothing breaks."""
    assert "0 arrivals, at most 0 a second" in slice_line(planned(("register", 1.0)), scenario)
    assert 3 == len(demand_tables(planned(("register", 1.0)), scenario))


def test_csv_and_picture_are_written(plan, scenario, tmp_path):
    """The CSV has the hours; the picture is a light PNG of less than 60 kB."""
    csv, picture = write_demand(plan, scenario, tmp_path / "new" / "folder")
    table = pl.read_csv(csv)
    assert ["portal_hour", "begins", *COLUMNS, "visits"] == table.columns
    assert len(plan) == table["visits"].sum()
    assert picture.stat().st_size < 60_000
    with Image.open(picture) as image:
        assert ("PNG", (900, 600)) == (image.format, image.size)
        pixels = image.convert("RGB").getcolors(maxcolors=1_000_000)
    assert (255, 255, 255) == max(pixels)[1]
    drawn = {f"#{r:02x}{g:02x}{b:02x}" for count, (r, g, b) in pixels if count > 200}
    assert {COLOURS[NEW], COLOURS["status"], COLOURS["apply"]} <= drawn


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_is_in_the_documents(name):
    """docs/add-a-scenario.md has each with its purpose and its picture, of less than 60 kB."""
    document = (PICTURES.parent / "add-a-scenario.md").read_text(encoding="utf-8")
    assert f"| [`{name}`](#{name}) |" in document
    assert f"### {name}\n\n{load_scenario(name).purpose}\n\n![Demand of {name}](demand/{name}.png)" in document
    assert 0 < (PICTURES / f"{name}.png").stat().st_size < 60_000


def test_a_scenario_of_one_candidate_has_a_curve():
    """The smallest plan is drawn like any other."""
    scenario = Scenario(name="one", purpose="one candidate", population=1, start_s=0)
    assert 1 == by_hour(make_plan(scenario), scenario)[NEW].sum()
