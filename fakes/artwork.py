"""Pictures of papers: an ID card's two sides, a face, a page with a round stamp.

All are drawn with strokes and shapes, so they look alike on every machine: no font is needed. Chinese text is
a row of invented characters, made of strokes in a square as real ones are.
"""

import math
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from fakes.draws import Draws, bits

CARD_MM = (85.6, 54.0)
"""Width and height of an ID card (GB/T 16649.1, ID-1), in millimetres."""
PAGE_MM = (210.0, 297.0)
PAGE_DPI = 150

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLUE: Colour = (67, 142, 219)  # the other customary background of Chinese portraits
_INK: Colour = (38, 36, 40)
_STAMP_RED: Colour = (206, 32, 38)
_SKINS: tuple[Colour, ...] = ((233, 198, 170), (222, 184, 150), (240, 208, 184))
_CLOTHES: tuple[Colour, ...] = ((40, 52, 78), (64, 64, 68), (96, 38, 44), (34, 82, 70))
_CELL = 40  # pixels of one invented character
_CHARACTERS = 240


@lru_cache(maxsize=4)
def _characters(seed: int) -> Image.Image:
    """Give a strip of invented characters, white on black."""
    dice = random.Random(bits(seed, "invented characters", 0))
    strip = Image.new("L", (_CHARACTERS * _CELL, _CELL))
    pen = ImageDraw.Draw(strip)
    low, high = 3, _CELL - 4
    for left in range(0, strip.width, _CELL):
        for _ in range(dice.randint(2, 4)):
            y = dice.randint(low, high)
            pen.line((left + low, y, left + high, y), fill=255, width=3)
        for _ in range(dice.randint(1, 3)):
            x = left + dice.randint(low, high)
            stroke = (x, dice.randint(low, 15), x + dice.randint(-8, 8), dice.randint(25, high))
            pen.line(stroke, fill=255, width=3)
    return strip


def write(picture: Image.Image, draws: Draws, line: int, at: tuple[int, int], *, length: int, height: int) -> None:
    """Write `length` invented characters of `height` pixels; `line` tells a picture's lines apart."""
    first = draws.below(_CHARACTERS - length, "line of text", line)
    mask = _characters(draws.seed).crop((first * _CELL, 0, (first + length) * _CELL, _CELL))
    mask = mask.resize((length * height, height), Image.Resampling.BILINEAR)
    picture.paste(_INK, at, mask)


def card_front(draws: Draws, dpi: int, background: Colour = WHITE) -> Image.Image:
    """Draw the side with the portrait, which stands on `background` at the right."""
    picture, scale = _card(draws, dpi, (226, 236, 244))
    for line, (y_mm, length) in enumerate(((6.5, 5), (13.5, 6), (20.5, 9), (28.0, 11), (33.0, 8))):
        at = (round(7 * scale), round(y_mm * scale))
        write(picture, draws, line, at, length=length, height=round(3.4 * scale))
    digits = f"{draws.below(10**17, 'printed number'):018d}"
    font = ImageFont.load_default(4.2 * scale)
    ImageDraw.Draw(picture).text((round(26 * scale), round(44 * scale)), digits, _INK, font)
    box = [round(mm * scale) for mm in (56.0, 6.5, 80.0, 39.5)]
    portrait = face(draws, (box[2] - box[0], box[3] - box[1]), background)
    picture.paste(portrait, (box[0], box[1]))
    return picture


def card_back(draws: Draws, dpi: int) -> Image.Image:
    """Draw the side with the emblem and the term of validity."""
    picture, scale = _card(draws, dpi, (238, 230, 222))
    pen = ImageDraw.Draw(picture)
    pen.ellipse([mm * scale for mm in (6, 6, 22, 22)], fill=_STAMP_RED)
    pen.ellipse([mm * scale for mm in (9, 9, 19, 19)], outline=(240, 214, 96), width=round(scale))
    lines = ((28, 8, 9, 5.0), (30, 16, 5, 6.5), (30, 37, 12, 3.4), (30, 44, 11, 3.4))
    for line, (x_mm, y_mm, length, height_mm) in enumerate(lines):
        at = (round(x_mm * scale), round(y_mm * scale))
        write(picture, draws, line, at, length=length, height=round(height_mm * scale))
    return picture


def face(draws: Draws, size: tuple[int, int], background: Colour) -> Image.Image:
    """Draw a face with shoulders before a plain background, filling the height of `size` (pixels)."""
    width, height = size
    picture = Image.new("RGB", size, background)
    pen = ImageDraw.Draw(picture)

    def oval(x: float, y: float, radius_x: float, radius_y: float, colour: Colour) -> None:
        pen.ellipse(
            (
                (x - radius_x) * width,
                (y - radius_y) * height,
                (x + radius_x) * width,
                (y + radius_y) * height,
            ),
            fill=colour,
        )

    skin, clothes = draws.pick(_SKINS, "skin"), draws.pick(_CLOTHES, "clothes")
    hair = 0.255 + 0.03 * draws.uniform("hair")
    oval(0.5, 1.0, 0.42, 0.24, clothes)
    oval(0.5, 0.76, 0.11, 0.10, skin)
    oval(0.5, 0.42, hair, 0.27, _INK)
    oval(0.5, 0.47, 0.21, 0.235, skin)
    for side in (-1, 1):
        oval(0.5 + 0.085 * side, 0.44, 0.032, 0.014, _INK)
        oval(0.5 + 0.085 * side, 0.40, 0.050, 0.007, _INK)
    oval(0.5, 0.52, 0.022, 0.020, (196, 150, 126))
    oval(0.5, 0.59, 0.062, 0.013, (176, 84, 84))
    return picture


def page(draws: Draws, stamped: bool) -> Image.Image:
    """Draw an A4 page of text at `PAGE_DPI`, with the employer's red round stamp or without."""
    scale = PAGE_DPI / 25.4
    picture = Image.new("RGB", (round(PAGE_MM[0] * scale), round(PAGE_MM[1] * scale)), (250, 249, 245))
    write(picture, draws, 0, (round(70 * scale), round(25 * scale)), length=10, height=round(7 * scale))
    for line in range(1, 15):
        length = 14 + draws.below(20, "length of line", line)
        at = (round(25 * scale), round((38 + 11 * line) * scale))
        write(picture, draws, line, at, length=length, height=round(4.6 * scale))
    if stamped:
        centre = (145 + 20 * draws.uniform("stamp x"), 225 + 20 * draws.uniform("stamp y"))
        _stamp(picture, draws, centre, scale)
    return picture


def _stamp(picture: Image.Image, draws: Draws, centre_mm: tuple[float, float], scale: float) -> None:
    """Press a stamp of 40 mm, the usual size of an institution's: a ring, a star and characters."""
    x, y = (mm * scale for mm in centre_mm)
    ink = Image.new("L", picture.size)
    pen = ImageDraw.Draw(ink)
    radius = 20 * scale
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=230, width=round(1.2 * scale))
    points = []
    for corner in range(10):
        reach = (6.5 if corner % 2 == 0 else 2.5) * scale
        angle = math.pi * (corner / 5 - 0.5)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    pen.polygon(points, fill=230)
    for place in range(11):
        angle = math.radians(150 + place * 24)
        first = draws.below(_CHARACTERS, "character of the stamp", place) * _CELL
        size = round(4.6 * scale)
        glyph = _characters(draws.seed).crop((first, 0, first + _CELL, _CELL)).resize((size, size))
        glyph = glyph.rotate(-math.degrees(angle) - 90)
        at = (x + 14.5 * scale * math.cos(angle) - size / 2, y + 14.5 * scale * math.sin(angle) - size / 2)
        ink.paste(230, (round(at[0]), round(at[1])), glyph)
    picture.paste(_STAMP_RED, (0, 0), ink)


def _card(draws: Draws, dpi: int, paper: Colour) -> tuple[Image.Image, float]:
    """Give an empty card with its fine wavy lines, and its pixels per millimetre."""
    scale = dpi / 25.4
    picture = Image.new("RGB", (round(CARD_MM[0] * scale), round(CARD_MM[1] * scale)), paper)
    pen = ImageDraw.Draw(picture)
    phase = 2 * math.pi * draws.uniform("phase of the waves")
    line_colour = (paper[0] - 24, paper[1] - 16, paper[2] - 8)
    for row in range(0, picture.height, round(2.2 * scale)):
        wave = [
            (x, row + 1.6 * scale * math.sin(x / (4 * scale) + phase + row)) for x in range(0, picture.width + 8, 8)
        ]
        pen.line(wave, fill=line_colour, width=1)
    return picture, scale
