"""What a rehearsal needs of a machine: from facts to findings, each with its cure. Pure functions.

Needs are measured ones: of opening day, which `make rehearsal` plays and without which there is no rehearsal, and of
closing day with half a million candidates, the largest preset.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

MIB = 2**20
GIB = 2**30
LEAST_PYTHON = (3, 11)
LEAST_OPEN_FILES, MOST_OPEN_FILES = 2_048, 65_536
"""Opening day has 1,063 files and sockets open at most; 65,536 is what the harness asks for."""
LEAST_MEMORY_BYTES, MOST_MEMORY_BYTES = int(1.5 * GIB), 3 * GIB
"""Opening day: 0.8 GiB of all processes and 0.5 for the plan. Closing day: 0.9 GiB to fill the portal, 1.5 to play."""
LEAST_DISK_BYTES, MOST_DISK_BYTES = 1 * GIB, 45 * GIB
"""Opening day: 0.1 GB. Closing day: 2.2 GB of a filled portal, and 34,000 visits that upload 1.2 MB each."""
LEAST_SHARED_MEMORY_BYTES = 256 * MIB
"""Parallel queries over half a million seeded candidates; a container has 64 MiB by default."""
NICENESS = 10
MOST_NICENESS = 19
FREE_SHARE = 0.75
"""Of the cores: what other programs should leave."""
MOST_CLOCK_STEP_MS = 50.0
"""From here on a report warns of a clock that was stepped."""

State = Literal["ok", "note", "lack"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    name: str
    state: State
    says: str
    cure: str = ""


class Program(NamedTuple):
    """A program of somebody else, and how many cores it keeps busy."""

    name: str
    pid: int
    cores: float


class GivenDatabase(NamedTuple):
    """What a database that was given by its URL answered."""

    error: str
    """Why it could not be asked; empty: it could."""
    tables: int
    may_create: bool


def can_be_held(findings: Sequence[Finding]) -> bool:
    """Say whether a rehearsal can be held: notes are worth reading, a lack is in the way.

    >>> can_be_held([Finding("cores", "note", "1")]), can_be_held([Finding("disk", "lack", "full")])
    (True, False)
    """
    return all(it.state != "lack" for it in findings)


def python_version(version: tuple[int, int], system: str) -> Finding:
    """Judge the Python that runs this, and the system (as `sys.platform`)."""
    says = f"Python {version[0]}.{version[1]} on {system}"
    if system not in ("linux", "darwin"):
        return Finding("Python", "lack", says, "use Linux or macOS; on Windows, WSL")
    if version < LEAST_PYTHON:
        return Finding("Python", "lack", says, "install Python 3.11 or newer, then: make PYTHON=python3.11 rehearsal")
    return Finding("Python", "ok", says)


def packages(wanted: Mapping[str, str], installed: Mapping[str, str], needed: Collection[str], python: str) -> Finding:
    """Hold installed versions against those wanted; without what is `needed` there is no rehearsal.

    >>> packages({"rich": "15.0"}, {"rich": "14.9"}, ["rich"], "python3").says
    '0 of 1 as pinned; rich is 14.9 in place of 15.0'
    """
    cure = f"{python} -m pip install --require-hashes -r requirements.txt"
    if missing := sorted(it for it in needed if it not in installed):
        return Finding("packages", "lack", "; ".join(_first([f"{it} is not installed" for it in missing])), cure)
    right = [name for name, version in wanted.items() if installed.get(name) == version]
    wrong = [
        f"{name} is {installed[name]} in place of {version}" if name in installed else f"{name} is not installed"
        for name, version in wanted.items()
        if name not in right
    ]
    says = "; ".join([f"{len(right)} of {len(wanted)} as pinned" if wanted else "all that it needs", *_first(wrong)])
    return Finding("packages", "note", says, cure) if wrong else Finding("packages", "ok", says)


def embedded_database(took_s: float, error: str) -> Finding:
    """Judge whether PostgreSQL from the wheel starts; `error` is why it did not, empty if it did."""
    if error:
        cure = (
            "give an empty database: --database postgresql://…; a short TMPDIR helps where a socket's path is too long"
        )
        return Finding("database", "lack", f"embedded PostgreSQL does not start: {error}", cure)
    return Finding("database", "ok", f"embedded PostgreSQL starts in {took_s:.1f} s")


def given_database(found: GivenDatabase) -> Finding:
    """Judge a database that was given by its URL."""
    if found.error:
        return Finding("database", "lack", found.error, "correct --database postgresql://USER:PASSWORD@HOST:PORT/NAME")
    if found.tables:
        cure = "give one without tables: createdb NAME (what is in this one stays untouched)"
        return Finding("database", "lack", f"it has {found.tables:,} tables and views already", cure)
    if not found.may_create:
        cure = "as its owner: grant create on schema public to USER"
        return Finding("database", "lack", "this user may not make tables in the schema public", cure)
    return Finding("database", "ok", "the given database answers and is empty")


def shared_memory(free_bytes: int | None) -> Finding:
    """Judge the room in /dev/shm, which parallel queries take; None: there is no such thing here."""
    if free_bytes is None or free_bytes >= LEAST_SHARED_MEMORY_BYTES:
        return Finding("shared memory", "ok", "no bound that matters" if free_bytes is None else _gib(free_bytes))
    says = f"{free_bytes // MIB} MiB in /dev/shm; presets that begin in mid-window ask for up to 256"
    return Finding("shared memory", "note", says, "start the container with --shm-size=1g")


def ports(in_use: Mapping[int, str]) -> Finding:
    """Judge the fixed ports; `in_use` has those that are taken, and what wants them. A run takes any free ones."""
    if in_use:
        says = "; ".join(f"{port} is in use ({who})" for port, who in in_use.items())
        return Finding("ports", "note", says, "end what listens there, or choose others: --port, --web-port")
    return Finding("ports", "ok", "8600 (serve, seed) and 8089 (locust) are free; runs take any free ones")


def open_files(hard_limit: int | None) -> Finding:
    """Judge how many files and sockets a process may have open at most; None: as many as it likes."""
    if hard_limit is None or hard_limit >= MOST_OPEN_FILES:
        return Finding("open files", "ok", "no limit" if hard_limit is None else f"up to {hard_limit:,}")
    cure = f"ulimit -Hn {MOST_OPEN_FILES} as root; nofile in /etc/security/limits.conf; containers: --ulimit nofile"
    if hard_limit < LEAST_OPEN_FILES:
        says = f"{hard_limit:,} at most: each candidate holds one, opening day needs {LEAST_OPEN_FILES:,}"
        return Finding("open files", "lack", says, cure)
    says = f"{hard_limit:,}: enough for about as many candidates inside; results day may have {MOST_OPEN_FILES:,}"
    return Finding("open files", "note", says, cure)


def disk(free_bytes: Mapping[str, int], unwritable: Collection[str]) -> Finding:
    """Judge the room for runs and for the portal's data, by folder, and whether they can be written."""
    if unwritable:
        return Finding(
            "disk", "lack", f"{_and(unwritable)} cannot be written", "start from a folder of your own; TMPDIR"
        )
    says = ", ".join(f"{_gib(free)} free in {folder}" for folder, free in free_bytes.items())
    least = min(free_bytes.values())
    cure = "make room, or put the portal's data elsewhere: TMPDIR=/a/roomy/folder rehearse run …"
    if least < LEAST_DISK_BYTES:
        return Finding("disk", "lack", f"{says}: opening day needs {_gib(LEAST_DISK_BYTES)}", cure)
    if least < MOST_DISK_BYTES:
        return Finding("disk", "note", f"{says}: closing-day whole needs {_gib(MOST_DISK_BYTES)}", cure)
    return Finding("disk", "ok", says)


def memory(available_bytes: float) -> Finding:
    """Judge the memory that is available."""
    says = f"{_gib(available_bytes)} available"
    cure = "end other programs, or play fewer: --population 50000"
    if available_bytes < LEAST_MEMORY_BYTES:
        return Finding("memory", "lack", f"{says}: opening day needs {_gib(LEAST_MEMORY_BYTES)}", cure)
    if available_bytes < MOST_MEMORY_BYTES:
        return Finding("memory", "note", f"{says}: closing-day whole needs {_gib(MOST_MEMORY_BYTES)}", cure)
    return Finding("memory", "ok", says)


def cores(usable: float, niceness: int) -> Finding:
    """Judge how many cores there are for load and portal together, and whether the portal can give way to the load."""
    if niceness > MOST_NICENESS - NICENESS:
        says = f"this shell has niceness {niceness}, so the portal cannot be {NICENESS} nicer than the load"
        return Finding(
            "cores", "note", says, "start from a shell of niceness 0: where cores are short, arrivals come late"
        )
    if usable < 2:
        says = f"{usable:g}: the portal gets what the load leaves of one core, and its lag is then the core's"
        return Finding("cores", "note", says, "give it two cores or more; capacities short of CPU are still found")
    says = f"{usable:g} for load (first) and portal (niceness {niceness + NICENESS})"
    if usable >= 4:
        says += f"; one server process fills one: --server-workers {int(usable) - 2} fills more"
    return Finding("cores", "ok", says)


def other_programs(busy_cores: float, usable: float, busiest: Sequence[Program]) -> Finding:
    """Judge what others take of the cores."""
    says = f"others keep {busy_cores:.1f} of {usable:g} cores busy"
    if busy_cores <= (1 - FREE_SHARE) * usable:
        return Finding("other programs", "ok", says)
    named = ", ".join(f"{it.name} (process {it.pid}) {it.cores:.1f}" for it in busiest[:3])
    cure = "end them or wait: a load generator short of CPU makes a run void"
    return Finding("other programs", "note", f"{says}: {named}" if named else says, cure)


def clock(step_ms: float, resolution_ms: float) -> Finding:
    """Judge the clocks: by how much the wall clock left the monotonic one in about a second, and how fine that is."""
    if abs(step_ms) > MOST_CLOCK_STEP_MS or resolution_ms > 1:
        says = f"the wall clock moved {step_ms:+.0f} ms against the monotonic one, which is {resolution_ms:g} ms fine"
        return Finding(
            "clock", "note", says, "wait until the time service has set the clock: steps of 0.5 s make a run void"
        )
    return Finding("clock", "ok", "runs evenly")


def leftovers(processes: Mapping[int, str], folders: Sequence[str]) -> Finding:
    """Judge what earlier runs left: processes of a portal or its load, and folders that nobody uses."""
    says, cures = [], []
    if processes:
        says.append(f"parts of a rehearsal run: {', '.join(sorted(set(processes.values())))}")
        cures.append(f"wait if it is one of yours; else: kill {' '.join(map(str, processes))}")
    if folders:
        says.append(
            f"{len(folders)} portal folders that nobody uses (an interrupted whole window may want its own again)"
        )
        cures.append(f"rm -r {' '.join(folders)}")
    if not says:
        return Finding("leftovers", "ok", "none")
    return Finding("leftovers", "note", "; ".join(says), "; ".join(cures))


def browser(found: bool, chinese_fonts: int | None) -> Finding:
    """Judge what browser tests and pictures of pages need; fonts are None where they cannot be counted."""
    install = "apt-get install chromium fonts-noto-cjk, or what your system calls them"
    if not found:
        return Finding("browser", "note", "no Chromium: make test leaves the browser tests out", install)
    if chinese_fonts == 0:
        return Finding("browser", "note", "Chromium, but no Chinese font: the portal's pages would show boxes", install)
    return Finding("browser", "ok", "Chromium, for make test")


def _gib(size_bytes: float) -> str:
    return f"{size_bytes / GIB:.1f} GiB"


def _and(names: Collection[str]) -> str:
    return " and ".join(names)


def _first(texts: Sequence[str], most: int = 3) -> list[str]:
    return [*texts[:most], *([f"and {len(texts) - most} more"] if len(texts) > most else [])]
