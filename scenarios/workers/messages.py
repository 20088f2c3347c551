"""What master and workers say to each other, as messages of Locust's own connections."""

from typing import Any

import msgspec
from locust.rpc import Message
from locust.runners import DistributedRunner

from scenarios.arrival import Arrival

NAME = "rehearse"
"""The type of all these messages among Locust's."""


class Said(msgspec.Struct, tag=True, array_like=True):
    """Anything that is said."""


class Joined(Said):
    """A worker is there, and has nothing to play; said again every second."""


class Part(Said):
    """What a worker needs to know of the run, and which visits under way it is to catch up with."""

    worker: int
    about: dict[str, Any]
    """`run.json` as it is before the load."""
    portal_address: str
    provider_address: str
    """Empty on a target: where that leads, the worker's own target file says."""
    under_way: list[Arrival]


class ClockAsked(Said):
    """A worker asks what the master's clock shows."""

    asked_s: float


class ClockTold(Said):
    """The clock shows this, as a Unix time."""

    asked_s: float
    there_s: float


class ShareAsked(Said):
    """A worker on a target asks how much it may send; said every second, as that lapses (shares.py)."""

    asked_s: float
    """A moment of its own clock, later with each question."""
    by_asked_s: float
    """When it asked for what it goes by now."""


class ShareTold(Said):
    """So many requests may leave within a window of the ceiling, until some time after it was asked."""

    asked_s: float
    most: int


class Account(Said):
    """What has happened at a worker since its last account."""

    parts: dict[str, bytes]
    """Parts of tables: place in the run folder, and content."""
    returning: list[Arrival]
    begun: list[tuple[tuple[int, int], float]]
    over: list[tuple[int, int]]
    waits_s: list[float]
    """Intended latencies of the pages that were answered."""
    requests: int
    """All so far."""
    inside: int
    health: dict[str, Any] | None
    is_last: bool = False


class Ready(Said):
    """A worker has caught up, and waits for run second 0."""

    account: Account
    host: str
    pid: int
    clock_offset_ms: float
    """What the master's clock shows more than the worker's, by …"""
    clock_uncertain_ms: float
    """… and how wrong that can be."""


class Cannot(Said):
    """A worker cannot play its part; one line says why."""

    why: str


class EndAsked(Said):
    """What ends the load of a target has come at a worker: the key of its target file."""

    why: str


class Begin(Said):
    """When run second 0 is, as a Unix time of the master."""

    started_unix_s: float


class Deal(Said):
    """Who is to come to a worker, some seconds ahead."""

    arrivals: list[Arrival]


class End(Said):
    """The load is over: nobody comes any more, and who is inside leaves."""


FromMaster = Part | ClockTold | ShareTold | Begin | Deal | End
FromWorker = Joined | ClockAsked | ShareAsked | Ready | Cannot | EndAsked | Account

_from_master: msgspec.msgpack.Decoder[FromMaster] = msgspec.msgpack.Decoder(FromMaster)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def say(runner: DistributedRunner, said: Said, client_id: str | None = None) -> None:
    """Say something: a worker to its master, a master to the worker `client_id`."""
    runner.send_message(NAME, {"said": msgspec.msgpack.encode(said)}, client_id)


def heard_by_worker(message: Message) -> FromMaster:
    """Give what the master has said."""
    return _from_master.decode(message.data["said"])


def heard_by_master(message: Message) -> FromWorker:
    """Give what a worker has said."""
    return _from_worker.decode(message.data["said"])
