"""When a run is void: when its figures would speak of the generator and not of the portal."""

from collections.abc import Sequence

from reports.books import Books
from reports.language import say
from reports.soundness import Check


def reasons_to_void(books: Books, soundness: Sequence[Check], requests: int) -> list[str]:
    """Give why the run is void, a sentence with its figure each; empty for a valid run.

    The books are those of the whole load; over what each check is made says `soundness.py`.
    """
    return _nothing_measured(books, requests) or [
        *(say("books-do-not-balance", fault=fault) for fault in books.faults),
        *(check.sentence for check in soundness if check.standing == "void"),
    ]


def _nothing_measured(books: Books, requests: int) -> list[str]:
    if requests == 0:
        return [say("void-no-requests")]
    return [say("void-no-arrivals")] if books.planned == 0 else []
