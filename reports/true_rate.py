"""Which stretches of a run were at true rate, in words: only they can tell of lag."""

from reports.language import say
from reports.pace import Stretch, longest
from reports.timeline import Timeline

MOST_NAMED = 8


def how_much(timeline: Timeline) -> str:
    """Say how many stretches were at true rate and how long they were.

    >>> from datetime import datetime
    >>> from reports.pace import Pace
    >>> pace = Pace((0.0, 9.0, 30.0), (0.0, 900.0, 921.0), (100.0, 1.0, 50.0), 60.0)
    >>> how_much(Timeline(60.0, datetime.fromisoformat("2025-03-10T08:59:00+08:00"), pace))
    '1 stretch at true rate, 21 s of the 60 s of the run'
    """
    pace = timeline.pace
    return say("how-much-true", stretches=len(pace.stretches), true_s=pace.true_s, length_s=timeline.length_s)


def stretches(timeline: Timeline) -> list[str]:
    """Say each stretch with its portal dates and its length, the longest ones where there are many."""
    every = timeline.pace.stretches
    named = longest(every, MOST_NAMED)
    said = [say("true-stretch", dates=dates(timeline, each), length_s=each[1] - each[0]) for each in named]
    rest = len(every) - len(named)
    return [*said, say("shorter-stretches", count=rest)] if rest else said


def dates(timeline: Timeline, stretch: Stretch) -> str:
    """Say from when to when a stretch went on the portal's clock.

    >>> from datetime import datetime
    >>> dates(Timeline(60.0, datetime.fromisoformat("2025-03-10T08:59:00+08:00")), (0.0, 60.0))
    '10 March 2025, 08:59:00 to 09:00:00'
    """
    begin = timeline.moment(stretch[0])
    end = timeline.moment(stretch[1])
    return say("dates", begin=begin, end=end, is_one_day=begin.date() == end.date())
