"""What `run.json` says of a run, as far as reports compute with it; docs/run-folder.md is the contract."""

from datetime import datetime
from typing import Any

import msgspec

from reports.target import Target


class Load(msgspec.Struct, frozen=True):
    """When the load ran and how long; the fields are those of `run.json`."""

    started_at: datetime | None
    """None until the load begins."""
    length_s: float
    """0 until the load has ended."""
    planned_length_s: float
    portal_time_at_start: datetime
    speed: float = 1.0
    interrupted: bool = False
    interrupted_because: str = ""
    """What ended it: `stop_file` or `allowed_until` of a target file; else somebody did."""


class Worker(msgspec.Struct, frozen=True):
    """A generator process that shared the load, and when it came, in run seconds."""

    worker: int
    joined_s: float = 0.0


class LostWorker(msgspec.Struct, frozen=True):
    """A worker that was lost: heard last, missed since; what became of its visits and of who had not come yet."""

    worker: int
    heard_s: float
    missed_s: float
    broken_off: int
    handed_on: int
    overdue: int
    """Of those handed on, who came late by that …"""
    overdue_most_s: float
    """… and by how much at most."""
    then: str
    """`hand-on`, or `void`: the load ended."""


class Scenario(msgspec.Struct, frozen=True):
    """The scenario: its name, what it is for, and which share of the capacities the portal had."""

    name: str
    purpose: str = ""
    scale: float = 1.0


class Portal(msgspec.Struct, frozen=True):
    """What was rehearsed against; `capacities` maps the settings of the profile to their values."""

    kind: str = ""
    profile: str = ""
    capacities: dict[str, Any] = {}
    server_workers: int = 0
    database: str = ""
    address: str = ""


class Cores(msgspec.Struct, frozen=True):
    """How the cores of the machine were shared between the generator and the portal."""

    count: int = 0
    generator_niceness: int = 0
    portal_niceness: int = 0


class Phase(msgspec.Struct, frozen=True):
    """A named stretch of the load, in run seconds."""

    name: str
    from_s: float
    to_s: float


class Steady(msgspec.Struct, frozen=True):
    """The stretch of the load, in run seconds, in which the scenario claims one rate and a portal in equilibrium."""

    from_s: float
    to_s: float


class Rules(msgspec.Struct, frozen=True):
    """Which rules each step uses, and to which rule the code of a refusal belongs."""

    steps: dict[str, tuple[int, ...]] = {}
    refusals: dict[str, int] = {}


class Move(msgspec.Struct, frozen=True):
    """How often an event took applications from one state to another."""

    event: str
    from_state: str
    to_state: str
    count: int


class Census(msgspec.Struct, frozen=True):
    """What the portal held at the end of the load, in numbers of each."""

    accounts: int = 0
    lapsed: int = 0
    applications: dict[str, int] = {}
    moves: tuple[Move, ...] = ()
    filings: int = 0
    orders: dict[str, int] = {}
    invoices_issued: int = 0
    tickets_unbound: int = 0
    results: int = 0
    certificates: int = 0


class Finding(msgspec.Struct, frozen=True):
    """How often the portal's books break one rule at the end of the load, with a few examples."""

    name: str
    violations: int
    examples: tuple[str, ...] = ()


class Window(msgspec.Struct, frozen=True):
    """The moments of the registration window, on the portal's clock."""

    opening: datetime
    closing: datetime
    tickets: datetime | None = None
    exam: datetime | None = None
    results: datetime | None = None
    certificates: datetime | None = None


class Facts(msgspec.Struct, frozen=True):
    """What `run.json` says, as far as the report computes with it."""

    format: int
    scenario: Scenario
    seed: int
    load: Load
    rehearse_version: str = ""
    steps: tuple[str, ...] = ()
    """All steps in the order in which candidates take them, if the client knows one."""
    population: int = 0
    objectives: tuple[str, ...] = ()
    portal: Portal = Portal()
    target: Target | None = None
    """None: the portal was the mock."""
    cores: Cores = Cores()
    phases: tuple[Phase, ...] = ()
    steady: Steady | None = None
    machine: dict[str, Any] = {}
    versions: dict[str, str] = {}
    resource_titles: dict[str, str] = {}
    capacity_names: dict[str, str] = {}
    capacity_limits: dict[str, int] = {}
    trial: dict[str, Any] = {}
    bundle: str = ""
    """The file that the arrivals came from, if one; then no scenario and seed give them."""
    rules: Rules | None = None
    browsers: int = 0
    """Browsers whose people rode along."""
    census: Census | None = None
    audit: tuple[Finding, ...] | None = None
    no_books_because: str = ""
    """Why the portal's books could not be read in the end; empty where they were, or where nobody asked."""
    window: Window | None = None
    workers: tuple[Worker, ...] = ()
    """Generator processes that shared the load; empty where one played it all."""
    lost_workers: tuple[LostWorker, ...] = ()

    def title(self, resource: str) -> str:
        """Give the words for a resource; its name where none were given."""
        return self.resource_titles.get(resource, resource)
