"""The slope by which memory grows with each candidate inside."""

import polars as pl
import pytest

from benchmarks.idle_candidates import kib_a_candidate


def health(rows):
    """Give a table `generator` with these columns of it."""
    return pl.DataFrame(rows, schema=["at_s", "inside", "rss_bytes"], orient="row")


def test_the_slope_leaves_out_what_the_process_needs_for_itself():
    """12 KiB each on top of 300 MiB; what the first seconds allocate once is outside of the part."""
    rows = [(at_s, 100 * at_s, 300 * 2**20 + 100 * at_s * 12 * 1024 - (at_s < 5) * 10**7) for at_s in range(20)]
    assert pytest.approx(12.0) == kib_a_candidate(health(rows), 5, 20)
    assert kib_a_candidate(health(rows), 0, 20) > 12.5


def test_where_nobody_comes_there_is_no_slope():
    """As when a run is over before the portal has closed the first connection."""
    assert kib_a_candidate(health([(float(at_s), 50, 10**8) for at_s in range(9)]), 0, 9) is None
    assert kib_a_candidate(health([(0.0, 1, 1)]), 5, 9) is None
