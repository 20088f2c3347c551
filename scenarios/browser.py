"""A candidate's browser: sends the requests of the portal, waits as patiently as its owner, reloads, retries.

wanted ──► sent ──► answered                       one row in the run folder for each sending;
│          └─ patience ends ─► sent again         `intended_s` is when the answer was first wanted,
└── intended latency of the step ──┘              whatever it took to get it
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import gevent
import msgspec

from scenarios.behaviour import Behaviour
from scenarios.cookies import Cookies
from scenarios.http_client import Body, Connections, Response
from scenarios.portal import ASSET, Answer, Portal, Request, WaitingRoom
from scenarios.run_folder import PromiseRow, RequestRow, StandingRow
from scenarios.uplink import LineDead, PacedBody

STEP_ROOM = 1000
"""How often a step may be wanted in a visit before its draws repeat."""
LONG_BODY_BYTES = 4096
"""Bodies below this leave at once: even a slow uplink carries them within the patience of a click."""
QUEUE_ANSWER_S = 5.0
"""How long the waiting room's page waits for an answer, and then before it asks again."""


class PatienceEnded(Exception):  # noqa: N818 - what a candidate does, not an error
    """The candidate waits no longer. The connection is closed, as browsers do."""


class GaveUp(Exception):  # noqa: N818 - what a candidate does, not an error
    """The candidate has had enough; the text is the reason."""


class RequestFailed(Exception):  # noqa: N818 - what Locust counts by
    """A request that failed or was abandoned; the text is the code of its row in the run folder."""


NO_RESPONSE = Response(0, {}, b"")
PROMISED = {"ok": "ok", "refused": "fail"}
"""What an answer's outcome says of a promise; of any other, nobody knows whether the portal has carried it out."""


class Clock(Protocol):
    """Run time and portal time, as a visit sees them."""

    def now_s(self) -> float:
        """Give the run second."""

    def portal_now_s(self) -> float:
        """Give portal seconds since the opening."""

    def pause(self, portal_s: float) -> None:
        """Sleep for so many portal seconds."""


class Browser:
    """Sends requests for one visit of one candidate and records every one of them.

    `report` hears of each as Locust's request event does.
    """

    def __init__(
        self,
        connections: Connections,
        report: Callable[..., object],
        behaviour: Behaviour,
        clock: Clock,
        worker: int,
        record: Callable[[RequestRow], None],
        record_promise: Callable[[PromiseRow], None],
        record_standing: Callable[[StandingRow], None],
        due_s: float,
        portal: Portal,
        missing_steps: frozenset[str] = frozenset(),
    ) -> None:
        self._portal = portal
        self._connections = connections
        self._report_to = report
        self._behaviour = behaviour
        self._clock = clock
        self._worker = worker
        self._record = record
        self._record_promise = record_promise
        self._record_standing = record_standing
        self._uplink = behaviour.uplink()
        self._due_s: float | None = due_s
        self._missing_steps = missing_steps
        self._numbers: Counter[tuple[str, int]] = Counter()
        self.headers: Mapping[str, str] = {}
        self._cookies = Cookies() if portal.keeps_cookies else None
        self._ticket: str | None = None
        self._pass: Mapping[str, str] = {}
        self.reached = ""

    def want(self, request: Request) -> Answer:
        """Get an answer to a request: an acceptance, or a refusal that can be read and acted on.

        Raises GaveUp when the portal fails the candidate too often, or does not have the step.
        """
        if request.step in self._missing_steps:
            raise GaveUp(f"{request.step}: not there")
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
            room = self._portal.waiting_room
            if room is not None and answer.code == room.QUEUE_FIRST:
                self._stand_in_line(room)
                intended_s, attempt = self._clock.now_s(), 1
                continue
            if answer.outcome == "refused":
                return answer
            pause_s = self._behaviour.retry_after_s(number, attempt)
            if pause_s is None:
                raise GaveUp(f"{request.step}: {answer.code}")
            if answer.outcome == "failed":  # who has lost patience reloads at once
                asked_s = answer.retry_after_s if self._behaviour.heeds_retry_after else None
                self._clock.pause(pause_s if asked_s is None else asked_s)
            attempt += 1

    def break_off(self, request: Request, after: float) -> None:
        """Send so much of a request's body, from 0 to 1, and no more: the device has died, and its log-in with it."""
        patience_s = self._behaviour.patience_s(self.number(request.step), sees_progress=request.shows_progress)
        self._send(request, self._clock.now_s(), 1, patience_s, after)
        self._connections.close_idle()
        self.headers, self._pass, self._ticket = {}, {}, None  # nobody gives its number back
        if self._cookies is not None:
            self._cookies = Cookies()

    def number(self, step: str, first: int = 0) -> int:
        """Give the number that draws at a step are bound to: what happened at other steps does not move it."""
        self._numbers[step, first] += 1
        return first + self._portal.steps.index(step) * STEP_ROOM + self._numbers[step, first] % STEP_ROOM

    def load_assets(self, paths: Iterable[str]) -> None:
        """Fetch what a page needs besides itself, over as many connections as browsers open."""
        intended_s, patience_s = self._clock.now_s(), self._behaviour.patience_s(0)
        assets = iter(paths)

        def fetch() -> None:
            for path in assets:  # shared: each connection takes the next one
                self._send(Request(ASSET, "GET", path), intended_s, 1, patience_s)

        fetching = [gevent.spawn(fetch) for _ in range(self._portal.connections)]
        try:
            gevent.joinall(fetching)
        finally:
            gevent.killall(fetching)
            self._connections.close_idle(keep=1)  # thousands of candidates have to fit into this process's open files

    def _stand_in_line(self, room: WaitingRoom) -> None:
        """Take a number and wait until it is called. Raises GaveUp where that takes too long."""
        taken_s, patience_s = self._clock.now_s(), self._behaviour.queue_patience_s()
        self._pass = {}
        first = place = self._ask_the_queue(room.queue_ticket(), taken_s + patience_s)
        self._ticket = first["ticket"]
        try:
            while not (queue_pass := room.queue_pass(place)):
                self._clock.pause(place["poll_after_s"])
                place = self._ask_the_queue(room.queue_place(first["ticket"]), taken_s + patience_s)
            self._pass = queue_pass
        finally:
            now_s = self._clock.now_s()
            self._record_standing(
                StandingRow(
                    self._worker,
                    self._behaviour.candidate,
                    self._behaviour.visit,
                    first["number"],
                    first["ahead"],
                    first["wait_s"],
                    taken_s,
                    now_s if self._pass else None,
                    now_s,
                )
            )

    def _ask_the_queue(self, request: Request, until_s: float) -> Any:
        """Ask until an answer comes: the page does so by itself. Raises GaveUp when the patience has ended."""
        attempt = 1
        while (now_s := self._clock.now_s()) < until_s:
            answer = self._send(request, now_s, attempt, min(QUEUE_ANSWER_S, until_s - now_s))
            if answer.outcome == "ok":
                return answer.document
            self._clock.pause(QUEUE_ANSWER_S)
            attempt += 1
        raise GaveUp("queue: patience")

    def close(self) -> None:
        """Close the page: one who has a number of the waiting room gives it back."""
        if self._ticket is not None and self._portal.waiting_room is not None:
            ticket, self._ticket = self._ticket, None
            self._send(self._portal.waiting_room.queue_leave(ticket), self._clock.now_s(), 1, QUEUE_ANSWER_S)

    def _send(
        self, request: Request, intended_s: float, attempt: int, patience_s: float, dead_after: float | None = None
    ) -> Answer:
        body, headers = request.body, {**self.headers, **self._pass, **request.headers, **self._portal.again(attempt)}
        if request.json is not None:
            body = msgspec.json.encode(request.json)
            headers["Content-Type"] = "application/json"
        if self._cookies is not None:
            headers |= self._cookies.headers()
        sent_s = self._clock.now_s()
        answer, response = Answer("cut_off", 0, "load_ended", None), NO_RESPONSE
        patience = gevent.Timeout.start_new(patience_s, PatienceEnded)
        try:
            response = self._connections.send(request.method, request.path, headers, self._paced(body, dead_after))
            if self._cookies is not None:
                self._cookies.keep(response.header(b"set-cookie"))
            answer = self._portal.judge(request, response)
        except PatienceEnded:
            answer = Answer("abandoned", 0, "patience", None)
        except LineDead:
            answer = Answer("cut_off", 0, "device_died", None)
        except OSError as error:
            answer = Answer("failed", 0, type(error).__name__, None)
        finally:
            patience.close()
            done_s = self._clock.now_s()
            self._record(
                RequestRow(
                    self._worker,
                    self._behaviour.candidate,
                    self._behaviour.visit,
                    request.step,
                    attempt,
                    intended_s,
                    sent_s,
                    done_s,
                    answer.status,
                    answer.outcome,
                    answer.code,
                    len(body) if body else 0,
                    len(response.body),
                    response.header(b"server-timing"),
                )
            )
            self._note_promise(request, answer, sent_s, done_s)
        self._report(request, answer, sent_s, done_s, len(response.body))
        return answer

    def _note_promise(self, request: Request, answer: Answer, sent_s: float, done_s: float) -> None:
        promised = self._portal.promise(request, answer.document if answer.outcome == "ok" else None)
        if promised is not None:
            outcome = PROMISED.get(answer.outcome, "info")
            who = (self._worker, self._behaviour.candidate, self._behaviour.visit)
            self._record_promise(PromiseRow(*who, *promised, sent_s, done_s, outcome))

    def _report(self, request: Request, answer: Answer, sent_s: float, done_s: float, size_bytes: int) -> None:
        """Tell Locust, for its statistics and its web UI."""
        is_fine = answer.outcome in ("ok", "refused")
        self._report_to(
            request_type=request.method,
            name=request.step,
            response_time=(done_s - sent_s) * 1000,
            response_length=size_bytes,
            response=None,
            context={},
            exception=None if is_fine else RequestFailed(answer.code),
        )

    def _paced(self, body: bytes | None, dead_after: float | None) -> bytes | Body | None:
        if body is None or (len(body) < LONG_BODY_BYTES and dead_after is None):
            return body
        stall_s, self._uplink = self._uplink.stall_s, self._uplink._replace(stall_s=0.0)
        return PacedBody(body, self._uplink.bits_per_s, stall_s, self._clock.pause, dead_after)
