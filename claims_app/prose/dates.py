"""Dates as people write them in Hebrew and English, as ISO text as fine as they were said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from claims_app.prose import years
from claims_app.prose.numbers import is_part_in_digits
from claims_app.prose.numerals import numbered
from claims_app.prose.pieces import Piece, bare, glued_prefix, is_hebrew, is_hyphen, touches, words
from claims_app.prose.units import starts_unit
from claims_app.prose.years import read_decade, read_half, read_year

_MONTHS = numbered(
    "january jan ינואר|february feb פברואר|march mar מרץ מרס|april apr אפריל|may מאי|june jun יוני|july jul יולי|"
    "august aug אוגוסט|september sept sep ספטמבר|october oct אוקטובר|november nov נובמבר|december dec דצמבר"
)
_AMBIGUOUS = words("march mar may april apr june jun august jan sep dec מרץ מרס מאי")
_MONTH_FOLLOWS = words(
    "in last this next since until till by early late mid of through during before after to and from between "
    "חודש בחודש לחודש מחודש סוף בסוף תחילת בתחילת אמצע באמצע מאז עד ועד"
)
BEGINNERS = frozenset(_MONTHS) | years.BEGINNERS
"""The words with which a date may begin."""
_DIRECTED = words("הסרט הסרטים הסדרה ההצגה הקולנוע התיאטרון המחזה")  # "במאי" is a director, too
_DAY = re.compile(r"0?[1-9]|[12][0-9]|3[01]")
_NUMERIC = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date or a period: ``low`` and ``high`` as ISO text, the same for a plain date; code points and pieces."""

    low: str
    high: str
    start: int
    end: int
    first: int
    next: int


def read_date(pieces: Sequence[Piece], at: int) -> DateSpan | None:
    """Return the date or the period that begins at piece ``at``."""
    found = _read_one(pieces, at)
    return found and _read_period(pieces, found)


def _read_one(pieces: Sequence[Piece], at: int) -> DateSpan | None:
    for read in (_read_numeric, _read_day_first, _read_month_first):
        if (found := read(pieces, at)) is not None:
            return found
    for read_other in (read_half, read_decade, read_year):
        if (other := read_other(pieces, at)) is not None:
            low, high, skipped, after = other
            return _span(pieces, at, after, low, high, skipped)
    return None


def _span(
    pieces: Sequence[Piece], at: int, after: int, low: str, high: str | None = None, skipped: int = 0
) -> DateSpan:
    return DateSpan(low, high or low, pieces[at].start + skipped, pieces[after - 1].end, at, after)


def _iso(year: int | None, month: int, day: int | None) -> str | None:
    """Return the date, unless there is no such day; without a year every year will do."""
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    text = f"{year:04}-{month:02}" if year else f"--{month:02}"
    return f"{text}-{day:02}" if day else text


def _read_numeric(pieces: Sequence[Piece], at: int) -> DateSpan | None:
    """Read 2024-07-15, 15.7.2024 and 15/7/24; in English 7/15/2024 as well."""
    word = pieces[at].word
    if pieces[at].kind != "number":
        return None
    if (found := _ISO.fullmatch(word)) is not None:
        iso = _iso(int(found[1]), int(found[2]), int(found[3]))
        return _span(pieces, at, at + 1, iso) if iso else None
    if (found := _NUMERIC.fullmatch(word)) is None or is_part_in_digits(pieces, at):
        return None
    first, second, year = int(found[1]), int(found[3]), found[4]
    if year is None:
        return _read_short(pieces, at, found)
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)
    is_american = found[2] == "/" and not _is_hebrew_around(pieces, at)
    day, month = (second, first) if (is_american and first <= 12) or second > 12 else (first, second)
    iso = _iso(full, month, day) if 1 <= month <= 12 and 1000 <= full <= 2100 else None
    return _span(pieces, at, at + 1, iso) if iso else None


def _read_short(pieces: Sequence[Piece], at: int, found: re.Match[str]) -> DateSpan | None:
    """Read 7.10 where a Hebrew article, or a preposition and no unit, make it a day; 9/11 in English."""
    first, second = int(found[1]), int(found[3])
    prefix = glued_prefix(pieces, at)
    if found[2] == ".":
        letters = pieces[prefix].word if prefix is not None else ""
        is_date = letters.endswith("ה") or (letters[-1:] in ("ב", "מ") and len(found[3]) == 2 and first > 3)
        iso = _iso(None, second, first) if is_date and not starts_unit(pieces, at + 1) and 1 <= second <= 12 else None
        return _span(pieces, at, at + 1, iso) if iso else None
    if (first, second) == (9, 11):
        return _span(pieces, at, at + 1, "--09-11")
    iso = _iso(None, second, first) if prefix is not None and 1 <= second <= 12 else None
    return _span(pieces, at, at + 1, iso) if iso else None


def _is_hebrew_around(pieces: Sequence[Piece], at: int) -> bool:
    around = pieces[max(0, at - 4) : at + 5]
    return any(is_hebrew(piece.word) for piece in around)


def _day(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """Return a day of a month and the piece after it: 15, 15th."""
    if pieces[at].kind != "number" or not _DAY.fullmatch(pieces[at].word):
        return None
    after = at + 1
    if pieces[after].word in ("st", "nd", "rd", "th") and touches(pieces, after):
        after += 1
    return int(pieces[at].word), after


def _month(pieces: Sequence[Piece], at: int) -> int | None:
    """Return the month that piece ``at`` names, whatever letters are glued to it; in English it has a capital."""
    piece = pieces[at]
    if piece.kind != "word" or not (is_hebrew(piece.word) or piece.text[0].isupper()):
        return None
    return next((_MONTHS[stem] for stem in bare(piece.word) if stem in _MONTHS), None)


def _year_after(pieces: Sequence[Piece], at: int) -> tuple[int | None, int]:
    """Return the year that belongs to a month before it, and the piece after it: "July 2024", "July of 2024"."""
    after = at
    while pieces[after].word in (",", ".", "of", "של", "בשנת", "שנת", "ב") and after < at + 2:
        after += 1
    if is_hyphen(pieces, after) and pieces[after - 1].word == "ב":
        after += 1
    word = pieces[after].word
    is_year = pieces[after].kind == "number" and len(word) == 4 and word.isdigit() and 1000 <= int(word) <= 2100
    return (int(word), after + 1) if is_year else (None, at)


def _read_day_first(pieces: Sequence[Piece], at: int) -> DateSpan | None:
    """Read 15 July 2024, the 15th of July, ``15 ביולי 2024``; and 15-20 July as a period."""
    first = _day(pieces, at)
    if first is None:
        return None
    low, after = first
    high = low
    is_through = is_hyphen(pieces, after) or pieces[after].word in ("to", "and", "עד", "ל")
    if is_through:
        other = _day(pieces, after + 1 + (pieces[after].word == "ל" and is_hyphen(pieces, after + 1)))
        high, after = other if other is not None else (low, after)
    after += pieces[after].word in ("of", "לחודש", "בחודש")
    month = _month(pieces, after)
    if month is None:
        return None
    year, after = _year_after(pieces, after + 1)
    start_iso, end_iso = _iso(year, month, low), _iso(year, month, high)
    return _span(pieces, at, after, start_iso, end_iso) if start_iso and end_iso and low <= high else None


def _read_month_first(pieces: Sequence[Piece], at: int) -> DateSpan | None:
    """Read July 15, 2024; July 15-20; July 2024; and July by itself where it can be nothing else."""
    month = _month(pieces, at)
    if month is None:
        return None
    word = pieces[at].word
    skipped = next(len(word) - len(stem) for stem in bare(word) if stem in _MONTHS)
    first = None if is_hebrew(word) else _day(pieces, at + 1 + (pieces[at + 1].word == "."))
    if first is None or (touches(pieces, at + 1) and pieces[at + 1].kind == "number"):
        year, after = _year_after(pieces, at + 1)
        if year is None and not _is_month(pieces, at, skipped):
            return None
        return _span(pieces, at, after, _iso(year, month, None) or "", skipped=skipped)
    low, after = first
    high = low
    if is_hyphen(pieces, after) and (other := _day(pieces, after + 1)) is not None:
        high, after = other
    year, after = _year_after(pieces, after)
    start_iso, end_iso = _iso(year, month, low), _iso(year, month, high)
    return _span(pieces, at, after, start_iso, end_iso) if start_iso and end_iso and low <= high else None


def _is_month(pieces: Sequence[Piece], at: int, skipped: int) -> bool:
    """Whether a month's name by itself is meant as one: May, March and ``מאי`` are other words as well."""
    word = pieces[at].word
    if is_hebrew(word) and pieces[at].word[skipped:] == "מאי":
        return word[:skipped] in ("ב", "שב", "וב", "מ", "ל") and pieces[at + 1].word not in _DIRECTED
    if word[skipped:] in _AMBIGUOUS:
        return word[:skipped][-1:] in ("ב", "מ", "ל") if skipped else at > 0 and pieces[at - 1].word in _MONTH_FOLLOWS
    return not (skipped == 1 and word[0] == "ה")


def _read_period(pieces: Sequence[Piece], first: DateSpan) -> DateSpan:
    """Return the period that begins with a date: 2019-2021, from March to May 2021, ``בין 2019 ל-2021``."""
    at = first.next
    before = pieces[first.first - 1].word if first.first else ""
    joint = pieces[at].word
    if (
        is_hyphen(pieces, at)
        or joint in ("to", "until", "till", "through", "עד", "ועד")
        or (joint == "and" and before in ("between", "from"))
    ):
        at += 1
    elif joint not in ("ל", "לבין") and not (is_hebrew(joint) and joint.startswith("ל")):
        return first
    while pieces[at].word in ("ל", "ב", "ה") or (at > first.next and is_hyphen(pieces, at)):
        at += 1
    second = _read_one(pieces, at) if at > first.next or is_hebrew(joint) else None
    if second is None:
        return _read_short_year(pieces, first)
    low, high = _align(first.low, second.low), second.high
    if not (low < high and (len(low) == len(high) or "-" not in (low[:1] + high[:1]))):
        return first
    return replace(first, low=low, high=high, end=second.end, next=second.next)


def _align(low: str, high: str) -> str:
    """Give the first date the year of the second: March to May 2021."""
    return high[:4] + low[1:] if low.startswith("--") and not high.startswith("--") else low


def _read_short_year(pieces: Sequence[Piece], first: DateSpan) -> DateSpan:
    """Read 2019-20 and 2019/20 as two years."""
    at = first.next + 1
    word = pieces[at].word
    if len(first.low) == 4 and is_hyphen(pieces, at - 1) and touches(pieces, at) and len(word) == 2 and word.isdigit():
        high = first.low[:2] + word
        if first.low < high and not starts_unit(pieces, at + 1):
            return replace(first, high=high, end=pieces[at].end, next=at + 1)
    return first
