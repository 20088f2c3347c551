"""What the harness has to know of a portal: its steps, what its answers mean, and what candidates do there.

A portal is an object of a class of `Portal`. The mock is the first (scenarios/mock.py); a file that sets PORTAL to
another takes its place by a target file's `portal` (docs/your-own-portal.md). Candidates, their papers, pauses,
patience and lines, both latencies and the run folder are the same for all of them.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from scenarios.http_client import Response
    from scenarios.visit import Visit

ASSET = "asset"
"""The step of whatever a page needs besides itself."""
QUEUE = "queue"
"""The step of whatever is asked of a waiting room."""
HOME = "home"
"""The first step that every portal has."""


class Request(NamedTuple):
    """One request, ready to be sent. `step` names it in statistics and in the run folder."""

    step: str
    method: str
    path: str
    json: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    shows_progress: bool = False  # the page shows a progress bar: people wait longer
    about: str = ""
    """The paper, phone, application or order that the portal promises something about where it acknowledges this."""


class Answer(NamedTuple):
    """What came back: `outcome` as in docs/run-folder.md, `code` of what was refused, what the portal made of it."""

    outcome: str
    status: int
    code: str
    document: Any
    """What a portal's `judge` has read: JSON, or a page (scenarios/html_page.py)."""
    retry_after_s: float | None = None
    """When the portal asks to be tried again."""


class Promise(NamedTuple):
    """What a portal owes once it has acknowledged a request: docs/run-folder.md says what item and value are."""

    kind: str
    item: str
    value: str


class WaitingRoom(Protocol):
    """A waiting room before the portal: where its answers say so, candidates take a number and wait for their turn.

    Its answers have the fields `ticket`, `number`, `ahead`, `wait_s` and `poll_after_s`.
    """

    QUEUE_FIRST: str
    """The code of a refusal that leads there."""

    def queue_ticket(self) -> Request:
        """Take a number."""

    def queue_place(self, ticket: str) -> Request:
        """Ask how far the queue is."""

    def queue_leave(self, ticket: str) -> Request:
        """Give the number back."""

    def queue_pass(self, place: Any) -> Mapping[str, str]:
        """Read from an answer the headers that open the portal; none while it is not one's turn."""


class Portal(ABC):
    """A portal as the harness sees it. A second one needs `steps`, `purposes`, `judge` and `make_visit`."""

    steps: tuple[str, ...]
    """Names of its steps in the order in which a candidate comes to them; `home` is the first."""
    purposes: frozenset[str]
    """For which purposes of the plan (scenarios/plan.py) candidates can come; other visits are left out."""
    connections: int = 6
    """Connections that browsers open to it; over HTTP/1.1 they are six."""
    keeps_cookies: bool = False
    """Whether a visit's browser keeps cookies and sends them back."""
    waiting_room: WaitingRoom | None = None

    @abstractmethod
    def judge(self, request: Request, response: "Response") -> Answer:
        """Say what a response means: `ok`, `refused` by a rule that its reader can act on, or `failed`."""

    @abstractmethod
    def make_visit(self, visit: "Visit", purpose: str) -> None:
        """Make a visit for its purpose, step by step. Raises GaveUp."""

    def promise(self, request: Request, answer: Any) -> Promise | None:  # noqa: ARG002 - for those who override it
        """Give what it promises by an answer, or would by one that never came (None); None where that is nothing."""
        return None

    def take_back(self, visit: "Visit", record: str, portal_id: str) -> Answer | None:  # noqa: ARG002 - as above
        """Have a candidate take back a record of an earlier visit; None: the portal has nothing that would do it.

        `record` and `portal_id` are those of `records.csv`. A candidate's come one after the other, the last one first,
        in one visit, which logs in where it has to. Raises GaveUp, which leaves the rest of them.
        """
        return None

    def again(self, attempt: int) -> Mapping[str, str]:  # noqa: ARG002 - for those who override it
        """Give the headers by which its pages say that they send a request again: try `attempt`, from 1 on."""
        return {}


def retry_after_s(header: str) -> float | None:
    """Read from the header Retry-After when a page is to try again by itself; None where it does not say."""
    return float(header) if header.isdecimal() else None


class PortalError(ValueError):
    """A portal file that cannot be used; the message is one line that says what is wrong, and what would be right."""


def load_portal(file: Path) -> Portal:
    """Load the portal that a Python file sets PORTAL to; what lies beside it can be imported by it.

    Raises PortalError, in one line.
    """
    spec = spec_from_file_location(f"portal_of_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise PortalError(f"portal {file} is no Python file; give the path of one, such as portal.py")
    module = module_from_spec(spec)
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever is wrong in somebody's file is theirs to hear, in one line
        raise PortalError(f"portal {file} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(file.parent))
    found = getattr(module, "PORTAL", None)
    if not isinstance(found, Portal):
        raise PortalError(f"portal {file} sets no PORTAL; write PORTAL = Yours(), a class of scenarios.portal.Portal")
    if not getattr(found, "steps", ()) or found.steps[0] != HOME:
        raise PortalError(f"portal {file}: steps must be names of its steps, {HOME!r} the first")
    return found
