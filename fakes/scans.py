"""Pictures as files: JPEG and PNG scans with a true resolution tag, blurred ones, and an image bomb."""

import io
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fakes.artwork import card_back, card_front
from fakes.draws import Draws, bits
from fakes.papers import PaperKind

PHONE_DPI = 72  # phones do not know how far away the paper lies, and write this
_PHOTO_PIXELS = (4032, 3024)  # a 12-megapixel phone camera
_GRAIN_SIGMA = 6.0  # grey levels; gives a 300 dpi card at quality 98 about 400 KB
_GRAIN_PIXELS = 2048


def scanned(picture: Image.Image, draws: Draws) -> Image.Image:
    """Give the picture with the grain of a scanner's sensor."""
    most = _GRAIN_PIXELS - max(picture.size)
    x, y = draws.below(most, "grain x"), draws.below(most, "grain y")
    grain = _grain(draws.seed)[y : y + picture.height, x : x + picture.width, None]
    return Image.fromarray(np.clip(np.asarray(picture, dtype=np.int16) + grain, 0, 255).astype(np.uint8))


def out_of_focus(picture: Image.Image, dpi: int) -> Image.Image:
    """Give the picture blurred by 0.4 mm (one standard deviation): its characters cannot be read."""
    return picture.filter(ImageFilter.GaussianBlur(0.4 * dpi / 25.4))


def phone_photo(kind: PaperKind, draws: Draws) -> Image.Image:
    """Give a 12-megapixel photograph of one side of a card on a table."""
    dpi = 450
    card = card_front(draws, dpi) if kind is PaperKind.ID_FRONT else card_back(draws, dpi)
    half = Image.new("RGB", (_PHOTO_PIXELS[0] // 2, _PHOTO_PIXELS[1] // 2), (150, 122, 98))
    half.paste(card, ((half.width - card.width) // 2, (half.height - card.height) // 2))
    # A phone smooths its grain, as the enlargement does here.
    return scanned(half, draws).resize(_PHOTO_PIXELS, Image.Resampling.BICUBIC)


def jpegs(picture: Image.Image, dpi: int, qualities: Iterable[int]) -> tuple[bytes, ...]:
    """Give JPEG files of the picture with a JFIF density of `dpi`, one for each quality (1 to 100)."""
    files = []
    for quality in qualities:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, dpi=(dpi, dpi))
        files.append(file.getvalue())
    return tuple(files)


def png(picture: Image.Image, dpi: int) -> bytes:
    """Give a PNG file of the picture."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1, dpi=(dpi, dpi))
    return file.getvalue()


def image_bomb() -> bytes:
    """Give a JPEG of under 1 KB that claims 20,000 × 20,000 pixels: 400 megapixels, 1.2 GB once decoded."""
    (small,) = jpegs(Image.new("RGB", (16, 16)), 300, (50,))
    frame = small.index(b"\xff\xc0")  # SOF0: marker, length, precision, height, width
    side = (20_000).to_bytes(2, "big")
    return small[: frame + 5] + side + side + small[frame + 9 :]


@lru_cache(maxsize=1)
def _grain(seed: int) -> NDArray[np.int16]:
    dice = np.random.default_rng(bits(seed, "scanner grain", 0))
    plane = dice.normal(0.0, _GRAIN_SIGMA, (_GRAIN_PIXELS, _GRAIN_PIXELS))
    return np.rint(plane).astype(np.int16)
