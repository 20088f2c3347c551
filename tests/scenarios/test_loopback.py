"""Nothing but this machine is ever a target."""

import pytest

from scenarios.loopback import TargetRefusedError, check_loopback


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com:80",
        "http://10.0.0.1:8600",
        "http://0.0.0.0:8600",
        "http://localhost:8600",
        "http://127.0.0.1.example.com:80",
        "http://127.0.0.1@example.com:80",
        "http://user:secret@127.0.0.1:80",
        "http://[::ffff:10.0.0.1]:80",
        "http://[fe80::1]:80",
        "http://2130706433:80",
        "https://127.0.0.1:80",
        "http://127.0.0.1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:80/path",
        "//127.0.0.1:80",
        "",
    ],
)
def test_everything_else_is_refused(address):
    """Look-alikes, names, other schemes and other hosts."""
    with pytest.raises(TargetRefusedError):
        check_loopback(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8600", "http://127.1.2.3:80/", "http://[::1]:8600"])
def test_loopback_is_taken(address):
    """This machine, by its loopback addresses."""
    check_loopback(address)
