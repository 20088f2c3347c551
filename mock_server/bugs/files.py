"""Bugs in what becomes of uploaded files."""

from typing import Any

from mock_server.bugs.bug import Bug, Query, replace_query
from mock_server.database import Connection
from mock_server.portal import Portal


class FileRecordedBeforeOnDisk(Bug):
    """A scan is recorded before it is on disk, and a crash leaves half of it there."""

    name = "file_recorded_before_on_disk"
    title = "a scan is recorded before all of it is on disk"
    breaks = "file_differs"

    async def install(self, portal: Portal) -> None:
        """Leave half of a file."""

        async def torn(right: Query, connection: Connection, **values: Any) -> Any:
            answer = await right(connection, **values)
            if self.strikes():
                path = portal.uploads.path_of(values["file"])
                with path.open("r+b") as file:
                    file.truncate(values["size_bytes"] // 2)
            return answer

        replace_query("keep_scan", torn)


class NewFileDiscarded(Bug):
    """Where a paper replaces another, the new file is deleted in place of the old one."""

    name = "new_file_discarded"
    title = "the file of an accepted paper is deleted"
    breaks = "file_lost"

    async def install(self, portal: Portal) -> None:
        """Delete the file that is kept."""

        async def discarding(right: Query, connection: Connection, **values: Any) -> Any:
            answer = await right(connection, **values)
            if self.strikes():
                portal.uploads.path_of(values["file"]).unlink()
            return answer

        replace_query("keep_material", discarding)


class PapersMixedUp(Bug):
    """Two uploads share a variable: the facts of one are recorded for the other."""

    name = "papers_mixed_up"
    title = "a paper is recorded with the file of somebody else's upload"
    breaks = "paper_differs"

    async def install(self, portal: Portal) -> None:  # noqa: ARG002 - the query is everybody's
        """Record the facts of the upload before."""
        before: dict[str, Any] = {}

        async def mixing(right: Query, connection: Connection, **values: Any) -> Any:
            facts = {name: values[name] for name in ("file", "sha256", "size_bytes")}
            used = dict(before) if before and self.strikes() else facts
            before.update(facts)
            return await right(connection, **{**values, **used})

        replace_query("keep_material", mixing)
