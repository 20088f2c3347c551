"""Every command in README and docs is one that works: the quick ones are run, of the others each word is checked."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import rehearse
from mock_server.settings import load_profile
from scenarios.scenario import load_scenario, scenario_names
from tests.words.pages import PAGES, ROOT, blocks, commands

TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
SUBCOMMANDS = typer.main.get_command(rehearse.app).commands
SCENARIOS = list(scenario_names())
PROFILES = [it.stem for it in (ROOT / "mock_server" / "profiles").glob("*.toml")]
PLACEHOLDER = re.compile(r"[A-Z_]+|.*…|.*\.(toml|bundle)|FOLDER/.*")


def wrong_with(command):
    """Give what is wrong with a command, or nothing."""
    return {"make": wrong_target, "rehearse": wrong_rehearse, "locust": wrong_locust}.get(
        command.program, wrong_python
    )(command)


def wrong_target(command):
    """Hold targets against the Makefile."""
    return [f"no target {it}" for it in command.arguments if "=" not in it and it not in TARGETS]


def wrong_rehearse(command):
    """Hold a subcommand, its options and its arguments against the command line itself."""
    if not command.arguments or command.arguments == ["--help"]:
        return []
    name, *rest = command.arguments
    if name not in SUBCOMMANDS:
        return [f"no command {name}"]
    parameters = SUBCOMMANDS[name].params
    options = {option: it for it in parameters for option in (*it.opts, *it.secondary_opts) if option.startswith("-")}
    wanted = [it for it in parameters if it.param_type_name == "argument"]
    given, wrong, words = [], [], iter(rest)
    for word in words:
        if not word.startswith("-"):
            given.append(word)
        elif (option := word.split("=")[0]) not in (*options, "--help"):
            wrong.append(f"no option {option}")
        elif option != "--help" and not options[option].is_flag and "=" not in word:
            value = next(words, None)
            if value is None:
                wrong.append(f"{option} without a value")
            elif option == "--profile" and value not in PROFILES and not PLACEHOLDER.fullmatch(value):
                wrong.append(f"no profile {value}")
    if len(given) > len(wanted) and not any(it.nargs == -1 for it in wanted):
        wrong.append(f"too many arguments: {given}")
    if command.in_block and "--help" not in rest and len(given) < sum(it.required for it in wanted):
        wrong.append(f"an argument is missing: {[it.name for it in wanted]}")
    for parameter, value in zip(wanted, given, strict=False):
        is_name = parameter.name == "scenario" and not PLACEHOLDER.fullmatch(value)
        if is_name and value not in SCENARIOS:
            wrong.append(f"no scenario {value}")
    return wrong


def wrong_python(command):
    """Hold scripts and modules against what is there, and options against what is written in them."""
    if command.arguments[:1] == ["-m"]:
        module, *rest = command.arguments[1:]
        if not (spec := importlib.util.find_spec(module)):
            return [f"no module {module}"]
        if spec.submodule_search_locations:  # a package: its __main__ reads the options
            spec = importlib.util.find_spec(f"{module}.__main__")
        source = Path(spec.origin)
        if not source.is_relative_to(ROOT):
            return []
    elif not command.arguments or (source := ROOT / command.arguments[0]).suffix != ".py":
        return []
    else:
        rest = command.arguments[1:]
    if not source.exists():
        return [f"no file {source.name}"]
    return [f"{source.name} has no {it}" for it in rest if it.startswith("--") and f'"{it}"' not in source.read_text()]


def wrong_locust(command):
    """Hold options against Locust's own and those that locustfile.py adds."""
    sources = [ROOT / "locustfile.py", Path(importlib.util.find_spec("locust").origin).with_name("argument_parser.py")]
    known = "".join(it.read_text() for it in sources)
    return [
        f"no option {it}" for it in command.arguments if it.startswith("-") and f'"{it.split("=")[0]}"' not in known
    ]


@pytest.mark.parametrize("page", [it for it in PAGES if it.name != "cli.md"], ids=lambda it: it.name)
def test_commands_are_right(page):
    """No command of a page has a word that is not known; cli.md is made from the command line itself."""
    found = {" ".join([it.program, *it.arguments]): wrong for it in commands(page) if (wrong := wrong_with(it))}
    assert {} == found


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("rehearse runn opening-day", "no command runn"),
        ("rehearse run opening-dya", "no scenario opening-dya"),
        ("rehearse run opening-day --minute 3", "no option --minute"),
        ("rehearse run opening-day closing-day", "too many arguments"),
        ("rehearse run opening-day --profile generos", "no profile generos"),
        ("rehearse run --out", "--out without a value"),
        ("rehearse audit", "an argument is missing"),
        ("make rehersal", "no target rehersal"),
        ("python benchmarks/sever.py", "no file sever.py"),
        ("python benchmarks/blind_naming.py --case 4", "blind_naming.py has no --case"),
        ("python -m scenarios.nowhere", "no module scenarios.nowhere"),
        ("locust --scenaro x", "no option --scenaro"),
    ],
)
def test_a_wrong_command_is_found(tmp_path, line, wrong):
    """Whichever word of it is wrong."""
    page = tmp_path / "page.md"
    page.write_text(f"Do this:\n\n    {line}      and see\n")
    (command,) = commands(page)
    assert wrong in "; ".join(wrong_with(command))


def run(*arguments):
    """Run the command line as a person does, from the root of the project."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(rehearse.app, [*arguments])


def test_help_of_every_command():
    """Each says what it is for."""
    assert "Exit codes: 0 all objectives held" in run("--help").output
    for name in SUBCOMMANDS:
        assert 0 == run(name, "--help").exit_code


def test_quick_commands_run(tmp_path, monkeypatch):
    """Those that look and change nothing are run as they are written; `plan` with fewer people."""
    monkeypatch.chdir(tmp_path)
    listed = run("scenarios")
    assert (0, True) == (listed.exit_code, all(name in listed.output for name in SCENARIOS))
    planned = run("plan", "results-day", "--population", "500", "--out", "plan")
    assert (0, "Written: ") == (planned.exit_code, planned.output[planned.output.index("Written: ") :][:9])
    assert {".csv", ".png"} == {it.suffix for it in Path("plan").iterdir()}


def test_files_of_the_how_to_load(tmp_path, monkeypatch):
    """The scenario and the profile that one is shown to write are read without complaint."""
    monkeypatch.chdir(tmp_path)
    for title, text in blocks(ROOT / "docs" / "your-own-window.md", "toml").items():
        Path(re.search(r'title="(.+)"', title)[1]).write_text(text)
    assert 120_000 == load_scenario("spring.toml").population
    assert 10 == load_profile("our-portal.toml").lines.sms


def test_the_tutorial_has_five_lines():
    """The profile that it has one make differs from the portal as reported by its SMS lines alone."""
    (line,) = re.findall(
        r"^    (sed .*) > five-lines.toml$", (ROOT / "docs/first-diagnosis.md").read_text(), re.MULTILINE
    )
    made = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    usual = (ROOT / "mock_server/profiles/as-reported.toml").read_text()
    assert [("sms = 3", "sms = 5")] == [
        pair for pair in zip(usual.splitlines(), made.splitlines(), strict=True) if pair[0] != pair[1]
    ]


def test_the_command_line_is_spared_locust():
    """It takes a second of imports; the processes that make the load import it for themselves."""
    subprocess.run(
        [sys.executable, "-c", "import rehearse, sys; assert 'locust' not in sys.modules"], cwd=ROOT, check=True
    )
