"""The waiting room, as a sentence and a table."""

from reports import words
from reports.language import say
from reports.tables import Row, Table
from reports.waiting_room import POLL_MOST_S, WaitingRoom


def waiting_room_sentence(room: WaitingRoom) -> str:
    """Say who had to queue, how long that took, and whether the room was fair and kept its word."""
    counts = {"taken": room.taken, "called": room.admitted, "left": room.left, "half_s": room.waited_s["p50"]}
    said = [say("room-called", **counts) if room.admitted else say("room-none-called", taken=room.taken)]
    if room.inversions:
        said.append(say("room-inversions", count=room.inversions))
    if room.overshoot:
        said.append(say("room-overshoot", inside=room.most_inside, too_many=room.overshoot))
    return words.together(said)


def waiting_room_table(room: WaitingRoom) -> Table:
    """List the figures of the room."""
    error, waited = room.promise_error_s, room.waited_s
    lines = [
        (say("room-row-taken"), words.count(room.taken), False),
        (say("room-row-called"), words.count(room.admitted), False),
        (say("room-row-left"), words.count(room.left), False),
        (say("room-row-in-line"), words.count(room.waiting), False),
        (say("room-row-waited"), _spans(waited["p50"], waited["p95"], waited["most"]), False),
        (say("room-row-promise-error"), _spans(error["p50"], error["p95"]), False),
        (say("room-row-inversions"), words.count(room.inversions), room.inversions > 0),
        (say("room-row-inside"), words.count(room.most_inside), False),
    ]
    if room.limit:
        over = words.count(room.overshoot)
        lines.append((say("room-row-over-limit", limit=room.limit), over, room.overshoot > 0))
    return Table(
        [say("section", name="waiting-room"), say("head-figure")],
        [Row([name, said], "accused" if wrong else "") for name, said, wrong in lines],
        caption=say("room-caption", poll_s=POLL_MOST_S),
        text_columns=frozenset({1}),
    )


def _spans(*seconds: float | None) -> str:
    return say("between-facts").join(words.span(s) for s in seconds)
