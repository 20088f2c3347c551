"""The stay of one request in the server: which resources it waited for and held, and for how long.

A context variable carries the stay through the handlers, so that no function needs an argument for it.
"""

from contextvars import ContextVar
from time import perf_counter

current_stay: ContextVar["Stay | None"] = ContextVar("current_stay", default=None)


class Stay:
    """Waiting and held seconds of one request, by resource, in the order in which they were entered."""

    __slots__ = ("_began_s", "_holding_since_s", "held_s", "waited_s")

    def __init__(self) -> None:
        self._began_s = perf_counter()
        self.waited_s: dict[str, float] = {}
        self.held_s: dict[str, float] = {}
        self._holding_since_s: dict[str, float] = {}

    def acquired(self, resource: str, waited_s: float) -> None:
        """Note that the request now holds `resource`, after waiting for it."""
        self.waited_s[resource] = self.waited_s.get(resource, 0.0) + waited_s
        self._holding_since_s[resource] = perf_counter()

    def released(self, resource: str, held_s: float) -> None:
        """Note that the request gave `resource` back."""
        self.held_s[resource] = self.held_s.get(resource, 0.0) + held_s
        self._holding_since_s.pop(resource, None)

    def waited_in_vain(self, resource: str, waited_s: float) -> None:
        """Note waiting that ended without the resource."""
        self.waited_s[resource] = self.waited_s.get(resource, 0.0) + waited_s

    def server_timing(self) -> str:
        """Give the Server-Timing header (W3C): waiting and holding in ms; what is still held counts until now."""
        now_s = perf_counter()
        parts = []
        for resource, waited_s in self.waited_s.items():
            held_s = self.held_s.get(resource, 0.0)
            if resource in self._holding_since_s:
                held_s += now_s - self._holding_since_s[resource]
            parts.append(f"{resource}-wait;dur={waited_s * 1e3:.2f}, {resource}-svc;dur={held_s * 1e3:.2f}")
        parts.append(f"total;dur={(now_s - self._began_s) * 1e3:.2f}")
        return ", ".join(parts)
