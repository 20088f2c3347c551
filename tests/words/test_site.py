"""The site of docs/: it builds, its made pages are those of today, and its pages ask the network for nothing."""

import os
import shutil
import subprocess
import sys
from runpy import run_path

import pytest

from scenarios.browser_candidates.chromium import running_browser
from tests.real_browser import needs_browser
from tests.words.pages import DOCS, ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site of a copy of the pages, as `make docs` does."""
    copy = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", copy / "docs")
    shutil.copy(ROOT / "zensical.toml", copy)
    built = build(copy)
    assert 0 == built.returncode, built.stdout + built.stderr
    return copy / "site"


def build(folder):
    """Build the site of a folder, strictly."""
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env=os.environ, check=False)


def test_every_page_is_built(site):
    """Each page of docs/ is a page of the site, with its heading."""
    for page in DOCS:
        assert "<h1" in (site / f"{page.stem}.html").read_text(), page.name


@needs_browser
def test_pages_ask_the_network_for_nothing(site):
    """Opened from files, on a desk and on a phone: nothing else is asked for, nothing is missed, search works."""
    with running_browser() as browser:
        for width in (1280, 390):
            context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
            page, asked, complaints = context.new_page(), [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, complaints=complaints: complaints.append(message.text))
            page.on("pageerror", lambda error, complaints=complaints: complaints.append(str(error)))
            for name in ("index", "add-a-scenario", "verdict"):
                page.goto((site / f"{name}.html").as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert [] == [it for it in asked if not it.startswith(("file:", "data:", "blob:"))]
            assert [] == complaints
            context.close()


def test_made_pages_are_those_of_today():
    """The command line and the verdict are documented as they are; else: make reference."""
    for name, content in run_path(str(ROOT / "docs" / "reference.py"))["pages"]().items():
        assert content == (ROOT / "docs" / name).read_text(), f"docs/{name}: run `make reference`"
