"""The command line, run inside the test's process: its imports cost seconds, and many tests want one line of it."""

from contextlib import chdir
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

import rehearse


def command_line(folder: Path, *arguments: object) -> Result:
    """Run `rehearse` in a folder as people do; an error that would be a traceback is raised."""
    with chdir(folder):
        done = CliRunner().invoke(rehearse.app, [*map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def refusal(folder: Path, *arguments: object) -> str:
    """Give the one line in which a command that is wrong is refused, with exit code 2."""
    done = command_line(folder, *arguments)
    assert 2 == done.exit_code, done.output
    (line,) = done.stderr.strip().splitlines()
    return line
