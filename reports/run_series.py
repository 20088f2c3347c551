"""All runs of a folder in order, with their key figures, and where these changed."""

from datetime import datetime
from pathlib import Path

import msgspec

from reports.analysis import analyse
from reports.change_points import ChangePoint, change_points
from reports.comparability import Change, changes
from reports.compared_runs import LEAST_MS, LEAST_SHARE
from reports.latency import METRICS
from reports.run_folder import Run, RunFolderError, open_run
from reports.timeline import MOST_POINTS
from reports.verdict import Verdict, build_verdict

KEY_FIGURES = ("intended_p50_ms", "intended_p95_ms", "intended_p99_ms")
FAILED = "failed_share"


def is_share(figure: str) -> bool:
    """Say whether a figure goes from 0 to 1; else it is in ms.

    >>> is_share("all.failed_share in opening"), is_share("all.intended_p95_ms")
    (True, False)
    """
    return figure.partition(" in ")[0].endswith(FAILED)


class PastRun(msgspec.Struct, frozen=True):
    """A run of a series, by its folder's name; `figures` are as its verdict has them."""

    name: str
    started_at: datetime
    seed: int
    invalid_because: tuple[str, ...]
    figures: dict[str, float]
    changes: tuple[Change, ...]
    """Of the set-up, since the run before."""


class Turn(msgspec.Struct, frozen=True):
    """A change of a figure, from a run on."""

    figure: str
    run: str
    point: ChangePoint


class Series(msgspec.Struct, frozen=True):
    """Runs of the same scenario, population and length, in the order in which they were held."""

    scenario: str
    population: int
    length_s: float
    runs: tuple[PastRun, ...]
    turns: tuple[Turn, ...]

    @property
    def figures(self) -> list[str]:
        """Names of all figures that any run has."""
        return list(dict.fromkeys(name for run in self.runs for name in run.figures))


class RunHistory(msgspec.Struct, frozen=True):
    """All series of a folder, and what is no whole run, with the reason."""

    series: tuple[Series, ...]
    unreadable: tuple[str, ...]


def read_history(folder: Path) -> RunHistory:
    """Read all run folders directly in a folder, the last MOST_POINTS of each series.

    Figures come from a run's verdict, which is made anew where there is none. Raises RunFolderError without any run.
    """
    if not folder.is_dir():
        raise RunFolderError(f"{folder}: no such folder; give one that holds run folders, such as runs")
    runs, unreadable = [], []
    for path in sorted(folder.glob("*/run.json")):
        try:
            run = open_run(path.parent)
            runs.append((run, _verdict(run)))
        except RunFolderError as error:
            unreadable.append(str(error))
    if not runs:
        why = f": {unreadable[0]}" if unreadable else "; `rehearse run` makes one in runs/"
        raise RunFolderError(f"{folder}: no run folder in it that can be read{why}")
    groups: dict[tuple[str, int, float], list[tuple[Run, Verdict]]] = {}
    for run, verdict in sorted(runs, key=lambda it: _started(it[0])):
        key = (run.facts.scenario.name, run.facts.population, run.facts.load.planned_length_s)
        groups.setdefault(key, []).append((run, verdict))
    series = [_series(*key, group[-MOST_POINTS:]) for key, group in groups.items()]
    return RunHistory(tuple(sorted(series, key=lambda it: -len(it.runs))), tuple(unreadable))


def _verdict(run: Run) -> Verdict:
    path = run.folder / "verdict.json"
    if path.exists():
        try:
            return msgspec.json.decode(path.read_bytes(), type=Verdict)
        except msgspec.DecodeError:
            pass  # of another version, or cut off: it is made from the rest
    return build_verdict(analyse(run))


def _started(run: Run) -> datetime:
    started = run.facts.load.started_at
    assert started is not None  # a run whose load never began is not opened
    return started


def _series(scenario: str, population: int, length_s: float, group: list[tuple[Run, Verdict]]) -> Series:
    before = [None, *(run for run, _ in group[:-1])]
    runs = tuple(
        PastRun(
            name=run.folder.name,
            started_at=_started(run),
            seed=run.facts.seed,
            invalid_because=verdict.invalid_because,
            figures=_figures(verdict),
            changes=tuple(changes(last, run)) if last else (),
        )
        for (run, verdict), last in zip(group, before, strict=True)
    )
    return Series(scenario, population, length_s, runs, _turns(runs))


def _figures(verdict: Verdict) -> dict[str, float]:
    asked = verdict.requests
    pages = asked.count - asked.static_files
    found = {f"all.{name}": getattr(asked, name) for name in KEY_FIGURES}
    found[f"all.{FAILED}"] = (asked.failed + asked.abandoned) / pages if pages else None
    found |= {it.name: it.value for it in verdict.objectives if it.metric in METRICS}
    return {name: value for name, value in found.items() if value is not None}


def _turns(runs: tuple[PastRun, ...]) -> tuple[Turn, ...]:
    """Find the changes of each figure over the runs that can be trusted."""
    trusted = [run for run in runs if not run.invalid_because]
    turns = []
    for name in dict.fromkeys(name for run in trusted for name in run.figures):
        having = [run for run in trusted if name in run.figures]
        least = LEAST_SHARE if is_share(name) else LEAST_MS
        points = change_points([run.figures[name] for run in having], least)
        turns += [Turn(name, having[point.at].name, point) for point in points]
    return tuple(turns)
