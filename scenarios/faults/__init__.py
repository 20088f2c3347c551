"""Disturbances that a scenario can do to its stack, one noun a file; docs/faults.md says how to add another."""

from collections.abc import Mapping
from typing import get_args

from scenarios.faults.database_crash import DatabaseCrash
from scenarios.faults.fault import Fault, FaultError
from scenarios.faults.portal_frozen import PortalFrozen
from scenarios.faults.portal_killed import PortalKilled
from scenarios.faults.server_killed import ServerKilled
from scenarios.faults.service_disturbed import ServiceFailing, ServiceSilent, ServiceSlow

AnyFault = DatabaseCrash | ServerKilled | PortalKilled | PortalFrozen | ServiceSilent | ServiceFailing | ServiceSlow
"""Every fault that there is; its `name` in a scenario file is the tag of its class."""
FAULTS: Mapping[str, type[Fault]] = {str(it.__struct_config__.tag): it for it in get_args(AnyFault)}
"""All faults by name."""

__all__ = ["FAULTS", "AnyFault", "Fault", "FaultError"]
