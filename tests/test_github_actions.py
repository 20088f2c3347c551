"""The ready workflow of docs/: its commands exist, with their options, and write where its steps look."""

import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from rehearse import app

ROOT = Path(__file__).parent.parent
JOBS = yaml.safe_load((ROOT / "docs" / "github-actions.yml").read_text(encoding="utf-8"))["jobs"]
STEPS = JOBS["rehearsal"]["steps"]
COMMANDS = [step["run"] for step in STEPS if "run" in step]


@pytest.mark.parametrize("command", [run for run in COMMANDS if "rehearse " in run])
def test_each_rehearsal_is_understood(command):
    """The subcommand, its options and their values are read as the command line reads them."""
    program, name, *arguments = shlex.split(command)
    assert ".venv/bin/rehearse" == program
    subcommand = get_command(app).commands[name]
    context = subcommand.make_context(name, arguments)
    assert "runs/ci" == str(context.params["out"])


def test_every_command_is_known():
    """A step that runs something is a rehearsal, the set-up of the Makefile, or shows a file that a report has."""
    others = [run for run in COMMANDS if "rehearse " not in run]
    assert [
        "make .venv/installed",
        'test ! -f runs/ci/summary.md || cat runs/ci/summary.md >> "$GITHUB_STEP_SUMMARY"',
    ] == others
    assert ".venv/installed:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_what_comes_after_a_missed_objective_is_done_all_the_same():
    """Whatever the exit code of the rehearsal, its report is shown, kept and published."""
    rehearsal = next(n for n, step in enumerate(STEPS) if "rehearse run" in step.get("run", ""))
    assert {"always()"} == {step["if"] for step in STEPS[rehearsal + 1 :]}
    assert "runs/ci/junit.xml" == STEPS[-1]["with"]["report_paths"]


def test_pictures_of_the_pages_are_kept():
    """Whatever the tests say, from the folder into which .ci/run has them written, and of which git knows nothing."""
    test, keep = JOBS["tests"]["steps"][-2:]
    assert ".ci/run" == test["run"]
    assert ("always()", "screenshots") == (keep["if"], keep["with"]["path"])
    assert 'REHEARSE_SCREENSHOTS="$PWD/screenshots"' in (ROOT / ".ci" / "run").read_text()
    assert "/screenshots/" in (ROOT / ".gitignore").read_text().splitlines()
