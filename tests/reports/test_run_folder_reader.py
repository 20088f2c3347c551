"""Opening run folders: whole ones, half ones, wrong ones."""

import json
from pathlib import Path

import polars as pl
import pytest

from reports.run_folder import RunFolderError, open_run
from tests.reports.made_run import calm_run, facts, request, write_run


def test_whole_folder_gives_facts_and_tables(tmp_path: Path) -> None:
    """What was written is read, typed and lazily."""
    run = open_run(calm_run(tmp_path / "run"))
    assert run.facts.load.length_s == 180.0
    assert run.facts.title("sms") == "SMS gateway"
    assert run.requests.select(pl.len()).collect().item() == 500
    assert run.broken_parts == ()


def test_parts_of_a_table_are_read_together(tmp_path: Path) -> None:
    """Two workers' parts make one table."""
    folder = calm_run(tmp_path / "run")
    part = folder / "requests" / "part-0-0.parquet"
    (folder / "requests" / "part-1-0.parquet").write_bytes(part.read_bytes())
    assert open_run(folder).requests.select(pl.len()).collect().item() == 1000


@pytest.mark.parametrize("missing", ["run.json", "arrivals.parquet", "requests", "visits"])
def test_half_folder_is_named_in_one_line(tmp_path: Path, missing: str) -> None:
    """A missing part is named, in one line."""
    folder = calm_run(tmp_path / "run")
    path = folder / missing
    path.rename(tmp_path / "away")
    with pytest.raises(RunFolderError) as caught:
        open_run(folder)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["generator", "resources", "processes"])
def test_folders_a_report_can_do_without(tmp_path: Path, missing: str) -> None:
    """A portal without counters can be reported; the table is then empty."""
    folder = calm_run(tmp_path / "run")
    (folder / missing).rename(tmp_path / "away")
    assert getattr(open_run(folder), missing).collect().is_empty()


def test_no_folder(tmp_path: Path) -> None:
    """A path to nothing is said to be that."""
    with pytest.raises(RunFolderError, match="no such folder"):
        open_run(tmp_path / "nowhere")


def test_part_that_was_cut_off_is_left_out_and_named(tmp_path: Path) -> None:
    """A run that died while writing loses that part and nothing else."""
    folder = calm_run(tmp_path / "run")
    whole = (folder / "requests" / "part-0-0.parquet").read_bytes()
    (folder / "requests" / "part-0-1.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "requests" / "part-0-2.parquet").write_bytes(b"")
    run = open_run(folder)
    assert run.requests.select(pl.len()).collect().item() == 500
    assert run.broken_parts == ("requests/part-0-1.parquet", "requests/part-0-2.parquet")


def test_missing_column_is_named(tmp_path: Path) -> None:
    """A table of another format names the column that is missing."""
    folder = calm_run(tmp_path / "run")
    part = folder / "requests" / "part-0-0.parquet"
    pl.read_parquet(part).drop("server_timing").write_parquet(part)
    with pytest.raises(RunFolderError, match="no column 'server_timing'"):
        open_run(folder)


def test_column_of_a_wrong_kind_is_named(tmp_path: Path) -> None:
    """A table with text where numbers should be names the column."""
    folder = calm_run(tmp_path / "run")
    part = folder / "visits" / "part-0-0.parquet"
    pl.read_parquet(part).with_columns(pl.col("due_s").cast(pl.String)).write_parquet(part)
    with pytest.raises(RunFolderError, match=r"'due_s' is String; it should be Float64"):
        open_run(folder)


def test_number_of_another_width_is_taken(tmp_path: Path) -> None:
    """A writer may use a wider integer than the contract asks for."""
    folder = calm_run(tmp_path / "run")
    part = folder / "requests" / "part-0-0.parquet"
    pl.read_parquet(part).with_columns(pl.col("worker").cast(pl.Int64)).write_parquet(part)
    assert open_run(folder).requests.collect_schema()["worker"] == pl.UInt16


def test_load_that_never_began_is_said(tmp_path: Path) -> None:
    """A run that died before its load holds nothing to report."""
    folder = calm_run(tmp_path / "run", facts(load={"started_at": None, "length_s": 0.0, "interrupted": True}))
    with pytest.raises(RunFolderError, match="the load never began"):
        open_run(folder)


def test_load_that_was_killed_ends_with_its_last_row(tmp_path: Path) -> None:
    """A run whose end nobody noted is read as far as it was written, as an interrupted one."""
    folder = calm_run(tmp_path / "run", facts(load={"length_s": 0.0, "planned_length_s": 600.0, "interrupted": True}))
    load = open_run(folder).facts.load
    assert (load.length_s, load.interrupted) == (180.0, True)


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    """A later format is not misread."""
    folder = write_run(tmp_path / "run", facts(format=2), requests=[request(1.0)])
    with pytest.raises(RunFolderError, match="format 2; this version reads format 1"):
        open_run(folder)


def test_broken_run_json_is_one_line(tmp_path: Path) -> None:
    """A wrong value in `run.json` is named with its place."""
    folder = calm_run(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text())
    record["load"]["length_s"] = "long"
    (folder / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunFolderError, match=r"load\.length_s") as caught:
        open_run(folder)
    assert "\n" not in str(caught.value)
