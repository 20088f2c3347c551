"""The icons of the portal's pages: seen by day and by night."""

import re
from pathlib import Path

import pytest

import mock_server

STATIC = Path(mock_server.__file__).parent / "static"
LEAST_CONTRAST = 4.5
"""Of text, by WCAG 2.2; icons need 3."""


def luminance(color: str) -> float:
    """Give the relative luminance of a colour such as #8c1d18 (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.svg")), ids=lambda path: path.stem)
def test_an_icon_stands_out_on_both_papers(path: Path) -> None:
    """Its colour by day on the paper of the day, that by night on the paper of the night."""
    papers = re.findall(r"--paper: (#\w{6})", (STATIC / "base.css").read_text(encoding="utf-8"))
    colors = re.findall(r"stroke(?:=\"|: )(#\w{6})", path.read_text(encoding="utf-8"))
    assert (len(papers), len(colors)) == (2, 2)
    assert all(contrast(color, paper) >= LEAST_CONTRAST for color, paper in zip(colors, papers, strict=True))
