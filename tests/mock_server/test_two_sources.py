"""What requests hear of each resource (Server-Timing) is what the server counts (metrics)."""

import re
import time
from collections import Counter

from single_requests import loopback

from mock_server.portal import TITLES
from scenarios.rules_of_portal import RESOURCES
from scenarios.sampler import read_resources

PART = re.compile(r"(\w+)-(wait|svc);dur=([\d.]+)")
ALSO_OF_THE_OFFICES = {"database", "database_connections", "sms"}
"""The exam offices work every second, and nobody sends them a header."""
NOT_IN_A_REGISTRATION = {"alipay", "unionpay"}
SENDING_S = 0.002
"""A worker slot is also held while the answer is sent, after its header was written; two processes share a core."""


def test_who_writes_objectives_knows_the_portals_resources():
    """What objectives may name is what the portal has."""
    assert set(TITLES) == set(RESOURCES)


def counted(stack):
    """Give held and waited seconds of each resource, as the server has them after its next sample."""
    time.sleep(0.2)
    exposition = loopback.get(f"{stack.address}/metrics").text
    return {name: (it["held_s"], it["wait_s"]) for name, it in read_resources(exposition).items()}


def test_headers_and_counters_agree(stack, registrant):
    """Over a whole registration, resource by resource, within 5 % and the hundredths of a ms that headers round to."""
    told = Counter()
    requests = 0

    def hear(response):
        nonlocal requests
        requests += 1
        for resource, kind, ms in PART.findall(response.headers.get("server-timing", "")):
            told[resource, kind] += float(ms) / 1000

    one = registrant(5300)
    one.http.event_hooks = {"response": [hear]}
    before = counted(stack)
    one.identified().apply()
    one.file()
    after = counted(stack)
    used = {resource for resource, _ in told}
    assert set(TITLES) - NOT_IN_A_REGISTRATION == used
    rounding_s = 0.00005 * requests
    for resource in used:
        for kind, index in (("svc", 0), ("wait", 1)):
            server_s = after[resource][index] - before[resource][index]
            more_s = SENDING_S * requests if resource == "worker_slots" else rounding_s
            if resource in ALSO_OF_THE_OFFICES:
                assert told[resource, kind] <= server_s * 1.05 + rounding_s, resource
            else:
                assert told[resource, kind] * 0.95 - rounding_s <= server_s, (resource, kind)
                assert server_s <= told[resource, kind] * 1.05 + more_s, (resource, kind)
