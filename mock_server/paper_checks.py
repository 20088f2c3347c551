"""The portal's checks of uploaded papers (rules 3, 11 and 12): pure functions of a file.

Each is safe to run in many threads at a time. A paper that breaks a rule raises PaperRefused.
"""

from pathlib import Path

from msgspec import Struct

from mock_server.image_checks import (
    PictureBroken,
    PictureTooLarge,
    decode_colour,
    decode_grey,
    dots_per_inch,
    open_jpeg,
    red_share,
    sharpness,
    white_share_behind_portrait,
)
from mock_server.paper_limits import PaperLimits, PaperRefused
from mock_server.pdf_checks import PdfEncrypted, PdfUnreadable, number_of_pages, open_pdf, scanned_pages

__all__ = ["PaperFindings", "PaperLimits", "PaperRefused", "check_id_scan", "check_paper"]

_JPG, _PDF = "JPG", "PDF"
_BEGINNINGS = {b"\xff\xd8\xff": _JPG, b"%PDF-": _PDF, b"\x89PNG": "PNG", b"GIF8": "GIF", b"RIFF": "WebP"}
_ENDINGS = {".jpg": _JPG, ".jpeg": _JPG, ".pdf": _PDF}
_PAGES_LOOKED_AT = 5  # for a stamp


class PaperFindings(Struct, frozen=True):
    """What a check saw: number of pages; `has_stamp` is None where nobody looked for one."""

    pages: int
    has_stamp: bool | None


def check_id_scan(source: bytes | Path, *, filename: str, front: bool, limits: PaperLimits) -> None:
    """Check one side of an ID card (rule 3): a complete JPEG, small, fine and sharp, the portrait on white.

    Raises PaperRefused with code scan_wrong_type, scan_too_large, scan_truncated, scan_too_many_pixels,
    scan_resolution_too_low, scan_not_a_card, scan_blurred or portrait_not_on_white; the first that holds.
    """
    if _file_type(source, filename) != _JPG:
        found = _content_type(source)
        raise PaperRefused("scan_wrong_type", f"证件照须为 JPG 格式，文件名与内容须一致（实际内容：{found}）")
    data = _content(source, limits.scan_max_bytes, "scan_too_large", "证件照")
    try:
        picture = open_jpeg(data, limits.max_megapixels)
        _check_resolution(dots_per_inch(picture), picture.size, limits)
        grey = decode_grey(picture)
    except PictureTooLarge:
        raise PaperRefused("scan_too_many_pixels", _too_many_pixels("证件照", limits)) from None
    except PictureBroken:
        raise PaperRefused("scan_truncated", "证件照文件不完整，请重新上传") from None
    if sharpness(grey) < limits.scan_min_sharpness:
        raise PaperRefused("scan_blurred", "证件照模糊，请重新扫描或拍摄")
    if front and white_share_behind_portrait(grey, limits.portrait_min_grey) < limits.portrait_min_white_share:
        raise PaperRefused("portrait_not_on_white", "身份证正面右侧须为清晰的白底人像")


def check_paper(source: bytes | Path, *, filename: str, look_for_stamp: bool, limits: PaperLimits) -> PaperFindings:
    """Check a certificate or a proof (rules 11 and 12), a PDF or a JPG, and look for a red stamp if asked.

    Raises PaperRefused with code paper_wrong_type, paper_too_large, paper_truncated, paper_too_many_pixels,
    pdf_unreadable, pdf_encrypted or pdf_empty. A missing stamp is a finding, for the rules that need one.
    """
    kind = _file_type(source, filename)
    if kind is None:
        found = _content_type(source)
        raise PaperRefused("paper_wrong_type", f"材料须为 PDF 或 JPG 格式，文件名与内容须一致（实际内容：{found}）")
    data = _content(source, limits.paper_max_bytes, "paper_too_large", "材料")
    try:
        if kind == _PDF:
            return _check_pdf(data, look_for_stamp, limits)
        has_stamp = _is_stamped(data, limits)  # decoded in any case, to know that it is complete
        return PaperFindings(1, has_stamp if look_for_stamp else None)
    except PictureTooLarge:
        raise PaperRefused("paper_too_many_pixels", _too_many_pixels("材料", limits)) from None
    except PictureBroken:
        raise PaperRefused("paper_truncated", "材料图片不完整，请重新上传") from None
    except PdfEncrypted:
        raise PaperRefused("pdf_encrypted", "PDF 文件已加密，请去除密码后重新上传") from None
    except PdfUnreadable:
        raise PaperRefused("pdf_unreadable", "PDF 文件无法打开或不完整，请重新上传") from None


def _check_pdf(data: bytes, look_for_stamp: bool, limits: PaperLimits) -> PaperFindings:
    with open_pdf(data) as reader:
        pages = number_of_pages(reader)
        if not pages:
            raise PaperRefused("pdf_empty", "PDF 文件没有页面")
        if not look_for_stamp:
            return PaperFindings(pages, None)
        pictures = scanned_pages(reader)
        looked_at = (picture for _, picture in zip(range(_PAGES_LOOKED_AT), pictures, strict=False))
        return PaperFindings(pages, any(_is_stamped(picture, limits) for picture in looked_at))


def _is_stamped(jpeg: bytes, limits: PaperLimits) -> bool:
    return red_share(decode_colour(open_jpeg(jpeg, limits.max_megapixels))) >= limits.stamp_min_red_share


def _check_resolution(dpi: tuple[int, int] | None, size: tuple[int, int], limits: PaperLimits) -> None:
    if dpi is None or min(dpi) < limits.scan_min_dpi:
        found = "文件未注明" if dpi is None else f"当前 {min(dpi)} dpi"
        raise PaperRefused("scan_resolution_too_low", f"证件照分辨率不得低于 {limits.scan_min_dpi} dpi（{found}）")
    card_mm = (limits.card_width_mm, limits.card_height_mm)
    size_mm = [pixels / dots * 25.4 for pixels, dots in zip(size, dpi, strict=True)]
    if any(abs(found / wanted - 1) > limits.card_tolerance for found, wanted in zip(size_mm, card_mm, strict=True)):
        raise PaperRefused(
            "scan_not_a_card",
            f"证件照尺寸须与身份证一致（{card_mm[0]:g}×{card_mm[1]:g} 毫米，"
            f"当前 {size_mm[0]:.0f}×{size_mm[1]:.0f} 毫米）",
        )


def _too_many_pixels(what: str, limits: PaperLimits) -> str:
    return f"{what}像素过多，上限 {limits.max_megapixels * 100:g} 万像素"


def _content_type(source: bytes | Path) -> str:
    """Give what a file is by its first bytes, or 未知."""
    if isinstance(source, bytes):
        beginning = source[:8]
    else:
        with source.open("rb") as file:
            beginning = file.read(8)
    return next((kind for start, kind in _BEGINNINGS.items() if beginning.startswith(start)), "未知")


def _file_type(source: bytes | Path, filename: str) -> str | None:
    """Give JPG or PDF where content and ending of the name agree, else None."""
    named = _ENDINGS.get(Path(filename).suffix.lower())
    return named if named == _content_type(source) else None


def _content(source: bytes | Path, max_bytes: int, code: str, what: str) -> bytes:
    """Give the file's bytes, unless there are too many of them."""
    size_bytes = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size_bytes > max_bytes:
        size_mb, max_mb = size_bytes / 2**20, max_bytes / 2**20
        raise PaperRefused(code, f"{what}文件超过 {max_mb:g} MB 上限（当前 {size_mb:.2f} MB）")
    return source if isinstance(source, bytes) else source.read_bytes()
