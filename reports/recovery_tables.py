"""How the portal came through its faults, as sentences and a table."""

from reports import words
from reports.language import say
from reports.recovery import WITHIN, Recovery
from reports.tables import Row, Table

_HEADS = (
    "fault",
    "from",
    "for",
    "before",
    "during",
    "after",
    "felt",
    "recovered",
    "latency",
    "requests",
    "candidates",
)


def recovery_sentence(recoveries: list[Recovery]) -> str:
    """Say how many of the faults the portal recovered from, and the longest time that it took."""
    played = [it for it in recoveries if it.fault.from_s is not None]
    stuck = [it for it in played if it.outlasts]
    felt = [it for it in played if it.felt_after_s is not None]
    came_back = [it for it in felt if it.recovered_after_s is not None]
    said = [say("faults-felt", faults=len(played), felt=len(felt))] if played else []
    if came_back:
        slowest = max(came_back, key=lambda it: it.recovered_after_s or 0.0)
        took_ms = 1000 * (slowest.recovered_after_s or 0.0)
        said.append(say("faults-recovered", count=len(came_back), took_ms=took_ms, fault=_fault(slowest)))
    said += [say("faults-stuck", fault=_fault(it)) for it in stuck]
    said += [say("faults-failed", fault=_fault(it), why=it.fault.failed) for it in recoveries if it.fault.failed]
    return words.together(said)


def recovery_table(recoveries: list[Recovery]) -> Table:
    """Give a row a fault."""
    return Table(
        [say("recovery-head", of=of) for of in _HEADS],
        [
            Row(
                [
                    _fault(it),
                    _seconds(it.fault.from_s),
                    _length(it),
                    *(_share(share) for share in (it.before, it.during, it.after)),
                    *(_seconds(s) for s in (it.felt_after_s, it.recovered_after_s, it.latency_after_s)),
                    words.count(it.requests_lost),
                    words.count(it.candidates_lost),
                ],
                "accused" if it.outlasts else "",
            )
            for it in recoveries
        ],
        caption=say("recovery-caption", within=WITHIN),
        groups=[("", 3), (say("head-goodput"), 3), (say("head-seconds-until"), 3), (say("head-lost"), 2)],
        text_columns=frozenset({0}),
    )


def _fault(it: Recovery) -> str:
    """Say a fault; in the run's own words where there are none for its name."""
    return say("fault", name=it.fault.name, title=it.fault.words)


def _length(it: Recovery) -> str:
    fault = it.fault
    return "–" if fault.from_s is None or fault.to_s is None else f"{fault.to_s - fault.from_s:.1f} s"


def _share(share: float | None) -> str:
    return "–" if share is None else words.percent(share)


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s"
