"""The eight steps as a portal of rehearse's: what docs/your-own-portal.md calls a portal file."""

from benchmarks.eight_steps import HOME, STEPS
from scenarios.json_portal import JsonPortal
from scenarios.portal import Request
from scenarios.visit import Visit

LOOK, ALL = "look", "register"
"""The purposes of visits that send the first step alone, or all."""
REQUESTS = [
    Request(
        it.name,
        it.method,
        it.path,
        body=it.body.encode() or None,
        headers={"Content-Type": it.content_type} if it.body else {},
    )
    for it in STEPS
]


class EightSteps(JsonPortal):
    """A portal whose steps follow each other without a pause."""

    steps = tuple(it.name for it in STEPS)
    purposes = frozenset({LOOK, ALL})

    def make_visit(self, visit: Visit, purpose: str) -> None:
        """Go through the steps. Raises GaveUp."""
        for request in REQUESTS[: len(HOME)] if purpose == LOOK else REQUESTS:
            visit.browser.want(request)


PORTAL = EightSteps()
