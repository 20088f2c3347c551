"""Protections held against each other: the same candidates at the same portal, with one thing changed each time."""

from pathlib import Path

import msgspec
import polars as pl

from reports import words
from reports.comparison import About, Told, write_comparison
from reports.language import Language, Text, say
from reports.latency import IN_TIME_S
from reports.run_folder import Run, open_run
from reports.tables import Row, Table
from reports.trial_figures import read_trial
from reports.waiting_room import read_waiting_room

TRIALS = "trials"
_HEADS = ("portal", "got_in", "of", "half", "gave_up", "in_time", "requests", "turned_away", "in_line")
IN = "log_in"
"""The step that brings somebody in."""


class ProtectionFigures(msgspec.Struct, frozen=True):
    """What came of the load with one protection."""

    name: str
    title: str
    began_s: float
    """Unix second."""
    invalid_because: tuple[Text | str, ...]
    came: int
    """Candidates who came to register, or to go on with it, while the window was open."""
    got_in: int
    """Those of them who were logged in by the end."""
    got_in_after_s: float | None
    """Median from coming to being logged in, of those who were."""
    gave_up: int
    """Visits that ended so."""
    in_time_share: float
    """Of the answers that were wanted."""
    requests_a_visit: float
    """What portal and network had to bear, pages and static files."""
    turned_away: int
    """Requests that heard at once that the portal is busy."""
    line_s: float | None
    """Median wait in the waiting room."""


def read_protections(folder: Path) -> list[ProtectionFigures]:
    """Read the trials of a comparison, in the order in which they were made. Raises RunFolderError."""
    trials = [path for path in (folder / TRIALS).glob("*/") if (path / "run.json").exists()]
    return sorted((_read(path) for path in trials if path.suffix != ".partial"), key=lambda it: it.began_s)


def _read(path: Path) -> ProtectionFigures:
    trial, run = read_trial(path), open_run(path)
    visits = run.visits.collect()
    room = read_waiting_room(run, visits)
    came, after_s = _got_in(run)
    requests, turned_away = run.requests.select(pl.len(), (pl.col("problem") == "busy").sum()).collect().row(0)
    return ProtectionFigures(
        name=trial.name,
        title=str(run.facts.trial["protection"]),
        began_s=trial.began_s,
        invalid_because=trial.invalid_because,
        came=came,
        got_in=len(after_s),
        got_in_after_s=after_s.median(),  # type: ignore[arg-type] # a median of floats
        gave_up=visits.filter(pl.col("outcome") == "gave_up").height,
        in_time_share=trial.in_time_share,
        requests_a_visit=requests / max(1, visits.height),
        turned_away=int(turned_away or 0),
        line_s=room.waited_s["p50"] if room else None,
    )


def _got_in(run: Run) -> tuple[int, pl.Series]:
    """Give how many came to register, and of those who got in, after how many seconds."""
    came = (
        run.arrivals.filter(pl.col("purpose").is_in(["register", "face_check", "apply"]))
        .group_by("candidate")
        .agg(pl.col("due_s").min())
        .collect()
    )
    logged_in = (
        run.requests.filter((pl.col("step") == IN) & (pl.col("outcome") == "ok"))
        .group_by("candidate")
        .agg(pl.col("done_s").min())
        .collect()
    )
    both = came.join(logged_in, on="candidate")
    return came.height, both["done_s"] - both["due_s"]


def protections_table(found: list[ProtectionFigures]) -> Table:
    """Give a row a protection."""
    return Table(
        [say("protections-head", of=of) for of in _HEADS],
        [
            Row(
                [
                    _void(it) if it.invalid_because else _title(it),
                    words.count(it.got_in),
                    words.count(it.came),
                    words.span(it.got_in_after_s),
                    words.count(it.gave_up),
                    words.percent(it.in_time_share),
                    f"{it.requests_a_visit:.1f}",
                    words.count(it.turned_away),
                    words.span(it.line_s),
                ],
                "quiet" if it.invalid_because else "",
            )
            for it in found
        ],
        caption=say("protections-caption", in_time_s=IN_TIME_S),
        text_columns=frozenset({0}),
    )


def _title(it: ProtectionFigures) -> str:
    return say("protection", name=it.name, title=it.title)


def _void(it: ProtectionFigures) -> str:
    return say("trial-void", trial=_title(it), reasons=words.together(it.invalid_because))


def write_protections(folder: Path, about: About, first: Language = "en") -> tuple[list[ProtectionFigures], Path]:
    """Write the comparison with its page, which shows the language `first`, into the folder of its trials."""
    found = read_protections(folder)

    def told() -> Told:
        said = say("about-protections", **about._asdict())
        return Told(said, headline(found), "", say("what-protections-buy"), protections_table(found))

    return found, write_comparison(folder, "protections", found, told, first)


def headline(found: list[ProtectionFigures]) -> str:
    """Say which protection brought most people in, where it is by more than runs of the same differ."""
    valid = [it for it in found if not it.invalid_because]
    if not valid:
        return say("protections-void")
    as_it_is = [it.got_in for it in valid if it.name.startswith("as_it_is")]
    if len(as_it_is) < 2:
        return say("protections-too-few")
    most, spread = max(as_it_is), max(as_it_is) - min(as_it_is)
    best = max(valid, key=lambda it: it.got_in)
    if best.got_in <= most + spread:
        return say("protections-alike")
    return say("best-protection", title=_title(best), got_in=best.got_in, came=best.came, as_it_is=most)
