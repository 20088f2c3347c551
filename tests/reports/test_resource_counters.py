"""The server's own counters: increases, utilisation, missing samples, and their agreement with the requests."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.increase import increase
from reports.resources import Counters, agreement, missed_samples, rates, read_counters, uses
from reports.run_folder import TABLES
from reports.server_timing import read_timings
from reports.timeline import Timeline
from tests.reports.made_run import PORTAL_START, Row, header, request, resource_samples

TIMELINE = Timeline(60.0, PORTAL_START)


def counters(rows: list[Row]) -> Counters:
    """Read some samples."""
    return read_counters(pl.LazyFrame(rows, schema=dict(TABLES["resources"]), orient="row"), TIMELINE)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.integers(0, 29))
def test_increase_survives_a_restart(added: list[int], restart_at: int) -> None:
    """A counter that begins anew loses nothing but what was added between its last sample and its end."""
    shown, total = [500], 500
    for number, step in enumerate(added):
        total = step if number == restart_at and step < total else total + step
        shown.append(total)
    found = pl.DataFrame({"c": shown}).select(increase(pl.col("c")).sum()).item()
    assert sum(added) == found


def test_counters_may_start_anywhere() -> None:
    """Only what was added inside the load counts."""
    found = counters(resource_samples("sms", 4, [{"wait_s": 2.0, "held_s": 3.0, "completions": 6.0}] * 60))
    rows = found.within(None, "sms")
    assert (rows["wait_s"].sum(), rows["held_s"].sum(), rows["completions"].sum()) == (120.0, 180.0, 360.0)
    assert found.utilisation("sms") == pytest.approx(0.75)
    assert (found.capacity("sms"), found.queue_max("sms")) == (4.0, 0.0)


def test_samples_outside_the_load_are_left_out() -> None:
    """What the server did before and after the load is not the load's."""
    samples = resource_samples("sms", 4, [{"held_s": 4.0}] * 100)
    early = [{**row, "at_s": row["at_s"] - 20.0} for row in samples]
    assert counters(early).within(None, "sms")["held_s"].sum() == pytest.approx(240.0)


def test_utilisation_of_a_window() -> None:
    """Idle for half a minute, then full: each half has its own utilisation."""
    found = counters(resource_samples("sms", 4, [{"held_s": 0.0}] * 30 + [{"held_s": 4.0}] * 30))
    assert found.utilisation("sms", (0.0, 30.0)) == 0.0
    assert found.utilisation("sms", (30.0, 60.0)) == 1.0
    assert found.utilisation("sms") == pytest.approx(0.5)


def test_a_frozen_server_leaves_seconds_without_a_sample() -> None:
    """Six samples missing from second 20 on are counted, placed, and drawn as a gap."""
    samples = resource_samples("sms", 4, [{"held_s": 1.0}] * 60)
    found = counters([row for row in samples if not 19.5 < row["at_s"] < 25.5])
    assert missed_samples(found, TIMELINE) == (6, (19.0, 26.0))
    assert not set(range(19, 26)) & set(rates(found, TIMELINE)["bucket"])
    assert found.utilisation("sms") == pytest.approx(0.25), "what was added meanwhile is not lost"


def test_no_counters_at_all() -> None:
    """A portal without counters has no figures, rather than zeros."""
    found = counters([])
    assert (found.utilisation("sms"), found.capacity("sms"), found.queue_max("sms")) == (None, None, None)
    assert missed_samples(found, TIMELINE) == (60, None)


def test_shares_of_both_sources_and_their_difference() -> None:
    """80 to 20 by the headers, 75 to 25 by the counters: 5 points apart."""
    rows = [
        request(s + 0.5, 2000.0, server_timing=header(1500.0, slots=(800.0, 600.0), sms=(200.0, 300.0)))
        for s in range(50)
    ]
    timings = read_timings(pl.LazyFrame(rows, schema=dict(TABLES["requests"]), orient="row"))
    server = [
        *resource_samples("slots", 24, [{"wait_s": 0.75, "completions": 1.0}] * 60),
        *resource_samples("sms", 4, [{"wait_s": 0.25, "completions": 1.0}] * 60),
    ]
    table = uses(timings, counters(server))
    found = agreement(table)
    assert [u.resource for u in table] == ["slots", "sms"]
    assert [u.share for u in table] == pytest.approx([0.8, 0.2])
    assert [u.server_share for u in table] == pytest.approx([0.75, 0.25])
    assert found is not None
    assert found.largest_points == pytest.approx(5.0)
    assert found.coverage == pytest.approx(50 / 60)


def test_one_source_alone_has_nothing_to_agree_with() -> None:
    """Without headers there is a share by the server and no difference."""
    timings = read_timings(pl.LazyFrame([request(1.0)], schema=dict(TABLES["requests"]), orient="row"))
    table = uses(timings, counters(resource_samples("sms", 4, [{"wait_s": 1.0}] * 10)))
    assert (table[0].share, table[0].server_share) == (None, 1.0)
    assert agreement(table) is None
