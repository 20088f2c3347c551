"""The database is restarted in good order."""

from typing import ClassVar

from scenarios.faults.database_down import DatabaseDown


class DatabaseRestart(DatabaseDown, frozen=True, tag="database_restart"):
    """PostgreSQL rolls back what is under way, hangs up, and writes all to disk: as for an update of it at noon."""

    title: ClassVar[str] = "the database is stopped in good order, and started again"
    mode: ClassVar[str] = "fast"
