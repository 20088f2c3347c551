"""The database dies and is started again."""

from typing import ClassVar

from scenarios.faults.database_down import DatabaseDown


class DatabaseCrash(DatabaseDown, frozen=True, tag="database_crash"):
    """PostgreSQL is shut down at once, without a checkpoint, as by a crash; it recovers from its log when started."""

    title: ClassVar[str] = "the database crashes, and is started again"
    mode: ClassVar[str] = "immediate"
