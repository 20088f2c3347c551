"""A made opening day: a small queueing model of a portal whose SMS gateway is short, as a run folder would tell it.

24 worker slots hold 16 database connections and 4 SMS lines. The lines are the limit; while requests wait for a line
they keep their slots, so the slots fill up and everybody waits for them: an outer symptom of an inner cause.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from tests.reports.made_run import Row, arrival, facts, header, health, process_samples, visit, write_run

STEPS = ("home", "send_code", "create_account", "upload_id_front", "upload_id_back", "submit_identity")
LENGTH_S, GATE_S = 180.0, 60.0
RESOURCES = {"worker_slots": 24, "database_connections": 16, "sms": 4}


class Queue:
    """Units that are given out first come, first served, and the counters that a server keeps of them."""

    def __init__(self, model: "Opening", name: str, capacity: int) -> None:
        self.model, self.name, self.capacity = model, name, capacity
        self.in_use, self.completions, self.wait_s, self.held_s = 0, 0, 0.0, 0.0
        self.waiting: deque[tuple[float, dict[str, list[float]], Callable[[], None]]] = deque()

    def acquire(self, stay: dict[str, list[float]], then: Callable[[], None]) -> None:
        """Hold a unit as soon as there is one, then go on."""
        self.waiting.append((self.model.now, stay, then))
        self._admit()

    def release(self, stay: dict[str, list[float]]) -> None:
        """Give the unit back."""
        held = self.model.now - stay[self.name][1]
        stay[self.name][1] = held
        self.completions += 1
        self.held_s += held
        self.in_use -= 1
        self._admit()

    def _admit(self) -> None:
        while self.waiting and self.in_use < self.capacity:
            since, stay, then = self.waiting.popleft()
            self.in_use += 1
            self.wait_s += self.model.now - since
            stay[self.name] = [self.model.now - since, self.model.now]
            then()


class Opening:
    """The model: events in the order of time, and the tables that they leave behind."""

    def __init__(self, seed: int, burst_per_s: float, steady_per_s: float, assets: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.now, self._events, self._ids = 0.0, list[tuple[float, int, Callable[[], None]]](), count()
        self.queues = {name: Queue(self, name, units) for name, units in RESOURCES.items()}
        self.requests: list[Row] = []
        self.resources: list[Row] = []
        self.inside: dict[int, Row] = {}
        self.visits: list[Row] = []
        self.assets = assets
        self.due = self._arrivals(burst_per_s, steady_per_s)

    def _arrivals(self, burst: float, steady: float) -> list[float]:
        seconds = [3.0 if s < GATE_S else steady + burst * math.exp(-(s - GATE_S) / 15) for s in range(int(LENGTH_S))]
        return sorted(float(s + u) for s, rate in enumerate(seconds) for u in self.rng.random(self.rng.poisson(rate)))

    def at(self, moment: float, then: Callable[[], None]) -> None:
        """Let something happen at a moment."""
        heapq.heappush(self._events, (moment, next(self._ids), then))

    def run(self) -> None:
        """Let everything happen until the load ends."""
        for number, due in enumerate(self.due):
            self.at(due + float(self.rng.gamma(2, 0.001)), lambda n=number, d=due: self._begin(n, d))
        for second in range(int(LENGTH_S) + 1):
            self.at(float(second), self._sample)
        while self._events and self._events[0][0] <= LENGTH_S:
            self.now, _, then = heapq.heappop(self._events)
            then()
        self.visits += [{**row, "ended_s": None, "outcome": "inside"} for row in self.inside.values()]

    def _begin(self, candidate: int, due: float) -> None:
        self.inside[candidate] = visit(candidate, due, started_s=self.now, reached="", ended_s=None)
        for _ in range(self.assets):
            done = self.now + float(self.rng.gamma(2, 0.004))
            self.requests.append(self._row(candidate, "asset", 1, self.now, self.now, done, header(1.5)))
        self._want(candidate, 0)

    def _end(self, candidate: int, outcome: str, reason: str) -> None:
        row = self.inside.pop(candidate)
        self.visits.append({**row, "ended_s": self.now, "outcome": outcome, "reason": reason})

    def _want(self, candidate: int, step: int) -> None:
        if step == len(STEPS):
            self._end(candidate, "finished", "")
        else:
            self._send(candidate, step, 1, self.now)

    def _send(self, candidate: int, step: int, attempt: int, intended: float) -> None:
        name, sent = STEPS[step], self.now
        answered = False
        patience = float(8 * np.exp(0.7 * self.rng.standard_normal()))

        def answer(stay: dict[str, list[float]]) -> None:
            nonlocal answered
            if answered:
                return
            answered = True
            timing = {r: (1000 * wait, 1000 * held) for r, (wait, held) in stay.items()}
            total_ms = 1000 * (self.now - sent)
            done = self.now + 0.004 + float(self.rng.gamma(2, 0.002)) + (0.3 if name.startswith("upload") else 0)
            refused = name.startswith("upload") and self.rng.random() < 0.12
            status, outcome, problem = (422, "refused", "scan_too_large") if refused else (200, "ok", "")
            self.requests.append(
                self._row(candidate, name, attempt, intended, sent, done, header(total_ms, **timing))
                | {"status": status, "outcome": outcome, "problem": problem}
            )
            if candidate not in self.inside:
                return
            if refused:
                self.at(done + 3, lambda: self._send(candidate, step, attempt + 1, self.now))
                return
            self.inside[candidate]["reached"] = name
            self.at(done + float(self.rng.exponential(6)), lambda: self._want(candidate, step + 1))

        def give_up() -> None:
            nonlocal answered
            if answered:
                return
            answered = True
            row = self._row(candidate, name, attempt, intended, sent, self.now, "")
            self.requests.append(row | {"status": 0, "outcome": "abandoned", "problem": "patience", "bytes_down": 0})
            if attempt >= 4 or self.rng.random() > 0.85:
                self._end(candidate, "gave_up", "too many reloads" if attempt >= 4 else "lost heart")
            else:
                self._send(candidate, step, attempt + 1, intended)

        self.at(sent + patience, give_up)
        self._serve(name, answer)

    def _serve(self, name: str, answer: Callable[[dict[str, list[float]]], None]) -> None:
        """Hold a slot, within it a connection for a moment, and for `send_code` a line to the SMS gateway."""
        stay: dict[str, list[float]] = {}
        slots, connections, lines = self.queues.values()

        def leave() -> None:
            slots.release(stay)
            answer(stay)

        def hold(queue: Queue, mean_s: float, then: Callable[[], None]) -> None:
            def release() -> None:
                queue.release(stay)
                then()

            service = float(self.rng.gamma(3, mean_s / 3))
            queue.acquire(stay, lambda: self.at(self.now + service, release))

        after = (lambda: hold(lines, 0.13, leave)) if name == "send_code" else leave
        slots.acquire(stay, lambda: hold(connections, 0.008, after))

    def _row(
        self, candidate: int, step: str, attempt: int, intended: float, sent: float, done: float, timing: str
    ) -> Row:
        up = 450_000 if step.startswith("upload") else 300
        return {
            "worker": candidate % 2, "candidate": candidate, "visit": 0, "step": step, "attempt": attempt,
            "intended_s": intended, "sent_s": sent, "done_s": done, "status": 200, "outcome": "ok", "problem": "",
            "bytes_up": up, "bytes_down": 4200, "server_timing": timing,
        }  # fmt: skip

    def _sample(self) -> None:
        for name, queue in self.queues.items():
            self.resources.append(
                {
                    "at_s": self.now, "resource": name, "capacity": float(queue.capacity),
                    "in_use": float(queue.in_use), "queue": float(len(queue.waiting)),
                    "completions": float(queue.completions), "wait_s": queue.wait_s, "held_s": queue.held_s,
                }
            )  # fmt: skip


def write_opening(
    folder: Path, *, burst_per_s: float = 45.0, steady_per_s: float = 22.0, assets: int = 12, **changes: Any
) -> Path:
    """Write the run folder of a made opening day; `changes` go to `facts`. Gives the folder."""
    model = Opening(seed=1, burst_per_s=burst_per_s, steady_per_s=steady_per_s, assets=assets)
    model.run()
    load = np.histogram([r["done_s"] for r in model.requests], bins=181, range=(0, 181))[0] / 900
    inside = [sum(v["started_s"] <= s < (v["ended_s"] or 1e9) for v in model.visits) for s in range(1, 181)]
    return write_run(
        folder,
        facts(LENGTH_S, **changes),
        arrivals=[arrival(n, due) for n, due in enumerate(model.due)],
        requests=[row for row in model.requests if row["done_s"] <= LENGTH_S],
        visits=model.visits,
        generator=[
            health(
                float(s + 1), float(min(0.85, 0.08 + 0.3 * load[s])), worker=w,
                loop_lag_ms=float(model.rng.gamma(2, 2)), inside=inside[s] // 2 + (inside[s] % 2 if w else 0),
            )
            for s in range(180)
            for w in range(2)
        ],
        resources=[row for row in model.resources if not 71.5 < row["at_s"] < 75.5],
        processes=[
            *process_samples("server-1", [min(0.95, 0.05 + 0.8 * x) for x in load[:180]], niceness=10),
            *process_samples("database", [min(0.5, 0.02 + 0.3 * x) for x in load[:180]], niceness=10),
            *process_samples("providers", [0.02 + 0.05 * x for x in load[:180]], niceness=10),
            *process_samples("generator-0", [0.05 + 0.3 * x for x in load[:180]]),
            *process_samples("generator-1", [0.05 + 0.3 * x for x in load[:180]]),
        ],
    )  # fmt: skip
