"""Where the database is: one address in a URL, put in place of another."""

from pathlib import PurePath
from urllib.parse import parse_qsl, urlencode, urlsplit


def via(url: str, address: str) -> str:
    """Give the URL of the same database by another way: `HOST:PORT`, or the path of a Unix socket.

    >>> via("postgresql://anna:secret@db/books?sslmode=disable", "127.0.0.1:6432")
    'postgresql://anna:secret@127.0.0.1:6432/books?sslmode=disable'
    >>> via("postgresql://postgres:@/postgres?host=/data", "/other/.s.PGSQL.5432")
    'postgresql://postgres:@/postgres?host=%2Fother&port=5432'
    """
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("host", "port")]
    if address.startswith("/"):
        socket = PurePath(address)
        query += [("host", str(socket.parent)), ("port", socket.suffix[1:])]
        address = ""
    return parts._replace(netloc=f"{user}{at}{address}", query=urlencode(query)).geturl()
