"""The waiting room, as a sentence and a table."""

from reports import words
from reports.tables import Row, Table
from reports.waiting_room import POLL_MOST_S, WaitingRoom


def waiting_room_sentence(room: WaitingRoom) -> str:
    """Say who had to queue, how long that took, and whether the room was fair and kept its word."""
    took = words.span(room.waited_s["p50"])
    said = [
        f"{words.count(room.taken, 'number')} were taken, {words.count(room.admitted)} called, "
        f"half of those within {took}; {words.count(room.left)} left the line."
        if room.admitted
        else f"{words.count(room.taken, 'number')} were taken, and none was called."
    ]
    if room.inversions:
        said.append(f"{words.count(room.inversions)} were called after somebody who had come later.")
    if room.overshoot:
        said.append(f"{words.count(room.most_inside)} were inside at once, {words.count(room.overshoot)} too many.")
    return " ".join(said)


def waiting_room_table(room: WaitingRoom) -> Table:
    """List the figures of the room."""
    error, waited = room.promise_error_s, room.waited_s
    lines = [
        ("numbers taken", words.count(room.taken), False),
        ("called", words.count(room.admitted), False),
        ("left the line", words.count(room.left), False),
        ("in line as the load ended", words.count(room.waiting), False),
        ("waited in line: half, 95 %, all", _spans(waited["p50"], waited["p95"], waited["most"]), False),
        ("wait promised otherwise by: half, 95 %", _spans(error["p50"], error["p95"]), False),
        ("called later than a higher number (should be 0)", words.count(room.inversions), room.inversions > 0),
        ("inside at once, at most", words.count(room.most_inside), False),
    ]
    if room.limit:
        over = words.count(room.overshoot)
        lines.append((f"over the limit of {words.count(room.limit)}, by", over, room.overshoot > 0))
    return Table(
        ["waiting room", ""],
        [Row([name, said], "accused" if wrong else "") for name, said, wrong in lines],
        caption="As the candidates saw it, from taking the number to hearing that it was called. Who was called within "
        f"{POLL_MOST_S:g} s of another counts as called at the same time. Inside: from then until the visit ended.",
        text_columns=frozenset({1}),
    )


def _spans(*seconds: float | None) -> str:
    return ", ".join(words.span(s) for s in seconds)
