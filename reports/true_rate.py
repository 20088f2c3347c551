"""Which stretches of a run were at true rate, in words: only they can tell of lag."""

from reports import words
from reports.pace import Stretch, longest
from reports.timeline import Timeline

MOST_NAMED = 8
NOT_MEASURED = "no stretch ran at true rate: lag was not measured"


def how_much(timeline: Timeline) -> str:
    """Say how many stretches were at true rate and how long they were.

    >>> from datetime import datetime
    >>> from reports.pace import Pace
    >>> pace = Pace((0.0, 9.0, 30.0), (0.0, 900.0, 921.0), (100.0, 1.0, 50.0), 60.0)
    >>> how_much(Timeline(60.0, datetime.fromisoformat("2025-03-10T08:59:00+08:00"), pace))
    '1 stretch at true rate, 21 s of the 60 s of the run'
    """
    pace = timeline.pace
    number = words.count(len(pace.stretches), "stretch").replace("stretchs", "stretches")
    return f"{number} at true rate, {words.span(pace.true_s)} of the {words.span(timeline.length_s)} of the run"


def stretches(timeline: Timeline) -> list[str]:
    """Say each stretch with its portal dates and its length, the longest ones where there are many."""
    every = timeline.pace.stretches
    named = longest(every, MOST_NAMED)
    said = [f"{dates(timeline, stretch)} ({words.span(stretch[1] - stretch[0])})" for stretch in named]
    rest = len(every) - len(named)
    return [*said, f"and {rest:,} shorter ones"] if rest else said


def dates(timeline: Timeline, stretch: Stretch) -> str:
    """Say from when to when a stretch went on the portal's clock.

    >>> from datetime import datetime
    >>> dates(Timeline(60.0, datetime.fromisoformat("2025-03-10T08:59:00+08:00")), (0.0, 60.0))
    '10 March 2025, 08:59:00 to 09:00:00'
    """
    begin = timeline.moment(stretch[0])
    end = timeline.moment(stretch[1])
    day = "" if end.date() == begin.date() else f"{end.day} {end:%B}, "
    return f"{begin.day} {begin:%B %Y}, {begin:%H:%M:%S} to {day}{end:%H:%M:%S}"
