"""What pdfium knows of a page: its characters, each with its place, and the addresses that it links to.

Loading this module loads the library; its callers take turns, for the library takes no two at once.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfiumError, PdfPage, PdfTextPage

from claims_app.intake.bidi import strip_marks
from claims_app.intake.layout import Glyph

_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")
_PRESENTED = re.compile("[\ufb00-\ufb06\ufb1d-\ufb4f]")
#: What the library says for a hyphen that ends a line.
_HYPHENS = "\x02\ufffe\u00ad"
_PAIRED = ("([{<«‹≤“‘", ")]}>»›≥”’")
_TURNED = str.maketrans("".join(_PAIRED), "".join(reversed(_PAIRED)))
#: Text may lean this much, in degrees, before it is a stamp across the page.
_LEAN = 5
_MOST_LINKS = 1000


@dataclass(slots=True)
class Page:
    """The characters of a page that stand upright, in no order that means anything."""

    glyphs: list[Glyph] = field(default_factory=list)
    #: How many characters the page has, and how many of them the file does not say the letter of.
    count: int = 0
    unknown: int = 0
    has_points: bool = False
    links: list[str] = field(default_factory=list)


def read_page(document: PdfDocument, index: int, *, most: int) -> Page:
    """Return what a page of a document holds; of a page with more than ``most`` characters, only how many it has."""
    try:
        page = document[index]
    except PdfiumError:
        return Page()
    try:
        text = page.get_textpage()
        try:
            found = Page(count=text.count_chars())
            if found.count <= most:
                _take_glyphs(text, found)
                found.links = list(_links(document, page))
            return found
        finally:
            text.close()
    finally:
        page.close()


def _take_glyphs(text: PdfTextPage, page: Page) -> None:
    turned: list[tuple[int, Glyph]] = []
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    codes = [pdfium.FPDFText_GetUnicode(text, index) for index in range(page.count)]
    for index, code in enumerate(_as_in_file("".join(map(_char, codes)))):
        char = _stored(code)
        if not char or not (
            pdfium.FPDFText_GetLooseCharBox(text, index, box)
            and pdfium.FPDFText_GetMatrix(text, index, matrix)
            and pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        ):
            continue
        if char == " " and box.left == box.right:
            continue  # the library's own guess
        page.has_points = page.has_points or _POINTS.match(char) is not None
        page.unknown += pdfium.FPDFText_HasUnicodeMapError(text, index) == 1 or unicodedata.category(char[0]) == "Co"
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
        quarter = round(angle / 90) % 4
        if abs(angle - 90 * round(angle / 90)) > _LEAN:
            continue
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        left, right, base = _upright(quarter, box, x.value, y.value)
        if size > 0:
            # A point is part of its letter's width even though it is left out.
            turned.extend((quarter, Glyph(_POINTS.sub("", each), left, right, base, size)) for each in char)
    quarters = Counter(quarter for quarter, _ in turned)
    if quarters:
        usual = quarters.most_common(1)[0][0]
        page.glyphs = [glyph for quarter, glyph in turned if quarter == usual]


def _char(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\0"


def _as_in_file(text: str) -> str:
    """Return the characters of a page as the file has them.

    The library looks at each line for words from right to left, and turns round what is paired beside them: brackets,
    but quotation marks and "less than" as well. It does so by the kinds of the signs alone, so it can be followed.
    """
    return "".join(part for line in re.split("([\r\n]+)", text) for part in _line_as_in_file(line))


def _line_as_in_file(line: str) -> Iterator[str]:
    runs = [(kind, "".join(run)) for kind, run in groupby(line, _kind)]
    kinds = Counter(kind for kind, _ in runs)
    is_turned = 0 < kinds["right"] >= kinds["left"]
    for kind, run in runs:
        is_turned = kind == "right" or (is_turned and kind != "left")
        yield run.translate(_TURNED) if kind == "neutral" and is_turned else run


def _kind(char: str) -> str:
    found = unicodedata.bidirectional(char)
    if found in ("R", "AL"):
        return "right"
    if found == "L":
        return "left"
    return "weak" if found in ("AN", "EN", "NSM", "CS", "ES", "ET", "BN") else "neutral"


def _stored(char: str) -> str:
    """Return what the desk stores for a character of the library, or nothing."""
    if char in _HYPHENS:
        return "-"
    if _PRESENTED.match(char):
        char = unicodedata.normalize("NFKD", char)
        return _POINTS.sub("", char) or char
    if char.isspace():
        return " " if char not in "\r\n" else ""
    return "" if unicodedata.category(char) in ("Cc", "Cn") else strip_marks(char)


def _upright(quarter: int, box: pdfium.FS_RECTF, x: float, y: float) -> tuple[float, float, float]:
    """Return left, right and base as they are when the page is turned so that its text stands upright."""
    if quarter == 0:
        return box.left, box.right, y
    if quarter == 1:
        return box.bottom, box.top, -x
    if quarter == 2:
        return -box.right, -box.left, -y
    return -box.top, -box.bottom, x


def _links(document: PdfDocument, page: PdfPage) -> Iterator[str]:
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    for _ in range(_MOST_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, position, link):
            return
        action = pdfium.FPDFLink_GetAction(link)
        size = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if 0 < size < 4096:
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDFAction_GetURIPath(document, action, buffer, size)
            address = buffer.value.decode("utf-8", "replace").strip()
            if re.match("https?://", address, re.IGNORECASE):
                yield address
