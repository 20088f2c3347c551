"""Runs of the same plan held against each other: what a changed set-up made better, worse, or left as it was."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from reports.analysis import Analysis, analyse
from reports.comparability import Change, changes, must_be_comparable, setup
from reports.effects import BLOCKS, Effect, Measured, effects
from reports.language import Text
from reports.paired_figures import FAILED, PARTS, Part, RunFigures, figure_noise, machine_noise, read_figures
from reports.run_folder import RunFolderError, open_run

LIMIT = 0.05
"""Nobody minds a change of a wait by less than this share."""
LEAST_MS = 2.0
"""Nor by less than this."""
LEAST_SHARE = 0.01
"""Nor a change of the share that fails by less than this."""
EACH = 0.99
"""Of the intervals of every page, all together, and of those of the steps. Drawn from so few blocks they are a little
too narrow: so chosen, all of them hold in 95 of 100 comparisons (docs/compare.md)."""

Outcome = Literal["worse", "better", "mixed", "same", "unclear"]


class Compared(msgspec.Struct, frozen=True):
    """One figure in two set-ups: `of` a step or a resource. Its effect is a ratio, or a difference where `absolute`."""

    of: str
    metric: str
    effect: Effect

    @classmethod
    def named(cls, name: str, effect: Effect) -> "Compared":
        """Give the effect on a figure such as `submission.intended_p95_ms`."""
        of, _, metric = name.rpartition(".")
        return cls(of, metric, effect)


class SetUp(msgspec.Struct, frozen=True):
    """Runs of one set-up, by letter and by folder, and what was changed from the baseline."""

    letters: tuple[str, ...]
    folders: tuple[str, ...]
    changes: tuple[Change, ...]


class Comparison(msgspec.Struct, frozen=True):
    """A set-up against the baseline."""

    other: SetUp
    whole: tuple[Compared, ...]
    """Of every page, and the figures of the objectives."""
    steps: tuple[Compared, ...]
    resources: tuple[Compared, ...]
    """They explain; nothing is decided by them."""
    machine_noise: float = 0.0
    """By how much the machine made all work longer in one run than in another: a standard deviation of logarithms."""

    @property
    def outcome(self) -> Outcome:
        """What is said of the set-up: `same` only where nothing has changed and most of it is known to be so."""
        standings = {it.effect.standing for it in (*self.whole, *self.steps)}
        if {"worse", "better"} <= standings:
            return "mixed"
        if "worse" in standings:
            return "worse"
        if "better" in standings:
            return "better"
        return "same" if "unclear" not in standings else "unclear"

    @property
    def is_worse(self) -> bool:
        """Whether any figure is worse than the limit allows."""
        return self.outcome in ("worse", "mixed")


class RunsCompared(msgspec.Struct, frozen=True):
    """All of a comparison. `limit` is a share; `invalid` says of void runs why they are."""

    scenario: str
    limit: float
    baseline: SetUp
    comparisons: tuple[Comparison, ...]
    invalid: dict[str, tuple[Text, ...]]
    shared: tuple[str, ...]
    """Letters of the runs in which others used the machine."""
    titles: dict[str, str]
    """Of the resources."""


def compare_runs(folders: Sequence[Path], limit: float = LIMIT) -> RunsCompared:
    """Compare runs with the first of them; runs of the same set-up are taken together.

    Of void runs nothing is compared. Raises RunFolderError, with one line, for folders that are no runs, or runs that
    are not comparable.
    """
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise RunFolderError("a run is given twice; give the folders of different runs")
    runs = [open_run(folder) for folder in folders]
    for other in runs[1:]:
        must_be_comparable(runs[0], other)
    analyses = [analyse(run) for run in runs]
    groups = _by_setup(analyses)
    letters = dict(zip(map(id, analyses), map(_letter, range(len(analyses))), strict=True))

    def set_up(group: list[Analysis]) -> SetUp:
        changed = changes(runs[0], group[0].run)
        return SetUp(tuple(letters[id(a)] for a in group), tuple(str(a.run.folder) for a in group), tuple(changed))

    invalid = {str(a.run.folder): tuple(a.invalid_because) for a in analyses if a.invalid_because}
    figures = {} if invalid else dict(zip(map(id, analyses), read_figures(analyses), strict=True))
    baseline = [figures[id(a)] for a in groups[0]] if figures else []
    return RunsCompared(
        scenario=runs[0].facts.scenario.name,
        limit=limit,
        baseline=set_up(groups[0]),
        comparisons=tuple(
            _compare(set_up(group), baseline, [figures[id(a)] for a in group], limit) for group in groups[1:] if figures
        ),
        invalid=invalid,
        shared=tuple(letters[id(a)] for a in analyses if _was_shared(a)),
        titles=dict(runs[0].facts.resource_titles),
    )


def _was_shared(a: Analysis) -> bool:
    return any(it.name == "other_work" and it.standing == "warn" for it in a.soundness)


def _compare(other: SetUp, baseline: list[RunFigures], its: list[RunFigures], limit: float) -> Comparison:
    found = compare_figures(baseline, its, limit)
    return Comparison(other, **found, machine_noise=machine_noise([*baseline, *its]))


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"Z{number}"


def _by_setup(analyses: list[Analysis]) -> list[list[Analysis]]:
    """Put runs of the same set-up together, the first run's first; of one set-up, the first run is the baseline."""
    groups: dict[tuple[tuple[str, str], ...], list[Analysis]] = {}
    for a in analyses:
        groups.setdefault(tuple(sorted(setup(a.run).items())), []).append(a)
    found = list(groups.values())
    return found if len(found) > 1 else [found[0][:1], found[0][1:]]


def compare_figures(
    baseline: Sequence[RunFigures], its: Sequence[RunFigures], limit: float = LIMIT
) -> dict[Part, tuple[Compared, ...]]:
    """Give the effect on every figure that all runs have, by part: intervals of one part hold together."""
    both = [*baseline, *its]
    machine = machine_noise(both)
    found: dict[Part, tuple[Compared, ...]] = {}
    for part in PARTS:
        figures = [it.part(part) for it in both]
        measured = {
            name: Measured(
                [it.part(part)[name] for it in baseline],
                [it.part(part)[name] for it in its],
                noise=max(figure_noise(it[name], machine) for it in figures),
                least=LEAST_SHARE if name.endswith(FAILED) else LEAST_MS,
                absolute=name.endswith(FAILED),
            )
            for name in figures[0]
            if all(name in other for other in figures)
        }
        found[part] = tuple(Compared.named(*pair) for pair in effects(measured, BLOCKS, limit, EACH).items())
    return found
