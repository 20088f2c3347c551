"""Causes of lag that can be planted, one a file; docs/add-a-plant.md says how to add another."""

from collections.abc import Iterable, Mapping

from mock_server.plants.call_under_connection import CallUnderConnection
from mock_server.plants.catalogue_uncached import CatalogueUncached
from mock_server.plants.few_image_threads import FewImageThreads
from mock_server.plants.few_lines import FewLines
from mock_server.plants.global_lock import GlobalLock
from mock_server.plants.hot_row import HotRow
from mock_server.plants.image_checks_in_loop import ImageChecksInLoop
from mock_server.plants.missing_index import MissingIndex
from mock_server.plants.periodic_pause import PeriodicPause
from mock_server.plants.plant import Plant
from mock_server.plants.retry_storm import RetryStorm
from mock_server.plants.short_accept_queue import ShortAcceptQueue
from mock_server.plants.slow_storage import SlowStorage
from mock_server.plants.small_pool import SmallPool
from mock_server.plants.static_by_application import StaticByApplication
from mock_server.plants.strong_hash import StrongHash
from mock_server.settings import SettingsError

PLANTS: Mapping[str, Plant] = {
    plant.name: plant
    for plant in (
        SmallPool(),
        MissingIndex(),
        HotRow(),
        GlobalLock(),
        CallUnderConnection(),
        SlowStorage(),
        ImageChecksInLoop(),
        FewImageThreads(),
        StrongHash(),
        FewLines("sms"),
        FewLines("face_check"),
        FewLines("degree_record"),
        StaticByApplication(),
        CatalogueUncached(),
        ShortAcceptQueue(),
        RetryStorm(),
        PeriodicPause(),
    )
}
"""All plants by name."""


def planted(plants: Mapping[str, float]) -> Iterable[tuple[Plant, float]]:
    """Give the plants of the settings with their severities. Raises SettingsError for one that is not known."""
    for name, severity in plants.items():
        if name not in PLANTS:
            raise SettingsError(f"no plant '{name}': one of {', '.join(PLANTS)}")
        least, most = sorted(PLANTS[name].severities)
        if not least <= severity <= most:
            raise SettingsError(f"plant {name} has severity {severity:g}; it must be {least:g} to {most:g}")
        yield PLANTS[name], severity
