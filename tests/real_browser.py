"""Where a test needs a real browser: Debian's chromium, driven by Playwright, as for people who ride along in a run."""

import os

import pytest

from scenarios.browser_candidates.chromium import installed_chromium

REQUIRED = "REHEARSE_BROWSER_REQUIRED" in os.environ  # set where skipping would hide a defect
needs_browser = pytest.mark.skipif(installed_chromium() is None and not REQUIRED, reason="no chromium on this machine")
