"""The page of the scenario file says something of every key, and knows each that a scenario uses."""

import re
import tomllib

import pytest

from scenarios.scenario import PRESETS
from tests.words.pages import ROOT

PAGE = (ROOT / "docs" / "scenario-file.md").read_text()
ROWS = [[it.strip() for it in line.split(" |")] for line in PAGE.splitlines() if line.startswith("| `")]


def keys_of(section):
    """Give the keys of a section's first table; the section without a heading has those of the file itself."""
    part = PAGE if section is None else PAGE.split(f"\n## {section}\n")[1]
    return set(re.findall(r"^\| `(\w+)`", part.split("\n## ")[0], re.MULTILINE))


def test_every_key_has_type_default_and_meaning():
    """None is left without a word; ranges only where not every value is right."""
    assert len(ROWS) > 180
    assert [] == [row for row in ROWS if not all((*row[:3], row[4]))]


@pytest.mark.parametrize("preset", sorted(PRESETS.glob("*.toml")), ids=lambda it: it.stem)
def test_keys_of_the_presets_are_there(preset):
    """In the section of their table."""
    for key, value in tomllib.loads(preset.read_text()).items():
        if isinstance(value, dict):
            assert value.keys() <= keys_of(f"[{key}]") | set(re.findall(rf"### \[{key}\.(\w+)\]", PAGE)), key
        elif isinstance(value, list) and isinstance(value[0], dict):
            assert {name for table in value for name in table} <= keys_of(f"[[{key}]]") | {"name"}, key
        else:
            assert key in keys_of(None), key


@pytest.mark.parametrize(
    "row",
    [
        "| `population` | whole number | must be given | 1 to 4294967296 |",
        "| `think_mean_s` | number, seconds | 7 | above 0 |",
        "| `retry_share` | share | 0.85 | 0 to 1 |",
        "| `surge_hour` | whole number | none | 0 to 23 |",
        "| `selfie_max_bytes` | whole number, bytes | 2_097_152 | 1 or more |",
        "| `bytes_per_s` | number, bytes a second | must be given | above 0 |",
        "| `step_s` | number, seconds | must be given | up to 86400 s, forward or back, and not 0 |",
    ],
)
def test_a_row(row):
    """Bounds are those of the type, or what is said when a value is refused."""
    assert f"\n{row} " in PAGE
