"""What a picture is, measured: resolution, sharpness, white behind the portrait, red ink.

A JPEG is decoded at a quarter or an eighth of its size, inside of the decoder (DCT scaling), so every byte is
still read and a missing one still found. Pillow releases the interpreter lock while it decodes, NumPy while
it counts.
"""

import math
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

_GREY_SCALE = 4  # at a quarter of its size sharp print and blurred print lie furthest apart
_COLOUR_SCALE = 8
_PORTRAIT = (0.66, 0.14, 0.93, 0.70)  # left, top, right, bottom, as shares of a card's width and height


class PictureBroken(Exception):  # noqa: N818 - what was found, not a fault of the program
    """A JPEG that cannot be read to its end."""


class PictureTooLarge(Exception):  # noqa: N818 - as above
    """A picture of more pixels than may be decoded."""

    def __init__(self, megapixels: float) -> None:
        super().__init__(f"{megapixels:.0f} megapixels")
        self.megapixels = megapixels


def open_jpeg(data: bytes, max_megapixels: float) -> JpegImageFile:
    """Read a JPEG's header and decode nothing. Raises PictureTooLarge and PictureBroken."""
    try:
        # Pillow warns of a bomb by its own, process-wide limit: past that the picture is refused in any case.
        picture = Image.open(BytesIO(data), formats=("JPEG",))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureTooLarge(max_megapixels) from None
    except (OSError, UserWarning):  # a warning of a damaged header is an error where warnings are errors
        raise PictureBroken from None
    megapixels = picture.width * picture.height / 1e6
    if megapixels > max_megapixels:
        raise PictureTooLarge(megapixels)
    assert isinstance(picture, JpegImageFile)
    return picture


def dots_per_inch(picture: JpegImageFile) -> tuple[int, int] | None:
    """Give the resolution that the file states, in whole dots per inch along both axes, or None.

    Rounded, since 118 dots per centimetre are 299.7 per inch and mean 300.
    """
    stated = picture.info.get("dpi")
    if stated is None or not all(math.isfinite(dots) for dots in stated):
        return None
    return round(stated[0]), round(stated[1])


def decode_grey(picture: JpegImageFile) -> NDArray[np.uint8]:
    """Decode to grey levels at a quarter of the size. Raises PictureBroken when data is missing."""
    return _decode(picture, "L", _GREY_SCALE)


def decode_colour(picture: JpegImageFile) -> NDArray[np.uint8]:
    """Decode to red, green and blue at an eighth of the size. Raises PictureBroken when data is missing."""
    return _decode(picture, "RGB", _COLOUR_SCALE)


def _decode(picture: JpegImageFile, mode: str, scale: int) -> NDArray[np.uint8]:
    picture.draft(mode, (picture.width // scale, picture.height // scale))
    try:
        picture.load()
    except (OSError, SyntaxError):
        raise PictureBroken from None
    return np.asarray(picture if picture.mode == mode else picture.convert(mode))


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Give the variance of the Laplacian: high where print is sharp (Pech-Pacheco et al., ICPR 2000)."""
    level = grey.astype(np.int16)
    centre = level[1:-1, 1:-1]
    laplacian = 4 * centre - level[:-2, 1:-1] - level[2:, 1:-1] - level[1:-1, :-2] - level[1:-1, 2:]
    return float(laplacian.var())


def white_share_behind_portrait(grey: NDArray[np.uint8], min_grey: int) -> float:
    """Give the share (0 to 1) of an ID card's portrait, at its right, that is as light as `min_grey`."""
    height, width = grey.shape
    left, top, right, bottom = _PORTRAIT
    portrait = grey[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
    return float((portrait >= min_grey).mean())


def red_share(colour: NDArray[np.uint8]) -> float:
    """Give the share (0 to 1) of a page that is red ink: red stands 60 levels above green and blue."""
    red, green, blue = (colour[..., channel].astype(np.int16) for channel in range(3))
    return float((red - np.maximum(green, blue) > 60).mean())
