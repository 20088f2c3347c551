"""The phones of the candidates: the mock SMS gateway keeps what it has delivered."""

import msgspec
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError


class Phones:
    """Reads the texts that phones have received. No request of the portal: it is not recorded."""

    def __init__(self, provider_address: str) -> None:
        self._client = HTTPClient.from_url(provider_address, concurrency=64)

    def texts(self, phone: str) -> list[str]:
        """Give the texts that a phone has received, newest first."""
        try:
            content = self._client.get(f"/sms/messages?phone={phone}").read()
        except (OSError, HTTPParseError):
            return []  # nothing has come yet, as far as the candidate can tell
        return [message["text"] for message in msgspec.json.decode(content)["messages"]]
