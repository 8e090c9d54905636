"""What an annotation says: its texts and tags, read out of every shape in which the model lets them stand."""

import html
from collections.abc import Iterator, Mapping
from typing import Any

import nh3

from claims_app.annotating.form import Body, Remark
from claims_app.annotating.shapes import GROUPS, as_list, name_of, short, text_of, types_of
from claims_app.reading import clean

LONGEST = 20_000
"""Characters of the longest text that is brought in."""

_MARKUP = {"text/html", "application/xhtml+xml"}


def read_bodies(told: Mapping[str, Any], notes: list[Remark]) -> list[Body]:
    """Return the words of an annotation; what is not read is told in ``notes``."""
    purpose = _purpose(told.get("motivation"))
    bodies: list[Body] = []
    for words in (*as_list(told.get("bodyValue")), *filter(None, as_list(told.get("text")))):
        bodies += _text({"value": words}, purpose, notes)
    for one in as_list(told.get("body")):
        bodies += _read(one, purpose, notes)
    return [*bodies, *(Body(words, "tagging") for tag in as_list(told.get("tags")) if (words := _words(tag)))]


def _words(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) else None


def _purpose(value: Any) -> str | None:
    text = text_of(value)
    return text.rpartition(":")[2].rpartition("/")[2].rpartition("#")[2] if text else None


def _read(value: Any, purpose: str | None, notes: list[Remark]) -> Iterator[Body]:
    if isinstance(value, str):
        notes.append(Remark("Its body is at %(address)s; nothing is fetched.", address=short(value)))
    elif not isinstance(value, dict):
        notes.append(Remark("Its body cannot be read: %(what)s", what=short(value)))
    elif "Choice" in types_of(value):
        yield from _first(as_list(value.get("items")), purpose, notes)
    elif types_of(value) & GROUPS:
        for one in as_list(value.get("items")):
            yield from _read(one, purpose, notes)
    elif isinstance(value.get("value", value.get("chars")), str):
        yield from _text(value, purpose, notes)
    elif "source" in value:
        yield from _read(value["source"], _purpose(value.get("purpose")) or purpose, notes)
    elif name_of(value) is not None:
        notes.append(Remark("Its body is at %(address)s; nothing is fetched.", address=short(name_of(value))))
    else:
        notes.append(Remark("Its body cannot be read: %(what)s", what=short(value)))


def _first(items: list[Any], purpose: str | None, notes: list[Remark]) -> Iterator[Body]:
    """Yield the first of several forms of one body that can be read."""
    missed: list[Remark] = []
    for one in items:
        found = list(_read(one, purpose, missed))
        if found:
            yield from found
            return
    notes += missed


def _text(told: Mapping[str, Any], purpose: str | None, notes: list[Remark]) -> Iterator[Body]:
    value = told.get("value", told.get("chars"))
    if text_of(told.get("format")) in _MARKUP and isinstance(value, str):
        value = html.unescape(nh3.clean(value, tags=set()))
    words = _words(value)
    if words is None:
        notes.append(Remark("Its body has no words."))
    elif len(words) > LONGEST:
        notes.append(Remark("Its text is longer than %(most)s characters and is left out.", most=LONGEST))
    else:
        language = text_of(told.get("language"))
        yield Body(
            words,
            _purpose(told.get("purpose")) or purpose,
            language.lower().split("-")[0] if language else None,
            name_of(told),
        )
