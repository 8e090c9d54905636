"""When a claim was made and when it was reviewed: dates in any writing, as ISO text as fine as they are known."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from claims_app.prose.pieces import words

EARLIEST = 1500
"""A claim may be centuries old; what says that it is older is a slip of the pen."""
SOON = timedelta(days=2)
"""How far ahead of this machine's clock a date may be: zones differ, and so do clocks."""

_LANGUAGES = words(
    "en he ar fa ur hi bn ta te ml mr gu pa kn fr es pt it de nl da sv nb fi is et lv lt pl cs sk sl hr sr bs mk bg ru "
    "uk be ro hu el tr az ka hy sq ca gl eu id ms fil sw am vi th km my si ne mn kk uz"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?![\d])")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{2,6}Z?)?")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日号일])?)?")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?|[+-]\d{4}\b")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff]+[^\W\d_]*)*")
_SECONDS, _MILLISECONDS = re.compile(r"\d{9,10}"), re.compile(r"\d{12,13}")


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its name; a name that two languages give to different months is none."""
    found: dict[str, int] = {}
    clashing: set[str] = set()
    for language in _LANGUAGES:
        try:
            names = Locale.parse(language).months
        except UnknownLocaleError:
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in names[context][width].items():
                    key = _fold(name)
                    if any(letter.isalpha() for letter in key) and found.setdefault(key, month) != month:
                        clashing.add(key)
    # What English and Hebrew mean by a name counts, whatever it means elsewhere.
    for name in clashing:
        del found[name]
    for language in ("he", "en"):
        for width in ("wide", "abbreviated"):
            found.update({_fold(name): at for at, name in Locale.parse(language).months["format"][width].items()})
    return found | {"sept": 9, "מרס": 3}


def _fold(text: str) -> str:
    return re.sub("[.'׳’]", "", unicodedata.normalize("NFKC", text).casefold()).strip()


def read_when(text: str, *, today: date) -> str | None:
    """Return a date as ISO text, ``2024-03-15``, ``2024-03`` or ``2024``; None: it is none that can be believed.

    The day is the one that stands there, whatever its zone. Of day and month that could be either way round, the year
    alone is known.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > 100:
        return None
    for read in (_read_stamp, _read_digits, _read_words):
        found = read(text)
        if found is not None:
            return _believed(found, today)
    return None


def _believed(parts: tuple[int, int | None, int | None], today: date) -> str | None:
    year, month, day = parts
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not date(EARLIEST, 1, 1) <= first <= today + SOON:
        return None
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def _read_stamp(words: str) -> tuple[int, int, int] | None:
    """Return the day of a count of seconds or milliseconds since 1970, as programs keep time."""
    seconds = (
        int(words) if _SECONDS.fullmatch(words) else int(words) // 1000 if _MILLISECONDS.fullmatch(words) else None
    )
    if seconds is None:
        return None
    day = datetime.fromtimestamp(seconds, UTC)
    return day.year, day.month, day.day


def _read_digits(words: str) -> tuple[int, int | None, int | None] | None:
    if re.fullmatch(r"\d{4}", words):
        return int(words), None, None
    for form in (_ISO, _EAST_ASIAN):
        found = form.match(words)
        if found:
            year, month, day = (int(part) if part else None for part in found.groups())
            return (year or 0, month, day)
    compact = _COMPACT.fullmatch(words)
    if compact:
        return int(compact[1]), int(compact[2]), int(compact[3])
    found = _DAY_FIRST.search(words)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or first > 12 or first == second:
        return year, second, first
    return (year, first, second) if second > 12 else (year, None, None)


def _read_words(words: str) -> tuple[int, int | None, int | None] | None:
    """Return a date whose month is named in one of many languages: 2 Jan 2024, January 2, 2024, 2 בינואר 2024."""
    months = [month for word in _WORD.findall(_fold(words)) if (month := _month_of(word))]
    numbers = _NUMBER.findall(_CLOCK.sub(" ", words))
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(set(months)) != 1 or len(years) != 1 or len(days) + 1 != len(numbers) or len(days) > 1:
        return None
    return years[0], months[0], days[0] if days else None


def _month_of(word: str) -> int | None:
    """Return the month that a word names; Hebrew glues one letter to its front."""
    return _months().get(word) or (_months().get(word[1:]) if word[0] in "בלמהו" else None)
