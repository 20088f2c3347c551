"""Every command in the blocks of README and docs is played, as short as its options let it be: an hour.

They are played in one folder, in the order of the pages. What a page leaves open stands there under just that name
(`runs/…`, `A1`), or is written out in WRITTEN_OUT.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import httpx
import pytest
from registrant import set_portal_clock, wait_until
from single_requests import loopback

from scenarios.generator_processes import ROOT, UNPATCHED
from tests.end_to_end.test_target import target_file
from tests.words.pages import PAGES, blocks, commands

CLI = "cli.md"  # made from the command line itself
ELSEWHERE = {
    "make test": "what plays this",
    "make docs": "tests/words/test_site.py",
    "make demand-check": "tests/scenarios/test_demand_check.py",
    "python benchmarks/sizing.py": "tests/deploy/test_sizing.py",
    "python -m fakes.providers --port N --settings FILE": "tests/fakes/test_providers_http.py",
    "locust --master --master-bind-host 192.0.2.10 --headless --expect-workers 8 --target staging.toml": (
        "tests/end_to_end/test_workers_on_hosts.py"
    ),
    "locust --worker --master-host 192.0.2.10 --target staging.toml": "tests/end_to_end/test_workers_on_hosts.py",
    "rehearse run DIR/scenario.toml --target DIR/target.toml": "tests/scenarios/test_new_portal.py",
}
"""Commands that a test of their own plays, by the file of that test."""
WRITTEN_OUT = {
    "rehearse new-portal DIR --from FILE": "rehearse new-portal from-recording --from recording.har",
    "rehearse run opening-day --target FILE": "rehearse run opening-day --target staging.toml",
    "rehearse clean-up RUN --target staging.toml": "rehearse clean-up runs/of-target --target staging.toml",
    "rehearse plan SCENARIO": "rehearse plan closing-day",
    "rehearse seed AT SCENARIO --population N --seed S --profile P --port N --database URL": (
        "rehearse seed opening+1h opening-day --population 300 --seed 2 --profile generous --port 8600"
    ),
    "rehearse resume runs/…": "rehearse resume runs/interrupted",
    "rehearse metastable retry-storm": "rehearse metastable storm.toml",
    "python benchmarks/blind_naming.py --cases 40": "python benchmarks/blind_naming.py --cases 1 --out blind-naming",
}
SHORTER = {
    "run": ["--minutes", "0.3", "--population", "20000"],
    "diagnose": ["--seconds", "5", "--population", "20000"],
    "protections": ["--seconds", "5", "--population", "20000"],
    "plan": ["--population", "500"],
    "seed": ["--population", "300"],
}
AS_LONG_AS_IT_IS = {
    "closing-day-with-faults": ["--population", "20000"],  # its faults come when they come
    "--browser-candidates": ["--minutes", "2", "--population", "20000"],  # who ride along when the window is open
    "whole-window": ["--population", "5"],
    "peak.bundle": [],
    "--scale": ["--minutes", "0.3", "--population", "200000"],  # a part of which is somebody, too
}
"""What is not made so short, by a word of the command."""
UNTIL_CTRL_C = {"serve": "Ctrl-C ends it", "seed": "Ctrl-C ends it", "locust": "Starting web interface at "}
"""Commands that last until they are ended, and what they say when all is there, or soon will be."""
WRONG_USAGE = 2


def documented():
    """Give every command of a block once, in the order of the pages."""
    its = (it for page in PAGES if page.name != CLI for it in commands(page) if it.in_block)
    return dict.fromkeys(" ".join([it.program, *it.arguments]) for it in its)


def played(line):
    """Give what is played of a command: program and arguments.

    >>> played("rehearse plan results-day")
    ['rehearse', 'plan', 'results-day', '--population', '500']
    """
    words = shlex.split(WRITTEN_OUT.get(line, line))
    if words[0] != "rehearse":
        return words
    longer = next((extra for name, extra in AS_LONG_AS_IT_IS.items() if name in words), None)
    return [*words, *(SHORTER.get(words[1], []) if longer is None else longer)]


def test_every_command_is_played_somewhere():
    """Here, or by a test that is there and names what it plays."""
    known = documented()
    assert set() == {*ELSEWHERE, *WRITTEN_OUT} - set(known)
    assert [] == [it for it in ELSEWHERE.values() if it.startswith("tests/") and not (ROOT / it).exists()]


@pytest.fixture(scope="module")
def folder(stack, scenario, tmp_path_factory):
    """Give a folder that has what the commands name: runs, a target, scenario and profile files."""
    folder = tmp_path_factory.mktemp("played")
    set_portal_clock(stack, scenario.window.opening)
    target_file(folder, stack).rename(folder / "staging.toml")
    (folder / "recording.har").write_bytes((ROOT / "tests/scenarios/recordings/mock-pages.har").read_bytes())
    storm = (ROOT / "scenarios/presets/retry-storm.toml").read_text()
    for was, short in (("minutes = 3", "minutes = 1.3"), ("from_s = 45", "from_s = 8"), ("to_s = 60", "to_s = 12")):
        storm = storm.replace(was, short)
    (folder / "storm.toml").write_text(storm.replace("35_000", "7_000"))
    for title, text in blocks(ROOT / "docs" / "your-own-window.md", "toml").items():
        (folder / re.search(r'title="(.+)"', title)[1]).write_text(text)
    usual = (ROOT / "mock_server/profiles/as-reported.toml").read_text()
    (folder / "five-lines.toml").write_text(usual.replace("\nsms = 3", "\nsms = 5"))
    for name, profile in (("A", "as-reported"), ("B", "generous")):
        crowd = ["--minutes", "1.3", "--population", "200000"]  # past the opening, and of whom a tenth is somebody, too
        play(folder, ["rehearse", "run", "opening-day", "--profile", profile, "--out", f"runs/{name}", *crowd])
    for name, others in (("A", ("…", "before", "A1", "A2", "A3")), ("B", ("after", "B1", "B2", "B3"))):
        for other in others:
            shutil.copytree(folder / "runs" / name, folder / ("" if other[-1].isdigit() else "runs") / other)
    play(folder, ["rehearse", "run", "--target", "staging.toml", "--out", "runs/of-target", *SHORTER["run"]])
    cut = ["--population", "30", "--minutes", "0.1", "--out", "runs/interrupted"]
    play(folder, ["rehearse", "run", "whole-window", *cut])
    return folder


def play(folder, words):
    """Play a command to its end, or until it is there and then to Ctrl-C; it must not have been used wrongly."""
    program, *rest = words
    if program == "python":
        rest[0] = str(ROOT / rest[0])
    programs = {
        "rehearse": [sys.executable, str(ROOT / "rehearse.py")],
        "python": [sys.executable],
        "locust": [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py")],
        "make": ["make", "--directory", str(ROOT)],
    }
    said = next((it for name, it in UNTIL_CTRL_C.items() if name in words[:2] and "--headless" not in words), None)
    environment = {name: value for name, value in os.environ.items() if name != UNPATCHED}
    with subprocess.Popen(
        [*programs[program], *rest],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        heard = []
        for line in running.stdout:
            heard.append(line)
            if said and said in line:
                if program == "locust":
                    wait_until(lambda: answers("http://127.0.0.1:8089"), "the web interface")
                    time.sleep(1.0)  # a signal that meets the answer itself is a traceback of Locust's
                running.send_signal(signal.SIGINT)
        printed = "".join(heard)
    assert running.returncode not in (WRONG_USAGE, None), printed
    assert "Traceback" not in printed
    assert running.returncode >= 0, printed
    return printed


def answers(address):
    """Say whether somebody answers there."""
    try:
        return loopback.get(address).is_success
    except httpx.TransportError:
        return False


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("line", [it for it in documented() if it not in ELSEWHERE])
def test_a_documented_command_does_as_it_says(folder, line):
    """It ends by itself or by Ctrl-C, without a traceback, and was not used wrongly."""
    if "check_dashboard" in line and not shutil.which("prometheus"):
        pytest.skip("no Prometheus on the PATH; Debian: apt-get install prometheus")
    assert play(folder, played(line))
