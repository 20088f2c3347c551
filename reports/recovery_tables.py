"""How the portal came through its faults, as sentences and a table."""

from reports import words
from reports.recovery import WITHIN, Recovery
from reports.tables import Row, Table


def recovery_sentence(recoveries: list[Recovery]) -> str:
    """Say how many of the faults the portal recovered from, and the longest time that it took."""
    played = [it for it in recoveries if it.fault.from_s is not None]
    stuck = [it for it in played if it.outlasts]
    felt = [it for it in played if it.felt_after_s is not None]
    came_back = [it for it in felt if it.recovered_after_s is not None]
    said = [f"Of {words.count(len(played), 'fault')}, {words.count(len(felt))} lowered goodput."] if played else []
    if came_back:
        slowest = max(came_back, key=lambda it: it.recovered_after_s or 0.0)
        took = words.duration(1000 * (slowest.recovered_after_s or 0.0))
        said.append(
            f"The portal was itself again after {words.count(len(came_back))} of them, at the latest {took} after its "
            f"end ({slowest.fault.words})."
        )
    said += [f"It did not recover from this before the next fault, or the end: {it.fault.words}." for it in stuck]
    failed = [f"{it.fault.words} ({it.fault.failed})" for it in recoveries if it.fault.failed]
    return " ".join([*said, *(f"Could not be played: {it}." for it in failed)])


def recovery_table(recoveries: list[Recovery]) -> Table:
    """Give a row a fault."""
    return Table(
        ["fault", "from", "for", "before", "during", "after", "felt", "recovered", "latency", "requests", "candidates"],
        [
            Row(
                [
                    it.fault.words,
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
        caption="Goodput is the share of wanted answers that came within 2 s. Felt: from the fault's begin until "
        f"goodput fell by over {words.percent(WITHIN)}; recovered: from its end until goodput was back within that of "
        "before, for 5 s in a row; latency: the same for the objective. Lost: requests that failed or were given up "
        "until then, and candidates who gave up and did not come back. In seconds of the run.",
        groups=[("", 3), ("goodput", 3), ("seconds until", 3), ("lost", 2)],
        text_columns=frozenset({0}),
    )


def _length(it: Recovery) -> str:
    fault = it.fault
    return "–" if fault.from_s is None or fault.to_s is None else f"{fault.to_s - fault.from_s:.1f} s"


def _share(share: float | None) -> str:
    return "–" if share is None else words.percent(share)


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s"
