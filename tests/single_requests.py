"""Single requests to this machine, as `loopback.get(…)`: httpx's own functions read all certificates each time."""

import httpx

from scenarios.loopback_client import loopback_client

loopback = loopback_client(limits=httpx.Limits(max_keepalive_connections=0))
