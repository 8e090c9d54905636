"""A line as it is seen, from left to right -> the same line in the order in which it is read.

The rules by which screens and presses put Hebrew, Latin words and numbers side by side lose something: a few lines can
be read in two ways. ``read_line`` takes the likelier and says that it is not sure.
"""

import re
import unicodedata
from typing import NamedTuple

from bidi import get_display

#: No line of a page is longer; one that is comes in order, and is not looked at more closely.
MOST_LETTERS = 2000
OPENING = "([{"
CLOSING = ")]}"
_OTHER = dict(zip(OPENING + CLOSING, CLOSING + OPENING, strict=True))
_SHAPELESS = str.maketrans(CLOSING, OPENING)
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_RTL_MARK = "\u200f"
_LTR_MARK = "\u200e"
#: What ends a sentence or a part of one.
_ENDS = ".,;:!?"
_HEBREW = re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")
_LATIN = re.compile("[^\\W\\d_\u0590-\u05ff\ufb1d-\ufb4f]")
_NUMBER = "[+\\-−~≈]?[$€£₪]?\\d[\\d.,:/]*(?:[–-]\\d[\\d.,:/]*)?[%‰°]?[$€£₪]?"
#: A Latin word, then a number: "Euro 2020", or a number that a Latin word follows in Hebrew, "2020 Euro".
_NAME_NUMBER = re.compile(
    f"(?P<name>[A-Za-zÀ-ɏ][\\w'’&.-]*)(?P<gap>\\s+)(?P<comma>[,;:.]?)"
    f"(?P<number>{_NUMBER})(?P<after>-?)(?=[^A-Za-z\\d]*(?:$|[\u0590-\u05ff]))"
)
#: Words that a year follows, as they are seen.
_YEAR_WORD = re.compile(
    "^\\s*(?:תנש[א-ת]{0,2}|(?:ראוני|ראורבפ|סרמ|לירפא|יאמ|ינוי|ילוי|טסוגוא|רבמטפס|רבוטקוא|רבמבונ|רבמצד)[א-ת]{0,2})(?![א-ת])"
)
#: The end of a line that a Latin word goes on with: what follows the word belongs to it.
_LATIN_END = re.compile("^([A-Za-zÀ-ɏ][^\u0590-\u05ff]*[A-Za-z\\d][,;:.?!/-]+)(?=\\s+[^A-Za-z]*[\u0590-\u05ff])")


class Order(NamedTuple):
    """A line in the order in which it is read; unsure: it looks the same in another order."""

    text: str
    is_unsure: bool


def to_logical(visual: str, *, rtl: bool = True) -> str:
    """Return the characters of a line, given as they are seen from left to right, in the order of reading.

    Brackets may be given in either shape: which is meant is told by what stands beside them.
    """
    return read_line(visual, rtl=rtl).text


def read_line(visual: str, *, rtl: bool = True) -> Order:
    """Return a line in the order of reading, and whether that is a choice among several."""
    seen = settle_brackets(strip_marks(visual))
    if not _HEBREW.search(seen) and not rtl:
        return Order(seen, is_unsure=False)
    if len(seen) > MOST_LETTERS:
        return Order(_turn(seen, rtl=rtl), is_unsure=True)
    marked, is_unsure = _split(seen) if rtl else (seen, _has_number_beside_hebrew(seen))
    text = _turn(marked, rtl=rtl)
    if marked == seen and _turn(text, rtl=rtl).translate(_SHAPELESS) != seen.translate(_SHAPELESS):
        is_unsure = True
    return Order(settle_brackets(text), is_unsure)


def strip_marks(text: str) -> str:
    """Return a text without the characters that only steer its direction or where it may break."""
    return _MARKS.sub("", text)


def settle_brackets(text: str) -> str:
    """Return a text with each bracket in the shape that fits its place: an opening one has its content on its right.

    That holds for a line as it is seen and as it is read alike. A paragraph can tell what a line cannot.
    """
    settled = list(text)
    depth = dict.fromkeys(OPENING, 0)
    for place, char in enumerate(text):
        if char not in _OTHER:
            continue
        opening = char if char in OPENING else _OTHER[char]
        before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        lean = _holds(after) - _holds(before)
        is_opening = lean > 0 or (lean == 0 and not depth[opening])
        settled[place] = opening if is_opening else _OTHER[opening]
        depth[opening] = max(0, depth[opening] + (1 if is_opening else -1))
    return "".join(settled)


def is_rtl(text: str, *, otherwise: bool) -> bool:
    """Whether a line that has letters of one script only runs from right to left; a mixed one runs ``otherwise``."""
    has_hebrew = bool(_HEBREW.search(text))
    has_latin = bool(_LATIN.search(text))
    if has_hebrew == has_latin:
        return otherwise
    text = text.strip()
    if has_latin and otherwise:
        # In a line of Latin words alone only its punctuation shows which way it was set.
        return text[:1] in _ENDS and text[-1:] not in _ENDS
    if has_hebrew and not otherwise:
        return text[-1:] not in _ENDS
    return otherwise


def _turn(text: str, *, rtl: bool) -> str:
    return strip_marks(str(get_display(text, base_dir="R" if rtl else "L")))


def _split(seen: str) -> tuple[str, bool]:
    """Mark where a run of Latin words and numbers is two runs; the second answer says whether that is a guess."""
    marked = _LATIN_END.sub("\\1" + _LTR_MARK, seen)
    guesses = 0

    def part(match: re.Match[str]) -> str:
        nonlocal guesses
        rest = match.string[match.end() :]
        if not match["comma"]:
            guesses += 1
        if match["comma"] or _is_number_first(match["number"], match["after"], rest):
            return f"{match['name']}{_RTL_MARK}{match[0][len(match['name']) :]}"
        return match[0]

    return _NAME_NUMBER.sub(part, marked), guesses > 0


def _is_number_first(number: str, after: str, rest: str) -> bool:
    """Whether a number between a Latin word and a Hebrew one goes with the Hebrew: 40% of, in 2022."""
    if not number.isdecimal():
        return True
    has_prefix = after == "-" and re.match("[א-ת]", rest) is not None
    return (has_prefix and len(number) > 2) or _YEAR_WORD.match(rest) is not None


def _has_number_beside_hebrew(seen: str) -> bool:
    """Whether a line from left to right has a number that could stand on either side of its Hebrew words."""
    return re.search("\\d\\W*[\u0590-\u05ff]|[\u0590-\u05ff]\\W*\\d", seen) is not None


def _holds(char: str) -> bool:
    """Whether a character beside a bracket is likely its content."""
    return char != "" and (char.isalnum() or unicodedata.category(char) in ("Sc", "Pi", "Pf") or char in "\"'%#@")
