"""Gets a browser for the tests where there is none, with nobody asked: `make browser`."""

import os
import shutil
import subprocess
import sys

from scenarios.browser_candidates.chromium import installed_chromium
from tests.real_browser import CHROMIUM, REQUIRED

APT = ("apt-get", "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20")
LONGEST_S = 900
"""A download that takes longer is given up: the other tests need not wait for it."""


def main() -> int:
    """Try the system's packages as root, then Playwright's own chromium; give 1 where one is required and missing."""
    if CHROMIUM:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("no browser: installing chromium and a Chinese font by apt")
        _try(*APT, "update")
        _try(*APT, "install", "--yes", "chromium", "fonts-noto-cjk")
        if installed_chromium():
            return 0
    print("no browser: downloading Playwright's chromium into the user's cache")
    _try(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
    if installed_chromium():
        return 0
    print("no browser could be had: tests in a browser", "cannot run" if REQUIRED else "are skipped")
    return int(REQUIRED)


def _try(*command: str) -> None:
    """Run a command, whatever becomes of it: what counts is whether a browser is there afterwards."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"  given up after {LONGEST_S} s")
        return
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        print("  refused:", next((it for it in said if it.startswith(("E:", "Error:"))), "no reason given"))


if __name__ == "__main__":
    sys.exit(main())
