"""Portals that answer in JSON: what their answers mean."""

from typing import Any

import msgspec

from scenarios.http_client import Response
from scenarios.portal import Answer, Portal, Request, retry_after_s


class JsonPortal(Portal):
    """A portal with an API of JSON. A second one still needs `steps`, `purposes` and `make_visit`."""

    def judge(self, request: Request, response: Response) -> Answer:  # noqa: ARG002 - the answer says it all
        """Read what has a code as a refusal, other errors as failures."""
        status, document = response.status, None
        if response.body and b"json" in response.headers.get(b"content-type", b""):
            document = msgspec.json.decode(response.body)
        if status < 400:
            return Answer("ok", status, "", document)
        code = self.problem_code(document)
        if status < 500 and code:  # a rule has spoken: the candidate can read it and act on it
            return Answer("refused", status, code, document)
        wait_s = retry_after_s(response.header(b"retry-after"))
        return Answer("failed", status, code or f"http_{status}", document, wait_s)

    def problem_code(self, document: Any) -> str:
        """Read what was refused: the last part of a problem document's type (RFC 9457); empty where it does not say."""
        return problem_code(document)


def problem_code(document: Any) -> str:
    """Read from a problem document (RFC 9457) what was refused."""
    return str(document.get("type", "")).rpartition("/")[2] if isinstance(document, dict) else ""
