"""When a run is void: when its figures would speak of the generator and not of the portal."""

from collections.abc import Sequence

from reports.books import Books
from reports.language import Text, later
from reports.soundness_check import Check


def reasons_to_void(books: Books, soundness: Sequence[Check], requests: int) -> list[Text]:
    """Give why the run is void, a sentence with its figure each; empty for a valid run.

    The books are those of the whole load; over what each check is made says `soundness.py`.
    """
    return _nothing_measured(books, requests) or [
        *(later("books-do-not-balance", fault=fault) for fault in books.faults),
        *(check.finding for check in soundness if check.standing == "void"),
    ]


def _nothing_measured(books: Books, requests: int) -> list[Text]:
    if requests == 0:
        return [later("void-no-requests")]
    return [later("void-no-arrivals")] if books.planned == 0 else []
