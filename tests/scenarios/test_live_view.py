"""What a person sees of a rehearsal that is under way, and what a program reads: from events alone."""

import io
import json
from contextlib import suppress

import pytest
from rich.console import Console

from reports import void_so_far
from scenarios.lateness import Lateness
from scenarios.live_figures import LiveFigures
from scenarios.live_view import RESOURCES, live_view
from scenarios.run_folder import GENERATOR, RequestRow
from scenarios.speaker import Speaker
from scenarios.watched import Watched
from scenarios.watcher import JsonLines, LiveView, PlainLines

TITLES = {"worker_slots": "worker slots", "sms": "SMS gateway lines", "filing_row": "locked rows of the filing numbers"}


def load(at_s, **figures):
    """Give an event of the load at a second, a sound one but for `figures`."""
    health = dict.fromkeys(GENERATOR, 0.0) | {"at_s": at_s, "wall_s": at_s, "cpu_share": 0.3, "open_files_limit": 9}
    health |= figures.pop("health", {})
    return {
        "now": "load",
        "at_s": at_s,
        "planned": 5678,
        "started": 1234,
        "inside": 312,
        "requests": 45_678,
        "portal_time": "2025-03-11T09:00:47+08:00",
        "speed": 1.0,
        "ceiling_per_s": None,
        "left_s": 133.0,
        "requests_per_s": 412.0,
        "pages": 700,
        "lag_p95_ms": 3240.0,
        "late_p99_ms": 7.0,
        "generator": health,
        **figures,
    }


def sample(sms, slots):
    """Give an event of the portal's resources with so many waiting."""
    figures = {"worker_slots": slots, "sms": sms, "filing_row": 0.0}
    return {
        "now": "resources",
        "at_s": 1.0,
        "resources": {name: {"queue": queue, "in_use": 3.0, "capacity": 3.0} for name, queue in figures.items()},
    }


def fault(**more):
    """Give an event of a fault that is under way."""
    known = {"number": 0, "name": "disk_full", "words": "the disk is full", "until_s": 70.0}
    return {"now": "fault", **known, "from_s": 40.0, "to_s": None, "failed": "", **more}


def heard(*events):
    """Give the state after these events."""
    watched = Watched(void_so_far)
    for event in ({"now": "portal", "resources": TITLES}, *events):
        watched.hear(event)
    return watched


def lines(watched, width):
    """Give the picture as the lines of a terminal."""
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(live_view(watched))
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_picture_says_how_it_stands(width):
    """Clock, people, requests, lag, waiting, faults: all of it, in as many lines as before, at any width."""
    seen = lines(heard(sample(128.0, 60.0), load(47.0), fault()), width)
    text = "\n".join(seen)
    assert max(map(len, seen)) <= min(width, 120)
    for words in (
        "09:00:47, speed 1x",
        "second 47, about 0:02:13 left",
        "1,234 of 5,678 came, 312 inside",
        "412 a second, 45,678 in all",
        "95 of 100 pages within 3.2 s",
        "the disk is full, until second 70",
        "generator CPU 30 % of a core, 99 of 100 arrivals at most 7 ms late",
        "3 of 3 busy",
    ):
        assert words in text
    assert len(seen) == len(lines(heard(load(47.0)), width)), "what is below would jump"
    assert "Void" not in text


def test_the_longest_queue_is_first_and_its_bar_the_longest():
    """Means of the last seconds count, so that bars do not dance."""
    watched = heard(sample(0.0, 60.0), sample(256.0, 60.0), load(47.0))
    assert ["SMS gateway lines", "worker slots", "locked rows of the filing numbers"] == [
        it.title for it in watched.waiting()
    ]
    assert 128.0 == watched.waiting()[0].waiting
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(live_view(watched))
    bars = [line for line in console.export_text(styles=True).splitlines() if "busy" in line]
    red = [line.split("m━")[1].split("\x1b")[0].count("━") for line in bars[:2]]
    assert red[0] > 2 * red[1] - 2 > 0
    assert len(bars) == len(TITLES) <= RESOURCES


def test_a_fault_is_shown_while_it_lasts():
    """Not after its end, nor where it failed."""
    assert heard(fault()).faults
    assert not heard(fault(), fault(to_s=55.0)).faults
    assert not heard(fault(from_s=None, failed="cannot be done")).faults


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"late_p99_ms": 51.0}, "Arrivals started late: 51 ms at the 99th percentile, where 50 ms are allowed."),
        ({"health": {"cpu_share": 0.95}}, "The generator was short of CPU"),
        ({"health": {"loop_lag_ms": 300.0}}, "The generator's event loop was slow"),
        ({"health": {"open_files": 8.9}}, "close to the sockets"),
        ({"health": {"wall_s": 60.0}}, "The wall clock jumped"),
        ({"late_p99_ms": 50.0}, None),
        ({"late_p99_ms": 51.0, "speed": 60.0}, None),
    ],
)
def test_void_is_said_as_soon_as_it_is_known(figures, reason):
    """By the limits of the verdict, in its words, after the first seconds; lateness in fast time says nothing."""
    jump = figures.get("health", {}).get("wall_s")
    early = heard(*(load(float(s), **figures) for s in range(1, 10)))
    sound = [] if jump is None else [load(float(s)) for s in range(1, 10)]
    watched = heard(*sound, *(load(float(s), **figures) for s in range(10 if sound else 1, 13)))
    assert () == early.void
    if reason is None:
        assert () == watched.void
    else:
        (said,) = watched.void
        assert reason in said
        assert "Void so far" in "\n".join(lines(watched, 80))


def test_the_terminal_is_left_clean():
    """Also by Ctrl-C: the cursor is back, and what happened stands above the last picture."""
    out = io.StringIO()
    view = LiveView(Console(file=out, force_terminal=True, width=80), void_so_far)
    with suppress(KeyboardInterrupt), view:
        view(load(47.0))
        view({"now": "interrupted"})
        raise KeyboardInterrupt
    written = out.getvalue()
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    assert written.rindex("Interrupted: the load ends") < written.rindex("09:00:47")


def test_plain_lines_are_plain():
    """Where nothing can be drawn: a line for what happens, one in five seconds of the load, no control codes."""
    out = io.StringIO()
    with PlainLines(Console(file=out, width=80), void_so_far) as watcher:
        for event in ({"now": "plan"}, *({"now": "papers", "done": n, "total": 9} for n in range(9)), sample(9.0, 0.0)):
            watcher(event)
        for half_s in range(40):
            watcher(load(half_s / 2, late_p99_ms=7.0 if half_s < 30 else 80.0))
        watcher(fault())
    said = out.getvalue().splitlines()
    assert "\x1b" not in out.getvalue()
    assert ["Planning who comes when …", "Making papers …"] == said[:2]
    assert 4 == sum("1,234 of 5,678 came" in line and "waiting: " in line for line in said)
    assert 1 == sum("Void as it stands: Arrivals started late" in line for line in said)
    assert "Fault at second 40: the disk is full" == said[-1]


def test_programs_read_json(capsys):
    """One object an event, of the load one a second, and the moment from which on the run is void."""
    with JsonLines(void_so_far) as watcher:
        watcher({"now": "plan"})
        for half_s in range(40):
            watcher(load(half_s / 2, late_p99_ms=80.0))
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [*range(20)] == [int(it["at_s"]) for it in said if it["now"] == "load"]
    (void,) = (it for it in said if it["now"] == "void_so_far")
    assert "80 ms" in void["reasons"][0]


def test_quiet_says_only_what_was_found(capsys):
    """And JSON says nothing in words."""
    quiet = Speaker(void_so_far, quiet=True)
    quiet.say("on the way", now="trial")
    with quiet.watcher() as watcher:
        watcher(load(1.0))
    quiet.conclude("found", now="verdict")
    assert "found\n" == capsys.readouterr().out
    programs = Speaker(void_so_far, json_lines=True)
    programs.say("on the way", now="trial", name="one")
    programs.conclude("found", now="verdict", exit_code=0)
    assert '{"now": "trial", "name": "one"}\n{"now": "verdict", "exit_code": 0}\n' == capsys.readouterr().out


def row(step, intended_s, done_s):
    """Give a request that was answered."""
    return RequestRow(0, 1, 0, step, 1, intended_s, intended_s, done_s, 200, "ok", "", 0, 0, "")


def test_lag_is_of_the_last_seconds_and_of_pages():
    """Intended latency, as in the report: static files and the waiting room's questions are no pages."""
    lateness = Lateness()
    live = LiveFigures(lateness)
    for number in range(100):
        live.answered(row("home", 0.0, number / 100))
        live.answered(row("asset", 0.0, 9.0))
    first = live.now(1.0, 200)
    assert (100, 940.0, None, None) == tuple(
        first[name] for name in ("pages", "lag_p95_ms", "requests_per_s", "late_p99_ms")
    )
    live.answered(row("home", 0.0, 5.0))
    assert (101, 20.0) == tuple(live.now(5.0, 280)[name] for name in ("pages", "requests_per_s"))
    assert (1, 5000.0) == tuple(live.now(6.5, 290)[name] for name in ("pages", "lag_p95_ms"))
    for late_s in (0.0,) * 197 + (0.0512, 0.0512, 3.0):
        lateness.add(late_s)
    lateness.add(9.0, at_true_rate=False)  # says nothing of the measurement
    late = live.now(20.0, 290)
    assert (0, None, 52.0) == (late["pages"], late["lag_p95_ms"], late["late_p99_ms"])
