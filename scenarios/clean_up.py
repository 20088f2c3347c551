"""Takes back what a rehearsal has made on a portal that is not ours, as far as the portal has requests for it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import polars as pl

from fakes.candidates import Candidate
from scenarios import mock_portal as portal
from scenarios.http_client import Connections
from scenarios.json_portal import problem_code
from scenarios.portal import Request
from scenarios.reach import Reach
from scenarios.records import FILE as RECORDS
from scenarios.target import Target, TargetError, load_target
from scenarios.target_reach import find_addresses, target_reach
from scenarios.window import CHINA

FILE = "clean_up.csv"
TAKEN_BACK = "taken back"
NO_REQUEST = "the portal has no request that takes it back"
NO_ID = "its id is not known"
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
        cleaned += _take_back(Candidate(seed, int(str(candidate))), its, reach, asks=target.portal is None)
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


def _take_back(person: Candidate, its: pl.DataFrame, reach: Reach, *, asks: bool) -> Iterator[Cleaned]:
    """Log a candidate in where there is something to take back, and give what has become of each record.

    `asks`: the portal has the mock's requests.
    """
    connections = reach.connect()
    headers: dict[str, str] = {}
    no_log_in = ""
    for record, portal_id in its.select("record", pl.col("id").fill_null("")).iter_rows():
        request = portal.taking_back(record, portal_id) if portal_id and asks else None
        if request is None:
            outcome = NO_REQUEST if portal_id else NO_ID
        else:
            if not headers and not no_log_in:
                document, no_log_in = _send(connections, portal.log_in(person), headers)
                headers = {} if no_log_in else portal.authorization(portal.token(document))
            outcome = f"no log-in, {no_log_in}" if no_log_in else _send(connections, request, headers)[1] or TAKEN_BACK
        yield Cleaned(record, portal_id, person.number, person.id_number, outcome)
    connections.close_idle()


def _send(connections: Connections, request: Request, headers: Mapping[str, str]) -> tuple[Any, str]:
    """Give the document of an answer, and why it was refused or failed; empty: it was not."""
    body = None if request.json is None else msgspec.json.encode(request.json)
    its = {**headers, **request.headers, **({"Content-Type": "application/json"} if body else {})}
    try:
        answer = connections.send(request.method, request.path, its, body)
        document = msgspec.json.decode(answer.body) if answer.body else None
    except OSError as error:
        return None, f"failed: {type(error).__name__}"
    except msgspec.DecodeError:
        document = None
    if answer.status < 400:
        return document, ""
    return document, f"refused: {problem_code(document) or f'http_{answer.status}'}"
