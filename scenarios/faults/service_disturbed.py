"""Outside services that say nothing, fail, or are slow."""

from typing import Any, ClassVar, Literal

import httpx

from scenarios.faults.fault import Fault, FaultError
from scenarios.loopback_client import loopback_client
from scenarios.stack import Stack

Service = Literal["sms", "face_check", "degree_record", "alipay", "unionpay"]


class _ServiceFault(Fault, frozen=True):
    services: tuple[Service, ...]
    """Which services; at least one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.services:
            raise ValueError("services is empty; name one at least")

    @property
    def things(self) -> frozenset[str]:
        """The services."""
        return frozenset(self.services)

    @property
    def words(self) -> str:
        """What happens, and to whom."""
        return f"{self.title}: {', '.join(self.services)}"

    def end(self, stack: Stack) -> None:
        """Let them be as usual."""
        self._treat(stack, {})

    def _treat(self, stack: Stack, treatment: dict[str, Any]) -> None:
        failed = []
        with loopback_client(base_url=stack.provider_address, timeout=10) as client:
            for service in self.services:
                try:
                    client.put(f"/treatments/{service}", json=treatment).raise_for_status()
                except httpx.HTTPError as error:
                    failed.append(f"service {service} cannot be disturbed: {error}")
        if failed:
            raise FaultError("; ".join(failed))


class ServiceSilent(_ServiceFault, frozen=True, tag="service_silent"):
    """They take calls and say nothing, and send no notifications, until it is over."""

    title: ClassVar[str] = "services take calls and say nothing"

    def begin(self, stack: Stack) -> None:
        """Silence them."""
        self._treat(stack, {"mood": "silent"})


class ServiceFailing(_ServiceFault, frozen=True, tag="service_failing"):
    """They turn every call away at once."""

    title: ClassVar[str] = "services fail"

    def begin(self, stack: Stack) -> None:
        """Let them fail."""
        self._treat(stack, {"mood": "failing"})


class ServiceSlow(_ServiceFault, frozen=True, tag="service_slow"):
    """They take so many times as long as usual."""

    times: float
    """As long as usual."""

    title: ClassVar[str] = "services are slow"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.times < 1:
            raise ValueError(f"times is {self.times:g}; it must be 1 or more")

    @property
    def words(self) -> str:
        """What happens, to whom, and by how much."""
        return f"services take {self.times:g} times as long: {', '.join(self.services)}"

    def begin(self, stack: Stack) -> None:
        """Slow them down."""
        self._treat(stack, {"slower": self.times})
