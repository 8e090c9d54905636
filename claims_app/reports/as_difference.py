"""What changed between two sign-offs as a file: a page in the report's form, a table, or data."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from claims_app.claims.figure import FigureValue
from claims_app.language import day, figure_words, gettext, in_language, speaking, word
from claims_app.reports.as_csv import BOM, Cell, write_rows, yes_or_no
from claims_app.reports.as_html import POLICY, data_address, report_template
from claims_app.reports.difference import Difference, FieldChange, PartChange, TextChange
from claims_app.reports.plain import plain_moment

SCHEMA = "claims-desk/difference/1"
AROUND = 120
"""So many characters of what stayed are shown beside what changed."""

_FAMILIES = {
    "status": "status",
    "finding": "status",
    "kind": "kind",
    "priority": "priority",
    "place": "place",
    "stance": "stance",
    "rank": "rank",
    "second_check": "second_check",
}


def tell_value(field: str, value: Any) -> str:
    """Return a value of a field as people read it, in the language in force."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, FigureValue):
        return figure_words(value) + (f" ({day(value.as_of)})" if value.as_of else "")
    if field in _FAMILIES:
        return word(_FAMILIES[field], value)
    return day(value) if field.endswith("_on") else str(value)


def shorten(changes: tuple[TextChange, ...]) -> list[TextChange]:
    """Return a compared text with long stretches that stayed cut down to what stands around the changes."""
    shown = []
    for place, change in enumerate(changes):
        text = change.before
        if change.kind == "equal" and len(text) > 2 * AROUND:
            first = text[:AROUND] if place else ""
            last = text[-AROUND:] if place < len(changes) - 1 else ""
            text = f"{first}\n[…]\n{last}".strip("\n")
        shown.append(TextChange(change.kind, text, change.after))
    return shown


def _write_html(difference: Difference, zone: str) -> bytes:
    with speaking(difference.language):
        title, _code = in_language(difference, "title")
        page = report_template(zone, "reports/difference.html").render(
            difference=difference,
            title=title,
            text=shorten(difference.text),
            tell_value=tell_value,
            policy=POLICY,
            logo=data_address(difference.letterhead.logo),
        )
    return page.encode("utf-8")


def _write_csv(difference: Difference, _zone: str) -> bytes:
    with speaking(difference.language):
        header = [gettext("Part"), gettext("Number"), gettext("What happened"), gettext("Field"), gettext("Before")]
        rows: list[list[Cell]] = [[*header, gettext("After")], *_rows(difference)]
        return (BOM + write_rows(rows)).encode("utf-8")


def _rows(difference: Difference) -> Iterator[list[Cell]]:
    signed = [f"sha256:{one.digest}" for one in (difference.before, difference.after)]
    yield [gettext("Sign-off"), None, word("audience", difference.audience), gettext("Digest"), *signed]
    for one in difference.article:
        yield [gettext("Article"), None, word("what", "changed"), *_field(one)]
    for change in difference.text:
        if change.kind != "equal":
            before, after = change.before or None, change.after or None
            yield [gettext("Text"), None, word("what", "changed"), gettext("Text"), before, after]
    for claim in difference.claims:
        statement, _code = in_language(claim, "statement")
        yield [gettext("Claim"), claim.number, word("what", claim.what), None, None, statement]
        for one in claim.fields:
            yield [gettext("Claim"), claim.number, word("what", "changed"), *_field(one)]
        for piece in claim.evidence:
            yield from _part(gettext("Evidence"), claim.number, piece)
    for waiver in difference.waivers:
        yield from _part(gettext("Waiver"), None, waiver)
    for query in difference.queries:
        yield from _part(gettext("Query to the author"), None, query)


def _part(name: str, number: int | None, part: PartChange) -> Iterator[list[Cell]]:
    yield [name, number, word("what", part.what), None, part.name, part.says]
    for one in part.fields:
        yield [name, number, word("what", part.what), *_field(one)]


def _field(change: FieldChange) -> list[Cell]:
    values = [tell_value(change.field, value) for value in (change.before, change.after)]
    return [word("field", change.field), *values]


def _write_json(difference: Difference, _zone: str) -> bytes:
    content = {name: value for name, value in _plain(difference).items() if name != "letterhead"}
    return (json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.name != "letterhead"}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return plain_moment(value) if isinstance(value, datetime) else value


DIFFERENCES: dict[str, tuple[str, Callable[[Difference, str], bytes]]] = {
    "html": ("text/html", _write_html),
    "csv": ("text/csv", _write_csv),
    "json": ("application/json", _write_json),
}
"""The formats of a difference: the type of a file, and how one is written; the zone is that of moments."""
