"""What is installed: all packages of ours, and pinned versions with hashes, without an address of where they were."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINNED = (ROOT / "requirements.txt").read_text()


def names(requirements):
    """Give the names of packages, as the index writes them."""
    return {re.split(r"[^\w.-]", text)[0].lower().replace("_", "-") for text in requirements}


def test_every_package_is_installed():
    """What pyproject.toml lists are the folders with code, subfolders too."""
    ours = [ROOT / name for name in ("commands", "fakes", "mock_server", "reports", "scenarios")]
    folders = {path.parent for it in ours for path in it.rglob("__init__.py")}
    assert sorted(".".join(it.relative_to(ROOT).parts) for it in folders) == PROJECT["tool"]["setuptools"]["packages"]


def test_every_dependency_is_pinned():
    """What pyproject.toml asks for is in requirements.txt."""
    project = PROJECT["project"]
    wanted = names([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    assert set() == wanted - names(re.findall(r"^[\w.-]+", PINNED, re.MULTILINE))


def test_every_pin_has_hashes_and_nothing_has_an_address():
    """Anyone can check what they install, from whatever index they use."""
    pins = re.split(r"\n(?=[a-z0-9])", PINNED.strip())
    assert [] == [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin]
    assert not re.search(r"://|--index|--find-links|file:", PINNED)
