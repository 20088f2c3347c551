"""All parts of one server process, put together once at start."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

from msgspec.structs import asdict

from mock_server.clock import PortalClock
from mock_server.database import Database, open_machine_room, open_pool
from mock_server.passwords import Passwords
from mock_server.problems import Refusal
from mock_server.protections.door import Door
from mock_server.protections.waiting_room import WaitingRoom
from mock_server.providers import NAMES as PROVIDER_NAMES
from mock_server.providers import Providers
from mock_server.resources import Resource
from mock_server.settings import Limits, Profile, Protections, Settings, Window
from mock_server.threads import BoundedThreads
from mock_server.uploads import Uploads

TITLES = {
    "worker_slots": ("worker slots", "worker_slots"),
    "session": ("session look-up", "session_lookups"),
    "database_connections": ("database connections", "database_connections"),
    "database": ("database statements", "database_statements"),
    "filing_row": ("locked rows of the filing numbers", "filing_rows"),
    "password_hash": ("password hashing", "password_hash.threads"),
    "image_check": ("image checking", "image_threads"),
    "storage": ("file storage", "storage.threads"),
    "sms": ("SMS gateway lines", "lines.sms"),
    "face_check": ("face check lines", "lines.face_check"),
    "degree_record": ("degree record lines", "lines.degree_record"),
    "alipay": ("Alipay lines", "lines.alipay"),
    "unionpay": ("UnionPay lines", "lines.unionpay"),
}
"""Every resource: what it is in words, and which setting of the profile is its capacity."""


def capacities(profile: Profile, server_workers: int) -> dict[str, int]:
    """Give the capacity of every resource in one server process."""
    lines: dict[str, int] = {name: getattr(profile.lines, name) for name in PROVIDER_NAMES}
    return {
        "worker_slots": profile.worker_slots,
        "session": profile.session_lookups,
        "database_connections": profile.database_connections,
        "database": profile.database_statements,
        "filing_row": ceil(profile.filing_rows / server_workers),  # all processes share these rows
        "password_hash": profile.password_hash.threads,
        "image_check": profile.image_threads,
        "storage": profile.storage.threads,
        **lines,
    }


async def _nothing(*_: object) -> None:
    """Do nothing: what a portal without plants does at each hook."""


NOT_OPEN = ("window_not_open", "window_closed")
"""Refusals of `check_open`."""


TEXTS_MOST = 50_000
"""Texts that wait at most, a morning's decisions; what comes on top is not sent."""


@dataclass
class Hooks:
    """Where plants (mock_server/plants/) do what a good portal leaves undone."""

    under_filing_row: Callable[[str], Awaitable[None]] = _nothing
    """With the candidate's phone, while the row of a filing number is locked."""
    before_catalogue: Callable[[], Awaitable[None]] = _nothing
    reads_static_files: int = 0
    """How often the application reads a static file from disk before it is served; 0: it is served from memory."""


@dataclass
class Portal:
    """The parts that requests use."""

    settings: Settings
    profile: Profile
    clock: PortalClock
    resources: dict[str, Resource]
    door: Door
    waiting_room: WaitingRoom
    database: Database
    machine_room: Database
    hashing: BoundedThreads
    passwords: Passwords
    images: BoundedThreads
    storage: BoundedThreads
    uploads: Uploads
    providers: Providers
    database_url: str
    texts: "asyncio.Queue[tuple[str, str]]" = field(default_factory=lambda: asyncio.Queue(TEXTS_MOST))
    """Phones and texts of results that the offices are to send."""
    is_being_filled: bool = False
    """Whether the books are without their keys (mock_server/bulk_loading.py): then the offices rest."""
    hooks: Hooks = field(default_factory=Hooks)
    background: list[asyncio.Task[None]] = field(default_factory=list)
    """What goes on for as long as the process does, and ends with it."""

    @property
    def limits(self) -> Limits:
        """Limits of the rules."""
        return self.settings.limits

    @property
    def window(self) -> Window:
        """The registration window."""
        return self.settings.window

    def check_open(self, province: str = "") -> None:
        """Raise Refusal unless the window is open now (rule 15), for a province where one is given."""
        now, opening = self.clock.now(), self.window.opening_of(province)
        if now < opening:
            raise Refusal("window_not_open", opening=f"{opening:%Y-%m-%d %H:%M}")
        if now >= self.window.closing:
            raise Refusal("window_closed", closing=f"{self.window.closing:%Y-%m-%d %H:%M}")

    def turn_knobs(self, profile: Profile) -> None:
        """Take on the capacities of another profile while running; what is in use stays in use."""
        for name, capacity in capacities(profile, self.settings.server_workers).items():
            self.resources[name].set_capacity(capacity)
        _set_speeds(self.resources, profile)
        self.passwords = Passwords(profile.password_hash, self.hashing)
        self.providers.timeout_s = profile.lines.timeout_s
        self.resources["worker_slots"].queue_bound = profile.queue_bound
        if profile.protections != self.profile.protections:
            self._protect(profile.protections)
        self.uploads.fsync = profile.storage.fsync
        self.profile = profile

    def forget_load(self) -> None:
        """Forget what people have left in this process: texts that wait, whom the door turns away, who has failed."""
        while not self.texts.empty():
            self.texts.get_nowait()
        self._protect(self.profile.protections)

    def _protect(self, protections: Protections) -> None:
        self.door = Door(protections, self.settings.seed)
        self.providers.protect(protections)
        self.waiting_room.settings = protections

    async def close(self) -> None:
        """Give back all that the parts hold."""
        for task in self.background:
            task.cancel()
        await asyncio.gather(*self.background, return_exceptions=True)
        await self.providers.close()
        await self.database.close()
        await self.machine_room.close()
        for threads in (self.hashing, self.images, self.storage):
            threads.close()


def _set_speeds(resources: dict[str, Resource], profile: Profile) -> None:
    for name, speed in asdict(profile.speeds).items():
        resources[name].speed = speed


async def open_portal(settings: Settings, profile: Profile, database_url: str) -> Portal:
    """Put a server process together; the database must have its schema."""
    resources = {
        name: Resource(name, capacity) for name, capacity in capacities(profile, settings.server_workers).items()
    }
    resources["worker_slots"].queue_bound = profile.queue_bound
    _set_speeds(resources, profile)
    pool = await open_pool(database_url, profile.database_connections, settings.server_workers)
    machine_room = await open_machine_room(database_url)
    storage = BoundedThreads(resources["storage"], perf_counter)  # waiting for the disk is its work
    hashing = BoundedThreads(resources["password_hash"])
    return Portal(
        settings=settings,
        profile=profile,
        clock=PortalClock.starting_at(settings.clock.portal_time, settings.clock.speed),
        resources=resources,
        door=Door(profile.protections, settings.seed),
        waiting_room=WaitingRoom(profile.protections, machine_room),
        database=Database(pool, resources["database_connections"], resources["database"]),
        machine_room=machine_room,
        hashing=hashing,
        passwords=Passwords(profile.password_hash, hashing),
        images=BoundedThreads(resources["image_check"]),
        storage=storage,
        uploads=Uploads(settings.data_folder / "uploads", storage, profile.storage.fsync, settings.keep_uploads),
        providers=Providers(
            settings.provider_address,
            {name: resources[name] for name in PROVIDER_NAMES},
            profile.lines.timeout_s,
            profile.protections,
        ),
        database_url=database_url,
    )
