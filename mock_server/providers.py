"""The portal's calls to outside services, each over a bounded number of lines (docs/providers.md)."""

import hmac
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from aiohttp import ClientError, ClientTimeout, TCPConnector
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from mock_server.problems import Refusal
from mock_server.resources import Resource
from mock_server.settings import Protections

NAMES = {
    "sms": "短信服务",
    "face_check": "人脸识别服务",
    "degree_record": "学历核验服务",
    "alipay": "支付宝",
    "unionpay": "银联",
}

FORGET_S = 10.0
"""How long the services may take to forget everybody."""


def signature(fields: Mapping[str, str], key: str) -> str:
    """Sign a payment notification: HMAC-SHA256 over `k=v` of all fields but `sign`, sorted, joined with `&`."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()


class Providers:
    """Calls to the outside services. Every method raises Refusal (502) when the service does not answer rightly."""

    def __init__(self, address: str, lines: dict[str, Resource], timeout_s: float, protections: Protections) -> None:
        self._lines = lines
        self.protect(protections)
        self.timeout_s = timeout_s
        self.tries = 1
        """How often a call is made that is not answered in time."""
        self.while_calling: Callable[[], AbstractAsyncContextManager[object]] = nullcontext
        """What is held during a call, besides its line."""
        # The lines bound the calls, so a bound of the client's own would only hide a wait.
        self._session = aiohttp.ClientSession(address, connector=TCPConnector(limit=0, keepalive_timeout=60))

    def protect(self, protections: Protections) -> None:
        """Take on when a service that fails is left alone, and forget what failed before."""
        threshold, open_s = protections.breaker_failures, protections.breaker_open_s
        self._breakers = AsyncCircuitBreakerFactory(threshold, open_s) if threshold else None

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def forget(self) -> None:
        """Have the services forget everybody too, so that who comes next is served as the first were."""
        try:
            async with self._session.post("/forget", timeout=ClientTimeout(FORGET_S)) as answer:
                answer.raise_for_status()
        except (ClientError, TimeoutError) as error:
            raise Refusal("provider_unavailable", service="、".join(NAMES.values())) from error

    async def _call(
        self, provider: str, method: str, path: str, *, may_refuse: bool = False, **request: Any
    ) -> tuple[int, Any]:
        """Call a service over one of its lines; give status and document of the answer.

        Raises Refusal for an error of the service, and for a refusal (4xx) unless it `may_refuse`.
        """
        breaker = await self._breakers.get_breaker(provider) if self._breakers else None
        try:
            if breaker:
                breaker.context.handle_new_request()  # before the line: who fails at once needs none
            # Looked at again when the line is had: those who waited for it are not to call who has failed meanwhile.
            async with self.while_calling(), self._lines[provider](), breaker or nullcontext():
                return await self._call_on_a_line(provider, method, path, may_refuse=may_refuse, **request)
        except OpenedState as opened:
            opened.__traceback__ = None  # it is the same one each time, and would hold every request that met it
            raise Refusal("provider_unavailable", service=NAMES[provider]) from None

    async def _call_on_a_line(
        self, provider: str, method: str, path: str, *, may_refuse: bool, **request: Any
    ) -> tuple[int, Any]:
        for left in reversed(range(self.tries)):
            try:
                timeout = ClientTimeout(self.timeout_s)
                # A service that points elsewhere is not followed: keys and faces go to one place.
                async with self._session.request(
                    method, path, timeout=timeout, allow_redirects=False, **request
                ) as answer:
                    status, content = answer.status, await answer.read()
                break
            except (ClientError, TimeoutError) as error:
                if not left:
                    raise Refusal("provider_unavailable", service=NAMES[provider]) from error
        if not (status < 300 or (may_refuse and 400 <= status < 500)):
            raise Refusal("provider_unavailable", service=NAMES[provider])
        try:
            return status, msgspec.json.decode(content) if content else None
        except msgspec.DecodeError as error:
            raise Refusal("provider_unavailable", service=NAMES[provider]) from error

    async def send_sms(self, phone: str, text: str) -> None:
        """Send a text message."""
        await self._call("sms", "POST", "/sms/messages", json={"phone": phone, "text": text})

    async def face_matches(self, id_number: str, name: str, selfie: bytes) -> bool:
        """Compare a face with the ID's owner."""
        _, answer = await self._call(
            "face_check",
            "POST",
            "/face-check/comparisons",
            params={"id_number": id_number, "name": name},
            data=selfie,
            headers={"Content-Type": "image/jpeg"},
        )
        return bool(answer["match"])

    async def degree_known(self, name: str, id_number: str, certificate_number: str) -> bool:
        """Ask the national record (学信网) for a degree."""
        query = {"name": name, "id_number": id_number, "certificate_number": certificate_number}
        _, answer = await self._call("degree_record", "POST", "/degree-records/queries", json=query)
        return bool(answer["known"])

    async def open_order(self, gateway: str, order_no: str, amount_fen: int, subject: str, notify_url: str) -> str:
        """Open an order at a payment gateway; give the address where the candidate pays."""
        order = {"order_no": order_no, "amount_fen": amount_fen, "subject": subject, "notify_url": notify_url}
        _, answer = await self._call(gateway, "POST", f"/{gateway}/orders", json=order)
        return str(answer["pay_url"])

    async def order_state(self, gateway: str, order_no: str) -> str:
        """Give how the gateway has an order: `waiting`, `paid`, `closed`, `refunded`, or `unknown`."""
        status, answer = await self._call(gateway, "GET", f"/{gateway}/orders/{order_no}", may_refuse=True)
        return str(answer["status"]) if status < 400 else "unknown"

    async def close_order(self, gateway: str, order_no: str) -> bool:
        """Close an unpaid order at the gateway; say whether it is closed (False: it was paid meanwhile).

        An order that the gateway has closed before is closed; one that it does not know nobody can pay.
        """
        status, answer = await self._call(gateway, "POST", f"/{gateway}/orders/{order_no}/close", may_refuse=True)
        if status == HTTPStatus.CONFLICT:
            return str(answer.get("type", "")).endswith("/order-closed")
        return status < 400 or status == HTTPStatus.NOT_FOUND
