"""What candidates of each province felt."""

from pathlib import Path

import pytest

from reports.provinces import read_provinces
from reports.provinces_tables import ENOUGH_PAGES, provinces_sentence, provinces_table
from reports.run_folder import open_run
from tests.reports.made_run import arrival, calm_run, request, visit

PROVINCES = ["北京市", "广东省"]


def run_of_two_provinces(folder: Path, slow_ms: float, pages: int = ENOUGH_PAGES) -> Path:
    """Make a run of a quick province, and one in which pages take so long and the only candidate gives up."""
    requests = [request(10.0, latency_ms, candidate=n) for n, latency_ms in enumerate((100.0, slow_ms))]
    return calm_run(
        folder,
        arrivals=[{**arrival(n, 10.0), "province": name} for n, name in enumerate(PROVINCES)],
        visits=[visit(0, 10.0), visit(1, 10.0, outcome="gave_up")],
        requests=[it for it in requests for _ in range(pages)] + [request(10.0, 5000.0, step="asset", candidate=0)],
    )


def test_each_province_has_its_own_figures(tmp_path: Path) -> None:
    """Visits and pages are those of its candidates; static files are not counted."""
    found = read_provinces(open_run(run_of_two_provinces(tmp_path / "run", 900.0)))
    assert found is not None
    assert {"北京市": (1, 0), "广东省": (1, 1)} == {
        row["province"]: (row["visits"], row["gave_up"]) for row in found.iter_rows(named=True)
    }
    assert [pytest.approx(100.0), pytest.approx(900.0)] == found.sort("p95_ms")["p95_ms"].to_list()
    assert [ENOUGH_PAGES] * 2 == found["pages"].to_list()
    assert "900 ms" in provinces_table(found).rows[[*found["province"]].index("广东省")].cells


@pytest.mark.parametrize(
    ("slow_ms", "pages", "said"),
    [
        (900.0, ENOUGH_PAGES, "It matters where people apply: 95 of 100 pages took up to 100 ms in 北京市"),
        (140.0, ENOUGH_PAGES, "It hardly matters"),
        (900.0, ENOUGH_PAGES - 1, "Too few pages"),
    ],
)
def test_only_what_can_be_told_is_said(tmp_path: Path, slow_ms: float, pages: int, said: str) -> None:
    """Provinces differ by half and more, or hardly; of a few pages nothing is said."""
    found = read_provinces(open_run(run_of_two_provinces(tmp_path / "run", slow_ms, pages)))
    assert found is not None
    assert provinces_sentence(found).startswith(said)


def test_an_older_run_knows_no_provinces(tmp_path: Path) -> None:
    """The column is optional."""
    assert read_provinces(open_run(calm_run(tmp_path / "run"))) is None
