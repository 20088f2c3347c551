"""A run in one file: what is put in comes out, on the command line too; and a smaller one has the same people."""

import json
from zipfile import ZipFile

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.scaled_profile import scaled_profile
from mock_server.settings import Lines, PasswordHash, Profile, Protections, SettingsError, Speeds, with_capacities
from scenarios.bundle import BundleError, read_bundle, write_bundle
from scenarios.faults.portal_frozen import PortalFrozen
from scenarios.rehearsal import prepare_run
from scenarios.run_folder import write_run_json
from scenarios.scenario import load_scenario, with_overrides
from tests.command_line import command_line, refusal

counts = st.integers(1, 64)


@pytest.fixture
def run(tmp_path):
    """Give a run of the closing day with a fault, as it is once its portal has started."""
    scenario = with_overrides(load_scenario("closing-day"), population=400, minutes=0.1)
    scenario = msgspec.structs.replace(scenario, faults=(PortalFrozen(1, 2),))
    folder = prepare_run(scenario, tmp_path / "run")
    about = json.loads((folder / "run.json").read_text())
    about["portal"] = {"capacities": msgspec.to_builtins(Profile("a test", lines=Lines(sms=5)))}
    write_run_json(folder, about)
    return folder


def test_what_is_put_in_comes_out(run, tmp_path):
    """Scenario, faults, seed, the capacities that the portal had, arrivals, and that the books are to be filled."""
    path = write_bundle(run, tmp_path / "peak.bundle")
    it = read_bundle(path)
    about = json.loads((run / "run.json").read_text())
    assert (it.scenario.name, it.scenario.seed, it.scenario.population) == ("closing-day", 1, 400)
    assert it.scenario.faults == (PortalFrozen(1, 2),)
    assert it.scenario.capacities["lines"]["sms"] == 5
    assert "purpose" not in it.scenario.capacities
    assert it.seeded
    again = prepare_run(it.scenario, tmp_path / "again", it.arrivals, seeded=it.seeded)
    assert pl.read_parquet(run / "arrivals.parquet").equals(pl.read_parquet(again / "arrivals.parquet"))
    theirs = json.loads((again / "run.json").read_text())
    assert theirs["seeded"]
    assert theirs["scenario"]["faults"] == about["scenario"]["faults"]
    with pytest.raises(BundleError, match="is there already"):
        write_bundle(run, path)


def test_what_is_no_bundle_is_said(run, tmp_path):
    """In one line: a folder that is no run, a file of another sort, another format, a table that is missing."""
    with pytest.raises(BundleError, match="is no run that can be bundled"):
        write_bundle(tmp_path / "nothing")
    path = write_bundle(run, tmp_path / "peak.bundle")
    with ZipFile(path) as file:
        about, arrivals = (file.read(name) for name in ("bundle.json", "arrivals.parquet"))
    wrong = {
        "format 2": {"bundle.json": about.replace(b'"format": 1', b'"format": 2'), "arrivals.parquet": arrivals},
        "arrivals.parquet": {"bundle.json": about},
        "population is 0": {
            "bundle.json": about.replace(b'"population": 400', b'"population": 0'),
            "arrivals.parquet": arrivals,
        },
        "parquet": {"bundle.json": about, "arrivals.parquet": b"nothing"},
    }
    for number, (said, content) in enumerate(wrong.items()):
        broken = tmp_path / f"{number}.bundle"
        with ZipFile(broken, "w") as file:
            for name, its in content.items():
                file.writestr(name, its)
        with pytest.raises(BundleError, match=said):
            read_bundle(broken)


def test_the_command_line_bundles_and_refuses(run, tmp_path):
    """It says where the file is; a bundle keeps what it has, and so is refused another population."""
    done = command_line(tmp_path, "bundle", run, "--out", "peak.bundle")
    assert (0, "") == (done.exit_code, done.stderr)
    assert "peak.bundle" in done.stdout
    for arguments, said in (
        (("--population", 5), "peak.bundle is a bundle with its own population: only --scale and --server-workers"),
        (("--scale", 2), "scale is 2"),
        (("--scale", 1e-9), "nobody comes in closing-day at scale 1e-09"),
    ):
        assert said in refusal(tmp_path, "run", "peak.bundle", *arguments)


@pytest.mark.long
def test_a_bundle_is_played_at_a_smaller_scale(run, tmp_path):
    """Half of the people come to a portal of half the capacities, whose books are filled, and meet the fault."""
    command_line(tmp_path, "bundle", run, "--out", "peak.bundle")
    done = command_line(tmp_path, "run", "peak.bundle", "--scale", 0.5, "--out", "half", "--quiet")
    assert done.exit_code in (0, 1, 3), done.stderr
    about = json.loads((tmp_path / "half" / "run.json").read_text())
    assert (3, 0.833) == (
        about["portal"]["capacities"]["lines"]["sms"],
        round(about["portal"]["capacities"]["speeds"]["sms"], 3),
    )
    assert about["census"]["accounts"] > 150
    few, all_of_them = (pl.read_parquet(it / "arrivals.parquet") for it in (tmp_path / "half", run))
    assert 0 < few.height < all_of_them.height
    assert set(few["candidate"]) < set(all_of_them["candidate"])
    faults = json.loads((tmp_path / "half" / "faults.json").read_text())
    assert [("portal_frozen", "")] == [(it["name"], it["failed"]) for it in faults]
    page = (tmp_path / "half" / "report.html").read_text()
    assert "% of each capacity, and of the candidates" in page
    assert "rehearse run peak.bundle --scale 0.5" in page


def test_a_smaller_one_has_the_same_people(run, tmp_path):
    """Those of the first numbers, each with all their visits: as a smaller population would have come by the plan."""
    whole = read_bundle(write_bundle(run, tmp_path / "peak.bundle"))
    half = whole.changed(scale=0.5, server_workers=None)
    assert (200, 0.5) == (half.scenario.population, half.scenario.scale)
    assert half.arrivals.equals(whole.arrivals.filter(pl.col("candidate") < 200))
    assert half.arrivals.height > 0
    planned = prepare_run(msgspec.structs.replace(whole.scenario, population=200), tmp_path / "planned")
    assert pl.read_parquet(planned / "arrivals.parquet").drop("province").equals(half.arrivals)


@given(st.floats(0.01, 1), counts, counts, counts, st.floats(0.1, 1))
def test_each_capacity_serves_as_much_less(scale, threads, connections, lines, speed):
    """Units by their speed: exactly the scale of it, with whole units no faster than before."""
    before = Profile(
        "a test",
        password_hash=PasswordHash(threads=threads),
        database_connections=connections,
        lines=Lines(sms=lines),
        speeds=Speeds(password_hash=speed),
        protections=Protections(places_inside=lines, admits_per_s=2.0),
    )
    after = scaled_profile(before, scale)
    for units in (
        lambda it: it.password_hash.threads * it.speeds.password_hash,
        lambda it: it.database_connections * it.speeds.database,
        lambda it: it.lines.sms * it.speeds.sms,
        lambda it: it.protections.admits_per_s,
    ):
        assert pytest.approx(scale * units(before)) == units(after)
    assert after.speeds.password_hash <= speed * (1 + 1e-9)
    assert 1 <= after.protections.places_inside <= lines
    assert with_capacities(before, msgspec.to_builtins(after)) == after  # settings that the portal takes


def test_a_capacity_that_does_not_exist_is_refused():
    """By its name."""
    with pytest.raises(SettingsError, match=r"capacities: .*lines"):
        with_capacities(Profile("a test"), {"lines": {"smss": 3}})
    with pytest.raises(SettingsError, match=r"capacities: .*image_threads"):
        with_capacities(Profile("a test"), {"image_threads": 0})
