"""Reading annotations as tools write them: the W3C's model in all its shapes, and the export of Hypothesis.

Nothing is fetched. What is not understood is said, with the number of the annotation that it belongs to.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from claims_app.annotating.bodies import read_bodies
from claims_app.annotating.form import Annotation, Reading, Remark
from claims_app.annotating.shapes import as_list, short, text_of, types_of
from claims_app.annotating.targets import read_targets
from claims_app.errors import DomainError
from claims_app.plain_json import read_json

MOST_BYTES = 16_000_000
MOST_ANNOTATIONS = 5_000
MOST_DEPTH = 40

_LONGEST_KEY = 300


def read_annotations(data: bytes) -> Reading:
    """Return the annotations in a file: one, a list, a page, a collection, or what Hypothesis exports.

    Raises ``DomainError`` for what is no JSON, is too large, or has no annotation in it.
    """
    if len(data) > MOST_BYTES:
        raise DomainError(
            "The file is larger than %(size)s MB; bring in the annotations of this article only.",
            size=MOST_BYTES // 1_000_000,
        )
    notes: list[Remark] = []
    annotations = []
    for number, told in enumerate(_list_told(read_json(data, most_depth=MOST_DEPTH), notes), start=1):
        if number > MOST_ANNOTATIONS:
            raise DomainError(
                "There are more than %(number)s annotations in the file; bring in those of this article only.",
                number=MOST_ANNOTATIONS,
            )
        annotations.append(_read_annotation(number, told))
    if not annotations and not notes:
        raise DomainError("There is no annotation in the file.")
    return Reading(annotations, notes)


def _list_told(found: Any, notes: list[Remark]) -> Iterator[Mapping[str, Any]]:
    """Yield the records of the annotations, in order, whatever they are wrapped in."""
    if isinstance(found, list):
        for one in found:
            yield from _list_told(one, notes)
    elif not isinstance(found, dict):
        notes.append(Remark("%(what)s is not an annotation.", what=short(found)))
    elif (wrapped := _wrapped(found)) is not None:
        for one in wrapped:
            if isinstance(one, str):
                notes.append(Remark("More annotations are at %(address)s; nothing is fetched.", address=short(one)))
            else:
                yield from _list_told(one, notes)
    elif "Annotation" in types_of(found) or "target" in found:
        yield found
    else:
        kind = ", ".join(sorted(types_of(found))) or short(found)
        notes.append(Remark("%(what)s is not an annotation.", what=short(kind)))


def _wrapped(found: Mapping[str, Any]) -> list[Any] | None:
    """Return what a collection, a page or an export holds, with the address of its rest; None for another record."""
    types = types_of(found)
    if "AnnotationCollection" in types:
        return as_list(found.get("first") or found.get("items"))
    if "AnnotationPage" in types:
        return [*as_list(found.get("items")), *as_list(found.get("next"))]
    for name in ("annotations", "rows", "@graph"):
        if isinstance(found.get(name), list) and "target" not in found:
            return list(found[name])
    return None


def _read_annotation(number: int, told: Mapping[str, Any]) -> Annotation:
    notes: list[Remark] = []
    bodies = read_bodies(told, notes)
    targets = [] if told.get("references") else read_targets(told.get("target"))
    if told.get("references"):
        notes.append(Remark("It is an answer to another annotation; those are not brought in."))
    elif not targets:
        notes.append(Remark("It does not say what it is about."))
    return Annotation(number, _key_of(told), tuple(bodies), tuple(targets), tuple(notes))


def _key_of(told: Mapping[str, Any]) -> str:
    own = text_of(told.get("id", told.get("@id")))
    if own is not None and len(own) <= _LONGEST_KEY:
        return own
    content = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
