"""A target file: a portal that is not ours to start, who has allowed a rehearsal of it, and within which bounds.

Without one the harness sends to this machine alone (scenarios/loopback.py). The permission is for one host and port and
for a time; it is asked before the first request, by every process that sends, and again while the load lasts.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from scenarios.bounds import check_names, check_positive
from scenarios.loopback import TargetRefusedError, check_loopback
from scenarios.mock_portal import STEPS
from scenarios.portal import Portal, load_portal
from scenarios.target_metrics import Exporter, titles

PORTS = {"http": 80, "https": 443}
OWN_HEADERS = frozenset({
    "host", "connection", "content-length", "content-type", "transfer-encoding", "accept-encoding", "user-agent",
    "authorization",
})  # fmt: skip
"""What the harness itself says in a request: said twice, a portal could take either."""
NEED_INBOX = frozenset({"sms_code", "account", "unbinding"})
"""Steps for which somebody has to read a text on a candidate's phone."""
NEED_GATEWAY = frozenset({"payment", "payment_status"})
"""Steps that come to nothing where nobody pays."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_RESOURCE = re.compile(r"[\w-]+")
_PRINTABLE = re.compile(r"[\x20-\x7e\x80-\xff]*")


class TargetError(ValueError):
    """A target file that cannot be used; the message is one line that says what is wrong, where, and what is right."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How https is spoken. Files are PEM; a path that is not absolute is taken from the folder of the target file."""

    verify: bool = True
    """Whether the portal's certificate is checked; off only for a test portal whose network is its protection."""
    ca_file: str | None = None
    """Certificates to trust, in place of the system's."""
    client_certificate: str | None = None
    """What the harness shows to a portal that asks for a certificate."""
    client_key: str | None = None
    """The key of it, where it is not in the same file."""


class Gateways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Test gateways at which candidates pay."""

    hosts: tuple[str, ...] = ()
    """Hosts with port to which a payment may lead, such as `pay.test.example.cn:443`."""

    def __post_init__(self) -> None:
        for host in self.hosts:
            _check_host_and_port("gateways.hosts", host)


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A portal that is there already, and the bounds of its rehearsal.

    Raises ValueError, by the field's name, for values that make no sense.
    """

    base_url: str
    """Where candidates reach it: scheme, host and port, no path."""
    most_requests_per_s: float
    """Requests a second that the run never exceeds, all candidates together."""
    allowed_by: str = ""
    """Who has allowed the rehearsal, and how they are reached while it lasts."""
    allowed_host: str = ""
    """For which host and port, once more: a URL that is changed later does not fit it any more."""
    allowed_from: datetime | None = None
    """From when on."""
    allowed_until: datetime | None = None
    """Until when: the load ends then."""
    stop_file: str | None = None
    """The load ends within 2 s once there is a file of this path; from the folder of the target file."""
    portal: str | None = None
    """Python file of a portal of another shape (docs/your-own-portal.md); left out: one with the mock's interface."""
    steps: tuple[str, ...] = STEPS
    """Steps of scenarios/mock_portal.py that exist there; left out: all."""
    sms_inbox: str | None = None
    """Base URL of a test gateway where texts are read, as from the stand-in one: docs/providers.md."""
    objectives: tuple[str, ...] | None = None
    """What it is held to, in place of the scenario's objectives."""
    headers: dict[str, str] = {}
    """Headers of each request to the portal, such as one by which its operators know the load."""
    tls: Tls = Tls()
    gateways: Gateways = Gateways()
    metrics: tuple[Exporter, ...] = ()
    """Prometheus exporters that are read once a second."""
    resources: dict[str, str] = {}
    """Titles of what the portal's Server-Timing tells of, by its names there: objectives can name what is here."""

    def __post_init__(self) -> None:
        check_positive(self, "most_requests_per_s")
        _check_base_url("base_url", self.base_url)
        for name in ("allowed_from", "allowed_until"):
            if (moment := getattr(self, name)) is not None and moment.tzinfo is None:
                raise ValueError(
                    f"{name} is {moment.isoformat()}, anywhere; write its offset: {moment.isoformat()}+08:00"
                )
        if self.sms_inbox is not None:
            _check_base_url("sms_inbox", self.sms_inbox)
        if self.portal is not None and self.steps != STEPS:
            raise ValueError("steps are those of the mock's interface, and portal has its own: leave one of them out")
        if unknown := [step for step in self.steps if step not in STEPS]:
            raise ValueError(f"steps: {unknown[0]} is not a step; the steps are {', '.join(STEPS)}")
        for name, value in self.headers.items():
            _check_header(name, value)
        if strange := [name for name in self.resources if not _RESOURCE.fullmatch(name)]:
            raise ValueError(f"resources: {strange[0]!r} is no name of a resource; write letters, digits, _ and -")

    @property
    def resource_titles(self) -> dict[str, str]:
        """What its resources are called in reports, by their names."""
        return {**titles(self.metrics), **self.resources}

    @property
    def host_and_port(self) -> str:
        """The host and port that requests of candidates go to, as `allowed_host` must have them."""
        return host_and_port(urlsplit(self.base_url))

    @property
    def missing_steps(self) -> frozenset[str]:
        """Steps that candidates cannot take there."""
        if self.portal is not None:  # which visits are possible there is its own to say
            return frozenset()
        missing = set(STEPS) - set(self.steps)
        if self.sms_inbox is None:
            missing |= NEED_INBOX
        if not self.gateways.hosts:
            missing |= NEED_GATEWAY
        return frozenset(missing)

    def check_permission(self, now: datetime) -> None:
        """Make sure that load may be sent there at a moment. Raises TargetRefusedError, with one line.

        This machine's own loopback addresses need nobody's permission, where the file names nothing else; a host's
        name does, whatever it stands for.
        """
        if all(map(_is_loopback, self._urls())):
            return
        why = self._refusal(now)
        if why:
            raise TargetRefusedError(f"no load is sent to {self.base_url}: {why}")

    def _urls(self) -> list[str]:
        """Give where anything at all is sent to."""
        inbox = [] if self.sms_inbox is None else [self.sms_inbox]
        gateways = (f"https://{host}" for host in self.gateways.hosts)
        return [self.base_url, *inbox, *gateways, *(it.url for it in self.metrics)]

    def _refusal(self, now: datetime) -> str:
        if not self.allowed_by.strip():
            return "nobody has allowed it; say who has, and how to reach them, with allowed_by"
        if self.allowed_host != self.host_and_port:
            given = f"is for {self.allowed_host!r}" if self.allowed_host else "names no host"
            return f"the permission {given}; one for it says allowed_host = {self.host_and_port!r}"
        if self.allowed_from is None or self.allowed_until is None:
            return "the permission has no time; say allowed_from and allowed_until"
        if now < self.allowed_from:
            return f"it is allowed from {self.allowed_from.isoformat()} on, and now it is {_said(now)}"
        if now >= self.allowed_until:
            return f"it was allowed until {self.allowed_until.isoformat()}, and now it is {_said(now)}"
        return ""

    def facts(self) -> dict[str, Any]:
        """Give what a run folder may say of it: no value of a header, no certificate."""
        return {
            "base_url": self.base_url,
            "portal": self.portal,
            "allowed_by": self.allowed_by,
            "allowed_from": self.allowed_from,
            "allowed_until": self.allowed_until,
            "most_requests_per_s": self.most_requests_per_s,
            "headers": sorted(self.headers),
            "verifies_certificate": self.tls.verify,
            "missing_steps": [step for step in STEPS if step in self.missing_steps],
            "metrics": [it.url for it in self.metrics],
        }


def load_target(path: Path) -> Target:
    """Load a target file; paths in it become absolute. Raises TargetError, in one line."""
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        check_names(fields, Target)
        target = msgspec.convert(fields, Target)
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}; give the path of a target file") from None
    except ValueError as error:  # of TOML, of UTF-8, of msgspec and of our own checks
        raise TargetError(f"{path}: {error}") from None
    folder = path.resolve().parent
    tls = {
        name: str(folder / value)
        for name in ("ca_file", "client_certificate", "client_key")
        if (value := getattr(target.tls, name)) is not None
    }
    stop_file = None if target.stop_file is None else str(folder / target.stop_file)
    portal = None if target.portal is None else str(folder / target.portal)
    tls_there = msgspec.structs.replace(target.tls, **tls)
    return msgspec.structs.replace(target, tls=tls_there, stop_file=stop_file, portal=portal)


def own_portal(target: Target | None) -> Portal | None:
    """Give the portal of a target's own file; None where it has the mock's interface. Raises PortalError."""
    return None if target is None or target.portal is None else load_portal(Path(target.portal))


def host_and_port(url: SplitResult) -> str:
    """Give host and port of a URL, the port also where the scheme alone says it."""
    return f"{url.hostname}:{url.port or PORTS[url.scheme]}"


def _is_loopback(url: str) -> bool:
    try:
        check_loopback(f"http://{host_and_port(urlsplit(url))}")
    except (TargetRefusedError, ValueError):
        return False
    return True


def _check_base_url(name: str, text: str) -> None:
    """Refuse all but `http(s)://HOST[:PORT]`, spelled so that no two libraries read two hosts in it."""
    try:
        url = urlsplit(text)
        is_fine = url.scheme in PORTS and _is_host(url.hostname or "") and url.port != 0
        port = f":{url.port}" if url.port else ""
        is_fine = is_fine and text.removesuffix("/") == f"{url.scheme}://{url.hostname}{port}"
    except ValueError:
        is_fine = False
    if not is_fine:
        raise ValueError(
            f"{name} is {text!r}; write scheme and host, and a port if need be: https://staging.example.cn"
        )


def _check_host_and_port(name: str, text: str) -> None:
    host, _, port = text.rpartition(":")
    if not (_is_host(host) and port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError(f"{name}: {text!r} is no host with its port, such as pay.test.example.cn:443")


def _is_host(text: str) -> bool:
    """Say whether it is a name in ASCII, or an IPv4 address in its usual spelling."""
    if not _HOST.fullmatch(text) or ".." in text:
        return False
    if not re.fullmatch(r"[0-9.]+|.*\.[0-9]+|0x.*", text):
        return True
    try:
        return str(ip_address(text)) == text
    except ValueError:
        return False


def _check_header(name: str, value: str) -> None:
    if not _HEADER.fullmatch(name) or not _PRINTABLE.fullmatch(value):
        raise ValueError(f"headers: {name!r} is no header of one line")  # its value may be a secret
    if name.lower() in OWN_HEADERS:
        raise ValueError(f"headers: {name} is what the harness says itself; choose another, such as X-Rehearsal")


def _said(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def header_lines(headers: Mapping[str, str]) -> str:
    """Give headers as they stand in a request."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
