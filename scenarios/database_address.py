"""Where a database is that was given by its URL."""

from urllib.parse import parse_qs, urlsplit

from scenarios.stack import StackError

PORT = 5432


def database_address(url: str) -> str:
    """Give `HOST:PORT` of a database, or the path of its Unix socket. Raises StackError where there is more than one.

    >>> database_address("postgresql://anna:secret@db/books"), database_address("postgresql:///books?host=/run/pg")
    ('db:5432', '/run/pg/.s.PGSQL.5432')
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    named = parts.netloc.rpartition("@")[2] or query.get("host", "localhost")
    if "," in named or "[" in named:
        raise StackError(f"faults of the network need a database at one host, by its name or IPv4 address: not {named}")
    if named.startswith("/"):
        return f"{named}/.s.PGSQL.{query.get('port', PORT)}"
    host, _, port = named.partition(":")
    return f"{host}:{port or query.get('port', PORT)}"
