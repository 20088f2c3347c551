"""How the candidates of a run reach the portal, their phones and the gateways: one interface for mock and target."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from scenarios.gateway import Gateway
from scenarios.http_client import Connections, loopback_endpoint
from scenarios.mock import MOCK
from scenarios.phones import Phones, Text
from scenarios.portal import Portal
from scenarios.rate_ceiling import Gate


@dataclass(frozen=True)
class Reach:
    """One process's way to where candidates go."""

    connect: Callable[[], Connections]
    """Gives connections to the portal, for one visit."""
    read_phone: Callable[[str], list[Text]]
    """Gives the texts that a phone has received, newest first."""
    pay: Callable[[str], bool]
    """Pays at the address that the portal gave; says whether the money was taken."""
    missing_steps: frozenset[str] = frozenset()
    """Steps that the portal lacks: whoever comes to one gives up."""
    portal: Portal = MOCK
    """What the portal is like."""
    gate: Gate | None = None
    """What every request waits for before it leaves."""


def stack_reach(portal_address: str, provider_address: str) -> Reach:
    """Give the way to a stack on this machine. Raises TargetRefusedError for addresses of any other."""
    portal = loopback_endpoint(portal_address)
    return Reach(partial(Connections, portal), Phones(provider_address).texts, Gateway(provider_address).pay)
