"""The database dies and is started again."""

from typing import ClassVar

from scenarios.embedded_postgres import crash, start_again
from scenarios.faults.fault import Fault, FaultError
from scenarios.stack import Stack


class DatabaseCrash(Fault, frozen=True, tag="database_crash"):
    """PostgreSQL is shut down at once, without a checkpoint, as by a crash; it recovers from its log when started."""

    title: ClassVar[str] = "the database crashes, and is started again"
    touches: ClassVar[frozenset[str]] = frozenset(["database"])

    def begin(self, stack: Stack) -> None:
        """Crash it."""
        if stack.database_folder is None:
            raise FaultError("the database was given: only the embedded one can be crashed")
        crash(stack.database_folder)

    def end(self, stack: Stack) -> None:
        """Start it."""
        assert stack.database_folder is not None  # or it would not have begun
        stack.processes["database"] = start_again(stack.database_folder)
