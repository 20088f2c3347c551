"""The papers of seeded candidates: a few good files that all of them share, and what their rows say of them."""

import hashlib
import io

import numpy as np
import polars as pl
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

from fakes.paper_bank import PaperBank
from fakes.papers import DOCUMENT_KINDS, SCAN_KINDS, PaperKind

SHARED_EACH = 8
"""Different files of each kind."""
INVOICE_FILE = "shared-invoice"


class SharedPapers:
    """The shared files: `contents` by name; `rows` gives what the books say of each candidate's."""

    def __init__(self, bank: PaperBank, seed: int) -> None:
        self.contents = {INVOICE_FILE: _invoice()}
        self._tables: dict[PaperKind, pl.DataFrame] = {}
        for kind in (*SCAN_KINDS, *DOCUMENT_KINDS):
            files = {
                f"shared-{kind.value.replace('_', '-')}-{number}": bank.body(kind, None, seed, number)
                for number in range(SHARED_EACH)
            }
            self.contents |= files
            self._tables[kind] = pl.DataFrame(
                {
                    "file": list(files),
                    "sha256": [rf"\x{hashlib.sha256(body).hexdigest()}" for body in files.values()],
                    "size_bytes": [len(body) for body in files.values()],
                }
            )

    def rows(self, kind: PaperKind, candidates: NDArray[np.integer]) -> pl.DataFrame:
        """Give file, sha256 (as PostgreSQL writes bytes) and size_bytes of each candidate's paper."""
        return self._tables[kind][candidates % SHARED_EACH]


def _invoice() -> bytes:
    """Give the one e-invoice that all seeded candidates can fetch."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=True)
    canvas.drawString(72, 720, "e-invoice of a candidate who was seeded")
    canvas.save()
    return file.getvalue()
