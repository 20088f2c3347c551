"""The counters of all services in Prometheus' text form."""

import time
from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fakes.providers.callbacks import Notifier
from fakes.providers.face_check import ReceivedBytes
from fakes.providers.service import Service


class ProvidersCollector(Collector):
    """Reads the services' own counters whenever somebody asks, so that a call costs no bookkeeping twice."""

    def __init__(
        self, services: Sequence[Service], notifiers: Sequence[Notifier], face_check_bytes: ReceivedBytes
    ) -> None:
        self._services = services
        self._notifiers = notifiers
        self._face_check_bytes = face_check_bytes

    def collect(self) -> Iterator[Metric]:
        """Give the metrics of this moment."""
        yield from self._of_services()
        yield from self._of_notifiers()
        received = CounterMetricFamily("provider_received_bytes", "Bytes of pictures taken in", labels=["provider"])
        received.add_metric(["face_check"], self._face_check_bytes.total)
        yield received

    def _of_services(self) -> Iterator[Metric]:
        label = ["provider"]
        capacity = GaugeMetricFamily("provider_capacity", "Lines that serve in parallel", labels=label)
        in_use = GaugeMetricFamily("provider_in_use", "Lines that are held now", labels=label)
        queue = GaugeMetricFamily("provider_queue_length", "Calls that wait now", labels=label)
        completions = CounterMetricFamily("provider_completions", "Calls that were served", labels=label)
        wait = CounterMetricFamily("provider_wait_seconds", "Waiting time of the served calls", labels=label)
        held = CounterMetricFamily("provider_held_seconds", "Line time of the served calls", labels=label)
        now = time.monotonic()
        for service in self._services:
            of_service = [service.name]
            capacity.add_metric(of_service, service.lines.capacity)
            in_use.add_metric(of_service, service.lines.in_use(now))
            queue.add_metric(of_service, service.lines.queue_length(now))
            completions.add_metric(of_service, service.completions)
            wait.add_metric(of_service, service.wait_s)
            held.add_metric(of_service, service.held_s)
        yield from (capacity, in_use, queue, completions, wait, held)

    def _of_notifiers(self) -> Iterator[Metric]:
        label = ["provider"]
        sent = CounterMetricFamily("provider_callbacks_sent", "Notifications sent, repeats too", labels=label)
        taken = CounterMetricFamily("provider_callbacks_acknowledged", "Orders acknowledged", labels=label)
        pending = GaugeMetricFamily("provider_callbacks_pending", "Orders still to be notified", labels=label)
        sending = GaugeMetricFamily("provider_callbacks_sending", "Notifications on their way now", labels=label)
        for notifier in self._notifiers:
            sent.add_metric([notifier.gateway], notifier.sent)
            taken.add_metric([notifier.gateway], notifier.acknowledged)
            pending.add_metric([notifier.gateway], notifier.pending)
            sending.add_metric([notifier.gateway], notifier.sending)
        yield from (sent, taken, pending, sending)


def registry_of(collector: ProvidersCollector) -> CollectorRegistry:
    """Give a registry that holds nothing but these metrics."""
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
