"""All settings of the registration server: the limits of the rules, the window, and a profile of capacities.

The harness writes one settings file (JSON) for each start; a profile is a TOML file of `mock_server/profiles/`.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mock_server.paper_limits import PaperLimits

PROFILES = Path(__file__).parent / "profiles"

Count = Annotated[int, Meta(ge=1)]
Threads = Annotated[int, Meta(ge=1, le=64)]
NonNegative = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Speed = Annotated[float, Meta(gt=0, le=1)]
Scale = Annotated[float, Meta(gt=0, le=1)]


class SettingsError(ValueError):
    """Settings that cannot be used; the message is one line that says what was wrong, and where."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of the rules, numbered as in docs/rules.md. Durations in portal time unless it says real."""

    sms_resend_s: NonNegative = 60.0  # between two codes to one phone: rule 1, real seconds; assumption
    sms_code_valid_s: Positive = 300.0  # how long a code is good: rule 1, real seconds; assumption
    sms_attempts: Count = 5  # rule 1, wrong codes before a new one is needed; assumption
    sms_a_day: Count = 10  # rule 1, codes to one phone in 24 real hours without an account opened by it; assumption
    login_attempts: Count = 10  # log-in, wrong passwords for one ID number before it has to wait; assumption
    login_wait_s: Positive = 900.0  # log-in, real seconds from the first of them; assumption
    session_valid_s: Positive = 7200.0  # how long a log-in is good, real seconds; assumption
    selfie_max_bytes: Count = 2 * 1024 * 1024  # the selfie, at most: rule 5; assumption
    face_check_within_h: Positive = 48.0  # from the identity to the face check: rule 5
    junior_work_years: NonNegative = 1.0  # for junior, with another bachelor's degree: rule 7
    intermediate_work_years: NonNegative = 5.0  # for intermediate, with a junior certificate: rule 8
    intermediate_master_work_years: NonNegative = 2.0  # for intermediate, with a social-work master's degree: rule 8
    senior_management_years: NonNegative = 5.0  # for senior, with an intermediate certificate: rule 9
    degree_check_required: bool = True  # before filing the degree must be checked: rule 10
    papers: PaperLimits = PaperLimits()  # limits of the paper checks: rules 3, 11 and 12
    insurance_provinces: tuple[str, ...] = ("11", "31")  # rule 13: provinces that ask for it; assumption
    insurance_months: Count = 6  # of social insurance that they ask for: rule 13
    plain_calendar: bool = False  # rule 16: Monday to Friday, for years without an official calendar
    review_working_days: Count = 3  # how long a review takes: rule 16; another source says 5
    supplement_share: Annotated[float, Meta(ge=0, le=1)] = 0.15  # who is asked for better papers: rule 16
    rejected_share: Annotated[float, Meta(ge=0, le=1)] = 0.02  # who is rejected: rule 16; assumption
    supplement_within_d: Positive = 5.0  # to hand in better papers: rule 17
    payment_within_d: Positive = 7.0  # to pay: rule 18
    fee_junior_fen: Count = 6000  # rule 18, a subject
    fee_intermediate_fen: Count = 6500  # rule 18, a subject
    fee_senior_fen: Count = 6500  # rule 18; not given by the source
    payment_query_after_s: Positive = 120.0  # rule 18, real seconds until an unanswered order is asked for
    invoice_working_days: Count = 5  # until the invoice is there: rule 19
    unbinding_after_h: NonNegative = 2.0  # rule 2, how long support takes in working hours; assumption
    retained_years: Positive = 1.0  # how long a subject that was passed counts: rule 22
    seats_a_room: Count = 30  # candidates in one room: rule 23; assumption
    rooms_a_site: Count = 40  # rule 23, a site being a school; assumption
    absent_share: Annotated[float, Meta(ge=0, le=1)] = 0.2  # rule 24, who paid and does not come; assumption
    score_mean: Annotated[float, Meta(ge=0, le=100)] = 58.0  # of a subject's points of 100: rule 24; assumption
    score_deviation: Positive = 12.0  # standard deviation of the points: rule 24; assumption
    pass_score: Annotated[int, Meta(ge=0, le=100)] = 60  # points of 100 with which a subject is passed: rule 24


OPENING_GROUPS = 4
"""Groups of provinces, where they open one after the other: the province's two digits, modulo this."""


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """When the portal takes registrations (rule 15), and the exam they are for (rules 23, 24). Aware datetimes."""

    opening: datetime
    closing: datetime
    tickets: datetime  # admission tickets from here on
    exam: datetime  # the first exam day begins
    exam_end: datetime  # the last exam day ends
    results: datetime
    certificates: datetime
    province_gap_s: NonNegative = 0.0
    """Staggered opening: the four groups of provinces open so long after one another."""

    def opening_of(self, province: str) -> datetime:
        """Give when the window opens for a province, by the first two digits of its ID numbers; all, where empty."""
        group = int(province) % OPENING_GROUPS if province else 0
        return self.opening + timedelta(seconds=self.province_gap_s * group)


class PasswordHash(Struct, frozen=True, forbid_unknown_fields=True):
    """Cost of a password hash (argon2id), and how many may be computed at a time.

    The default takes about 3 ms of a core, so that a laptop can play a portal of many cores; OWASP's advice for a real
    one, 19 MiB and 2 passes, takes about 24 ms here.
    """

    threads: Threads = 2
    memory_kib: Annotated[int, Meta(ge=8, le=1_048_576)] = 4096
    passes: Annotated[int, Meta(ge=1, le=1000)] = 1


class Storage(Struct, frozen=True, forbid_unknown_fields=True):
    """How many files may be written at a time, and whether each is forced to the disk."""

    threads: Threads = 4
    fsync: bool = False


class Speeds(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast each unit works, as a share of this machine's speed, or of the outside service's: see resources.py."""

    password_hash: Speed = 1.0
    image_check: Speed = 1.0
    storage: Speed = 1.0
    database: Speed = 1.0
    sms: Speed = 1.0
    face_check: Speed = 1.0
    degree_record: Speed = 1.0
    alipay: Speed = 1.0
    unionpay: Speed = 1.0


class Lines(Struct, frozen=True, forbid_unknown_fields=True):
    """How many calls to each outside service may be under way at a time."""

    sms: Count = 64
    face_check: Count = 64
    degree_record: Count = 64
    alipay: Count = 64
    unionpay: Count = 64
    timeout_s: Annotated[float, Meta(gt=0, le=86_400)] = 30.0


class Protections(Struct, frozen=True, forbid_unknown_fields=True):
    """What one portal does against overload: docs/protections.md. 0 is off."""

    deadline_s: NonNegative = 30.0
    """A request that has waited so long for a worker slot is dropped before it costs anything."""
    drops_who_left: bool = True
    """So is one whose sender has closed the connection meanwhile."""
    shed_wait_ms: NonNegative = 0.0
    """Mean wait for a worker slot above which the least urgent are turned away; DAGOR takes 20."""
    retry_share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Of the first tries: how many retries are served."""
    breaker_failures: Annotated[int, Meta(ge=0)] = 0
    """Failures of an outside service in a row after which it is left alone."""
    breaker_open_s: Positive = 10.0
    """How long it is left alone."""
    places_inside: Annotated[int, Meta(ge=0)] = 0
    """Waiting room: how many people may be inside at a time, in all processes together."""
    admits_per_s: NonNegative = 0.0
    """Waiting room: how many are let in a second. The room is open where this or the other is above 0."""
    place_idle_s: Positive = 300.0
    """Waiting room: after so long without a request a place is somebody else's."""


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """The capacities of one portal. All are for each server process, as such settings are in real portals."""

    purpose: str
    worker_slots: Count = 256
    queue_bound: Count = 10_000  # requests that may wait for a worker slot
    database_connections: Annotated[int, Meta(ge=1, le=90)] = 16  # what PostgreSQL's default leaves
    database_statements: Count = 64  # under way at a time, as many as the database has cores
    session_lookups: Count = 256  # at a time
    filing_rows: Annotated[int, Meta(ge=1, le=31)] = 31  # locks for filing numbers, one a province; fewer are shared
    image_threads: Threads = 2
    password_hash: PasswordHash = PasswordHash()
    storage: Storage = Storage()
    lines: Lines = Lines()
    speeds: Speeds = Speeds()
    protections: Protections = Protections()


def most_of(setting: str) -> int | None:
    """Give the highest value that a setting of the profile can have, or None where there is no bound.

    >>> most_of("password_hash.threads"), most_of("lines.sms")
    (64, None)
    """
    kind: Any = Profile
    for name in setting.split("."):
        kind = next(field.type for field in msgspec.structs.fields(kind) if field.name == name)
    meta = next((it for it in getattr(kind, "__metadata__", ()) if isinstance(it, Meta)), None)
    return None if meta is None or meta.le is None else int(meta.le)


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the portal's clock stands at the start, and how fast it runs."""

    portal_time: datetime
    speed: NonNegative = 1.0


class FaultDesk(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who does faults to this portal from outside, for as long as it is served."""

    folder: Path
    """Where the control page lays down what is wished for; what lies there is not over yet."""
    faults: dict[str, str]
    """What can be wished for, by name, in words."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a registration server needs to start. `profile` is a name or a path, see `load_profile`."""

    seed: int
    host: str
    port: int
    data_folder: Path
    control_token: str
    provider_address: str
    gateway_keys: dict[str, str]
    window: Window
    clock: Clock
    profile: str
    capacities: dict[str, Any] = {}
    """Settings of the profile in place of those that it has."""
    scale: Scale = 1.0
    """How much of each capacity there is: see mock_server/scaled_profile.py."""
    server_workers: Count = 1
    limits: Limits = Limits()
    keep_uploads: bool = True
    """Whether scans and papers stay on disk; without, they are checked and deleted, and the books keep their facts."""
    public_address: str | None = None
    """Base URL at which gateways reach the portal, where that is not its own address."""
    fault_desk: FaultDesk | None = None
    database_url: str | None = None
    database_via: str | None = None
    """`HOST:PORT` or the path of a Unix socket at which server processes reach the database, as through a connection
    pooler; who starts them goes there directly."""
    plants: dict[str, float] = {}
    """Causes of lag that are put in on purpose, with their severities: see mock_server/plants/."""
    bugs: tuple[str, ...] = ()
    """Ways to break promises that are put in on purpose: see mock_server/bugs/."""
    goes_on: bool = False
    """Whether the database is that of an earlier start, with everything in it."""
    keeps_clock: bool = False
    """Whether the clock goes on with it, as set then; else it is set by these settings."""

    @property
    def address(self) -> str:
        """Base URL at which gateways reach the portal."""
        return self.public_address or f"http://{self.host}:{self.port}"


def profile_names() -> list[str]:
    """Names of the profiles that come with the project, sorted."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def load_profile(name_or_path: str) -> Profile:
    """Read a profile by its name in `mock_server/profiles/` or by a path to a TOML file.

    Raises SettingsError with one clear line.
    """
    path = PROFILES / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    if not path.is_file():
        raise SettingsError(f"no profile '{name_or_path}': give a path or one of {', '.join(profile_names())}")
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None


def with_capacities(profile: Profile, capacities: dict[str, Any]) -> Profile:
    """Give a profile with other values of some settings, those inside of others as dicts inside of dicts.

    >>> with_capacities(Profile("a test"), {"lines": {"sms": 3}}).lines.sms
    3

    Raises SettingsError with one clear line.
    """
    settings = msgspec.to_builtins(profile)
    for name, value in capacities.items():
        is_group = isinstance(value, dict) and isinstance(settings.get(name), dict)
        settings[name] = settings[name] | value if is_group else value
    try:
        return msgspec.convert(settings, Profile)
    except msgspec.ValidationError as error:
        raise SettingsError(f"capacities: {error}") from None


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError


def load_settings(path: Path) -> Settings:
    """Read a settings file. Raises SettingsError with one clear line."""
    try:
        settings = msgspec.json.decode(path.read_bytes(), type=Settings, dec_hook=_path)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    window = settings.window
    moments = [it for it in msgspec.structs.astuple(window) if isinstance(it, datetime)]
    if any(moment.tzinfo is None for moment in moments):
        raise SettingsError(f"{path}: window: every time needs its offset, for example 2025-03-10T09:00:00+08:00")
    if not window.opening < window.closing < window.exam:
        raise SettingsError(f"{path}: window: opening, closing and exam must follow one another")
    if not window.opening < window.tickets < window.exam < window.exam_end < window.results <= window.certificates:
        raise SettingsError(
            f"{path}: window: opening, tickets, exam, exam_end, results and certificates must follow one another"
        )
    return settings
