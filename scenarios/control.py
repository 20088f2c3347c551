"""The mock portal's control endpoints, which no real portal has."""

from datetime import datetime
from typing import Any

import httpx

CONTROL_TOKEN_VARIABLE = "REHEARSE_CONTROL_TOKEN"


class Control:
    """Sets the portal's clock and its records of earlier exams, and reads how it is set up."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=f"{address}/control", headers=headers, timeout=30, trust_env=False)

    def set_clock(self, portal_time: datetime, speed: float) -> None:
        """Set portal time as of now, and portal seconds a second."""
        self._put("/clock", {"portal_time": portal_time.isoformat(), "speed": speed})

    def set_past_passes(self, passes: list[dict[str, str]]) -> None:
        """Tell the portal who passed which subject in an earlier exam, and when."""
        self._put("/past-passes", passes)

    def profile(self) -> dict[str, Any]:
        """Give the portal's capacities."""
        answer: dict[str, Any] = self._client.get("/profile").raise_for_status().json()
        return answer

    def resources(self) -> list[dict[str, Any]]:
        """Give the portal's resources: name, title, setting, capacity."""
        answer: list[dict[str, Any]] = self._client.get("/resources").raise_for_status().json()
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _put(self, path: str, value: Any) -> None:
        self._client.put(path, json=value).raise_for_status()
