"""What the cells of a table say: words in Hebrew or English, numbers, days and figures, as people write them."""

import enum
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from claims_app.anchors.proposal import propose_figure
from claims_app.articles.model import SecondCheck, SourceRule
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Kind, Priority
from claims_app.errors import DomainError
from claims_app.evidence.model import Rank, Stance
from claims_app.importing.fields import Field
from claims_app.importing.matching import plain_heading
from claims_app.language import catalogue, word
from claims_app.reading import clean, read_address, read_number, read_partial_date
from claims_app.sources.model import SourceKind
from claims_app.words import WORDS

MOST_WHOLE = 100_000


class Language(enum.StrEnum):
    HEBREW = "he"
    ENGLISH = "en"


KINDS: Mapping[str, type[enum.StrEnum]] = {
    "kind": Kind, "priority": Priority, "cited_basis": CitedBasis, "stance": Stance, "rank": Rank,
    "source_kind": SourceKind, "second_check": SecondCheck, "source_rule": SourceRule, "language": Language,
}  # fmt: skip
#: What tables say besides the desk's own words.
_ALSO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "stance": {
        "supports": ("support", "supporting", "for", "pro", "תומך", "תומכות", "בעד", "מאשר", "מאשרת"),
        "refutes": ("refute", "refuting", "against", "contra", "סותר", "נגד", "מפריך", "מפריכה"),
        "context": ("background", "neutral", "הקשר", "ניטרלי"),
    },
    "rank": {"primary": ("ראשוני", "ראשונית", "1"), "secondary": ("משני", "משנית", "2")},
    "priority": {
        "low": ("נמוך",), "normal": ("medium", "רגיל", "בינונית"), "high": ("urgent", "גבוה", "דחוף", "דחופה"),
    },
    "kind": {
        "figure": ("number", "מספר", "נתון מספרי"), "quote": ("quotation",), "background": ("רקע",), "other": ("אחר",),
    },
    "source_kind": {
        "page": ("webpage", "website", "article", "אתר", "דף אינטרנט", "כתבה"), "document": ("report", "pdf", "דוח"),
        "post": ("tweet", "post", "ציוץ", "פוסט"), "book": ("print", "ספר"), "person": ("interview", "ריאיון", "ראיון"),
        "statistic": ("statistics", "data", "סטטיסטיקה"), "broadcast": ("video", "tv", "radio", "סרטון", "שידור"),
    },
    "language": {"he": ("hebrew", "iw", "עב"), "en": ("english", "אנ")},
}  # fmt: skip
_YES = {"yes", "y", "true", "1", "x", "v", "כן", "נכון"}
_NO = {"no", "n", "false", "0", "לא"}
_TICKS = {"✓", "✔", "☑", "✅"}
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII | re.DOTALL)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)
_PERCENT = re.compile(r"([+-]?[\d,.]+)\s*%")
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs"}


@cache
def _known(family: str) -> Mapping[str, str]:
    """Return the stored words of a family by what people write for them."""
    hebrew = catalogue("he").forms
    known: dict[str, str] = {}
    for value in KINDS[family]:
        english = WORDS[family][value]
        for name in (value, english, *hebrew.get(english, ()), *_ALSO.get(family, {}).get(value, ())):
            known.setdefault(plain_heading(name), str(value))
    return known


def read_word(text: str, family: str) -> enum.StrEnum:
    """Return the stored word that a cell means, as stored or as people read it in either language."""
    found = _known(family).get(plain_heading(text))
    if found is None:
        offered = ", ".join(word(family, value) for value in KINDS[family])
        raise DomainError("“%(text)s” is none of: %(known)s.", text=text[:80], known=offered)
    return KINDS[family](found)


def read_yes(text: str) -> bool:
    """Return whether a cell says yes."""
    plain = text.strip().casefold()
    if plain in _YES or plain in _TICKS:
        return True
    if plain in _NO:
        return False
    raise DomainError("“%(text)s” is neither yes nor no.", text=text[:80])


def read_whole(text: str) -> int:
    """Return a whole number from 1."""
    plain = text.strip().removeprefix("#").replace(",", "").removesuffix(".0")
    if not plain.isascii() or not plain.isdecimal() or not 1 <= int(plain[:9]) <= MOST_WHOLE or len(plain) > 6:
        raise DomainError("“%(text)s” is not a whole number from 1.", text=text[:80])
    return int(plain)


def read_day(text: str) -> date:
    """Return a day: ISO, day first as in 15.3.2026 and 15/3/26, or the number that a spreadsheet keeps for it."""
    plain = text.strip()
    try:
        if found := _ISO.fullmatch(plain):
            return date.fromisoformat(found[1])
        if found := _DAY_FIRST.fullmatch(plain):
            day, month, year = (int(part) for part in found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        if _SERIAL.fullmatch(plain):
            return _SERIAL_ZERO + timedelta(days=int(float(plain)))
    except ValueError:
        pass
    raise DomainError(
        "“%(text)s” is not a day. Write it as 2026-03-15 or, the day first, as 15.3.2026.", text=text[:80]
    )


def read_partial(text: str) -> str:
    """Return a date as fine as it is known, as ISO text."""
    plain = text.strip()
    if found := _MONTH_FIRST.fullmatch(plain):
        plain = f"{found[2]}-{int(found[1]):02}"
    elif _ISO.fullmatch(plain) or _DAY_FIRST.fullmatch(plain) or _SERIAL.fullmatch(plain):
        plain = read_day(plain).isoformat()
    return read_partial_date(plain, field="") or ""


def read_web_address(text: str) -> str:
    """Return a web address; one that is not what it looks like is refused."""
    if any(unicodedata.category(mark) in _UNSEEN for mark in text):
        raise DomainError("This address has characters in it that cannot be seen. Type it anew.")
    return read_address(text) or ""


def read_figure_text(text: str) -> FigureValue:
    """Return the figure in a cell: a plain number, a percentage, or the one figure that its words state."""
    if found := _PERCENT.fullmatch(text.strip()):
        value = read_number(found[1], field="")
        return FigureValue(value or 0.0, value or 0.0, "percent")
    try:
        value = read_number(text, field="")
    except DomainError:
        figure = propose_figure(text)
        if figure is None:
            raise DomainError(
                "No figure can be read out of “%(text)s”. Write a number, a range or a percentage, such as 1,580,000,"
                " 4-8 or 40%%.",
                text=text[:80],
            ) from None
        return figure
    return FigureValue(value or 0.0, value or 0.0)


def read_cell(field: Field, text: str) -> object:
    """Return what a cell that is not empty says of a field; what cannot be read raises ``DomainError``."""
    if len(text) > field.most:
        raise DomainError("Shorten this: at most %(most)s characters are kept.", most=field.most)
    match field.reads:
        case "word":
            return read_word(text, field.family)
        case "yes":
            return read_yes(text)
        case "whole":
            return read_whole(text)
        case "day":
            return read_day(text)
        case "partial":
            return read_partial(text)
        case "address":
            return read_web_address(text)
        case "figure":
            return read_figure_text(text)
        case _:
            return clean(text)
