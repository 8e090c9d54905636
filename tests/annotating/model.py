"""The rules of the Web Annotation Data Model (W3C Recommendation, 23 February 2017), as a check of what is written."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MOTIVATIONS = {
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying"),
    *("linking", "moderating", "questioning", "replying", "tagging"),
}
RESOURCES = {"Dataset", "Image", "Video", "Sound", "Text"}
SELECTORS = {
    *("FragmentSelector", "CssSelector", "XPathSelector", "TextQuoteSelector", "TextPositionSelector"),
    *("DataPositionSelector", "SvgSelector", "RangeSelector"),
}


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def faults(told: Mapping[str, Any]) -> list[str]:
    """Return what in a document of annotations is not as the model asks."""
    found = [] if CONTEXT in many(told.get("@context")) else ["the @context is not that of annotations"]
    kind = told.get("type")
    if kind == "AnnotationCollection":
        return [*found, *_collection(told)]
    if kind == "AnnotationPage":
        return [*found, *_page(told)]
    return [*found, *_annotation(told)]


def _iri(value: Any) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme) and not any(mark.isspace() for mark in value)


def _collection(told: Mapping[str, Any]) -> Iterator[str]:
    if not _iri(told.get("id")):
        yield "a collection has exactly one id"
    total, first = told.get("total"), told.get("first")
    if type(total) is not int or total < 0:
        yield "total is a number from 0"
    elif (total > 0) != ("first" in told):
        yield "a collection with annotations has a first page, and another has none"
    if isinstance(first, Mapping):
        yield from _page(first)
        if first.get("id") == told.get("last") and len(first.get("items", [])) != total:
            yield "total is not how many there are"


def _page(told: Mapping[str, Any]) -> Iterator[str]:
    if not _iri(told.get("id")):
        yield "a page has exactly one id"
    items = told.get("items")
    if not isinstance(items, list) or not items:
        yield "a page has a list of annotations"
        return
    if type(told.get("startIndex", 0)) is not int:
        yield "startIndex is a number"
    for one in items:
        yield from _annotation(one)


def _annotation(told: Mapping[str, Any]) -> Iterator[str]:
    if not _iri(told.get("id")):
        yield "an annotation has exactly one id, an IRI"
    if "Annotation" not in many(told.get("type")):
        yield "an annotation says that it is one"
    if not many(told.get("target")) or told.get("target") is None:
        yield "an annotation has a target"
    if "body" in told and "bodyValue" in told:
        yield "body and bodyValue do not stand together"
    yield from (f"{one} is no motivation" for one in many(told.get("motivation", [])) if one not in MOTIVATIONS)
    moments = {name: told[name] for name in ("created", "modified", "generated") if name in told}
    yield from (f"{name} is not in UTC" for name, value in moments.items() if not str(value).endswith("Z"))
    if {"created", "modified"} <= moments.keys():
        created, modified = (datetime.fromisoformat(moments[name]) for name in ("created", "modified"))
        if modified < created:
            yield "modified is before created"
    for body in many(told.get("body", [])):
        yield from _body(body)
    for target in many(told.get("target")):
        yield from _target(target)


def _body(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        if not _iri(told):
            yield "a body that is text stands in bodyValue"
        return
    if told.get("type") == "TextualBody":
        if not isinstance(told.get("value"), str):
            yield "a textual body has exactly one value"
        if not isinstance(told.get("format", ""), str):
            yield "a textual body has one format at most"
        if told.get("textDirection", "auto") not in {"ltr", "rtl", "auto"}:
            yield "a direction is ltr, rtl or auto"
    if told.get("purpose", "describing") not in MOTIVATIONS:
        yield "a purpose is one of the motivations"
    if "id" in told and not _iri(told["id"]):
        yield "the id of a body is an IRI"


def _target(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        if not _iri(told):
            yield "a target is an IRI"
        return
    if "items" in told:
        for one in told["items"]:
            yield from _target(one)
        return
    if "source" not in told:
        if not _iri(told.get("id")):
            yield "an external target has an IRI"
        return
    yield from _specific(told)


def _specific(told: Mapping[str, Any]) -> Iterator[str]:
    source = told["source"]
    if not _iri(source if isinstance(source, str) else source.get("id")):
        yield "a specific resource has exactly one source"
    if isinstance(source, Mapping) and not set(many(source.get("type", []))) <= RESOURCES:
        yield "the source is of an unknown kind"
    for one in many(told.get("selector", [])):
        yield from _selector(one)
    for state in many(told.get("state", [])):
        if not {"sourceDate", "cached"} & state.keys() and state.get("type") == "TimeState":
            yield "a time state has a date or a copy"


def _selector(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        return
    kind = told.get("type")
    if kind not in SELECTORS:
        yield f"{kind} is no selector"
    if kind == "TextQuoteSelector":
        if not isinstance(told.get("exact"), str):
            yield "a quote has exactly one exact"
        if any(name in told and not isinstance(told[name], str) for name in ("prefix", "suffix")):
            yield "a quote has one prefix and one suffix at most"
    if kind == "TextPositionSelector":
        start, end = told.get("start"), told.get("end")
        if type(start) is not int or type(end) is not int or not 0 <= start <= end:
            yield "a position has one start and one end, from 0"
