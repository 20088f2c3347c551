"""What a PDF is: its pages and the scanned pictures on them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

# pypdf logs each oddity of each broken file; the candidate's refusal says what matters.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class PdfUnreadable(Exception):  # noqa: N818 - what was found, not a fault of the program
    """A PDF that cannot be parsed, for example because its end is missing."""


class PdfEncrypted(Exception):  # noqa: N818 - as above
    """A PDF that needs a password."""


@contextmanager
def open_pdf(data: bytes) -> Iterator[PdfReader]:
    """Parse a PDF. Raises PdfUnreadable and PdfEncrypted."""
    with BytesIO(data) as file:
        try:
            reader = PdfReader(file)
            is_encrypted = reader.is_encrypted
        except Exception:  # pypdf answers broken files with errors of many kinds, its own and Python's
            raise PdfUnreadable from None
        if is_encrypted:
            raise PdfEncrypted
        try:
            yield reader
        finally:  # reader and pages refer to each other: unless cleared they would stay in memory for a long time
            reader.close()


def number_of_pages(reader: PdfReader) -> int:
    """Count the pages. Raises PdfUnreadable."""
    try:
        return len(reader.pages)
    except Exception:  # as above
        raise PdfUnreadable from None


def scanned_pages(reader: PdfReader) -> Iterator[bytes]:
    """Give the JPEG files that lie on the pages, in order: what a scanner or a phone puts into a PDF.

    Pictures in other encodings are left out. Raises PdfUnreadable.
    """
    try:
        for page in reader.pages:
            for picture in _pictures(page):
                filters = picture.get("/Filter")
                if filters == "/DCTDecode" or (isinstance(filters, list) and filters[-1:] == ["/DCTDecode"]):
                    yield picture.get_data()
    except Exception:  # as above
        raise PdfUnreadable from None


def _pictures(page: DictionaryObject) -> Iterator[StreamObject]:
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources is not None else None
    for reference in drawn.get_object().values() if drawn is not None else ():
        found = reference.get_object()
        if isinstance(found, StreamObject) and found.get("/Subtype") == "/Image":
            yield found
