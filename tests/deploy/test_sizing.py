"""The sizing page has the figures that its script makes."""

import pytest

from benchmarks.sizing import Peak, peaks, table
from tests.words.pages import ROOT

POPULATION = 500_000


@pytest.mark.timeout(180)
def test_the_page_has_what_the_script_makes():
    """For the smallest of its populations, which is drawn in full."""
    assert table(POPULATION, peaks(POPULATION)) in (ROOT / "docs" / "sizing.md").read_text()


def test_workers_by_hand():
    """2,000 requests a second at 0.37 ms are 0.74 of a core: two workers, each at most half of one."""
    peak = Peak("by hand", arrivals_per_s=100, requests_per_s=2000, filing_per_s=1, inside=10)
    assert (2, 15) == (peak.workers, peak.times(10).workers)
