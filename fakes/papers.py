"""The papers that a candidate uploads: what kinds there are, what can be wrong with them, how large they are.

Sizes in bytes are lognormal, drawn from the part of the curve that the paper's rule allows, or from the
part that it forbids where the paper is too large.
"""

import math
from enum import StrEnum
from statistics import NormalDist
from typing import NamedTuple

from fakes.draws import uniform


class PaperKind(StrEnum):
    """A kind of paper."""

    ID_FRONT = "id_front"
    ID_BACK = "id_back"
    SELFIE = "selfie"
    DEGREE_CERTIFICATE = "degree_certificate"
    WORK_PROOF = "work_proof"
    SOCIAL_INSURANCE = "social_insurance"
    RESIDENCE_PROOF = "residence_proof"


class Flaw(StrEnum):
    """What can be wrong with a paper."""

    BLURRED = "blurred"
    TOO_LARGE = "too_large"
    LOW_DPI = "low_dpi"
    PNG_NAMED_JPG = "png_named_jpg"
    TRUNCATED = "truncated"
    COLOURED_BACKGROUND = "coloured_background"
    MISSING_STAMP = "missing_stamp"


SCAN_KINDS = (PaperKind.ID_FRONT, PaperKind.ID_BACK)
DOCUMENT_KINDS = (
    PaperKind.DEGREE_CERTIFICATE,
    PaperKind.WORK_PROOF,
    PaperKind.SOCIAL_INSURANCE,
    PaperKind.RESIDENCE_PROOF,
)
FLAWS_OF_KIND: dict[PaperKind, tuple[Flaw, ...]] = {
    PaperKind.ID_FRONT: (
        Flaw.BLURRED,
        Flaw.TOO_LARGE,
        Flaw.LOW_DPI,
        Flaw.PNG_NAMED_JPG,
        Flaw.TRUNCATED,
        Flaw.COLOURED_BACKGROUND,
    ),
    PaperKind.ID_BACK: (Flaw.BLURRED, Flaw.TOO_LARGE, Flaw.LOW_DPI, Flaw.PNG_NAMED_JPG, Flaw.TRUNCATED),
    PaperKind.SELFIE: (),
    PaperKind.DEGREE_CERTIFICATE: (Flaw.TOO_LARGE, Flaw.TRUNCATED),
    PaperKind.WORK_PROOF: (Flaw.TOO_LARGE, Flaw.TRUNCATED, Flaw.MISSING_STAMP),
    PaperKind.SOCIAL_INSURANCE: (Flaw.TOO_LARGE, Flaw.TRUNCATED),
    PaperKind.RESIDENCE_PROOF: (Flaw.TOO_LARGE, Flaw.TRUNCATED),
}

PHOTOGRAPHED_CERTIFICATE_SHARE = 0.5  # assumption: half of the degree certificates are photographs

_NORMAL = NormalDist()


class SizeLaw(NamedTuple):
    """A lognormal law of file sizes, cut off at both ends; sizes in bytes."""

    median_bytes: int
    sigma: float
    least_bytes: int
    most_bytes: int

    def at(self, u: float) -> int:
        """Give the size in bytes below which the share `u` of all files lies.

        >>> law = SizeLaw(450_000, 0.5, 50_000, 1_000_000)
        >>> [law.at(u) for u in (0.0001, 0.5, 0.9999)]
        [70091, 434708, 999576]
        """
        low, high = (_NORMAL.cdf(self._score(size)) for size in (self.least_bytes, self.most_bytes))
        score = _NORMAL.inv_cdf(low + u * (high - low))
        return round(self.median_bytes * math.exp(self.sigma * score))

    def _score(self, size_bytes: int) -> float:
        return math.log(size_bytes / self.median_bytes) / self.sigma


# Good papers stay below the limit whether a megabyte is read as 10^6 or 2^20 bytes, too large ones pass both.
SHRUNK_SCAN = SizeLaw(450_000, 0.5, 30_000, 1_000_000)
RAW_PHOTO = SizeLaw(2_500_000, 0.55, 2**20 + 1, 10_000_000)
GOOD_DOCUMENT = SizeLaw(800_000, 0.9, 30_000, 2_000_000)
TOO_LARGE_DOCUMENT = SizeLaw(800_000, 0.9, 2 * 2**20 + 1, 10_000_000)
SELFIE = SizeLaw(100_000, 0.2, 30_000, 300_000)  # the spread is an assumption


def size_law(kind: PaperKind, flaw: Flaw | None) -> SizeLaw:
    """Give the law of the sizes of such papers.

    >>> size_law(PaperKind.ID_BACK, Flaw.TOO_LARGE) == RAW_PHOTO
    True
    """
    if kind is PaperKind.SELFIE:
        return SELFIE
    if kind in SCAN_KINDS:
        return RAW_PHOTO if flaw is Flaw.TOO_LARGE else SHRUNK_SCAN
    return TOO_LARGE_DOCUMENT if flaw is Flaw.TOO_LARGE else GOOD_DOCUMENT


def drawn_size_bytes(kind: PaperKind, flaw: Flaw | None, seed: int, candidate: int) -> int:
    """Give the size in bytes of this candidate's paper, before anything is cut off a truncated one."""
    return size_law(kind, flaw).at(uniform(seed, f"{kind} size", candidate))


def file_name(kind: PaperKind, seed: int, candidate: int) -> str:
    """Give the name under which the candidate uploads the paper; its ending is .jpg or .pdf.

    >>> file_name(PaperKind.ID_FRONT, 1, 7), file_name(PaperKind.WORK_PROOF, 1, 7)
    ('id_front.jpg', 'work_proof.pdf')
    """
    is_photo = kind not in DOCUMENT_KINDS or (
        kind is PaperKind.DEGREE_CERTIFICATE
        and uniform(seed, "degree certificate is a photo", candidate) < PHOTOGRAPHED_CERTIFICATE_SHARE
    )
    return f"{kind}.jpg" if is_photo else f"{kind}.pdf"
