"""Payment notifications from a gateway to the portal: sent, repeated, and now and then disturbed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

import httpx

from fakes.draws import Draws, bits
from fakes.providers.clock import now_text
from fakes.providers.service import number_of
from fakes.providers.settings import CallbackFaults
from fakes.providers.signing import sign

# Alipay's schedule: after each notification that was not answered with `success`, the wait before the next.
REPEAT_AFTER_S = (240, 600, 600, 3600, 7200, 21600, 54000)
# A late notification comes 4 min + Exp(10 min) after the payment; the mean of the latter is an assumption.
LATE_BY_AT_LEAST_S = 240
LATE_MEAN_FURTHER_S = 600
# How long a notification is held for a close that the portal never asks for (assumption).
HELD_FOR_CLOSE_S = 1800
ANSWER_WITHIN_S = 10
MOST_IN_FLIGHT = 64

_log = logging.getLogger(__name__)


class Fate(Enum):
    """What becomes of the first notification of an order."""

    PROMPT = "prompt"
    DUPLICATED = "duplicated"
    LATE = "late"
    NEVER = "never"
    AFTER_CLOSE = "after_close"
    WRONG_AMOUNT = "wrong_amount"
    BAD_SIGNATURE = "bad_signature"


LIES = (Fate.WRONG_AMOUNT, Fate.BAD_SIGNATURE)
"""Notifications that no portal may take; the true one comes after it."""


class Notice(NamedTuple):
    """What the portal is told about a paid order, and where."""

    order_no: str
    amount_fen: int
    notify_url: str


def fate_of(draws: Draws, gateway: str, faults: CallbackFaults) -> Fate:
    """Draw the fate of an order's notification: one fault at most, each with its share."""
    drawn = draws.uniform(f"{gateway}/callback fault")
    for fate in (Fate.DUPLICATED, Fate.LATE, Fate.NEVER, Fate.AFTER_CLOSE, *LIES):
        drawn -= getattr(faults, fate.value)
        if drawn < 0:
            return fate
    return Fate.PROMPT


def loopback_client() -> httpx.AsyncClient:
    """Give the client that sends notifications: without proxies or redirects it stays on the machine."""
    # A connection for each: one that is kept may be hung up by the portal just when it is used again, and
    # bring a repeat after 4 min. Keeping 64 also cost 2.5 times the CPU, as httpx polls all idle ones each time.
    limits = httpx.Limits(max_connections=MOST_IN_FLIGHT, max_keepalive_connections=0)
    # Nobody speaks TLS here, and reading the certificates takes 40 ms of CPU.
    return httpx.AsyncClient(timeout=ANSWER_WITHIN_S, limits=limits, trust_env=False, verify=False)


class Notifier:
    """Sends the notifications of one gateway; `time_scale` divides every wait between them."""

    def __init__(
        self,
        *,
        gateway: str,
        key: str,
        seed: int,
        faults: CallbackFaults,
        time_scale: float,
        client: httpx.AsyncClient,
        until_heard: Callable[[], Awaitable[None]],
    ) -> None:
        self.gateway = gateway
        self.sent = 0
        self.sending = 0
        """Notifications that are on their way, or wait for their turn, now."""
        self.taken: set[str] = set()
        """Orders of whose payment the portal has taken notice, by its own word."""
        self.believed: set[str] = set()
        """Orders of which the portal has taken a notification that no portal may take."""
        self._key = key
        self._seed = seed
        self._faults = faults
        self._time_scale = time_scale
        self._client = client
        self._until_heard = until_heard
        # httpx looks through all its waiting requests whenever one ends; a queue of our own costs nothing.
        self._in_flight = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held_for_close: dict[str, asyncio.Event] = {}

    @property
    def acknowledged(self) -> int:
        """Give the number of orders whose notification the portal has taken."""
        return len(self.taken)

    @property
    def pending(self) -> int:
        """Give the number of orders whose notification is neither acknowledged nor given up."""
        return len(self._tasks)

    def paid(self, notice: Notice) -> None:
        """Begin to notify the portal of a payment, as the order's fate has it."""
        draws = Draws(self._seed, number_of(notice.order_no))
        fate = fate_of(draws, self.gateway, self._faults)
        if fate is Fate.NEVER:
            return
        if fate is Fate.AFTER_CLOSE:
            self._held_for_close[notice.order_no] = asyncio.Event()
        task = asyncio.create_task(self._notify(notice, fate, draws))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close_asked(self, order_no: str) -> None:
        """Let go a notification that was held until the portal asks to close its order."""
        if held := self._held_for_close.get(order_no):
            held.set()

    async def forget(self) -> None:
        """Give up all notifications that are still to be sent, and forget what the portal took notice of."""
        await self.stop()
        self.taken.clear()
        self.believed.clear()

    async def stop(self) -> None:
        """Give up all notifications that are still to be sent."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _notify(self, notice: Notice, fate: Fate, draws: Draws) -> None:
        notify_id = f"{self.gateway}-{bits(self._seed, f'{self.gateway}/notify_id', draws.candidate):016x}"
        if fate is Fate.LATE:
            further_s = draws.exponential(LATE_MEAN_FURTHER_S, f"{self.gateway}/late by")
            await self._pass_time(LATE_BY_AT_LEAST_S + further_s)
        elif fate is Fate.AFTER_CLOSE:
            await self._wait_for_close(notice.order_no)
        if fate in LIES and await self._send(notice, notify_id, fate):
            self.believed.add(notice.order_no)
        # The two of a duplicated notification are sent at the same moment: the harder case for the portal.
        copies = 2 if fate is Fate.DUPLICATED else 1
        answers = await asyncio.gather(*(self._send(notice, notify_id) for _ in range(copies)))
        waits_s = iter(REPEAT_AFTER_S)
        while not any(answers):
            wait_s = next(waits_s, None)
            if wait_s is None:
                return
            await self._pass_time(wait_s)
            answers = [await self._send(notice, notify_id)]
        self.taken.add(notice.order_no)

    async def _wait_for_close(self, order_no: str) -> None:
        held = self._held_for_close[order_no]
        try:
            async with asyncio.timeout(HELD_FOR_CLOSE_S / self._time_scale):
                await held.wait()
        except TimeoutError:
            pass  # the portal did not ask; its order is taken to have lapsed by now
        finally:
            del self._held_for_close[order_no]

    async def _pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._time_scale)

    async def _send(self, notice: Notice, notify_id: str, lie: Fate | None = None) -> bool:
        """Send once and say whether the portal took it: HTTP 200 with exactly `success`."""
        self.sending += 1
        try:
            await self._until_heard()
            async with self._in_flight:
                return await self._post(notice, notify_id, lie)
        finally:
            self.sending -= 1

    async def _post(self, notice: Notice, notify_id: str, lie: Fate | None) -> bool:
        fields = {
            "notify_id": notify_id,
            "order_no": notice.order_no,
            "amount_fen": str(notice.amount_fen + (lie is Fate.WRONG_AMOUNT)),
            "status": "paid",
            "notify_time": now_text(),
        }
        fields["sign"] = sign(fields, self._key if lie is not Fate.BAD_SIGNATURE else f"not {self._key}")
        self.sent += 1
        try:
            answer = await self._client.post(notice.notify_url, data=fields)
        except httpx.HTTPError as error:
            _log.debug("%s could not notify of %s: %r", self.gateway, notice.order_no, error)
            return False
        return answer.status_code == 200 and answer.content == b"success"
