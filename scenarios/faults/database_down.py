"""What all ways to stop the database have in common."""

from typing import ClassVar

from scenarios.embedded_postgres import start_again, stop
from scenarios.faults.fault import Fault, FaultError
from scenarios.stack import Stack


class DatabaseDown(Fault, frozen=True):
    """The database is stopped, in a mode of `pg_ctl stop`, and started at the end."""

    touches: ClassVar[frozenset[str]] = frozenset(["database"])
    mode: ClassVar[str]

    def begin(self, stack: Stack) -> None:
        """Stop it."""
        if stack.database_folder is None:
            raise FaultError("the database was given: only the embedded one can be stopped")
        stop(stack.database_folder, self.mode)

    def end(self, stack: Stack) -> None:
        """Start it."""
        assert stack.database_folder is not None  # or it would not have begun
        stack.processes["database"] = start_again(stack.database_folder)
