"""All parts of one server process, put together once at start."""

from dataclasses import dataclass
from math import ceil

from mock_server.clock import PortalClock
from mock_server.database import Database, open_machine_room, open_pool
from mock_server.passwords import Passwords
from mock_server.problems import Refusal
from mock_server.providers import NAMES as PROVIDER_NAMES
from mock_server.providers import Providers
from mock_server.resources import Resource
from mock_server.rules import PROVINCES
from mock_server.settings import Limits, Profile, Settings, Window
from mock_server.threads import BoundedThreads
from mock_server.uploads import Uploads

TITLES = {
    "worker_slots": ("worker slots", "worker_slots"),
    "session": ("session look-up", "database_connections"),
    "database_connections": ("database connections", "database_connections"),
    "database": ("database queries", "database_connections"),
    "filing_row": ("locked rows of the filing numbers", "one row a province"),
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
        "session": profile.database_connections,
        "database_connections": profile.database_connections,
        "database": profile.database_connections,
        "filing_row": ceil(len(PROVINCES) / server_workers),  # all processes share these rows
        "password_hash": profile.password_hash.threads,
        "image_check": profile.image_threads,
        "storage": profile.storage.threads,
        **lines,
    }


@dataclass
class Portal:
    """The parts that requests use."""

    settings: Settings
    profile: Profile
    clock: PortalClock
    resources: dict[str, Resource]
    database: Database
    machine_room: Database
    hashing: BoundedThreads
    passwords: Passwords
    images: BoundedThreads
    storage: BoundedThreads
    uploads: Uploads
    providers: Providers
    database_url: str

    @property
    def limits(self) -> Limits:
        """Limits of the rules."""
        return self.settings.limits

    @property
    def window(self) -> Window:
        """The registration window."""
        return self.settings.window

    def check_open(self) -> None:
        """Raise Refusal unless the window is open now (rule 15)."""
        now = self.clock.now()
        if now < self.window.opening:
            raise Refusal("window_not_open", opening=f"{self.window.opening:%Y-%m-%d %H:%M}")
        if now >= self.window.closing:
            raise Refusal("window_closed", closing=f"{self.window.closing:%Y-%m-%d %H:%M}")

    def turn_knobs(self, profile: Profile) -> None:
        """Take on the capacities of another profile while running; what is in use stays in use."""
        for name, capacity in capacities(profile, self.settings.server_workers).items():
            self.resources[name].set_capacity(capacity)
        self.passwords = Passwords(profile.password_hash, self.hashing)
        self.providers.timeout_s = profile.lines.timeout_s
        self.resources["worker_slots"].queue_bound = profile.waiting_room
        self.uploads.fsync = profile.storage.fsync
        self.profile = profile

    async def close(self) -> None:
        """Give back all that the parts hold."""
        await self.providers.close()
        await self.database.close()
        await self.machine_room.close()
        for threads in (self.hashing, self.images, self.storage):
            threads.close()


async def open_portal(settings: Settings, profile: Profile, database_url: str) -> Portal:
    """Put a server process together; the database must have its schema."""
    resources = {
        name: Resource(name, capacity) for name, capacity in capacities(profile, settings.server_workers).items()
    }
    resources["worker_slots"].queue_bound = profile.waiting_room
    pool = await open_pool(database_url, profile.database_connections, settings.server_workers)
    storage = BoundedThreads(resources["storage"])
    hashing = BoundedThreads(resources["password_hash"])
    return Portal(
        settings=settings,
        profile=profile,
        clock=PortalClock.starting_at(settings.clock.portal_time, settings.clock.speed),
        resources=resources,
        database=Database(pool, resources["database_connections"], resources["database"]),
        machine_room=await open_machine_room(database_url),
        hashing=hashing,
        passwords=Passwords(profile.password_hash, hashing),
        images=BoundedThreads(resources["image_check"]),
        storage=storage,
        uploads=Uploads(settings.data_folder / "uploads", storage, profile.storage.fsync, settings.keep_uploads),
        providers=Providers(
            settings.provider_address,
            {name: resources[name] for name in PROVIDER_NAMES},
            profile.lines.timeout_s,
        ),
        database_url=database_url,
    )
