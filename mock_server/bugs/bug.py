"""What a bug is: one way to break a promise that a developer can put into the portal on purpose.

A plant (mock_server/plants/) makes the portal slow; a bug makes it forget, double or change what it has acknowledged. A
good portal has no place for that, so bugs replace queries and methods from outside.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from mock_server.database import Connection, queries
from mock_server.portal import Portal

Query = Callable[..., Awaitable[Any]]


class Bug(ABC):
    """A cause of broken promises."""

    name: str
    title: str
    """What is wrong with the portal, in words."""
    breaks: str
    """The rule that names it in an audit: one of reports/audit_rules.py, or of mock_server/audit.sql."""
    every = 8
    """It strikes each so-many-th time: rarely where everybody passes, so that most get on to where others lie."""

    def __init__(self) -> None:
        self._times = 0

    @abstractmethod
    async def install(self, portal: Portal) -> None:
        """Break one server process."""

    def strikes(self) -> bool:
        """Say whether it strikes this time."""
        self._times += 1
        return self._times % self.every == 0


def replace_query(name: str, wrong: Query) -> None:
    """Put `wrong(right, connection, **values)` in the place of a query; `right` is the query as it was."""
    right = getattr(queries, name)

    async def replaced(connection: Connection, **values: Any) -> Any:
        return await wrong(right, connection, **values)

    setattr(queries, name, replaced)


class ForgottenWrite(Bug):
    """One statement is acknowledged, and is not kept."""

    def __init__(self, name: str, title: str, query: str, breaks: str, every: int = Bug.every) -> None:
        super().__init__()
        self.name, self.title, self.breaks, self.every = name, title, breaks, every
        self._query = query

    async def install(self, portal: Portal) -> None:  # noqa: ARG002 - the query is everybody's
        """Undo the statement once it has given its answer."""

        async def forgetting(right: Query, connection: Connection, **values: Any) -> Any:
            if not self.strikes():
                return await right(connection, **values)
            answer = None
            with suppress(_Undone):
                async with connection.savepoint():
                    answer = await right(connection, **values)
                    raise _Undone
            return answer

        replace_query(self._query, forgetting)


class AcknowledgedBeforeCommit(Bug):
    """A transaction is answered for before it is kept, and then it is not."""

    def __init__(self, name: str, title: str, query: str, breaks: str, every: int = Bug.every, **only: object) -> None:
        super().__init__()
        self.name, self.title, self.breaks, self.every = name, title, breaks, every
        self._query = query
        self._only = only

    async def install(self, portal: Portal) -> None:
        """Roll back transactions in which the query was made with these values."""
        doomed: set[int] = set()

        async def dooming(right: Query, connection: Connection, **values: Any) -> Any:
            if all(values[name] == value for name, value in self._only.items()) and self.strikes():
                doomed.add(id(connection))
            return await right(connection, **values)

        replace_query(self._query, dooming)
        right = portal.database.transaction

        @asynccontextmanager
        async def transaction() -> AsyncIterator[Connection]:
            with suppress(_Undone):
                async with right() as connection:
                    yield connection
                    if id(connection) in doomed:
                        doomed.remove(id(connection))
                        raise _Undone

        portal.database.transaction = transaction  # type: ignore[method-assign]


class _Undone(Exception):  # noqa: N818 - nothing has failed: that is the bug
    pass
