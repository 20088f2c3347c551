"""Real counts of stays and requests, held against the stages of a small plan of the default window."""

import numpy as np

from scenarios.demand import Floats
from scenarios.pace import REQUESTS_OF_A_VISIT
from scenarios.scenario import Scenario
from scenarios.stages import Stages, draw_stages

_CANDIDATES = 100_000
_DAY_S = 86_400.0

Visits = tuple[Floats, Floats]
"""Begin and end of visits, portal seconds; NaN where there is none."""


def stay_rows() -> list[tuple[str, str, float, float, str]]:
    """Give window, what, real, model and unit of each figure."""
    stages = draw_stages(Scenario(name="stays", purpose="stays and requests", population=_CANDIDATES, start_s=0))
    census, opening = "UK census 2021", "healthcare.gov 2013, first 24 hours"
    return [
        (census, "mean time of a submission", 23.0, submission_minutes(stages), "minutes"),
        (census, "HTTP requests of a submission", 264.0, submission_requests(stages), "requests"),
        (
            opening,
            "inside at once at the most, of the visits of 24 h (250k of 4.7M)",
            100 * 250_000 / 4_700_000,
            100 * inside_at_most(stages),
            "%",
        ),
    ]


def visits_to_filing(stages: Stages) -> tuple[Visits, Visits, Visits]:
    """Give the register, face check and apply visits; whoever goes on in the same session makes one visit."""
    face_now = stages.face_visit_s == stages.arrival_s
    apply_now = stages.apply_visit_s == stages.face_visit_s
    # Who does not get done is inside until the last stage that they passed.
    face_done_s = np.where(apply_now, np.fmax(stages.filed_s, stages.face_checked_s), stages.face_checked_s)
    register_done_s = np.where(face_now, np.fmax(face_done_s, stages.registered_s), stages.registered_s)
    none = np.full_like(stages.arrival_s, np.nan)
    return (
        (stages.arrival_s, register_done_s),
        (np.where(face_now, none, stages.face_visit_s), np.where(face_now, none, face_done_s)),
        (np.where(apply_now, none, stages.apply_visit_s), np.where(apply_now, none, stages.filed_s)),
    )


def submission_minutes(stages: Stages) -> float:
    """Give the mean time inside of those who filed, from account to filing, without the days in between."""
    filed = ~np.isnan(stages.filed_s)
    inside_s = sum(np.nan_to_num(end_s - begin_s)[filed] for begin_s, end_s in visits_to_filing(stages))
    return float(np.mean(inside_s)) / 60


def submission_requests(stages: Stages) -> float:
    """Give the mean number of requests of those who filed, static files included."""
    filed = ~np.isnan(stages.filed_s)
    names = ("register", "face_check", "apply")
    counts = [float((~np.isnan(begin_s[filed])).sum()) for begin_s, _ in visits_to_filing(stages)]
    requests = sum(n * REQUESTS_OF_A_VISIT[name] for name, n in zip(names, counts, strict=True))
    return requests / float(filed.sum())


def inside_at_most(stages: Stages) -> float:
    """Give the most people inside at once in the first 24 hours, as a share of the visits that begin in them."""
    begin_s = np.concatenate([begin_s for begin_s, _ in visits_to_filing(stages)])
    end_s = np.concatenate([end_s for _, end_s in visits_to_filing(stages)])
    first = (begin_s < _DAY_S) & ~np.isnan(end_s)
    times_s = np.concatenate((begin_s[first], end_s[first]))
    steps = np.repeat([1, -1], int(first.sum()))
    inside = np.cumsum(steps[np.argsort(times_s, kind="stable")])
    return float(inside.max()) / float(first.sum())
