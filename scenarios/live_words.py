"""How a rehearsal that is under way is put into words: lines for what happens, and one for how it stands."""

from collections.abc import Sequence
from datetime import timedelta

from scenarios.watched import Event, Waiting, Watched

STAGES = {
    "plan": "Planning who comes when …",
    "stack": "Starting the outside services, the database and the portal …",
    "interrupted": "Interrupted: the load ends, and what was measured is kept …",
    "stop_file": "The stop file is there: the load ends, and what was measured is kept …",
    "allowed_until": "The permission ends: so does the load, and what was measured is kept …",
    "books": "Reading the books of portal and gateways …",
    "stop": "Stopping the portal …",
}
COUNTED = {"papers": "Making papers", "seed": "Filling the portal"}
"""Stages that say how much is done."""
HEIGHTS = "▁▂▃▄▅▆▇█"


def happening(event: Event) -> str:
    """Say in a line what has happened; empty where an event only brings figures."""
    match event["now"]:
        case "catching_up":
            return f"{event['visits']} visits are under way: they walk up to where they are …"
        case "fault":
            return fault_line(event)
        case "worker_lost":
            return f"Worker {event['worker']} of the load generator is lost"
        case stage:
            return STAGES.get(stage, "")


def fault_line(event: Event) -> str:
    """Say that a fault has begun, ended or failed.

    >>> fault_line({"words": "the disk is full", "failed": "", "from_s": 40.0, "to_s": 55.2})
    'Fault at second 55 over: the disk is full'
    """
    if event["failed"]:
        return f"Fault failed: {event['words']}: {event['failed']}"
    if event["to_s"] is not None:
        return f"Fault at second {event['to_s']:.0f} over: {event['words']}"
    return f"Fault at second {event['from_s']:.0f}: {event['words']}"


def duration(ms: float | None) -> str:
    """Say a latency; a dash where there is none.

    >>> duration(None), duration(7.26), duration(310.4), duration(3240.0), duration(14_210.0)
    ('–', '7 ms', '310 ms', '3.2 s', '14 s')
    """
    if ms is None:
        return "–"
    if ms < 995:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s" if ms < 9950 else f"{ms / 1000:,.0f} s"


def clock(load: Event) -> str:
    """Say portal time and its speed; the date too where it flies.

    >>> clock({"portal_time": "2025-03-11T09:00:12+08:00", "speed": 1.0})
    '09:00:12, speed 1x'
    """
    day, time = load["portal_time"][:19].split("T")
    return f"{time if load['speed'] == 1 else f'{day} {time[:5]}'}, speed {load['speed']:,.3g}x"


def progress(load: Event) -> str:
    """Say in which run second it is, and how long the load will last."""
    left = timedelta(seconds=max(0, round(load["left_s"])))
    return f"second {max(0.0, load['at_s']):.0f}, about {left} left"


def lag(load: Event) -> str:
    """Say the lag of the last seconds."""
    if not load["pages"]:
        return "no page answered in the last seconds"
    return f"95 of 100 pages within {duration(load['lag_p95_ms'])} of being wanted"


def rate(load: Event) -> str:
    """Say how many requests there are a second."""
    a_second = "–" if load["requests_per_s"] is None else f"{load['requests_per_s']:,.0f}"
    ceiling = f" (ceiling {load['ceiling_per_s']:,.0f})" if load["ceiling_per_s"] else ""
    return f"{a_second} a second{ceiling}, {load['requests']:,} in all"


def queue(it: Waiting) -> str:
    """Say how many wait for a resource, to the tenth where it is little.

    >>> queue(Waiting("sms", 0.2, 3, 3)), queue(Waiting("sms", 1204.4, 3, 3))
    ('0.2', '1,204')
    """
    return f"{it.waiting:,.0f}" if it.waiting >= 10 or not it.waiting else f"{it.waiting:.1f}"


def busy(it: Waiting) -> str:
    """Say how much of a resource is in use."""
    return f"{it.in_use:,.0f} of {it.capacity:,.0f} busy"


def soundness(load: Event) -> str:
    """Say the two figures of the measurement that go wrong first."""
    health = load["generator"]
    cpu = f"{100 * health['cpu_share']:.0f} %" if health else "–"
    return f"generator CPU {cpu} of a core, 99 of 100 arrivals at most {duration(load['late_p99_ms'])} late"


def heights(figures: Sequence[float | None]) -> str:
    """Draw figures as blocks from nothing to the highest of them.

    >>> heights([0.0, 50.0, None, 100.0])
    '▁▄ █'
    """
    most = max((it for it in figures if it is not None), default=0.0) or 1.0
    return "".join(" " if it is None else HEIGHTS[int(it / most * (len(HEIGHTS) - 1))] for it in figures)


def standing_line(watched: Watched) -> str:
    """Say how the load stands in one line, for where nothing can be drawn; only once there is a load."""
    load = watched.load
    assert load is not None
    queues = [f"{it.title} {queue(it)}" for it in watched.waiting()[:2] if it.waiting]
    faults = [it["words"] for it in watched.faults.values()]
    parts = [
        f"{clock(load)}, {progress(load)}",
        f"{load['started']:,} of {load['planned']:,} came, {load['inside']:,} inside",
        f"requests {rate(load)}",
        lag(load),
        *([f"waiting: {', '.join(queues)}"] if queues else []),
        *([f"faults: {'; '.join(faults)}"] if faults else []),
    ]
    return " | ".join(parts)
