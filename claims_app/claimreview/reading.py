"""A file to the ClaimReviews in it: a saved page, a feed, an answer of the Fact Check Tools, or plain JSON."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from claims_app.claimreview.finding import Form, Found, count_empty, find_reviews, name_objects
from claims_app.claimreview.lenient import NotJson, TooDeep, read_json
from claims_app.claimreview.page import DOUBLED, read_page
from claims_app.claimreview.review import Note, Review, Surroundings, find_excess, understand
from claims_app.errors import DomainError
from claims_app.intake.encodings import decode
from claims_app.language import lazy

MOST_BYTES = 64_000_000
"""Largest file that is read, in bytes; a feed may well have a hundred thousand reviews."""
MOST_PAGE = 16_000_000
"""Largest page, in characters."""
SUFFIXES = (".html", ".htm", ".xhtml", ".json", ".jsonld", ".jsonl", ".ndjson")
"""How the files are called that are looked for in a folder."""

EMPTY_ELEMENTS = lazy("Elements of the feed without an item: %(number)s.")
_OTHER_KINDS = {
    b"PK\x03\x04": "ZIP", b"PK\x05\x06": "ZIP", b"\x1f\x8b": "GZIP", b"%PDF": "PDF", b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"7z\xbc\xaf": "7z", b"Rar!": "RAR",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One object of a file that is a ClaimReview, and what was understood of it."""

    form: Form
    #: As it was read. Empty, as the digest: it was too much to be kept.
    raw: Mapping[str, Any]
    #: The SHA-256 of the object, however its properties were ordered and spaced.
    digest: str
    #: Empty: it was not understood, and ``problem`` says why.
    reviews: tuple[Review, ...]
    problem: Note | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Reading:
    """What a file holds, each object once, and what is to be said about the file as a whole."""

    items: tuple[Item, ...]
    notes: tuple[Note, ...] = ()


def read_reviews(data: bytes, *, today: date) -> Reading:
    """Return the ClaimReviews of a file; what cannot be read at all raises ``DomainError`` with what to do instead.

    ``today`` is the day beyond which no date is believed.
    """
    if len(data) > MOST_BYTES:
        raise DomainError("The file is larger than %(size)s MB; split it.", size=MOST_BYTES // 1_000_000)
    for mark, kind in _OTHER_KINDS.items():
        if data.startswith(mark):
            raise DomainError("This is a %(kind)s file. Bring in saved pages (HTML) or JSON.", kind=kind)
    text = _text_of(data)
    start = text[:2000].lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise DomainError("The file is empty.")
    return _read_data(text, today) if start in "{[" else _read_markup(text, today)


def _text_of(data: bytes) -> str:
    try:
        return decode(data, is_markup=data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<")
    except DomainError:
        raise DomainError("This is no text: the file is neither a saved page nor JSON, or it is damaged.") from None


def _read_markup(text: str, today: date) -> Reading:
    if len(text) > MOST_PAGE:
        raise DomainError("The page is larger than %(size)s million characters.", size=MOST_PAGE // 1_000_000)
    if "<" not in text:
        raise DomainError("The file is neither a saved page nor JSON.")
    page = read_page(text)
    return Reading(tuple(_items(page.found, page.around, today)), page.notes)


def _read_data(text: str, today: date) -> Reading:
    try:
        read = read_json(text)
    except TooDeep:
        raise DomainError("The lists and objects of this JSON lie too deep in each other.") from None
    except NotJson as fault:
        raise DomainError(
            "This JSON breaks off or goes wrong in line %(line)s; nothing of it was taken.", line=fault.line
        ) from None
    found = [one for document in read.documents for one in find_reviews(document)]
    notes = [Note(DOUBLED.message, {"name": name[:60]}) for name in read.doubled[:3]]
    empty = sum(count_empty(document) for document in read.documents)
    notes += [Note(EMPTY_ELEMENTS.message, {"number": empty})] if empty else []
    named = name_objects(read.documents)
    return Reading(tuple(_items(found, Surroundings(named=named), today)), tuple(notes))


def _items(found: Iterable[Found], around: Surroundings, today: date) -> Iterator[Item]:
    """Yield what was understood of each object; the same object twice is one."""
    seen: set[str] = set()
    for one in found:
        excess = find_excess(one.raw)
        if excess is not None:
            yield Item(one.form, {}, "", (), excess, ())
            continue
        understood = understand(one.node, around, today=today)
        digest = digest_of(one.raw)
        if digest not in seen:
            seen.add(digest)
            yield Item(one.form, one.raw, digest, understood.reviews, understood.problem, understood.notes)


def digest_of(raw: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an object, whatever the order of its properties."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
