"""Whether a portal's lag outlasts its cause, from the trials of `rehearse metastable`."""

from pathlib import Path

import msgspec
import polars as pl

from reports import words
from reports.analysis import Analysis, analyse
from reports.comparison import About, Told, write_comparison
from reports.language import Language, Text, later, say
from reports.latency import IN_TIME_S, IS_PAGE
from reports.run_folder import open_run
from reports.tables import Row, Table

TRIALS = "trials"
LAST_S = 60.0
"""The end of the load, over which it is seen what came of it."""
WELL = 0.9
"""Share of answers in time from which on a portal is well; without the trigger it must be, or nothing can be asked."""
NAMES = ("baseline", "trigger", "smaller", "lower_load", "way_out")


class Arm(msgspec.Struct, frozen=True):
    """How one trial went. Shares are of wanted answers, times in seconds."""

    name: str
    title: str
    invalid_because: tuple[Text | str, ...]
    during: float | None
    """Goodput while the trigger lasted; None without one."""
    at_the_end: float
    """Goodput of the last LAST_S."""
    recovered_after_s: float | None
    """From the trigger's end; None: not, or there was none."""
    retries_a_wish: float
    """Requests for each answer that was wanted, in the last LAST_S."""

    @property
    def said(self) -> Text:
        """The trial in words."""
        return later("arm", name=self.name, title=self.title)

    @property
    def is_well(self) -> bool:
        """Whether people are served in the end."""
        return self.at_the_end >= WELL


class Finding(msgspec.Struct, frozen=True):
    """Whether the failure is metastable, and why it is said so: `metastable`, `recovers`, `overloaded` or `void`."""

    standing: str
    because: Text
    arms: tuple[Arm, ...]


def read_arms(folder: Path) -> tuple[Arm, ...]:
    """Read the trials of a series, as far as they have been made. Raises RunFolderError."""
    paths = [folder / TRIALS / name for name in NAMES]
    return tuple(_read(path) for path in paths if (path / "run.json").exists())


def _read(path: Path) -> Arm:
    a = analyse(open_run(path))
    recovery = a.recoveries[0] if a.recoveries else None
    at_the_end, retries = _last(a)
    failed = (later("trigger-not-played", why=recovery.fault.failed),) if recovery and recovery.fault.failed else ()
    return Arm(
        name=path.name,
        title=str(a.run.facts.trial["arm"]),
        invalid_because=(*a.invalid_because, *failed),
        during=recovery.during if recovery else None,
        at_the_end=at_the_end,
        recovered_after_s=recovery.recovered_after_s if recovery else None,
        retries_a_wish=retries,
    )


def _last(a: Analysis) -> tuple[float, float]:
    """Give goodput, and the requests for each wish, over the last LAST_S in which answers had their time."""
    to_s = a.run.facts.load.length_s - IN_TIME_S
    answered = pl.col("outcome").is_in(["ok", "refused"]) & (pl.col("done_s") - pl.col("intended_s") <= IN_TIME_S)
    wish = pl.struct("candidate", "visit", "step", "intended_s")
    wanted = pl.col("intended_s").is_between(to_s - LAST_S, to_s, closed="left")
    sent = pl.col("sent_s").is_between(to_s - LAST_S, to_s, closed="left")
    in_time, wishes, requests, asked = (
        a.run.requests.filter(IS_PAGE)
        .select(
            (answered & wanted).sum(),
            wish.filter(wanted).n_unique().alias("wishes"),
            sent.sum().alias("requests"),
            wish.filter(sent).n_unique().alias("asked"),
        )
        .collect()
        .row(0)
    )
    return in_time / wishes if wishes else 1.0, requests / max(1, asked)


def judge(arms: tuple[Arm, ...]) -> Finding:
    """Say whether the lag outlasts its cause.

    Metastable is a failure that stays when its trigger has gone, at a load that the portal bears without the trigger,
    and that a smaller trigger or less load does not leave behind.
    """
    known = {arm.name: arm for arm in arms}
    if void := [arm.name for arm in arms if arm.invalid_because]:
        return Finding("void", later("arms-void", arms=tuple(void)), arms)
    if missing := [name for name in NAMES if name not in known]:
        return Finding("void", later("arms-missing", arms=tuple(missing)), arms)
    if not known["baseline"].is_well:
        return Finding("overloaded", later("too-much-by-itself", share=known["baseline"].at_the_end), arms)
    if known["trigger"].is_well:
        return Finding("recovers", later("lag-goes"), arms)
    stays, way_out = known["trigger"].at_the_end, known["way_out"]
    others = tuple(later("quoted", text=known[name].said) for name in ("smaller", "lower_load") if known[name].is_well)
    if not others:
        return Finding("overloaded", later("no-vulnerable-state", share=stays), arms)
    because = later("lag-stays", share=stays, others=others, is_way_out=way_out.is_well, way_out=way_out.said)
    return Finding("metastable", because, arms)


def headline(finding: Finding) -> str:
    """Say what was found, in one sentence."""
    return say("metastable-standing", name=finding.standing)


def arms_table(finding: Finding) -> Table:
    """Give a row an arm."""
    return Table(
        [say("arms-head", of=of) for of in ("portal", "during", "at_the_end", "recovered", "requests")],
        [
            Row(
                [
                    str(arm.said),
                    words.percent(arm.during),
                    words.percent(arm.at_the_end),
                    words.span(arm.recovered_after_s),
                    f"{arm.retries_a_wish:.1f}",
                ],
                "" if arm.is_well else "accused",
            )
            for arm in finding.arms
        ],
        caption=say("arms-caption", in_time_s=IN_TIME_S, last_s=LAST_S),
        text_columns=frozenset({0}),
    )


def write_finding(folder: Path, about: About, first: Language = "en") -> tuple[Finding, Path]:
    """Write what the trials say, with a page, which shows the language `first`, into their folder; give both."""
    finding = judge(read_arms(folder))
    return finding, write_comparison(folder, "metastable", finding, lambda: told(finding, about), first)


def told(finding: Finding, about: About) -> Told:
    """Tell what the trials say."""
    said = say("about-trials", **about._asdict())
    return Told(said, headline(finding), str(finding.because), say("less-of-each"), arms_table(finding))
