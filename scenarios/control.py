"""The mock portal's control endpoints, which no real portal has."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import polars as pl

from scenarios.given_database import DatabaseProcess
from scenarios.loopback import check_loopback
from scenarios.loopback_client import loopback_client
from scenarios.run_folder import Schema

CONTROL_TOKEN_VARIABLE = "REHEARSE_CONTROL_TOKEN"

LOAD_S = 300.0
"""How long the portal may take over the rows of one book."""


def csv(rows: pl.DataFrame) -> bytes:
    """Give rows as PostgreSQL's COPY reads them: CSV with a header line; times are in UTC, and say so."""
    return rows.write_csv(datetime_format="%Y-%m-%d %H:%M:%S%.6f+00").encode()


def rows(lines: bytes, schema: Schema) -> pl.DataFrame:
    """Read the columns of a schema from NDJSON.

    >>> rows(b'{"id": 7, "phone": null, "more": 1}', {"id": pl.Int64, "phone": pl.String}).rows()
    [(7, None)]
    """
    if not lines.strip():
        return pl.DataFrame(schema=schema)
    return pl.read_ndjson(lines, schema=schema)


class Control:
    """Sets the portal's clock and its records of earlier exams, and reads how it is set up.

    Raises TargetRefusedError for an address that is not this machine's.
    """

    def __init__(self, address: str, token: str) -> None:
        check_loopback(address)
        headers = {"Authorization": f"Bearer {token}"}
        self._client = loopback_client(base_url=f"{address}/control", headers=headers, timeout=30)

    def set_clock(self, portal_time: datetime, speed: float) -> None:
        """Set portal time as of now, and portal seconds a second."""
        self._put("/clock", {"portal_time": portal_time.isoformat(), "speed": speed})

    def step_clock(self, by_s: float) -> None:
        """Put portal time forward by so many portal seconds, or back; its speed stays."""
        clock = self._client.get("/clock").raise_for_status().json()
        stepped = datetime.fromisoformat(clock["portal_time"]) + timedelta(seconds=by_s)
        self._put("/clock", {**clock, "portal_time": stepped.isoformat()})

    def set_clock_ahead(self, readings: list[tuple[float, datetime, float]]) -> None:
        """Set how the clock runs from now on: at each Unix second it stands at that portal time and goes at that speed.

        Each holds until the next, in the order given; at least one.
        """
        clock: dict[str, Any] | None = None
        for real_s, portal_time, speed in reversed(readings):
            clock = {"real_s": real_s, "portal_time": portal_time.isoformat(), "speed": speed, "then": clock}
        self._put("/clock", clock)

    def set_past_passes(self, passes: list[dict[str, str]]) -> None:
        """Tell the portal who passed which subject in an earlier exam, and when."""
        self._put("/past-passes", passes)

    def request(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send one request, whatever its answer; `what` as httpx has it. Raises httpx.HTTPError."""
        return self._client.request(method, path, **what)

    def load(self, book: str, rows: pl.DataFrame) -> None:
        """Add rows to one of the portal's books."""
        self._client.put(f"/import/{book}", content=csv(rows), timeout=LOAD_S).raise_for_status()

    def census(self) -> dict[str, Any]:
        """Give how many accounts, applications, moves and documents the portal has."""
        answer: dict[str, Any] = self._client.get("/census").raise_for_status().json()
        return answer

    def audit(self) -> list[dict[str, Any]]:
        """Hold the portal's books against the rules: name, violations and examples of each."""
        answer: list[dict[str, Any]] = self._client.get("/audit", timeout=LOAD_S).raise_for_status().json()
        return answer

    def rows_of(self, book: str, id_numbers: list[str], schema: Schema) -> pl.DataFrame:
        """Give what one of the portal's books says of these people, in the columns of `schema`."""
        answer = self._client.post(f"/export/{book}", json={"id_numbers": id_numbers}, timeout=LOAD_S)
        return rows(answer.raise_for_status().content, schema)

    def files(self, schema: Schema) -> pl.DataFrame:
        """Give every uploaded file as it lies on the portal's disk, in the columns of `schema`."""
        return rows(self._client.get("/files", timeout=LOAD_S).raise_for_status().content, schema)

    def profile(self) -> dict[str, Any]:
        """Give the portal's capacities."""
        answer: dict[str, Any] = self._client.get("/profile").raise_for_status().json()
        return answer

    def set_profile(self, profile: dict[str, Any]) -> None:
        """Set the portal's capacities."""
        self._put("/profile", profile)

    def reset(self) -> None:
        """Let the portal forget everybody."""
        self._client.post("/reset", timeout=LOAD_S).raise_for_status()

    def resources(self) -> list[dict[str, Any]]:
        """Give the portal's resources: name, title, setting, capacity."""
        answer: list[dict[str, Any]] = self._client.get("/resources").raise_for_status().json()
        return answer

    def database_process(self) -> DatabaseProcess:
        """Give a process of the portal's database, as that knows it."""
        answer = self._client.get("/database-process").raise_for_status()
        return msgspec.json.decode(answer.content, type=DatabaseProcess)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _put(self, path: str, value: Any) -> None:
        self._client.put(path, json=value).raise_for_status()
