"""The payment gateway's own page, on which candidates pay: not the portal, so its requests are not recorded."""

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError
from geventhttpclient.url import URL


class Gateway:
    """Pays orders as candidates do. Only the path of where the portal sends them is used: money goes to one place."""

    def __init__(self, provider_address: str) -> None:
        self._client = HTTPClient.from_url(provider_address, concurrency=64)

    def pay(self, pay_url: str) -> bool:
        """Pay at `pay_url`; say whether the gateway took the money."""
        try:
            answer = self._client.post(URL(pay_url).request_uri)
            answer.read()  # gives the connection back
            return bool(answer.status_code == 200)
        except (OSError, HTTPParseError):
            return False
