"""Who publishes: the desk's names, where its public pages are, and the scale by which it rates."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from claims_app.config import Settings, SettingsError
from claims_app.verdicts.model import Finding

MOST_BYTES = 64 * 1024
"""Largest file of a scale; one with a sentence for every finding is a hundredth of it."""
MOST_WORDS = 100
"""Longest words of a rating, in characters."""
LANGUAGES = ("he", "en")


@dataclass(frozen=True)
class Rating:
    """What a finding is called in public, and its number on the scale. None: it has no place there."""

    he: str
    en: str
    number: float | None = None

    def words(self, code: str) -> str:
        """Return what it is called in a language."""
        return self.he if code == "he" else self.en


@dataclass(frozen=True)
class Scale:
    """The ratings of the findings that are published; a finding without one is not."""

    worst: float
    best: float
    ratings: Mapping[Finding, Rating]

    def all_words(self, code: str) -> list[str]:
        """Return what the ratings are called in a language."""
        return [rating.words(code) for rating in self.ratings.values()]


DEFAULT_SCALE = Scale(
    worst=1,
    best=5,
    ratings={
        Finding.VERIFIED: Rating("נכונה", "Correct", 5),
        Finding.PARTLY: Rating("נכונה חלקית", "Partly correct", 3),
        # Sources that contradict each other dispute a claim too: that is short of the lowest number.
        Finding.DISPUTED: Rating("במחלוקת", "Disputed", 2),
        Finding.UNVERIFIABLE: Rating("לא ניתנת לאימות", "Unverifiable"),
    },
)
"""An opinion is no fact that was checked: it has no rating."""


@dataclass(frozen=True)
class Imprint:
    """Under whose name, at which address and by which scale the desk publishes."""

    address: str
    name_he: str
    name_en: str
    scale: Scale
    #: The language of what has none of its own, such as the list of all checks.
    language: str
    zone: str

    def name(self, code: str) -> str:
        """Return the desk's name in a language, or in the other where it has none."""
        names = (self.name_he, self.name_en)
        return (names[0] or names[1]) if code == "he" else (names[1] or names[0])

    @cached_property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    def page(self, review_id: int, code: str | None = None) -> str:
        """Return the public address of a check, in another language than its own where one is named."""
        return f"{self.address}/checks/{review_id}" + (f"/{code}" if code else "")

    def day(self, moment: datetime) -> date:
        """Return the day of a moment where the desk is."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def read_imprint(settings: Settings) -> Imprint:
    """Return the imprint of the settings; a scale that cannot be used raises ``SettingsError``."""
    return Imprint(
        address=settings.public_address,
        name_he=settings.name_he,
        name_en=settings.name_en,
        scale=read_scale(Path(settings.scale)) if settings.scale else DEFAULT_SCALE,
        language=settings.language,
        zone=settings.timezone,
    )


def read_scale(path: Path) -> Scale:
    """Return the scale that a file of JSON describes; what is wrong in it raises ``SettingsError``."""
    record = _object(_load(path), path, "The file")
    unknown = sorted(record.keys() - {"worst", "best", "ratings"})
    if unknown:
        raise _wrong(path, f"{unknown[0]!r} is not known; known are worst, best and ratings")
    worst, best = (_number(record.get(name), path, f"{name!r}") for name in ("worst", "best"))
    if worst < 1:
        raise _wrong(path, "'worst' has to be 1 or more")
    if best <= worst:
        raise _wrong(path, "'best' has to be greater than 'worst'")
    ratings = {}
    for name, value in _object(record.get("ratings"), path, "'ratings'").items():
        if name not in set(Finding):
            raise _wrong(path, f"{name!r} is not a finding; these are: {', '.join(Finding)}")
        ratings[Finding(name)] = _rating(value, path, f"'ratings', {name!r}", worst, best)
    if not ratings:
        raise _wrong(path, "'ratings' names no finding")
    return Scale(worst, best, ratings)


def _wrong(path: Path, problem: str) -> SettingsError:
    return SettingsError(f"CLAIMS_SCALE, {path}: {problem}.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands there twice")
    return record


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _wrong(path, f"it cannot be read ({error.strerror})") from error
    if len(content) > MOST_BYTES:
        raise _wrong(path, f"it is larger than {MOST_BYTES} bytes")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise _wrong(path, "it is not a text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise _wrong(path, f"it is not JSON (line {error.lineno}: {error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, str(error) if isinstance(error, ValueError) else "it is nested too deep") from error


def _object(value: Any, path: Path, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, f"{place} has to be an object")
    return value


def _number(value: Any, path: Path, place: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or abs(value) > 1e6:
        raise _wrong(path, f"{place} has to be a number")
    return float(value)


def _rating(value: Any, path: Path, place: str, worst: float, best: float) -> Rating:
    record = _object(value, path, place)
    unknown = sorted(record.keys() - {*LANGUAGES, "number"})
    if unknown:
        raise _wrong(path, f"{place}: {unknown[0]!r} is not known; known are he, en and number")
    words = {code: _words(record.get(code), path, f"{place}, {code!r}") for code in LANGUAGES}
    number = record.get("number")
    if number is not None:
        number = _number(number, path, f"{place}, 'number'")
        if not worst <= number <= best:
            raise _wrong(path, f"{place}: the number has to be from {worst:g} to {best:g}")
    return Rating(words["he"], words["en"], number)


def _words(value: Any, path: Path, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > MOST_WORDS:
        raise _wrong(path, f"{place} has to be words, {MOST_WORDS} characters at most")
    return value.strip()
