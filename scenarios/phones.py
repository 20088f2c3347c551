"""The phones of the candidates: the mock SMS gateway keeps what it has delivered."""

from typing import NamedTuple

import msgspec

from scenarios.http_client import Connections, Endpoint

SILENCE_S = 5.0
"""After that, a service that says nothing is taken for one that is gone."""


class Text(NamedTuple):
    """A text on a phone. Ids tell a new one from an old one: a phone that is full has no more of them than before."""

    message_id: str
    text: str


class Phones:
    """Reads the texts that phones have received. No request of the portal: it is not recorded."""

    def __init__(self, gateway: str | Endpoint) -> None:
        self._connections = Connections(gateway, SILENCE_S)

    def texts(self, phone: str) -> list[Text]:
        """Give the texts that a phone has received, newest first."""
        try:
            content = self._connections.send("GET", f"/sms/messages?phone={phone}").body
        except OSError:
            return []  # nothing has come yet, as far as the candidate can tell
        return [Text(it["message_id"], it["text"]) for it in msgspec.json.decode(content)["messages"]]
