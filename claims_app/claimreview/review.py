"""What one ClaimReview says, understood: who reviewed which claim of whom, when, where and how it was rated."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from claims_app.claimreview.vocabulary import CLAIM, is_a, is_organization, values
from claims_app.claimreview.when import read_when
from claims_app.errors import DomainError
from claims_app.language import lazy
from claims_app.reading import clean, read_address

MOST_CLAIM, MOST_LINE = 5000, 1000
"""Longest claim and longest other text that is understood, in characters."""
MOST_RAW = 200_000
"""Largest object that is kept, in characters of JSON."""
MOST_DEPTH = 50
"""How deep lists and objects may lie in each other in it."""
MOST_OF_ONE = 50
"""So many claims of one review, and appearances of one claim, are taken."""

_TAG = re.compile(
    r"</?(?:p|br|b|i|em|strong|span|div|a|u|font|blockquote|h[1-6]|ul|ol|li|sup|sub)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)

NO_CLAIM = lazy("It does not say which claim it reviews.")
LONG_CLAIM = lazy("Its claim is longer than %(most)s characters.")
LARGE = lazy("It is larger than %(most)s characters.")
TANGLED = lazy("Its lists and objects lie too deep in each other.")
MANY_CLAIMS = lazy("It reviews more than %(most)s claims; the first of them are taken.")
NAMED_CLAIM = lazy("The claim’s words are those of the item that was reviewed.")
NO_RATING = lazy("It has no rating.")
INVERTED = lazy("Its scale is inverted: the best is %(best)s and the worst %(worst)s.")
OUTSIDE = lazy("Its rating %(value)s is outside its scale, %(worst)s to %(best)s.")
NO_SCALE = lazy("The two ends of its scale are the same: %(best)s.")
BAD_DATE = lazy("“%(text)s” is no date that can be believed; left empty.")
YEAR_ONLY = lazy("“%(text)s” can be read in two ways; only the year is kept.")
BAD_ADDRESS = lazy("“%(text)s” is no web address; left empty.")
CUT = lazy("“%(text)s…” is too long; cut.")


@dataclass(frozen=True)
class Note:
    """Something to be said about what was read: a message, and what fills its places."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True)
class Review:
    """A published review of one claim; None: it does not say."""

    claim: str
    claimant: str | None = None
    claimed_on: str | None = None
    appearances: tuple[str, ...] = ()
    publisher: str | None = None
    #: The host of the page, without ``www.``.
    site: str | None = None
    address: str | None = None
    title: str | None = None
    reviewed_on: str | None = None
    #: The rating in the publisher's words, and its number with the scale, each as it stands there.
    rating: str | None = None
    rating_value: str | None = None
    rating_best: str | None = None
    rating_worst: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Understood:
    """What an object says: its reviews, or why it says none; and what was odd about it."""

    reviews: tuple[Review, ...]
    problem: Note | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Surroundings:
    """What the page around an object says, for what the object leaves out."""

    address: str | None = None
    title: str | None = None
    language: str | None = None
    #: Objects of the same page by their ``@id``.
    named: Mapping[str, Any] = field(default_factory=dict)


def understand(node: Mapping[str, Any], around: Surroundings, *, today: date) -> Understood:
    """Return what an object of the type ClaimReview says."""
    return _Reader(around, today).read(node)


def find_excess(node: Mapping[str, Any]) -> Note | None:
    """Return why an object cannot be kept: it is too large or too deep. None: it can."""
    waiting: list[tuple[Any, int]] = [(node, 0)]
    seen = 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if depth > MOST_DEPTH:
            return Note(TANGLED.message)
        if seen > MOST_RAW:  # items of a page may refer to each other in circles, and grow with each round
            return Note(LARGE.message, {"most": MOST_RAW})
        members = one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        waiting += [(member, depth + 1) for member in members]
    is_large = len(json.dumps(node)) > MOST_RAW
    return Note(LARGE.message, {"most": MOST_RAW}) if is_large else None


class _Reader:
    """Reads one object and gathers what is odd about it."""

    def __init__(self, around: Surroundings, today: date) -> None:
        self._around, self._today = around, today
        self._notes: list[Note] = []

    def _note(self, message: Any, **filled: Any) -> None:
        note = Note(message.message, filled)
        if note not in self._notes:
            self._notes.append(note)

    def read(self, node: Mapping[str, Any]) -> Understood:
        items = self._resolved(values(node, "itemReviewed"))
        claims = self._claims(node, items)
        if not claims:
            return Understood((), Note(NO_CLAIM.message), tuple(self._notes))
        if len(max(claims, key=len)) > MOST_CLAIM:
            return Understood((), Note(LONG_CLAIM.message, {"most": MOST_CLAIM}), tuple(self._notes))
        if len(claims) > MOST_OF_ONE:
            self._note(MANY_CLAIMS, most=MOST_OF_ONE)
        address = self._page(node)
        site = _site(address)
        common: dict[str, Any] = {
            "claimant": self._names(value for item in items for value in values(item, "author", "creator")),
            "claimed_on": self._when(value for item in items for value in values(item, "datePublished", "dateCreated")),
            "appearances": self._appearances(items),
            "publisher": self._publisher(node) or site,
            "site": site,
            "address": address,
            "title": self._line(values(node, "name", "headline")) or self._around.title,
            "reviewed_on": self._when(values(node, "datePublished", "dateCreated", "dateModified")),
            **self._rating(values(node, "reviewRating", "rating")),
            "language": self._language(node),
        }
        reviews = tuple(Review(claim=claim, **common) for claim in claims[:MOST_OF_ONE])
        return Understood(reviews, None, tuple(self._notes))

    # What is reviewed

    def _claims(self, node: Mapping[str, Any], items: list[Any]) -> list[str]:
        found = [text for value in values(node, "claimReviewed") if (text := plain(value))]
        if not found:
            named = [value for item in items for value in values(item, "claimReviewed", "text", "description")]
            named = named or [
                value for item in items if is_a(item, CLAIM) for value in values(item, "name", "headline")
            ]
            named = named or [item for item in items if isinstance(item, str) and not _is_address(item)]
            found = [text for value in named if (text := plain(value))]
            if found:
                self._note(NAMED_CLAIM)
        return list(dict.fromkeys(found))

    def _appearances(self, items: list[Any]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in items:
            places = [*values(item, "firstAppearance"), *values(item, "appearance"), *values(item, "url")]
            for place in self._resolved(places):
                given = [place] if isinstance(place, str) else values(place, "url", "@id", "contentUrl")
                found.update(dict.fromkeys(address for one in given if (address := self._address(one))))
        return tuple(found)[:MOST_OF_ONE]

    # Who reviewed it, and where

    def _publisher(self, node: Mapping[str, Any]) -> str | None:
        authors = self._resolved(values(node, "author"))
        behind = self._resolved(values(node, "publisher"))
        for people in ([one for one in authors if is_organization(one)], behind, authors, values(node, "creator")):
            name = self._names(people[:1])
            if name:
                return name
        return None

    def _page(self, node: Mapping[str, Any]) -> str | None:
        for value in [*values(node, "url"), *values(node, "mainEntityOfPage"), *values(node, "@id")]:
            for given in [value] if isinstance(value, str) else values(value, "url", "@id"):
                if address := self._address(given, is_quiet=not values(node, "url")):
                    return address
        return self._around.address

    def _language(self, node: Mapping[str, Any]) -> str | None:
        for value in values(node, "inLanguage", "languageCode"):
            for code in [value] if isinstance(value, str) else values(value, "alternateName", "name"):
                if read := read_language(code):
                    return read
        return self._around.language

    # How it was rated

    def _rating(self, ratings: list[Any]) -> dict[str, str | None]:
        for rating in self._resolved(ratings):
            if not isinstance(rating, Mapping):
                said = self._line([rating])
                return {"rating_value" if said and _NUMBER.fullmatch(said) else "rating": said}
            words = self._line(values(rating, "alternateName", "name"))
            value, best, worst = (
                self._line(values(rating, name)) for name in ("ratingValue", "bestRating", "worstRating")
            )
            if value and not words and not _NUMBER.fullmatch(value):
                words, value = value, None
            words = words or self._line(values(rating, "ratingExplanation", "description"))
            if words or value:
                self._check_scale(value, best, worst)
                return {"rating": words, "rating_value": value, "rating_best": best, "rating_worst": worst}
        self._note(NO_RATING)
        return {}

    def _check_scale(self, value: str | None, best: str | None, worst: str | None) -> None:
        number, top, bottom = (_number(text) for text in (value, best, worst))
        if top is None or bottom is None:
            return
        if top == bottom:
            self._note(NO_SCALE, best=best)
        elif top < bottom:
            self._note(INVERTED, best=best, worst=worst)
        if number is not None and not min(top, bottom) <= number <= max(top, bottom):
            self._note(OUTSIDE, value=value, best=best, worst=worst)

    # Values

    def _resolved(self, found: Iterable[Any]) -> list[Any]:
        """Return objects in place of those that only name one of the same page."""
        return [
            self._around.named.get(str(one["@id"]), one) if isinstance(one, Mapping) and set(one) == {"@id"} else one
            for one in found
        ]

    def _line(self, found: Iterable[Any]) -> str | None:
        for value in found:
            if text := plain(value):
                if len(text) > MOST_LINE:
                    self._note(CUT, text=text[:60])
                return text[:MOST_LINE]
        return None

    def _names(self, found: Iterable[Any]) -> str | None:
        """Return the names of people and organizations; one that has only an address goes by its host."""
        names: dict[str, None] = {}
        for one in self._resolved(found):
            given = one if isinstance(one, str) else next(iter(values(one, "name", "legalName", "alternateName")), None)
            text = plain(given)
            if text is None and isinstance(one, Mapping):
                text = plain(next(iter(values(one, "url", "sameAs", "@id")), None))
            if text and _is_address(text):
                text = _site(text)
            if text:
                names[text] = None
        return self._line([", ".join(names)]) if names else None

    def _when(self, found: Iterable[Any]) -> str | None:
        for value in found:
            text = plain(value)
            if text is None:
                continue
            read = read_when(text, today=self._today)
            if read is None:
                self._note(BAD_DATE, text=text[:60])
            elif len(read) == 4 and len(re.findall(r"\d+", text)) > 1:
                self._note(YEAR_ONLY, text=text[:60])
            return read
        return None

    def _address(self, value: Any, *, is_quiet: bool = False) -> str | None:
        text = plain(value)
        if text is None:
            return None
        address = as_address(text, base=self._around.address)
        if address is None and not is_quiet:
            self._note(BAD_ADDRESS, text=text[:60])
        return address


def plain(value: Any) -> str | None:
    """Return a value as one line of text, without entities and without the tags of formatting; None: it has none."""
    if isinstance(value, Mapping):
        value = next(iter(values(value, "@value", "name", "text", "headline")), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    for _round in range(2):  # escaped once for JSON in a page, and often once more before that
        text = html.unescape(text)
    return clean(" ".join(_TAG.sub(" ", text).split()))


def as_address(text: str, *, base: str | None = None) -> str | None:
    """Return a web address, one that is relative to ``base`` as a whole one; anything else than the web is None."""
    try:
        if text.startswith("//"):
            text = f"https:{text}"
        elif base and not urlsplit(text).scheme and text.startswith(("/", "?", "./", "../")):
            text = urljoin(base, text)
        return read_address(text)
    except (DomainError, ValueError):
        return None


def read_language(code: str) -> str | None:
    """Return a code of a language in small letters, such as ``he`` or ``pt-br``; None for what is none."""
    code = code.strip()
    return code.replace("_", "-").lower() if _LANGUAGE.fullmatch(code) and len(code) <= 20 else None


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "//"))


def _site(address: str | None) -> str | None:
    if address is None:
        return None
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") or None


def _number(text: str | None) -> float | None:
    return float(text.replace(",", ".")) if text and _NUMBER.fullmatch(text) else None
