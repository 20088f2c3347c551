"""The same portal, smaller: a tenth of the candidates lag at a tenth of the capacities as all do at the whole.

A capacity of c units that work at speed v serves c·v. Of units there are only whole ones: of scale·c there are
c' = ⌈scale·c⌉, each at the speed v·scale·c / c', so that together they serve scale·c·v.
"""

from math import ceil

from msgspec.structs import asdict, replace

from mock_server.settings import Profile, Protections


def scaled_profile(profile: Profile, scale: float) -> Profile:
    """Give a profile of which each capacity serves `scale` (over 0, at most 1) of what it serves now.

    >>> from mock_server.settings import Lines
    >>> small = scaled_profile(Profile("a test", lines=Lines(sms=3)), 0.1)
    >>> small.lines.sms, round(small.speeds.sms, 3), small.worker_slots
    (1, 0.3, 26)

    A statement is slower by as much as its connection has to be. Slots, queues and look-ups of sessions have no speed
    of their own: they are rounded up. Locks of filing numbers stay, as provinces do.
    """
    lines = {name: lines for name, lines in asdict(profile.lines).items() if name != "timeout_s"}
    units = {
        "password_hash": profile.password_hash.threads,
        "image_check": profile.image_threads,
        "storage": profile.storage.threads,
        "database": min(profile.database_connections, profile.database_statements),
        **lines,
    }
    speeds = {name: getattr(profile.speeds, name) * scale * its / whole(its, scale) for name, its in units.items()}
    return replace(
        profile,
        worker_slots=whole(profile.worker_slots, scale),
        queue_bound=whole(profile.queue_bound, scale),
        database_connections=whole(profile.database_connections, scale),
        database_statements=whole(profile.database_statements, scale),
        session_lookups=whole(profile.session_lookups, scale),
        image_threads=whole(profile.image_threads, scale),
        password_hash=replace(profile.password_hash, threads=whole(profile.password_hash.threads, scale)),
        storage=replace(profile.storage, threads=whole(profile.storage.threads, scale)),
        lines=replace(profile.lines, **{name: whole(its, scale) for name, its in lines.items()}),
        speeds=replace(profile.speeds, **speeds),
        protections=_scaled_protections(profile.protections, scale),
    )


def _scaled_protections(protections: Protections, scale: float) -> Protections:
    """Let in fewer; times and shares stay as they are."""
    places = whole(protections.places_inside, scale) if protections.places_inside else 0
    return replace(protections, places_inside=places, admits_per_s=protections.admits_per_s * scale)


def whole(units: int, scale: float) -> int:
    """Give the least number of whole units that is not below `scale` of them.

    >>> whole(8, 0.1), whole(10, 0.1), whole(30, 0.1)
    (1, 1, 3)
    """
    return ceil(round(units * scale, 9))
