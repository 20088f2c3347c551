"""`rehearse plan`: what it prints and writes, and how it answers mistakes."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.command_line import command_line

ROOT = Path(__file__).parent.parent.parent


def test_plan_prints_tables_and_writes_picture_and_csv(tmp_path):
    """Days, busiest hours, parts and the slice are printed; the files lie where it says."""
    done = command_line(tmp_path, "plan", "closing-day", "--population", 2_000, "--seed", 7, "--out", "there")
    assert (0, "") == (done.exit_code, done.stderr)
    for title in ("Visits by day", "The busiest hours", "Parts of the plan"):
        assert title in done.stdout
    assert "closing-day plays 2025-04-08 16:45:00 to 2025-04-08 17:05:00" in done.stdout
    assert "Written: there/demand.csv and there/demand.png" in done.stdout
    assert 2_000 == pl.read_csv(tmp_path / "there" / "demand.csv")["new_candidates"].sum()


def test_seed_decides_the_plan(tmp_path):
    """The same seed gives the same file, another one another; without --out it goes to runs/."""
    for seed in (("--seed", "1", "--out", "same"), ("--seed", "2", "--out", "other"), ()):  # 1, where none is given
        assert 0 == command_line(tmp_path, "plan", "opening-day", "--population", 300, *seed).exit_code
    usual, same, other = (
        (tmp_path / folder / "demand.csv").read_bytes() for folder in ("runs/plan-opening-day", "same", "other")
    )
    assert usual == same
    assert usual != other


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("opening-dya",), "there is no scenario 'opening-dya': give one of admission-tickets"),
        (("opening-day", "--population", "0"), "Invalid value for '--population'"),
        (("opening-day", "--population", "50", "--out", "file"), "--out file cannot be written: File exists"),
    ],
)
def test_mistake_is_answered_with_code_2(tmp_path, arguments, said):
    """What was wrong is said on stderr."""
    (tmp_path / "file").touch()
    done = command_line(tmp_path, "plan", *arguments)
    assert 2 == done.exit_code
    assert said in done.stderr


def test_interrupt_ends_it_without_a_traceback(tmp_path):
    """Ctrl-C while it plans: exit code 130, as of any interrupted command."""
    command = [sys.executable, str(ROOT / "rehearse.py"), "plan", "opening-day", "--population", "8000000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        assert "Planning who comes when" in process.stdout.readline()  # it will take half a minute
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert 130 == process.returncode
    assert "Traceback" not in errors
