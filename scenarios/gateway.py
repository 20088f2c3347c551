"""What the harness asks of the outside services themselves: not the portal, so these requests are not recorded."""

from urllib.parse import urlsplit

import msgspec

from scenarios.http_client import Connections
from scenarios.phones import SILENCE_S


class Gateway:
    """Pays orders as candidates do. Only the path of where the portal sends them is used: money goes to one place."""

    def __init__(self, provider_address: str) -> None:
        self._connections = Connections(provider_address, SILENCE_S)

    def pay(self, pay_url: str) -> bool:
        """Pay at `pay_url`; say whether the gateway took the money."""
        path = urlsplit(pay_url)._replace(scheme="", netloc="", fragment="").geturl()
        try:
            return self._connections.send("POST", path).status == 200
        except OSError:
            return False

    def set_speed(self, speed: float) -> None:
        """Have the services shorten their service times: they go by the portal's clock. Raises OSError."""
        body = msgspec.json.encode({"speed": speed})
        self._connections.send("PUT", "/speed", {"Content-Type": "application/json"}, body)
