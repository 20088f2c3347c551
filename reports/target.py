"""A portal that is not ours, as `run.json` tells of it."""

import msgspec


class LeftOut(msgspec.Struct, frozen=True):
    """Visits of the plan that nobody made, as the portal lacks a step that they need."""

    visits: int = 0
    purposes: tuple[str, ...] = ()


class Target(msgspec.Struct, frozen=True):
    """A portal that a target file names; the fields are those of `run.json`."""

    base_url: str
    ip: str = ""
    allowed_by: str = ""
    most_requests_per_s: float = 0.0
    headers: tuple[str, ...] = ()
    """Names of the headers that each request had besides the usual ones."""
    missing_steps: tuple[str, ...] = ()
    left_out: LeftOut = LeftOut()
