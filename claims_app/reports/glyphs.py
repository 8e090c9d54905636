"""Which characters the fonts of a printed report can show, and what stands for those that they cannot.

A PDF of the archival kinds may not hold a character without a glyph, and a reader must not meet an empty box: such a
character is written by its number, ``[U+1F600]``.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "print"

#: Marks of direction that somebody's text brings along could turn the words around it; here its direction is known. A
#: byte order mark no PDF of a standard may hold.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_LONG = re.compile(r"\S{28,}")
#: Past these signs an address may go on in the next line.
_BREAK = re.compile(r"(?<=[/?&=._~%#+,;:@!-])(?=[^/\s])")
ZERO_WIDTH = "\u200b"
MOST_UNBROKEN = 24


@cache
def _shown() -> re.Pattern[str]:
    """Match as much of a text as the fonts can show."""
    marks = sorted(
        mark
        for mark in {mark for path in FONTS.glob("*.ttf") for mark in _characters(path.read_bytes())}
        if not _TURNING.match(chr(mark))
    )
    # Line breaks, joiners and other marks without a shape need none.
    ranges = [*_ranges(marks), "\n\t\u00ad\u034f\u200b-\u200f\u2060\ufe00-\ufe0f"]
    return re.compile(f"[{''.join(ranges)}]*")


def _ranges(marks: list[int]) -> Iterator[str]:
    start = None
    for mark, following in zip(marks, [*marks[1:], -1], strict=True):
        start = mark if start is None else start
        if following != mark + 1:
            yield f"{re.escape(chr(start))}-{re.escape(chr(mark))}"
            start = None


def _characters(font: bytes) -> Iterator[int]:
    """Yield the characters that a TrueType font maps to glyphs, by its Unicode table of the fourth format."""
    tables = {
        font[at : at + 4]: struct.unpack(">I", font[at + 8 : at + 12])[0]
        for at in range(12, 12 + 16 * struct.unpack(">H", font[4:6])[0], 16)
    }
    start = tables[b"cmap"]
    for at in range(start + 4, start + 4 + 8 * struct.unpack(">H", font[start + 2 : start + 4])[0], 8):
        platform, encoding, offset = struct.unpack(">HHI", font[at : at + 8])
        if (platform, encoding) in {(3, 1), (0, 3)}:
            yield from _segments(font[start + offset :])
            return


def _segments(table: bytes) -> Iterator[int]:
    number = struct.unpack(">H", table[6:8])[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack(f">{number}H", table[at : at + 2 * number])
        for at in (14, 16 + 2 * number, 16 + 4 * number, 16 + 6 * number)
    )
    for segment, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for mark in range(first, min(last, 0xFFFE) + 1):
            if not offset:
                glyph = (mark + delta) & 0xFFFF
            else:
                place = 16 + 6 * number + 2 * segment + offset + 2 * (mark - first)
                glyph = struct.unpack(">H", table[place : place + 2])[0]
            if glyph:
                yield mark


def shown(text: str) -> str:
    """Return ``text`` with all its characters such that a glyph shows them, composed where they can be."""
    whole = _shown()
    if whole.fullmatch(text):
        return text
    text = _composed(_TURNING.sub("", text)).replace("\u2028", "\n").replace("\u2029", "\n")
    found = whole.match(text)
    pieces, at = [], 0
    while found is not None and found.end() < len(text):
        pieces.append(found.group())
        at = found.end()
        missing = []
        while at < len(text) and not whole.fullmatch(text[at]):
            missing.append(text[at])
            at += 1
        pieces.append(_numbers("".join(missing)))
        found = whole.match(text, at)
    pieces.append(text[at:])
    return "".join(pieces)


def _composed(text: str) -> str:
    """Return letters and their accents in one where a glyph shows them so, and apart where none does."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(mark if _shown().fullmatch(mark) else unicodedata.normalize("NFD", mark) for mark in composed)


def _numbers(marks: str) -> str:
    if marks.isspace():
        return " "
    return f"[{' '.join(f'U+{ord(mark):04X}' for mark in marks)}]"


def is_shown(text: str) -> bool:
    """Whether the fonts show every character of ``text`` as it is."""
    return _shown().fullmatch(_composed(_TURNING.sub("", text))) is not None


def breakable(text: str) -> str:
    """Return ``text`` with places at which a line may end inside a word that is too long for any line."""
    return _LONG.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    pieces = _BREAK.split(found.group())
    return ZERO_WIDTH.join(ZERO_WIDTH.join(_cut(piece)) for piece in pieces)


def _cut(piece: str) -> Iterator[str]:
    start = 0
    for at in range(len(piece)):
        # Never between a letter and its points.
        if at - start >= MOST_UNBROKEN and not unicodedata.combining(piece[at]):
            yield piece[start:at]
            start = at
    yield piece[start:]
