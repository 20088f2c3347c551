"""A peak that can be carried to another machine: one file with all that a run was made of, and nothing that it found.

    rehearse bundle RUN ─► NAME.bundle ─► rehearse run NAME.bundle --scale 0.1

It holds the scenario with its faults and its seed, the capacities that the portal had, and the arrivals. Candidates are
numbers, drawn anew from the seed wherever they come.
"""

import io
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, is_zipfile

import msgspec
import polars as pl

from scenarios.scenario import Scenario, with_overrides

FORMAT = 1
COLUMNS = ("candidate", "visit", "purpose", "planned_s", "due_s")
ABOUT, ARRIVALS = "bundle.json", "arrivals.parquet"


class BundleError(ValueError):
    """A bundle that cannot be made or read; the message is one line that says why."""


class Bundle(NamedTuple):
    """What a bundle holds."""

    scenario: Scenario
    arrivals: pl.DataFrame
    """As `slice_arrivals` gives them."""
    seeded: bool
    """Whether the portal's books were filled to the moment of the start."""

    def changed(self, *, scale: float | None, server_workers: int | None) -> "Bundle":
        """Give a share of it: the first candidates, with all their visits, and a portal of as much capacity.

        Raises ScenarioError where the scale is none, BundleError where nobody would come.
        """
        scenario = with_overrides(self.scenario, scale=scale, server_workers=server_workers)
        arrivals = self.arrivals.filter(pl.col("candidate") < scenario.population)
        if arrivals.is_empty():
            raise BundleError(f"nobody comes in {scenario.name} at scale {scenario.scale:g}: choose a larger one")
        return Bundle(scenario, arrivals, self.seeded)


class _About(msgspec.Struct, frozen=True):
    """The JSON of a bundle."""

    format: int
    made_of: str
    rehearse_version: str
    seeded: bool
    scenario: dict[str, Any]


def write_bundle(run: Path, path: Path | None = None) -> Path:
    """Write the bundle of a run whose load has begun, to a file of the scenario's name if no other; give the file.

    Raises BundleError where `run` is none, or the file is there already.
    """
    try:
        about = msgspec.json.decode((run / "run.json").read_bytes())
        arrivals = pl.read_parquet(run / "arrivals.parquet").select(COLUMNS)
        its_capacities = about["portal"].get("capacities", {})  # a target does not tell them
        capacities = {name: its for name, its in its_capacities.items() if name != "purpose"}
        # What the portal had is what is to be had again: where it was scaled already, it is whole now.
        scenario = about["scenario"] | {"capacities": capacities, "scale": 1.0}
        content = _About(FORMAT, about["scenario"]["name"], about["rehearse_version"], about["seeded"], scenario)
    except (OSError, KeyError, msgspec.DecodeError, pl.exceptions.PolarsError) as error:
        raise BundleError(f"{run} is no run that can be bundled: {error}") from None
    path = path or Path(f"{content.made_of}.bundle")
    if path.exists():
        raise BundleError(f"{path} is there already: choose another --out")
    table = io.BytesIO()
    arrivals.write_parquet(table, compression="zstd")
    partial = path.with_suffix(".partial")
    try:
        with ZipFile(partial, "w", ZIP_DEFLATED) as file:
            file.writestr(ABOUT, msgspec.json.format(msgspec.json.encode(content), indent=2))
            file.writestr(ARRIVALS, table.getvalue())
        partial.rename(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BundleError(f"{path} cannot be written: {error.strerror}") from None
    return path


def is_bundle(path: str) -> bool:
    """Say whether a path names a file that may be a bundle."""
    return Path(path).is_file() and is_zipfile(path)


def read_bundle(path: Path) -> Bundle:
    """Read a bundle. Raises BundleError in one line where it is none, or of another version."""
    try:
        with ZipFile(path) as file:
            about = msgspec.json.decode(file.read(ABOUT), type=_About)
            arrivals = pl.read_parquet(io.BytesIO(file.read(ARRIVALS))).select(COLUMNS)
        if about.format != FORMAT:
            raise BundleError(f"{path} is a bundle of format {about.format}; this version reads format {FORMAT}")
        scenario = msgspec.convert(about.scenario, Scenario)
    except (OSError, KeyError, BadZipFile, msgspec.DecodeError, ValueError, pl.exceptions.PolarsError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError(f"{path} is no bundle of this version: {error}") from None
    return Bundle(scenario, arrivals, about.seeded)
