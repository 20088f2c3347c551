"""Disturbances that a scenario can do to its stack, one noun a file; docs/faults.md says how to add another."""

from collections.abc import Mapping
from typing import get_args

from scenarios.faults.bandwidth import Bandwidth
from scenarios.faults.clock_step import ClockStep
from scenarios.faults.database_crash import DatabaseCrash
from scenarios.faults.database_restart import DatabaseRestart
from scenarios.faults.disk_full import DiskFull
from scenarios.faults.down import Down
from scenarios.faults.fault import FAILURES, Fault, FaultError, begin_or_undo
from scenarios.faults.latency import Latency
from scenarios.faults.limit_data import LimitData
from scenarios.faults.portal_frozen import PortalFrozen
from scenarios.faults.portal_killed import PortalKilled
from scenarios.faults.reset_peer import ResetPeer
from scenarios.faults.server_killed import ServerKilled
from scenarios.faults.service_disturbed import ServiceFailing, ServiceSilent, ServiceSlow
from scenarios.faults.slicer import Slicer
from scenarios.faults.slow_close import SlowClose
from scenarios.faults.timeout import Timeout
from scenarios.faults.toxic import Toxic

AnyToxic = Latency | Bandwidth | SlowClose | Timeout | ResetPeer | Slicer | LimitData | Down
"""Every fault of the network."""
AnyFault = (
    DatabaseCrash
    | DatabaseRestart
    | ServerKilled
    | PortalKilled
    | PortalFrozen
    | ServiceSilent
    | ServiceFailing
    | ServiceSlow
    | DiskFull
    | ClockStep
    | AnyToxic
)
"""Every fault that there is; its `name` in a scenario file is the tag of its class."""
FAULTS: Mapping[str, type[Fault]] = {str(it.__struct_config__.tag): it for it in get_args(AnyFault)}
"""All faults by name."""

__all__ = ["FAILURES", "FAULTS", "AnyFault", "AnyToxic", "Fault", "FaultError", "Toxic", "begin_or_undo"]
