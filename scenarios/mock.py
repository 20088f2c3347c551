"""The mock as a portal: the first implementation of scenarios/portal.py."""

from typing import Any

from scenarios import journey, mock_portal, promises
from scenarios.json_portal import JsonPortal
from scenarios.plan import PURPOSES
from scenarios.portal import Answer, Promise, Request
from scenarios.visit import Visit


class Mock(JsonPortal):
    """The registration server of mock_server/: JSON, problem documents, bearer tokens, a waiting room of its own."""

    steps = mock_portal.STEPS
    purposes = frozenset({"look", *PURPOSES.categories})
    waiting_room = mock_portal

    def make_visit(self, visit: Visit, purpose: str) -> None:
        """Make a visit as scenarios/journey.py has it. Raises GaveUp."""
        journey.make_visit(visit, purpose)

    def promise(self, request: Request, answer: Any) -> Promise | None:
        """Give what scenarios/promises.py says."""
        return promises.promise(request, answer)

    def take_back(self, visit: Visit, record: str, portal_id: str) -> Answer | None:
        """Cancel orders that nobody has paid, and withdraw applications that are filed; accounts and drafts stay."""
        request = mock_portal.taking_back(record, portal_id)
        if request is None:
            return None
        if not visit.browser.headers:
            visit.log_in()
        return visit.browser.want(request)

    def again(self, attempt: int) -> dict[str, str]:
        """Give the header X-Retry of the page's script."""
        return mock_portal.again(attempt)


MOCK = Mock()
