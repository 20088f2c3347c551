"""The browser: the Chromium of this machine, else Playwright's own, driven by Playwright."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an extra: whoever only asks whether it is there must not need it
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def installed_chromium() -> str | None:
    """Give the path of a browser that starts; None: there is none."""
    for name in NAMES:
        if (path := shutil.which(name)) and _starts(path):
            return path
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() and _starts(own) else None


def _starts(path: str) -> bool:
    """Say whether it is more than a stub, and whether the libraries that it needs are there."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def what_is_missing() -> str:
    """Say in a line what must be installed for a browser to be driven; empty: nothing."""
    if find_spec("playwright") is None:
        return "Playwright is not installed; install it: .venv/bin/python -m pip install 'playwright>=1.65'"
    if installed_chromium() is None:
        return (
            "there is no Chromium on this machine; install it: apt-get install chromium, or what your system calls it"
        )
    return ""


@contextmanager
def running_browser() -> Iterator["Browser"]:
    """Start a browser, and close it at the end. Raises playwright.sync_api.Error."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
