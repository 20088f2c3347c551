"""What tests with a browser stand on: pictures that are kept, a browser that is found, and one that cannot be had."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.real_browser import CHROMIUM, close, needs_browser

ROOT = Path(__file__).parent.parent
PAGE = "<body style='margin: 0; height: 1500px; background: rgb(200, 30, 30)'></body>"


@needs_browser
def test_a_picture_of_each_page_is_kept(browser, tmp_path, monkeypatch):
    """Whole, and named by the test; the folder is made. Without a name for it nothing is written."""
    monkeypatch.chdir(tmp_path)
    for folder in (None, "kept"):
        if folder:
            monkeypatch.setenv("REHEARSE_SCREENSHOTS", folder)
        else:
            monkeypatch.delenv("REHEARSE_SCREENSHOTS", raising=False)
        context = browser.new_context(viewport={"width": 390, "height": 844})
        for _ in range(2):
            context.new_page().set_content(PAGE)
        close(context)
        assert [] == context.pages
        assert ([folder] if folder else []) == [it.name for it in tmp_path.iterdir()]
    pictures = sorted(Path("kept").iterdir())
    name = "test_real_browser.py-test_a_picture_of_each_page_is_kept"
    assert [f"{name}-1.png", f"{name}-2.png"] == [it.name for it in pictures]
    for picture in pictures:
        image = Image.open(picture).convert("RGB")
        assert ((390, 1500), (200, 30, 30)) == (image.size, image.getpixel((200, 1400)))


@needs_browser
@pytest.mark.long
def test_a_test_that_fails_keeps_its_picture_too(tmp_path):
    """Of the page as it was when the test failed."""
    test = tmp_path / "test_fails.py"
    test.write_text(
        "from tests.real_browser import running_browser\n"
        "def test_it():\n"
        "    with running_browser() as browser:\n"
        f'        browser.new_page().set_content("{PAGE}")\n'
        "        assert not browser.contexts\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REHEARSE_SCREENSHOTS": str(tmp_path / "kept")}
    done = python(environment, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path), str(test))
    assert (1, True) == (done.returncode, "1 failed" in done.stdout), done.stdout
    assert ["test_fails.py-test_it-1.png"] == [it.name for it in (tmp_path / "kept").iterdir()]


def bare_machine(tmp_path):
    """Give the environment of a machine without a browser, a package manager and the network."""
    (tmp_path / "bin").mkdir()
    return {
        **{name: value for name, value in os.environ.items() if name != "REHEARSE_BROWSER_REQUIRED"},
        "PATH": str(tmp_path / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }


def python(environment, *arguments):
    """Run Python from the root of the project."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.long
@needs_browser
def test_playwrights_own_browser_is_found(tmp_path):
    """Where the system has none; a file that does not start is no browser."""
    environment = bare_machine(tmp_path)
    where = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    own = Path(python(environment, "-c", where).stdout.strip())
    own.parent.mkdir(parents=True)
    found = ["-c", "from tests.real_browser import CHROMIUM; print(CHROMIUM)"]
    own.write_text("#!/bin/sh\nexit 127\n")
    own.chmod(0o755)
    assert "None" == python(environment, *found).stdout.strip()
    own.write_text(f'#!/bin/sh\nPATH={os.environ["PATH"]} exec {CHROMIUM} "$@"\n')
    assert str(own) == python(environment, *found).stdout.strip()


@pytest.mark.parametrize(
    ("hindrance", "required", "exit_code", "words"),
    [
        pytest.param({"PLAYWRIGHT_BROWSERS_PATH": os.devnull}, {}, 0, "are skipped", marks=pytest.mark.long),
        ({"PLAYWRIGHT_BROWSERS_PATH": os.devnull}, {"REHEARSE_BROWSER_REQUIRED": "1"}, 1, "cannot run"),
        pytest.param({}, {}, 0, "are skipped", marks=pytest.mark.long),  # it is tried five times
    ],
    ids=["no folder for it", "required", "offline"],
)
def test_a_browser_that_cannot_be_had_is_no_failure(tmp_path, hindrance, required, exit_code, words):
    """Unless it is required: one line says what becomes of the tests, one above it why."""
    done = python(bare_machine(tmp_path) | hindrance | required, "-m", "tests.get_browser")
    assert (exit_code, "") == (done.returncode, done.stderr)
    tried, why, outcome = done.stdout.splitlines()
    assert tried.startswith("no browser: downloading Playwright's chromium")
    assert why.startswith("  refused: Error: EEXIST" if hindrance else "  refused: Error: connect ECONNREFUSED")
    assert f"no browser could be had: tests in a browser {words}" == outcome
