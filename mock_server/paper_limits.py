"""What the portal asks of uploaded papers (rules 3, 11 and 12), and how it says that one falls short."""

from typing import Annotated

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=1)]
Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class PaperLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of the paper checks. Those without a rule's number are assumptions."""

    scan_max_bytes: Count = 1024 * 1024  # a scan of an ID card, at most: rule 3
    scan_min_dpi: Count = 300  # rule 3, both axes
    paper_max_bytes: Count = 2 * 1024 * 1024  # any other paper, at most: rule 11
    max_megapixels: Positive = 40.0  # above this a picture is refused before it is decoded
    card_width_mm: Positive = 85.6  # rule 3: an ID card is of format ID-1
    card_height_mm: Positive = 54.0  # the same
    card_tolerance: Share = 0.1  # how far a scan's size may be from the card's
    scan_min_sharpness: Positive = 600.0  # rule 3; as `image_checks.sharpness` measures it
    portrait_min_grey: Annotated[int, Meta(ge=0, le=255)] = 240  # rule 3: what counts as white
    portrait_min_white_share: Share = 0.25  # rule 3: of the portrait's place
    stamp_min_red_share: Share = 0.001  # rule 12: of the page; a stamp of 40 mm covers 0.004 of A4


class PaperRefused(Exception):  # noqa: N818 - a rule's refusal is an answer, not an error of the program
    """A paper that breaks a rule: a stable snake_case `code` and a Chinese `message` for the candidate."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
