"""The desk's two languages: its words, and how dates, numbers and figures are written in each.

Messages are written in English in the code; ``translations/he`` holds the Hebrew, one catalogue for each room.
The language in force is a context variable, so that a page, a command and a job each speak their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from babel.dates import get_month_names, get_timezone
from babel.messages.pofile import read_po

from claims_app.words import WORDS

DIRECTIONS = {"he": "rtl", "en": "ltr"}

_FOLDER = Path(__file__).resolve().parent / "translations"


@dataclass(frozen=True)
class Catalogue:
    """A language's messages: one form for most, several for those with a count."""

    forms: dict[str, tuple[str, ...]]
    plural: Any


@cache
def catalogue(code: str) -> Catalogue:
    """Return the messages of a language; English needs none."""
    forms: dict[str, tuple[str, ...]] = {}
    for path in sorted((_FOLDER / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if message.id and message.string and not message.fuzzy:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                    if all(texts):
                        forms[key] = texts
    return Catalogue(forms, c2py("n != 1") if code == "en" else c2py("n == 1 ? 0 : n == 2 ? 1 : 2"))


_current: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """Return the code of the language in force."""
    return _current.get()


def direction() -> str:
    """Return ``rtl`` or ``ltr`` for the language in force."""
    return DIRECTIONS[language()]


def use_language(code: str) -> None:
    """Put a language in force for the rest of this context."""
    _current.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Put a language in force for a block."""
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str, **values: object) -> str:
    """Return ``message`` in the language in force, its ``%(name)s`` places filled."""
    text = catalogue(language()).forms.get(message, (message,))[0]
    return text % values if values else text


def translated(messages: Iterable[str]) -> list[str]:
    """Return messages that were kept as ``lazy(…).message`` in the language in force."""
    return [gettext(message) for message in messages]


def told(message: str, values: Mapping[str, object]) -> str:
    """Return a message that was kept with what fills its places in the language in force."""
    return gettext(message, **values)


def plural(one: str, many: str, number: int) -> str:
    """Return the form that fits ``number``, its places not filled yet."""
    words = catalogue(language())
    forms = words.forms.get(one, (one, many))
    text: str = forms[min(words.plural(number), len(forms) - 1)]
    return text


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Return the form that fits ``number``, which also fills ``%(num)s``."""
    return plural(one, many, number) % {"num": number, **values}


class LazyText:
    """A message that is translated when it is shown; for labels of forms, made before any page."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __mod__(self, values: object) -> str:
        return str(self) % values


def lazy(message: str) -> Any:
    """Return ``message`` as text that follows the language in force."""
    return LazyText(message)


def word(family: str, value: object) -> str:
    """Return what people read for a stored word; one that is not known is shown as it is."""
    known = WORDS[family].get(str(value))
    return gettext(known) if known is not None else str(value)


CONFIDENTIAL_TITLE = re.compile(r"Confidential source ([1-9][0-9]*)")
"""What stands in the records as the title of a confidential source, and of no other."""


def source_name(title: str) -> str:
    """Return a source's title as people read it; that of a confidential one is the desk's own and is translated."""
    found = CONFIDENTIAL_TITLE.fullmatch(title)
    return gettext("Confidential source %(number)s", number=found[1]) if found else title


def stored_name(words: str) -> str:
    """Return words that are looked for in titles as the records have them: ``source_name`` the other way."""
    named = gettext("Confidential source %(number)s", number="").strip()
    return words.replace(named, "Confidential source")


def number(value: float) -> str:
    """Return a number as both languages write it, to nine places at most."""
    # By way of its shortest text, so that 0.1 is 0.1, and a number of any size has all its digits.
    text = f"{Decimal(str(round(value, 9))):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_MAGNITUDES = (
    (1_000_000_000, lazy("1 billion"), lazy("%(number)s billion")),
    (1_000_000, lazy("1 million"), lazy("%(number)s million")),
)


def amount(value: float) -> str:
    """Return a number with its magnitude in words where that loses nothing: 1.58 million."""
    for size, single, phrase in _MAGNITUDES:
        if value == size:
            return str(single)
        if abs(value) >= size and round(value / size, 3) * size == value:
            return str(phrase % {"number": number(value / size)})
    return number(value)


def figure_words(figure: Any) -> str:
    """Return a figure as people say it: about 40 percent, 4 to 8 hours."""
    value = amount(figure.low)
    if figure.high != figure.low:
        value = gettext("%(low)s to %(high)s", low=value, high=amount(figure.high))
    if figure.is_about:
        # Hebrew puts a hyphen between "about" and a number in figures, and none before a word.
        is_word = value[0].isalpha()
        value = gettext("about %(words)s", words=value) if is_word else gettext("about %(value)s", value=value)
    if figure.unit == "rank":
        return gettext("place %(number)s", number=value)
    return f"{value} {word('unit', figure.unit)}" if figure.unit else value


# A page has dozens of dates: Babel is asked once for what it knows, not once for each of them. And at the start, as it
# keeps the names that languages share where the first one that is asked for leaves its own.
_MONTHS = dict(get_month_names("abbreviated", locale="en"))
_WHOLE_MONTHS = {code: dict(get_month_names("wide", "stand-alone", locale=code)) for code in DIRECTIONS}
_timezone = cache(get_timezone)


def day(value: date | str | None) -> str:
    """Return a day, or a date known only to the month, half-year or year, as people write it."""
    if value is None:
        return ""
    if isinstance(value, date):
        month = f".{value.month}." if language() == "he" else f" {_MONTHS[value.month]} "
        return f"{value.day}{month}{value.year}"
    if len(value) == 10:
        return day(date.fromisoformat(value))
    if len(value) == 7 and value[5] == "H":
        year, is_first = value[:4], value[6] == "1"
        return (
            gettext("first half of %(year)s", year=year) if is_first else gettext("second half of %(year)s", year=year)
        )
    if len(value) == 7 and value[5] == "Q":
        return gettext("quarter %(quarter)s of %(year)s", quarter=value[6], year=value[:4])
    if len(value) == 7:
        first = date.fromisoformat(f"{value}-01")
        return f"{_WHOLE_MONTHS[language()][first.month]} {first.year}"
    return value


def moment(value: datetime | None, zone: str) -> str:
    """Return a moment as the clock on the wall of ``zone`` shows it."""
    if value is None:
        return ""
    here = value.astimezone(_timezone(zone))
    return f"{day(here)}, {here.hour}:{here.minute:02}"


def in_language(record: object, name: str, code: str | None = None) -> tuple[str, str]:
    """Return a bilingual field in the language in force, or in the other where it is missing, with its code."""
    first = code or language()
    for candidate in (first, *(other for other in DIRECTIONS if other != first)):
        text = getattr(record, f"{name}_{candidate}")
        if text:
            return text, candidate
    return "", first
