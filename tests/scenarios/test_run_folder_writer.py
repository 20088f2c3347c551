"""The writer of the run folder: complete parts, whatever happens in between."""

import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import run_folder
from scenarios.run_clock import RunClock
from scenarios.run_folder import RequestRow, VisitRow, table_in
from scenarios.uplink import LineDead, PacedBody


def test_rows_have_the_columns_of_their_schema():
    """The named tuples and the schemas are in the same order."""
    assert list(run_folder.REQUESTS) == list(RequestRow._fields)
    assert list(run_folder.VISITS) == list(VisitRow._fields)


def test_what_is_flushed_can_be_read_and_nothing_twice(tmp_path):
    """Each flush is a part of its own."""
    table = table_in(tmp_path, "generator", run_folder.GENERATOR, "0")
    for second in range(5):
        table.add((0, float(second), 0.5, 1.0, second, 1000, 20, 1024, float(second), [0, 1], 0.5, None, None))
        if second == 2:
            table.flush()
    assert 3 == len(pl.read_parquet(tmp_path / "generator" / "*.parquet"))
    table.flush()
    table.flush()
    written = pl.read_parquet(tmp_path / "generator" / "*.parquet")
    assert [0.0, 1.0, 2.0, 3.0, 4.0] == sorted(written["at_s"])
    assert run_folder.GENERATOR == dict(written.schema)
    assert 2 == len(list((tmp_path / "generator").iterdir()))


@given(st.binary(min_size=1, max_size=500_000), st.floats(1e3, 1e9))
def test_an_uplink_changes_no_byte_and_takes_its_time(body, bits_per_s):
    """All bytes arrive, and the pauses add up to the time that the line needs."""
    pauses_s = []
    paced = PacedBody(body, bits_per_s, 0.0, pauses_s.append)
    assert len(body) == len(paced)
    assert body == b"".join(paced)
    assert abs(sum(pauses_s) - len(body) * 8 / bits_per_s) < 1e-6 * (1 + sum(pauses_s))


def test_pieces_are_short_on_a_slow_line_and_few_on_a_fast_one():
    """A piece takes 50 ms: the portal sees a steady flow, and the load generator few wake-ups."""
    body = bytes(1_000_000)
    assert [50_000] * 20 == [len(piece) for piece in PacedBody(body, 8e6, 0.0, lambda _: None)]
    assert 8_192 == len(next(iter(PacedBody(body, 50e3, 0.0, lambda _: None))))
    assert 4 == len(list(PacedBody(body, 1e12, 0.0, lambda _: None)))


def test_a_stall_happens_once_in_the_middle():
    """A line that stalls does so once."""
    pauses_s = []
    list(PacedBody(bytes(1_000_000), 8e6, 60.0, pauses_s.append))
    assert [10] == [at for at, pause_s in enumerate(pauses_s, start=1) if pause_s >= 60]


@given(st.binary(min_size=1, max_size=500_000), st.floats(0, 1, exclude_max=True))
def test_a_line_that_dies_carries_no_whole_body(body, share):
    """What leaves is the begin of it, and no more than the share."""
    pieces = []
    with pytest.raises(LineDead):
        pieces.extend(PacedBody(body, 1e9, 0.0, lambda _: None, share))
    assert len(b"".join(pieces)) <= share * len(body)
    assert body.startswith(b"".join(pieces))


def test_what_a_thread_never_wrote_is_written_at_the_end(tmp_path):
    """A part that was handed over and is not there when the load is over is not lost; one that is there stays."""
    table = table_in(tmp_path, "generator", run_folder.GENERATOR, "0")
    table.add((0, 0.0, 0.5, 1.0, 0, 1000, 20, 1024, 0.0, [1], 0.0, None, None))
    table.flush(lambda _: None)
    table.add((0, 1.0, 0.5, 1.0, 1, 1000, 20, 1024, 1.0, [2], 0.0, None, None))
    table.flush()
    assert 1 == len(pl.read_parquet(tmp_path / "generator" / "*.parquet"))
    table.close()
    assert [0.0, 1.0] == sorted(pl.read_parquet(tmp_path / "generator" / "*.parquet")["at_s"])
    assert 2 == sum(1 for _ in (tmp_path / "generator").iterdir())


def test_run_seconds_count_from_the_start():
    """Before the load begins they are below 0."""
    clock = RunClock(time.time() + 10)
    assert -10.5 < clock.now_s() < -9
