"""When a run is void: when its figures would speak of the generator and not of the portal."""

from reports.books import LATE_MS, Books
from reports.machine import BUSY_SHARE, GeneratorHealth
from reports.words import percent


def reasons_to_void(books: Books, generator: GeneratorHealth, requests: int) -> list[str]:
    """Give why the run is void, a sentence with its figure each; empty for a valid run.

    Lateness and CPU are those of the stretches at true rate; the books are those of the whole load.
    """
    return [*_nothing_measured(books, requests), *_late(books), *_short_of_cpu(generator), *_books(books)]


def _nothing_measured(books: Books, requests: int) -> list[str]:
    if requests == 0:
        return ["Nothing was measured: the run holds 0 requests."]
    return ["Nothing was measured: no arrival was due in the load."] if books.planned == 0 else []


def _late(books: Books) -> list[str]:
    if books.late_p99_ms is None or books.late_p99_ms <= LATE_MS:
        return []
    return [
        f"Arrivals started late: {books.late_p99_ms:,.0f} ms at the 99th percentile, where {LATE_MS:.0f} ms are "
        "allowed."
    ]


def _short_of_cpu(generator: GeneratorHealth) -> list[str]:
    """Hold each worker's CPU against its core.

    The 95th percentile of its seconds decides: a mean would hide an opening minute at full CPU behind a quiet gate,
    and the single worst second would void good runs. The mean is held against the same bound and is said beside it.
    """
    return [
        f"The generator was short of CPU: worker {row['worker']} used {percent(row['cpu_p95'])} of a core at the 95th "
        f"percentile of its seconds and {percent(row['cpu_mean'])} on average, where {percent(BUSY_SHARE)} are allowed."
        for row in generator.workers.iter_rows(named=True)
        if row["seconds"] and max(row["cpu_p95"], row["cpu_mean"]) > BUSY_SHARE
    ]


def _books(books: Books) -> list[str]:
    return [f"The books do not balance: {fault}" for fault in books.faults]
