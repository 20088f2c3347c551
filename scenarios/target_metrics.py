"""Resources of a portal that is not ours, read from the Prometheus exporters beside it.

An exporter knows gauges (connections now) and counters (CPU seconds so far), the run folder wants both for each
resource. So what is only a gauge is added up over the seconds between samples: what is in use makes the time held, and
what queues the time waited (a second in which three wait is three seconds of waiting).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from scenarios.metric_sums import figure, parse, read_samples

FIGURES = ("capacity", "in_use", "queue", "completions", "wait_s", "held_s")
"""The figures of a resource, in the order of `resources/` of the run folder."""


class Mapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one resource is read: each figure a sum of metrics, such as `nginx_connections_active - 1`.

    A metric is a name, with `{label="value"}` for some of its series; its series are added up, or counted with
    `count(…)`. Numbers stand for themselves.
    """

    title: str
    """What the resource is called in reports."""
    capacity: str = "0"
    """How many units there are; 0: not known, so how busy it is is not known either."""
    in_use: str = ""
    """Units in use now."""
    queue: str = ""
    """Requests that wait for one now."""
    completions: str = ""
    """Uses so far."""
    wait_s: str = ""
    """Seconds waited so far, by all; left out: added up from `queue`."""
    held_s: str = ""
    """Seconds held so far, of all units; left out: added up from `in_use`."""

    def __post_init__(self) -> None:
        for name in FIGURES:
            parse(getattr(self, name))
        if not self.in_use and not self.held_s:
            raise ValueError("a resource needs in_use or held_s")


NGINX = Mapped(
    title="nginx connections",
    in_use="nginx_connections_active - nginx_connections_waiting",  # those that wait are kept alive, with no request
    completions="nginx_http_requests_total",
)
POSTGRES = Mapped(
    title="PostgreSQL connections",
    capacity="pg_settings_max_connections",
    in_use="pg_stat_activity_count",
)
NODE_CPU = Mapped(
    title="CPU",
    capacity='count(node_cpu_seconds_total{mode="idle"})',
    held_s='node_cpu_seconds_total - node_cpu_seconds_total{mode="idle"} - node_cpu_seconds_total{mode="iowait"}',
)
READY: Mapping[str, Mapping[str, Mapped]] = {
    "nginx": {"nginx_connections": NGINX},
    "postgres": {"postgres_connections": POSTGRES},
    "node": {"node_cpu": NODE_CPU},
}
"""Mappings for exporters that many have: nginx-prometheus-exporter, postgres_exporter, node_exporter."""


class Exporter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Prometheus exporter, and what is read from it. In a target file it is a table of `[[metrics]]`."""

    url: str
    """Where its metrics are."""
    kind: Literal["nginx", "postgres", "node"] | None = None
    """One whose metrics are known here."""
    resources: dict[str, Mapped] = {}
    """Resources by their names, with the metrics of their figures."""
    name: str = ""
    """With a kind: the resource's name, where there are several of them."""
    capacity: str = ""
    """With a kind: the capacity, where the exporter does not tell it."""

    def __post_init__(self) -> None:
        url = urlsplit(self.url)
        if url.scheme not in ("http", "https") or not url.hostname or url.username is not None or url.query:
            raise ValueError(f"metrics: url is {self.url!r}; write scheme, host and path: http://10.0.0.5:9187/metrics")
        if (self.kind is None) == (not self.resources):
            raise ValueError(f"metrics of {self.url}: give a kind ({', '.join(READY)}) or resources")
        for name in self.mapped:
            if not re.fullmatch(r"\w+", name):
                raise ValueError(f"metrics of {self.url}: {name!r} is no name of a resource; write letters, digits, _")
        parse(self.capacity)

    @property
    def mapped(self) -> dict[str, Mapped]:
        """Its resources by their names, those of a kind too."""
        if self.kind is None:
            return self.resources
        ((usual, mapped),) = READY[self.kind].items()
        if self.capacity:
            mapped = msgspec.structs.replace(mapped, capacity=self.capacity)
        return {self.name or usual: mapped}


class Gathering:
    """Turns samples of one exporter into figures of its resources, adding up what it does not count itself."""

    def __init__(self, exporter: Exporter) -> None:
        self._terms = {
            name: {each: parse(text) for each in FIGURES if (text := getattr(mapped, each))}
            for name, mapped in exporter.mapped.items()
        }
        self._before: dict[str, tuple[float, dict[str, float]]] = {}

    def resources(self, at_s: float, exposition: str) -> dict[str, dict[str, float]]:
        """Give the figures of every resource whose metrics are all there. Raises ValueError."""
        samples = read_samples(exposition)
        found = {}
        for name, terms in self._terms.items():
            figures = {each: figure(its, samples) for each, its in terms.items()}
            if None not in figures.values():
                found[name] = self._whole(name, at_s, {each: it or 0.0 for each, it in figures.items()})
        return found

    def _whole(self, name: str, at_s: float, known: dict[str, float]) -> dict[str, float]:
        before_s, before = self._before.get(name, (at_s, {}))
        passed_s = at_s - before_s
        whole = {each: known.get(each, 0.0) for each in FIGURES}
        for counter, gauge in (("wait_s", "queue"), ("held_s", "in_use")):
            if counter not in known:
                whole[counter] = before.get(counter, 0.0) + whole[gauge] * passed_s
        if "in_use" not in known and passed_s > 0:
            whole["in_use"] = max(0.0, whole["held_s"] - before["held_s"]) / passed_s
        self._before[name] = (at_s, whole)
        return whole


def titles(exporters: Iterable[Exporter]) -> dict[str, str]:
    """Give what the resources of exporters are called, by their names."""
    return {name: mapped.title for exporter in exporters for name, mapped in exporter.mapped.items()}
