"""A harness must not be a weapon: load goes to this machine's loopback address alone.

Every client that the harness sends with asks here, so that no way to start a run can go around it. None of them follows
redirects or proxies.
"""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit


class TargetRefusedError(ValueError):
    """An address that no load is sent to; the message is one line that says why."""


def check_loopback(address: str) -> None:
    """Refuse every base URL but `http://IP:PORT`, the IP being a loopback one in its usual spelling.

    >>> check_loopback("http://127.0.0.1:8600")
    >>> check_loopback("http://localhost.example.com")
    Traceback (most recent call last):
    scenarios.loopback.TargetRefusedError: no load is sent to 'http://localhost.example.com': only to http://127.0.0.1:PORT

    Names are refused too, whatever they resolve to now. The address must be spelled as it is understood here, to the
    letter: what two libraries could read as two hosts is refused. Raises TargetRefusedError.
    """
    try:
        url = urlsplit(address)
        ip = ip_address(url.hostname or "")
        host = f"[{ip}]" if isinstance(ip, IPv6Address) else str(ip)
        # An IPv4 address in IPv6's clothes counts as loopback in some versions of Python and not in others.
        is_mapped = isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None
        fine = ip.is_loopback and not is_mapped and "%" not in host and bool(url.port)
        fine = fine and address.removesuffix("/") == f"http://{host}:{url.port}"
    except ValueError:
        fine = False
    if not fine:
        raise TargetRefusedError(f"no load is sent to {address!r}: only to http://127.0.0.1:PORT")
