"""Reading Server-Timing headers, and which resource is held within which."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.bottleneck import is_nested
from reports.run_folder import TABLES
from reports.server_timing import Timings, read_timings
from reports.timeline import Timeline
from tests.reports.made_run import PORTAL_START, Row, header, request

TIMELINE = Timeline(180.0, PORTAL_START)


def timings(rows: list[Row]) -> Timings:
    """Read the headers of some requests."""
    return read_timings(pl.LazyFrame(rows, schema=dict(TABLES["requests"]), orient="row"))


duration = st.integers(0, 10_000_000).map(lambda n: n / 100)
stays = st.dictionaries(st.sampled_from(["worker_slots", "sms", "db", "db-pool"]), st.tuples(duration, duration))


@given(st.lists(st.tuples(st.floats(0, 170), stays), max_size=30))
def test_sums_are_those_of_the_headers(requests: list[tuple[float, dict[str, tuple[float, float]]]]) -> None:
    """Waiting, holding and uses by resource, whatever is in the headers and in whatever order."""
    rows = [request(at, 50.0, server_timing=header(1e6, **stay)) for at, stay in requests]
    found = timings(rows)
    for name in ("worker_slots", "sms", "db", "db-pool"):
        uses = [stay[name] for _, stay in requests if name in stay]
        assert (name in found.resources) == bool(uses)
        assert found.total(f"used:{name}") == len(uses)
        assert found.total(f"wait:{name}") == pytest.approx(sum(wait for wait, _ in uses) / 1000)
        assert found.total(f"held:{name}") == pytest.approx(sum(held for _, held in uses) / 1000)


def test_stay_waiting_and_latency_are_of_pages() -> None:
    """Static files count for resources, but not for what pages are made of."""
    page = request(1.0, 500.0, server_timing=header(400.0, slots=(300.0, 90.0)))
    asset = request(1.0, 60.0, step="asset", server_timing=header(50.0, slots=(40.0, 5.0)))
    found = timings([page, asset])
    assert found.total("pages") == 1
    assert found.total("latency") == pytest.approx(0.5)
    assert found.total("stay") == pytest.approx(0.4)
    assert found.total("waited") == pytest.approx(0.3)
    assert found.total("wait:slots") == pytest.approx(0.34)
    assert found.total("page_wait:slots") == pytest.approx(0.3)


def test_requests_without_a_header_are_counted_apart() -> None:
    """An answer without a header is answered, a broken connection is not."""
    rows = [request(1.0), request(1.0, server_timing=""), request(1.0, status=0, server_timing="", outcome="failed")]
    found = timings(rows)
    assert (found.total("answered"), found.total("with_header")) == (2, 1)


def test_foreign_entries_and_spaces_do_no_harm() -> None:
    """Other metrics, missing spaces and entries without a duration are passed over."""
    text = 'cache;desc="a, hit";dur=2,sms-wait;dur=10.5, sms-svc;dur=20,miss,  total;dur=31'
    found = timings([request(1.0, server_timing=text)])
    assert found.resources == ("sms",)
    assert found.total("wait:sms") == pytest.approx(0.0105)
    assert found.total("stay") == pytest.approx(0.031)


def test_a_window_sums_its_own_seconds() -> None:
    """Only answers of the window's seconds are in its sum."""
    rows = [request(s + 0.2, 100.0, server_timing=header(90.0, sms=(1000.0, 1.0))) for s in range(10)]
    assert timings(rows).total("wait:sms", (2.0, 5.0)) == pytest.approx(3.0)


def test_no_requests() -> None:
    """An empty table has no resources and no sums."""
    found = timings([])
    assert found.resources == ()
    assert found.total("latency") == 0.0


def test_what_is_held_within_is_nested() -> None:
    """A line that is waited for and held while a slot is held is nested in the slot, and not the other way round."""
    rows = [request(1.0, server_timing=header(700.0, slots=(100.0, 595.0), sms=(300.0, 250.0))) for _ in range(20)]
    found = timings(rows)
    assert is_nested(found, "slots", "sms")
    assert not is_nested(found, "sms", "slots")


def test_what_comes_after_is_not_nested() -> None:
    """A short use after a long one would fit into it, but both fit into the stay one after the other."""
    rows = [request(1.0, server_timing=header(700.0, image=(0.0, 500.0), sms=(50.0, 100.0))) for _ in range(20)]
    assert not is_nested(timings(rows), "image", "sms")


def test_resources_never_used_together_are_not_nested() -> None:
    """Without a common request there is nothing to tell from."""
    rows = [
        request(1.0, server_timing=header(100.0, slots=(1.0, 90.0))),
        request(1.0, server_timing=header(100.0, sms=(1.0, 90.0))),
    ]
    assert not is_nested(timings(rows), "slots", "sms")
