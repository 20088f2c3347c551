"""The mock as a portal: the first implementation of scenarios/portal.py."""

from typing import Any

import msgspec

from scenarios import journey, mock_portal, promises
from scenarios.http_client import Response
from scenarios.plan import PURPOSES
from scenarios.portal import Answer, Portal, Promise, Request
from scenarios.visit import Visit


class Mock(Portal):
    """The registration server of mock_server/: JSON, problem documents, bearer tokens, a waiting room of its own."""

    steps = mock_portal.STEPS
    purposes = frozenset({"look", *PURPOSES.categories})
    waiting_room = mock_portal

    def judge(self, request: Request, response: Response) -> Answer:  # noqa: ARG002 - the answer says it all
        """Read a problem document (RFC 9457) as a refusal, other errors as failures."""
        status, document = response.status, None
        if response.body and b"json" in response.headers.get(b"content-type", b""):
            document = msgspec.json.decode(response.body)
        if status < 400:
            return Answer("ok", status, "", document)
        code = mock_portal.problem_code(document)
        if status < 500 and code:  # a rule has spoken: the candidate can read it and act on it
            return Answer("refused", status, code, document)
        retry_after_s = mock_portal.retry_after_s(response.header(b"retry-after"))
        return Answer("failed", status, code or f"http_{status}", document, retry_after_s)

    def make_visit(self, visit: Visit, purpose: str) -> None:
        """Make a visit as scenarios/journey.py has it. Raises GaveUp."""
        journey.make_visit(visit, purpose)

    def promise(self, request: Request, answer: Any) -> Promise | None:
        """Give what scenarios/promises.py says."""
        return promises.promise(request, answer)

    def again(self, attempt: int) -> dict[str, str]:
        """Give the header X-Retry of the page's script."""
        return mock_portal.again(attempt)


MOCK = Mock()
