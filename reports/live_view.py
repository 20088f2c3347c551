"""What a person sees of a run while it lasts, as JSON: the page and the tab of Locust's web UI draw it."""

from datetime import datetime

import msgspec

from reports.live_points import Point
from reports.live_run import LiveFault, LiveRun
from reports.soundness_limits import Standing


class Warned(msgspec.Struct, frozen=True):
    """A check of the measurement that does not pass."""

    standing: Standing
    sentence: str


class ResourceNow(msgspec.Struct, frozen=True):
    """How a resource of the portal stands."""

    name: str
    title: str
    capacity: float
    in_use: float
    waiting: float
    """Requests waiting on average over its last samples, which come some seconds at a time."""


class LiveView(msgspec.Struct, frozen=True):
    """A run as it stands."""

    run: str
    """The name of its folder."""
    scenario: str
    profile: str
    has_begun: bool
    run_s: float
    planned_length_s: float
    portal_time: datetime
    speed: float
    planned: int
    due: int
    started: int
    inside: int
    requests: int
    faults: list[LiveFault]
    warnings: list[Warned]
    resources: list[ResourceNow]
    points: list[Point]


def live_view(run: LiveRun, since_s: float = 0.0) -> LiveView:
    """Give a run as it stands, with the points later than a run second."""
    return LiveView(
        run=run.folder.name,
        scenario=run.facts.scenario.name,
        profile=run.facts.portal.profile,
        has_begun=run.has_begun,
        run_s=round(run.now_s, 1),
        planned_length_s=run.facts.load.planned_length_s,
        portal_time=run.portal_time,
        speed=run.speed,
        planned=run.planned,
        due=run.due,
        started=run.started,
        inside=run.inside,
        requests=run.requests.total(),
        faults=[it for it in run.faults if it.under_way],
        warnings=[Warned(it.standing, it.sentence) for it in run.checks if it.standing in ("warn", "void")],
        resources=[
            ResourceNow(name, run.title(name), it.capacity, it.in_use, round(it.waiting, 2))
            for name, it in run.resources.items()
        ],
        points=run.points.since(since_s),
    )
