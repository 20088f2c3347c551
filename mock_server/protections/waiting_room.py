"""A virtual waiting room: while many come at once, people take a number and are let in first come, first served.

    ticket ─► waiting: place and wait ─► admitted: a pass ─► inside ─► left, or idle too long

The tickets are in the database, so that all server processes have one queue. Each process notes there once a second
who has asked how far the queue is and who has done something inside; one of them, the office, lets the next ones in.
"""

import asyncio
import logging
import secrets
from bisect import bisect_left
from datetime import datetime, timedelta
from time import monotonic

from msgspec import Struct

from mock_server.clock import real_now
from mock_server.database import Connection, Database, every, queries
from mock_server.problems import Refusal
from mock_server.settings import Protections

logger = logging.getLogger(__name__)

POLL_S = (1.0, 8.0)
"""How often the page of who waits asks how far it is: the nearer, the more often."""
POLLS_A_WAIT = 8
GONE_AFTER_S = 30.0
"""Who has not asked for so long has gone away. The number stays good: who comes back has the place of that number."""
RATE_OVER_S = 30.0
"""The promise goes by how many were let in within this time."""
AWAY_MOST_S = 2.0
"""So long the office may be away and make up for it: after a longer absence nobody is let in for the time before."""
ALL = 10_000_000
BOOKS_EVERY_S = 1.0


class Place(Struct):
    """How far somebody is: so many are `ahead`, and wait for `wait_s` by the rate of now; the pass once admitted."""

    ticket: str
    number: int
    ahead: int
    wait_s: float | None
    poll_after_s: float
    admitted_at: datetime | None
    queue_pass: str | None


class WaitingRoom:
    """One process's desk of the waiting room."""

    def __init__(self, settings: Protections, database: Database) -> None:
        self.settings = settings
        self._database = database
        self._polled: set[str] = set()
        self._seen: set[int] = set()
        self._waiting: list[int] = []
        self._rate_per_s: float | None = None
        self._credit = 0.0
        self._admitted_s: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether people have to queue."""
        return bool(self.settings.places_inside or self.settings.admits_per_s)

    async def take_ticket(self) -> Place:
        """Give the next number."""
        async with self._database.connection() as connection:
            row = await queries.take_ticket(connection, ticket=secrets.token_urlsafe(16), now=real_now())
        if not self._waiting or self._waiting[-1] < row["number"]:
            self._waiting.append(row["number"])  # until the books say more
        return self._place(row)

    async def look(self, ticket: str) -> Place:
        """Say how far a ticket is. Raises Refusal for one that is not known, or that was given back."""
        async with self._database.connection() as connection:
            row = await queries.find_queue_ticket(connection, ticket=ticket)
        if row is None:
            raise Refusal("queue_ticket_unknown")
        self._polled.add(ticket)
        return self._place(row)

    async def leave(self, ticket: str) -> None:
        """Give a ticket back, from the queue or from inside."""
        async with self._database.connection() as connection:
            await queries.leave_queue(connection, ticket=ticket, now=real_now())

    async def enter(self, queue_pass: str, account_id: int | None = None) -> int | None:
        """Give the number of a pass at one of the doors of the portal; None where nobody has to queue.

        A pass opens them to one account. Raises Refusal for one that is not good, or not any more.
        """
        if not self.is_open:
            return None
        idle_before = real_now() - timedelta(seconds=self.settings.place_idle_s)
        async with self._database.connection() as connection:
            number: int | None = await queries.enter_with_pass(
                connection, queue_pass=queue_pass, now=real_now(), idle_before=idle_before, account_id=account_id
            )
        if number is None:
            raise Refusal("queue_first")
        return number

    def check_is_pass(self, queue_pass: str) -> None:
        """Raise Refusal where nothing is shown and people have to queue: at no cost, before a password is looked at."""
        if self.is_open and not queue_pass:
            raise Refusal("queue_first")

    def saw(self, number: int | None) -> None:
        """Note that somebody inside has done something."""
        if number is not None and self.is_open:
            self._seen.add(number)

    async def keep_books(self) -> None:
        """Once a second, until cancelled: note who is still there, and look how long the queue is."""
        while True:
            await asyncio.sleep(BOOKS_EVERY_S)
            if self.is_open:
                try:
                    await self._keep_books()
                except Exception:
                    logger.warning("the waiting room could not keep its books; it tries again", exc_info=True)

    async def _keep_books(self) -> None:
        now = real_now()
        polled, self._polled = self._polled, set()
        seen, self._seen = self._seen, set()
        async with self._database.connection() as connection:
            if polled:
                await queries.note_polls(connection, tickets=list(polled), now=now)
            if seen:
                await queries.note_seen(connection, numbers=list(seen), now=now)
            rows = await every(queries.waiting_numbers(connection, gone_before=_gone_before(now)))
            since = now - timedelta(seconds=RATE_OVER_S)
            admitted = await queries.admitted_since(connection, since=since)
        self._waiting = [row["number"] for row in rows]
        over_s = RATE_OVER_S
        if self.settings.admits_per_s and admitted["first_at"]:  # else places, of which the first are taken all at once
            over_s = min(over_s, max(1.0, (now - admitted["first_at"]).total_seconds()))
        self._rate_per_s = admitted["count"] / over_s if admitted["count"] else None

    async def admit(self) -> None:
        """Let the next ones in, and all where nobody has to queue any more. The office does it, for all processes."""
        now, now_s = real_now(), monotonic()
        since_s = min(AWAY_MOST_S, now_s - (self._admitted_s or now_s))
        self._admitted_s = now_s
        async with self._database.transaction() as connection:
            most = await self._room_for(connection, now, since_s)
            if most:
                await queries.admit_next(connection, most=most, now=now, gone_before=_gone_before(now))

    async def _room_for(self, connection: Connection, now: datetime, since_s: float) -> int:
        most = ALL
        if self.settings.admits_per_s:
            # A part of a place is kept for the next time; whole ones that nobody took are not saved up.
            self._credit = self._credit % 1 + self.settings.admits_per_s * since_s
            most = int(self._credit)
        if self.settings.places_inside:
            idle_before = now - timedelta(seconds=self.settings.place_idle_s)
            inside = await queries.count_inside(connection, idle_before=idle_before)
            most = max(0, min(most, self.settings.places_inside - inside))
        return most

    def _place(self, row: object) -> Place:
        it = dict(row)  # type: ignore[call-overload]
        ahead = 0 if it["admitted_at"] else bisect_left(self._waiting, it["number"])
        rate_per_s = self._rate_per_s or self.settings.admits_per_s
        wait_s = 0.0 if it["admitted_at"] else (ahead + 1) / rate_per_s if rate_per_s else None
        least_s, most_s = POLL_S
        poll_after_s = min(most_s, max(least_s, (wait_s or 0.0) / POLLS_A_WAIT))
        return Place(it["ticket"], it["number"], ahead, wait_s, poll_after_s, it["admitted_at"], it["pass"])


def _gone_before(now: datetime) -> datetime:
    return now - timedelta(seconds=GONE_AFTER_S)
