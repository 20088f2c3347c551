"""A harness must not be a weapon: load goes to this machine's loopback address alone."""

from ipaddress import ip_address
from urllib.parse import urlsplit


class TargetRefusedError(ValueError):
    """An address that no load is sent to; the message is one line that says why."""


def check_loopback(address: str) -> None:
    """Refuse every base URL but plain HTTP to a loopback IP address, without user info or path.

    >>> check_loopback("http://127.0.0.1:8600")
    >>> check_loopback("http://localhost.example.com")
    Traceback (most recent call last):
    scenarios.loopback.TargetRefusedError: no load is sent to 'http://localhost.example.com': only to http://127.0.0.1:PORT

    Names are refused too, whatever they resolve to now. Raises TargetRefusedError.
    """
    try:
        url = urlsplit(address)
        fine = url.scheme == "http" and url.username is None and url.path in ("", "/") and url.port is not None
        fine = fine and ip_address(url.hostname or "").is_loopback
    except ValueError:
        fine = False
    if not fine:
        raise TargetRefusedError(f"no load is sent to {address!r}: only to http://127.0.0.1:PORT")
