"""Takes back what a rehearsal has made on a portal that is not ours, as far as the portal's `take_back` knows how."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import gevent
import msgspec
import polars as pl

from fakes.candidates import Candidate
from fakes.paper_bank import PaperBank
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.browser import Browser, GaveUp
from scenarios.portal import Answer
from scenarios.reach import Reach
from scenarios.records import FILE as RECORDS
from scenarios.run_clock import RunClock
from scenarios.target import Target, TargetError, load_target
from scenarios.target_reach import find_addresses, target_reach
from scenarios.visit import Surroundings, Visit
from scenarios.window import CHINA

FILE = "clean_up.csv"
TAKEN_BACK = "taken back"
NO_REQUEST = "the portal has no request that takes it back"
NO_ID = "its id is not known"
CAREFUL = BehaviourSettings(
    think_mean_s=0.001,
    form_median_s=0.001,
    patience_median_s=60.0,
    patience_sigma=0.001,
    retry_share=1.0,
    retry_mean_s=1.0,
    retries_most=3,
)
"""Nobody thinks here; who gets no answer waits for a minute, and tries again three times."""
COLUMNS = ["record", "id", "candidate", "id_number", "outcome"]


class Cleaned(NamedTuple):
    """A record, and what has become of it: TAKEN_BACK, or why it is left."""

    record: str
    id: str
    candidate: int
    id_number: str
    outcome: str


def clean_up(run: Path, target_file: Path, tell: Callable[[int, int], None] = lambda *_: None) -> list[Cleaned]:
    """Take back the records of a run, the last ones first, and list in `clean_up.csv` what has become of each.

    `tell` hears how many are done, of how many. Raises TargetError and TargetRefusedError.
    """
    target, records, seed = load_target(target_file), *_read(run)
    _check_same_portal(run, target)
    reach = target_reach(target, find_addresses(target))
    cleaned: list[Cleaned] = []
    for (candidate,), its in records.reverse().group_by("candidate", maintain_order=True):
        target.check_permission(datetime.now(CHINA))
        cleaned += _take_back(Candidate(seed, int(str(candidate))), its, reach)
        tell(len(cleaned), len(records))
    schema = {name: pl.UInt32 if name == "candidate" else pl.String for name in COLUMNS}
    pl.DataFrame(cleaned, schema=schema, orient="row").write_csv(run / FILE)
    return cleaned


def summary(cleaned: list[Cleaned]) -> list[str]:
    """Say what was taken back and what is left, in lines."""
    counts = Counter((it.outcome, it.record) for it in cleaned)
    gone = [f"{count} of {record}" for (outcome, record), count in sorted(counts.items()) if outcome == TAKEN_BACK]
    left = [(outcome, record, count) for (outcome, record), count in sorted(counts.items()) if outcome != TAKEN_BACK]
    lines = [f"Taken back: {', '.join(gone) or 'nothing'}."]
    return lines + [f"Left: {count} of {record}: {outcome}." for outcome, record, count in left]


def _read(run: Path) -> tuple[pl.DataFrame, int]:
    try:
        about = msgspec.json.decode((run / "run.json").read_bytes())
        records = pl.read_csv(run / RECORDS, schema_overrides={"id": pl.String, "id_number": pl.String})
        return records, int(about["seed"])
    except OSError:
        raise TargetError(f"{run} has no {RECORDS}: give the folder of a run with --target") from None


def _check_same_portal(run: Path, target: Target) -> None:
    rehearsed = msgspec.json.decode((run / "run.json").read_bytes()).get("target", {}).get("base_url")
    if rehearsed != target.base_url:
        raise TargetError(f"{run} is of {rehearsed}, and the target file of {target.base_url}: give that of the run")


def _take_back(person: Candidate, its: pl.DataFrame, reach: Reach) -> Iterator[Cleaned]:
    """Let a candidate take back each of their records; give what has become of it."""
    clock = RunClock(time.time(), sleep=gevent.sleep)
    behaviour = Behaviour(CAREFUL, person.seed, person.number, 0)
    connections = reach.connect()
    browser = Browser(connections, _forget, behaviour, clock, 0, _forget, _forget, _forget, 0.0, reach.portal)
    around = Surroundings(PaperBank({}), reach.read_phone, reach.pay)
    visit = Visit(person, behaviour, browser, clock, around, has_account=True)
    gave_up = ""
    for record, portal_id in its.select("record", pl.col("id").fill_null("")).iter_rows():
        if not portal_id:
            outcome = NO_ID
        elif gave_up:
            outcome = gave_up
        else:
            try:
                outcome = _outcome(reach.portal.take_back(visit, record, portal_id))
            except GaveUp as why:
                outcome = gave_up = f"gave up at {why}"
        yield Cleaned(record, portal_id, person.number, person.id_number, outcome)
    connections.close_idle()


def _forget(*_: object, **__: object) -> None:
    """Keep no books of it: what is left is listed."""


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return NO_REQUEST
    return TAKEN_BACK if answer.outcome == "ok" else f"{answer.outcome}: {answer.code}"
