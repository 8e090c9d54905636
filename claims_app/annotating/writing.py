"""The marks of a text as a collection of annotations, JSON-LD by the Web Annotation Data Model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claims_app.annotating.form import CONTEXT, name_text
from claims_app.prose.quotes import Selector

_DIRECTIONS = {"he": "rtl", "en": "ltr"}


@dataclass(frozen=True)
class MarkedText:
    """A version of an article: ``id`` names the collection, ``source`` the article, at its address where it has one."""

    id: str
    source: str
    title: str
    language: str
    #: None: the desk does not have its words.
    sha256: str | None
    created: datetime


@dataclass(frozen=True)
class Mark:
    """Words of the text, and the claim that they state in the languages in which it is written."""

    id: str
    claim: str
    statements: Mapping[str, str]
    status: str
    selector: Selector
    created: datetime
    modified: datetime


def write_collection(text: MarkedText, marks: Sequence[Mark], *, software: str) -> bytes:
    """Return the marks as one annotation collection; the same facts give the same bytes."""
    collection: dict[str, Any] = {
        "@context": CONTEXT,
        "id": text.id,
        "type": "AnnotationCollection",
        "label": text.title,
        "total": len(marks),
    }
    if marks:  # a page without annotations is none
        page = f"{text.id}#1"
        items = [_annotation(text, mark, software) for mark in marks]
        collection["first"] = {
            "id": page,
            "type": "AnnotationPage",
            "partOf": text.id,
            "startIndex": 0,
            "items": items,
        }
        collection["last"] = page
    return (json.dumps(collection, ensure_ascii=False, indent=2) + "\n").encode()


def _annotation(text: MarkedText, mark: Mark, software: str) -> dict[str, Any]:
    return {
        "id": mark.id,
        "type": "Annotation",
        "motivation": "describing",
        "created": _moment(mark.created),
        "modified": _moment(max(mark.created, mark.modified)),
        "generator": {"type": "Software", "name": software},
        "body": [
            *(_statement(mark.claim, language, words) for language, words in mark.statements.items()),
            {
                "type": "TextualBody",
                "purpose": "classifying",
                "value": mark.status,
                "format": "text/plain",
                "language": "en",
            },
        ],
        "target": _target(text, mark.selector),
    }


def _statement(claim: str, language: str, words: str) -> dict[str, Any]:
    return {
        "id": f"{claim}#{language}",
        "type": "TextualBody",
        "purpose": "describing",
        "value": words,
        "format": "text/plain",
        "language": language,
        "textDirection": _DIRECTIONS[language],
    }


def _target(text: MarkedText, selector: Selector) -> dict[str, Any]:
    state: dict[str, Any] = {"type": "TimeState", "sourceDate": _moment(text.created)}
    if text.sha256 is not None:
        state["cached"] = name_text(text.sha256)
    return {
        "type": "SpecificResource",
        "source": {
            "id": text.source,
            "type": "Text",
            "language": text.language,
            "textDirection": _DIRECTIONS[text.language],
        },
        "state": state,
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": selector.quote,
                "prefix": selector.prefix,
                "suffix": selector.suffix,
            },
            {
                "type": "TextPositionSelector",
                "start": selector.start,
                "end": selector.start + len(selector.quote),
            },
        ],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
