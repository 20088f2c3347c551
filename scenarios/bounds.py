"""Checks of settings: a value outside of its bounds is refused by name, with what would be right."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec


def check_positive(settings: Any, *names: str) -> None:
    """Refuse each named attribute that is not a finite number above 0 (ValueError)."""
    for name in names:
        value = getattr(settings, name)
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name} is {value}; it must be above 0")


def check_not_negative(settings: Any, *names: str) -> None:
    """Refuse each named attribute that is not a finite number, 0 or more (ValueError)."""
    for name in names:
        value = getattr(settings, name)
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{name} is {value}; it must be 0 or more")


def check_share(settings: Any, *names: str) -> None:
    """Refuse each named attribute that is not a share, 0 to 1 (ValueError)."""
    for name in names:
        value = getattr(settings, name)
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is {value}; a share lies between 0 and 1")


def check_names(fields: Mapping[str, Any], struct: type[msgspec.Struct], table: str = "") -> None:
    """Refuse a name that the struct does not have; msgspec would refuse it, but not say which are right."""
    known = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for name, value in fields.items():
        if name not in known:
            raise ValueError(f"{table}{name} is not a field; the fields are {', '.join(known)}")
        if isinstance(value, Mapping) and isinstance(known[name], type) and issubclass(known[name], msgspec.Struct):
            check_names(value, known[name], f"{table}{name}.")
