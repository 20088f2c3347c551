"""Every query has the indexes that a portal of half a million candidates needs: none has to read a whole table."""

import asyncio
import re
import tempfile
from pathlib import Path

import asyncpg
import pytest

from mock_server.database import create_schema, queries
from mock_server.embedded_database import embedded_database

STATEMENT = re.compile(r"\s*(--[^\n]*\n\s*)*(with|select|insert|update|delete)")


async def plans(url):
    """Give the plan of every query, by name, where reading a whole table is the last resort."""
    await create_schema(url)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set enable_seqscan = off; set plan_cache_mode = force_generic_plan")
        found = {}
        for name in queries.available_queries:
            sql = getattr(queries, name).sql
            if name.endswith("_cursor") or not STATEMENT.match(sql):
                continue
            values = ["null"] * max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)
            await connection.execute(f"prepare {name} as {sql}")
            call = f"({', '.join(values)})" if values else ""
            found[name] = "\n".join(row[0] for row in await connection.fetch(f"explain execute {name}{call}"))
        return found
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def found():
    """Plan all queries on an empty database with the portal's schema."""
    with tempfile.TemporaryDirectory(prefix="rehearse-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with embedded_database(Path(folder) / "database") as url:
            yield asyncio.run(plans(url))


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # PostgreSQL's own user must get through the folder
def test_no_query_of_candidates_or_offices_reads_a_whole_table(found):
    """A log-in that looks at half a million accounts takes 100 ms: found by a run, and not again."""
    assert len(found) > 40
    scanned = {name for name, plan in found.items() if "Seq Scan" in plan}
    assert set() == {name for name in scanned if not name.startswith("count_")}  # the harness counts everything
