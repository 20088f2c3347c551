"""Eight steps from a home page to a status: the same work for every load generator that benchmarks/peers.py compares.

Bodies are constant and plain text, so that each of them sends the same bytes; the photo is as large as a small scan.
"""

from typing import NamedTuple

JSON, JPEG = "application/json", "image/jpeg"
PHOTO_BYTES = 40_000


class Step(NamedTuple):
    """One request of the journey; it has a `body` where it is a POST."""

    name: str
    path: str
    body: str = ""
    content_type: str = JSON

    @property
    def method(self) -> str:
        """Give the method that belongs to it."""
        return "POST" if self.body else "GET"


STEPS = (
    Step("home", "/"),
    Step("window", "/api/window"),
    Step("account", "/api/accounts", '{"name":"Wang Min","phone":"13800000000","code":"123456"}'),
    Step("log_in", "/api/sessions", '{"id_number":"110101199003070000","password":"Open-sesame-1"}'),
    Step("photo", "/api/photo", "x" * PHOTO_BYTES, JPEG),
    Step("application", "/api/applications", '{"level":"primary","province":"11","subjects":[1,2]}'),
    Step("submission", "/api/submission", '{"confirmed":true}'),
    Step("status", "/api/status"),
)
"""In the order in which they are sent, over one connection, each after the answer to the one before."""
HOME = STEPS[:1]
"""What an arrival sends where the moment of arrivals is looked at, and nothing else."""
