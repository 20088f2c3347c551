"""The bank of papers: a few hundred files made at the start, of which every candidate gets their own copies.

A shelf holds one picture at several JPEG qualities. A candidate's copy is the largest file that fits into the
drawn size, padded to that size and marked, so making a copy costs the load generator no drawing and no
encoding.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fakes.artwork import BLUE, PAGE_DPI, WHITE, card_back, card_front, face, page
from fakes.draws import Draws, bits
from fakes.papers import (
    DOCUMENT_KINDS,
    FLAWS_OF_KIND,
    SCAN_KINDS,
    Flaw,
    PaperKind,
    drawn_size_bytes,
    file_name,
)
from fakes.proofs import pdf_of_page
from fakes.scans import PHONE_DPI, jpegs, out_of_focus, phone_photo, png, scanned
from fakes.sized_files import marked_png, sized_jpeg, sized_pdf

SCAN_DPIS = (300, 350, 400)
LOW_DPI = 200
_SCAN_QUALITIES = (50, 75, 90, 95, 98)
_PHOTO_QUALITIES = (60, 85)
_SELFIE_QUALITIES = (80, 88, 93)
_PAGE_QUALITIES = (50, 85, 97)
_GOOD_SCANS, _FLAWED_SCANS, _PHOTOS, _SELFIES, _PAGES = 8, 4, 1, 6, 3  # pictures of each kind
_KEPT_SHARE = 0.6  # of a truncated file: the uplink broke

Shelf = tuple[bytes, ...]
"""Files of one picture, the smallest first."""
ShelfLabel = tuple[PaperKind, Flaw | None, str]
"""What the files of a shelf show, what is wrong with it, and what they are: .jpg, .pdf or .png."""


@dataclass(frozen=True, slots=True)
class PaperBank:
    """All files that candidates' papers are copied from."""

    shelves: dict[ShelfLabel, tuple[Shelf, ...]]

    @classmethod
    def build(cls, seed: int, progress: Callable[[int, int], None] | None = None) -> "PaperBank":
        """Draw and encode all files; `progress(done, total)` is called after each picture.

        Takes about 4 s of one core; the files take 90 MB.
        """
        shelves: dict[ShelfLabel, list[Shelf]] = {}
        jobs = list(_jobs())
        for done, (label, number) in enumerate(jobs, start=1):
            shelves.setdefault(label, []).append(_shelf(seed, label, number))
            if progress:
                progress(done, len(jobs))
        return cls({label: tuple(found) for label, found in shelves.items()})

    def save(self, path: Path) -> None:
        """Keep all files in one, so that other runs of the seed need not draw them."""
        partial = path.with_suffix(".partial")
        partial.write_bytes(msgspec.msgpack.encode(list(self.shelves.items())))
        partial.rename(path)

    @classmethod
    def load(cls, path: Path) -> "PaperBank":
        """Give what `save` has kept."""
        kept = list[tuple[tuple[PaperKind, Flaw | None, str], tuple[Shelf, ...]]]
        return cls(dict(msgspec.msgpack.decode(path.read_bytes(), type=kept)))

    def body(self, kind: PaperKind, flaw: Flaw | None, seed: int, candidate: int) -> bytes:
        """Give the candidate's file: always the same bytes, and another candidate's, kind's or flaw's differ.

        Raises ValueError for a flaw that such a paper cannot have (`FLAWS_OF_KIND`).
        """
        if flaw is not None and flaw not in FLAWS_OF_KIND[kind]:
            raise ValueError(f"a paper of kind {kind} cannot be {flaw}; it can be {FLAWS_OF_KIND[kind]}")
        ending = ".png" if flaw is Flaw.PNG_NAMED_JPG else file_name(kind, seed, candidate)[-4:]
        drawn_flaw = None if flaw in (Flaw.TRUNCATED, _size_flaw(kind, flaw)) else flaw
        shelves = self.shelves[kind, drawn_flaw, ending]
        shelf = shelves[bits(seed, f"{kind} picture", candidate) % len(shelves)]
        size_bytes = drawn_size_bytes(kind, flaw, seed, candidate)
        mark = f"{seed}/{candidate}/{kind}/{flaw or 'good'}".encode()
        fitting = max(0, bisect_right(shelf, size_bytes, key=len) - 1)
        if ending == ".png":
            return marked_png(shelf[fitting], mark)
        sized = sized_pdf if ending == ".pdf" else sized_jpeg
        file = sized(shelf[fitting], mark, size_bytes)
        return file[: int(len(file) * _KEPT_SHARE)] if flaw is Flaw.TRUNCATED else file


def _size_flaw(kind: PaperKind, flaw: Flaw | None) -> Flaw | None:
    """Give the flaw when padding alone makes it: a document that is too large shows what a good one shows."""
    return flaw if flaw is Flaw.TOO_LARGE and kind in DOCUMENT_KINDS else None


def _jobs() -> Iterator[tuple[ShelfLabel, int]]:
    """Give every picture to draw: the label of its shelf and its number under this label."""
    for kind in SCAN_KINDS:
        yield from (((kind, None, ".jpg"), number) for number in range(_GOOD_SCANS))
        for flaw in FLAWS_OF_KIND[kind]:
            if flaw is Flaw.TOO_LARGE:
                yield from (((kind, flaw, ".jpg"), number) for number in range(_PHOTOS))
            elif flaw is not Flaw.TRUNCATED:
                ending = ".png" if flaw is Flaw.PNG_NAMED_JPG else ".jpg"
                yield from (((kind, flaw, ending), number) for number in range(_FLAWED_SCANS))
    yield from (((PaperKind.SELFIE, None, ".jpg"), number) for number in range(_SELFIES))
    yield from (((PaperKind.DEGREE_CERTIFICATE, None, ".jpg"), number) for number in range(_PAGES))
    yield from (((PaperKind.WORK_PROOF, Flaw.MISSING_STAMP, ".pdf"), number) for number in range(_PAGES))
    for kind in DOCUMENT_KINDS:
        yield from (((kind, None, ".pdf"), number) for number in range(_PAGES))


def _shelf(seed: int, label: ShelfLabel, number: int) -> Shelf:
    """Draw one picture and encode it."""
    kind, flaw, ending = label
    draws = Draws(seed, bits(seed, f"{kind} {flaw}", number))
    if kind in DOCUMENT_KINDS:
        picture = scanned(page(draws, stamped=flaw is not Flaw.MISSING_STAMP), draws)
        files = jpegs(picture, PAGE_DPI, _PAGE_QUALITIES)
        return tuple(pdf_of_page(kind, file) for file in files) if ending == ".pdf" else files
    if kind is PaperKind.SELFIE:
        return jpegs(scanned(face(draws, (600, 800), (206, 210, 204)), draws), PHONE_DPI, _SELFIE_QUALITIES)
    if flaw is Flaw.TOO_LARGE:
        return jpegs(phone_photo(kind, draws), PHONE_DPI, _PHOTO_QUALITIES)
    dpi = LOW_DPI if flaw is Flaw.LOW_DPI else draws.pick(SCAN_DPIS, "dots per inch")
    background = BLUE if flaw is Flaw.COLOURED_BACKGROUND else WHITE
    picture = card_front(draws, dpi, background) if kind is PaperKind.ID_FRONT else card_back(draws, dpi)
    if flaw is Flaw.BLURRED:
        picture = out_of_focus(picture, dpi)
    picture = scanned(picture, draws)
    return (png(picture, dpi),) if ending == ".png" else jpegs(picture, dpi, _SCAN_QUALITIES)
