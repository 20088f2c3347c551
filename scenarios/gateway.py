"""The payment gateway's own page, on which candidates pay: not the portal, so its requests are not recorded."""

from urllib.parse import urlsplit

from scenarios.http_client import Connections


class Gateway:
    """Pays orders as candidates do. Only the path of where the portal sends them is used: money goes to one place."""

    def __init__(self, provider_address: str) -> None:
        self._connections = Connections(provider_address)

    def pay(self, pay_url: str) -> bool:
        """Pay at `pay_url`; say whether the gateway took the money."""
        path = urlsplit(pay_url)._replace(scheme="", netloc="", fragment="").geturl()
        try:
            return self._connections.send("POST", path).status == 200
        except OSError:
            return False
