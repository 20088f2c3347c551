"""The embedded database from outside: crash it, start it again, stop it. PostgreSQL's own `pg_ctl` does it.

How a database was started stands in its folder (`postmaster.opts`), so that it can be started in the same way again.
"""

import os
import shlex
import subprocess
from pathlib import Path

from scenarios.stack import StackError

WITHIN_S = 60


class DatabaseError(StackError):
    """The database could not be stopped or started; the message is one line."""


def database_pid(folder: Path) -> int:
    """Give the process id of a database that runs."""
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def socket_of(folder: Path) -> Path:
    """Give the Unix socket of a database that runs. Raises OSError where none does."""
    lines = (folder / "postmaster.pid").read_text().splitlines()
    if len(lines) < 5:
        raise FileNotFoundError(f"the database of {folder} has only begun to start")
    return Path(lines[4], f".s.PGSQL.{lines[3].strip()}")


def stop(folder: Path, mode: str) -> None:
    """Stop a database: `fast`, in good order, or `immediate`, as a crash does: its log is all that it then has.

    Raises DatabaseError.
    """
    _control(folder, "stop", "-m", mode)


def start_again(folder: Path) -> int:
    """Start a database that has ended; give its process id once it takes connections. Raises DatabaseError."""
    _control(folder, "restart", "-l", str(folder / "log"))
    return database_pid(folder)


def stop_if_running(folder: Path) -> None:
    """Stop a database that is still there, in good order. Raises DatabaseError."""
    if (folder / "postmaster.pid").exists():
        stop(folder, "fast")


def _control(folder: Path, *what: str) -> None:
    started_by = shlex.split((folder / "postmaster.opts").read_text())[0]
    command = [str(Path(started_by).with_name("pg_ctl")), "-D", str(folder), "-w", "-t", str(WITHIN_S), *what]
    owner = folder.stat().st_uid if os.getuid() == 0 else None  # PostgreSQL does not run as root
    done = subprocess.run(
        command,
        user=owner,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        start_new_session=True,  # Ctrl-C is meant for the load, and pg_ctl would take the new database down with it
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise DatabaseError(f"{' '.join(command)}: {said[-1] if said else f'exit code {done.returncode}'}")
