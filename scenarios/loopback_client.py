"""The client by which the harness looks after a portal on this machine; the load has one of its own."""

from typing import Any

import httpx


def loopback_client(**how: Any) -> httpx.Client:
    """Give a client for plain HTTP on this machine, without proxies; `how` as httpx has it.

    Nobody speaks TLS here, so no certificates are read: that takes 40 ms of CPU a client.
    """
    return httpx.Client(**{"trust_env": False, "verify": False, **how})
