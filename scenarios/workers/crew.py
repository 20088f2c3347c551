"""The workers that are there: who has joined, who can still be heard, and what they say."""

from collections.abc import Callable
from typing import Any

from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner

from scenarios.workers.messages import NAME, FromWorker, Joined, Said, heard_by_master, say


class Crew:
    """Knows the workers of a Locust master by their Locust names."""

    def __init__(self, environment: Environment) -> None:
        assert isinstance(environment.runner, MasterRunner)
        self._runner: MasterRunner = environment.runner
        self._joined: dict[str, None] = {}
        self.on_said: Callable[[str, FromWorker], None] = lambda *_: None
        """Hears what each of them says."""
        self._runner.register_message(NAME, self._hear)

    def is_there(self, client_id: str) -> bool:
        """Say whether a worker can be heard, as Locust's heartbeats tell."""
        node = self._runner.clients.get(client_id)
        return node is not None and node.state != STATE_MISSING

    def newcomers(self) -> list[str]:
        """Give those who have joined since the last call, and are there."""
        joined, self._joined = self._joined, {}
        return [client_id for client_id in joined if self.is_there(client_id)]

    def tell(self, client_id: str, said: Said) -> None:
        """Say something to one of them."""
        say(self._runner, said, client_id)

    def dismiss(self, client_id: str) -> None:
        """Have a worker quit, should it ever hear of it."""
        self._runner.send_message("quit", None, client_id)

    def _hear(self, msg: Any, **_: Any) -> None:
        said = heard_by_master(msg)
        if isinstance(said, Joined):
            self._joined[msg.node_id] = None
        else:
            self.on_said(msg.node_id, said)
