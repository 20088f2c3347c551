"""The benchmark of growth: what it calls more than linear, and one part measured for real."""

import json

import pytest

from benchmarks.growth import Cell, carry_out, growths, judgement
from benchmarks.growth_watch import Cost

MIB = 2**20


def two(*, wall_s: float, cpu_s: float, peak_bytes: int) -> list[Cell]:
    """Give a part of 1,000 candidates that takes 1 s and 300 MiB, and the same of 10,000."""
    return [
        Cell("plan", 1_000, Cost(1.0, 1.0, 300 * MIB), ""),
        Cell("plan", 10_000, Cost(wall_s, cpu_s, peak_bytes), ""),
    ]


def test_what_grows_with_its_size_is_linear():
    """Ten times the candidates and ten times the time is 1."""
    cells = two(wall_s=10.0, cpu_s=5.0, peak_bytes=3_000 * MIB)
    assert [it and tuple(round(one, 2) for one in it) for it in growths(cells)] == [None, (1.0, 0.7, 1.0)]
    assert judgement(cells) == "More than linear: nothing."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wall_s": 15.0}, "wall 1.18"),
        ({"cpu_s": 100.0}, "cpu 2.00"),
        ({"peak_bytes": 6_000 * MIB}, "peak 1.30"),
    ],
)
def test_what_grows_faster_is_named_with_its_exponent(changed, said):
    """Time of either kind, and memory."""
    cells = two(**{"wall_s": 10.0, "cpu_s": 10.0, "peak_bytes": 3_000 * MIB, **changed})
    assert judgement(cells) == f"More than linear: plan at 10,000 ({said})."


def test_what_is_short_may_grow_as_it_likes():
    """What takes less than a second and little memory is not named."""
    cells = [Cell("plan", 1_000, Cost(0.01, 0.01, MIB), ""), Cell("plan", 10_000, Cost(0.9, 0.9, 200 * MIB), "")]
    assert judgement(cells) == "More than linear: nothing."


def test_each_part_is_held_against_its_own_row():
    """Rows of other parts in between are no neighbours."""
    plan, other = two(wall_s=10.0, cpu_s=10.0, peak_bytes=300 * MIB), Cell("papers", 10_000, Cost(1.0, 1.0, MIB), "")
    assert growths([plan[0], other, plan[1]])[1] is None


def test_a_part_says_what_it_took_and_made(tmp_path, capsys):
    """A real plan, with real time and memory."""
    carry_out("plan", 200, tmp_path)
    (wall_s, cpu_s, peak_bytes), what = json.loads(capsys.readouterr().out)
    assert wall_s > 0
    assert cpu_s > 0
    assert peak_bytes > 10 * MIB
    assert what.endswith(" visits")


def test_promises_that_are_drawn_are_kept(tmp_path, capsys):
    """The books are written first, and audited from the disk."""
    carry_out("draw_books", 20, tmp_path)
    carry_out("promises", 20, tmp_path)
    _, what = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert what == "340 promises, 0 violations"
