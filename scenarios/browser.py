"""A candidate's browser: sends the requests of the portal, waits as patiently as its owner, reloads, retries.

wanted ──► sent ──► answered                       one row in the run folder for each sending;
│          └─ patience ends ─► sent again         `intended_s` is when the answer was first wanted,
└── intended latency of the step ──┘              whatever it took to get it
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import gevent
import msgspec
from gevent.pool import Pool
from locust.contrib.fasthttp import FastHttpSession

from scenarios import portal
from scenarios.behaviour import Behaviour
from scenarios.portal import Request
from scenarios.run_folder import RequestRow
from scenarios.uplink import PacedBody

STEP_ROOM = 1000
"""How often a step may be wanted in a visit before its draws repeat."""
LONG_BODY_BYTES = 4096
"""Bodies below this leave at once: even a slow uplink carries them within the patience of a click."""


class PatienceEnded(OSError):  # noqa: N818 - what a candidate does, not an error
    """The candidate waits no longer. An OSError, so that the client closes the connection, as browsers do."""


class GaveUp(Exception):  # noqa: N818 - what a candidate does, not an error
    """The candidate has had enough; the text is the reason."""


class Answer(NamedTuple):
    """What came back: `outcome` as in docs/run-folder.md, `code` of the problem, the JSON document."""

    outcome: str
    status: int
    code: str
    document: Any


class Clock(Protocol):
    """Run time and portal time, as a visit sees them."""

    def now_s(self) -> float:
        """Give the run second."""

    def portal_now_s(self) -> float:
        """Give portal seconds since the opening."""

    def pause(self, portal_s: float) -> None:
        """Sleep for so many portal seconds."""


class Browser:
    """Sends requests for one visit of one candidate and records every one of them."""

    def __init__(
        self,
        session: FastHttpSession,
        behaviour: Behaviour,
        clock: Clock,
        worker: int,
        record: Callable[[RequestRow], None],
        due_s: float,
    ) -> None:
        self._session = session
        self._behaviour = behaviour
        self._clock = clock
        self._worker = worker
        self._record = record
        self._uplink = behaviour.uplink()
        self._due_s: float | None = due_s
        self._numbers: Counter[str] = Counter()
        self.headers: Mapping[str, str] = {}
        self.reached = ""

    def want(self, request: Request) -> Answer:
        """Get an answer to a request: an acceptance, or a refusal that can be read and acted on.

        Raises GaveUp when the portal fails the candidate too often.
        """
        # The first request was intended for when the visit was due: a late start is part of the wait.
        intended_s = self._clock.now_s() if self._due_s is None else self._due_s
        self._due_s = None
        number = self.number(request.step)
        attempt = 1
        while True:
            patience_s = self._behaviour.patience_s(number, attempt, sees_progress=request.shows_progress)
            answer = self._send(request, intended_s, attempt, patience_s)
            if answer.outcome == "ok":
                self.reached = request.step
                return answer
            if answer.outcome == "refused":
                return answer
            pause_s = self._behaviour.retry_after_s(number, attempt)
            if pause_s is None:
                raise GaveUp(f"{request.step}: {answer.code}")
            if answer.outcome == "failed":  # who has lost patience reloads at once
                self._clock.pause(pause_s)
            attempt += 1

    def number(self, step: str, first: int = 0) -> int:
        """Give the number that draws at a step are bound to: what happened at other steps does not move it."""
        self._numbers[f"{step}/{first}"] += 1
        return first + portal.STEPS.index(step) * STEP_ROOM + self._numbers[f"{step}/{first}"] % STEP_ROOM

    def load_assets(self) -> None:
        """Fetch what a page needs besides itself, over as many connections as browsers open."""
        intended_s = self._clock.now_s()
        connections = Pool(portal.BROWSER_CONNECTIONS)
        try:
            for path in portal.ASSETS:
                connections.spawn(self._send, portal.asset(path), intended_s, 1, self._behaviour.patience_s(0))
            connections.join()
        finally:
            connections.kill()
            self._keep_one_connection()

    def _keep_one_connection(self) -> None:
        """Close what idles but one: thousands of candidates have to fit into this process's open files."""
        for client in self._session.client.clientpool.clients.values():
            idle = client._connection_pool._socket_queue
            while idle.qsize() > 1:
                idle.get().close()

    def _send(self, request: Request, intended_s: float, attempt: int, patience_s: float) -> Answer:
        body: Any
        body, bytes_up = self._body(request)
        headers = {**self.headers, **request.headers}
        if request.json is not None:
            headers["Content-Type"] = "application/json"
        sent_s = self._clock.now_s()
        status, code, outcome, size, timing, document = 0, "load_ended", "cut_off", 0, "", None
        try:
            patience = gevent.Timeout.start_new(patience_s, PatienceEnded)
            try:
                with self._session.request(
                    request.method,
                    request.path,
                    name=request.step,
                    data=body,
                    headers=headers,
                    catch_response=True,
                ) as response:
                    status = response.status_code
                    content = response.content or b""
                    size = len(content)
                    if status:
                        timing = response.headers.get("server-timing") or ""
                        document = _json(response.headers.get("content-type"), content)
                        outcome, code = _judge(status, document)
                    elif not patience.pending:
                        outcome, code = "abandoned", "patience"
                    else:
                        outcome, code = "failed", type(response.error).__name__
                    if outcome == "refused":
                        response.success()
            finally:
                patience.close()
        finally:
            self._record(
                RequestRow(
                    self._worker,
                    self._behaviour.candidate,
                    self._behaviour.visit,
                    request.step,
                    attempt,
                    intended_s,
                    sent_s,
                    self._clock.now_s(),
                    status,
                    outcome,
                    code,
                    bytes_up,
                    size,
                    timing,
                )
            )
        return Answer(outcome, status, code, document)

    def _body(self, request: Request) -> tuple[bytes | PacedBody | None, int]:
        body = request.body if request.json is None else msgspec.json.encode(request.json)
        if body is None:
            return None, 0
        if len(body) < LONG_BODY_BYTES:
            return body, len(body)
        stall_s, self._uplink = self._uplink.stall_s, self._uplink._replace(stall_s=0.0)
        return PacedBody(body, self._uplink.bits_per_s, stall_s, self._clock.pause), len(body)


def _json(content_type: str | None, content: bytes) -> Any:
    return msgspec.json.decode(content) if content and "json" in (content_type or "") else None


def _judge(status: int, document: Any) -> tuple[str, str]:
    if status < 400:
        return "ok", ""
    code = portal.problem_code(document)
    if status < 500 and code:  # a rule has spoken: the candidate can read it and act on it
        return "refused", code
    return "failed", code or f"http_{status}"
