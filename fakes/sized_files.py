"""Files that are made longer, and each unlike every other, where their format allows it.

A few hundred files are enough for everyone: a mark makes each candidate's copy differ, padding gives it the
drawn size, and nothing is encoded again. What a reader sees on the page or in the picture stays the same.
"""

import zlib
from random import Random

_SEGMENT_BYTES = 60_000  # a JPEG segment holds at most 65,533 bytes; the rest is room for the mark
_LINE_BYTES = 128  # of a comment in a PDF, a common limit of readers being 255
_MOST_PADDING_BYTES = 11_000_000
_JFIF_END = 20  # start of image (2 bytes) and the JFIF segment (18), which must come first

_random = Random(0)  # padding is noise that does not compress, the same for all
_COMMENT = b"\xff\xfe" + (_SEGMENT_BYTES - 2).to_bytes(2, "big") + _random.randbytes(_SEGMENT_BYTES - 4)
_COMMENTS = memoryview(_COMMENT * (_MOST_PADDING_BYTES // _SEGMENT_BYTES + 1))
_LINES = memoryview(
    b"".join(b"%" + _random.randbytes(_LINE_BYTES // 2 - 1).hex().encode() + b"\n" for _ in range(512))
    * (_MOST_PADDING_BYTES // (512 * _LINE_BYTES) + 1)
)


def sized_jpeg(jpeg: bytes, mark: bytes, size_bytes: int) -> bytes:
    """Give a JPEG of `size_bytes` with the same picture and with `mark` in a comment (COM segment).

    `jpeg` begins with a JFIF segment, as Pillow writes it; `mark` has at most 5,000 bytes. The file is longer
    than asked for where the picture and the mark alone are.
    """
    padding = max(0, size_bytes - len(jpeg) - 4 - len(mark))
    whole, rest = divmod(padding, _SEGMENT_BYTES)
    length = (2 + len(mark) + rest).to_bytes(2, "big")
    whole_part = _COMMENTS[: whole * _SEGMENT_BYTES]
    picture = memoryview(jpeg)
    return b"".join(
        (
            picture[:_JFIF_END],
            b"\xff\xfe",
            length,
            mark,
            _COMMENTS[4 : 4 + rest],
            whole_part,
            picture[_JFIF_END:],
        )
    )


def sized_pdf(pdf: bytes, mark: bytes, size_bytes: int) -> bytes:
    """Give a PDF of `size_bytes` with the same pages and with `mark` in a comment at their end.

    `pdf` has one table of objects at its end, as reportlab writes it; `mark` has no line end. Only the table
    moves, so only its address (startxref) changes. The file is longer than asked for where the pages and the
    mark are.
    """
    end = pdf.rindex(b"startxref")
    table = int(pdf[end + 9 :].split(maxsplit=1)[0])
    padding = max(0, size_bytes - end - 27 - len(mark) - 3)
    pages = memoryview(pdf)
    trailer = b"startxref\n%010d\n%%%%EOF\n" % (table + len(mark) + 3 + padding)
    line_end = b"\n" if padding % _LINE_BYTES else b""
    lines = _LINES[: padding - len(line_end)]
    return b"".join((pages[:table], b"%", mark, b"\n", lines, line_end, b"\n", pages[table:end], trailer))


def marked_png(png: bytes, mark: bytes) -> bytes:
    """Give a PNG with the same picture and with `mark` in a text chunk after its header."""
    header_end = 8 + 25  # signature, IHDR
    chunk = b"tEXtComment\0" + mark
    length, check = (len(chunk) - 4).to_bytes(4, "big"), zlib.crc32(chunk).to_bytes(4, "big")
    return png[:header_end] + length + chunk + check + png[header_end:]
