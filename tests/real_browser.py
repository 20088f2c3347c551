"""Where a test needs a real browser, and the pictures that are kept of its pages."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from scenarios.browser_candidates.chromium import installed_chromium
from scenarios.browser_candidates.chromium import running_browser as chromium

CHROMIUM = installed_chromium()
REQUIRED = "REHEARSE_BROWSER_REQUIRED" in os.environ  # set where skipping would hide a defect
NONE_FOUND = "no chromium on this machine; `make browser` tries to get one"
needs_browser = pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason=NONE_FOUND)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start a browser, and close it at the end."""
    with chromium() as browser:
        try:
            yield browser
        finally:
            for context in browser.contexts:  # of a test that has failed
                close(context)


def close(context: BrowserContext) -> None:
    """Close all pages of a test; a picture of each is kept in the folder REHEARSE_SCREENSHOTS, if that is set.

    So a test that failed can be looked at afterwards, by those who have its artifacts alone.
    """
    try:
        if folder := os.environ.get("REHEARSE_SCREENSHOTS"):
            test, _, _phase = os.environ.get("PYTEST_CURRENT_TEST", "page ").rpartition(" ")
            name = re.sub(r"[^\w.-]+", "-", test.rpartition("/")[2]).strip("-")
            for page in context.pages:
                page.screenshot(path=_unused(Path(folder), name), full_page=True)
    finally:
        context.close()


def _unused(folder: Path, name: str) -> Path:
    """Give a path for the next picture of a test."""
    number = 1
    while (path := folder / f"{name}-{number}.png").exists():
        number += 1
    return path


def barriers(page: Page, *rules: str) -> list[tuple[str, str, str]]:
    """Give what the rules of axe, or these of them, find that bars somebody: rule, impact and the first element."""
    found = Axe().run(page, options={"runOnly": list(rules)} if rules else None).response["violations"]
    return [(it["id"], it["impact"], it["nodes"][0]["html"]) for it in found]
