"""JSON as a table: a list of records, each key a column; also Airtable's form, and the report that the desk writes."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from claims_app.errors import DomainError
from claims_app.importing.tables import MOST_COLUMNS, MOST_ROWS, Raw, not_a_table, refuse_length, refuse_width
from claims_app.intake.encodings import decode

_MOST_OBJECTS = 20 * MOST_ROWS
_DEEPEST = 6
"""Records within records that are followed."""
_LINES = (".jsonl", ".ndjson")


def looks_like_records(data: bytes, suffix: str) -> bool:
    """Whether a file is meant as JSON: it begins as JSON does, and is not called CSV."""
    return decode_start(data) in {"{", "["} and suffix not in {".csv", ".tsv"}


def decode_start(data: bytes) -> str:
    """Return the first character that is seen, as far as that can be told from the bytes."""
    return data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1].decode("ascii", "replace")


def read_records(data: bytes, suffix: str) -> Raw:
    """Return the records of a file as rows under their keys, a record in a record under both keys with a dot."""
    try:
        text = decode(data).removeprefix("\ufeff")
    except DomainError:
        raise not_a_table() from None
    reader = _Reader()
    if suffix in _LINES:
        found: Any = [reader.load(line, at) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
    else:
        found = reader.load(text)
    records = list(_records(found))
    if len(records) > MOST_ROWS:
        refuse_length()
    keys = list(dict.fromkeys(key for _number, record in records for key in record))
    if len(keys) > MOST_COLUMNS:
        refuse_width()
    rows: list[tuple[int, Sequence[str]]] = [(0, keys)]
    rows += [(number, [record.get(key, "") for key in keys]) for number, record in records]
    return Raw("json", rows)


class _Reader:
    """Reads JSON strictly: a key twice in a record would lose one of its values in silence."""

    def __init__(self) -> None:
        self.objects = 0

    def load(self, text: str, line: int = 1) -> Any:
        try:
            return json.loads(
                text, object_pairs_hook=self._pairs, parse_int=_number, parse_float=_number, parse_constant=_refuse
            )
        except RecursionError:
            raise DomainError("The records of this file lie deeper in each other than a table has use for.") from None
        except json.JSONDecodeError as error:
            raise DomainError(
                "This is not whole JSON: line %(line)s, column %(column)s cannot be read.",
                line=line + error.lineno - 1,
                column=error.colno,
            ) from None
        except ValueError:
            raise not_a_table() from None

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.objects += 1
        if self.objects > _MOST_OBJECTS:
            refuse_length()
        record = dict(pairs)
        if len(record) < len(pairs):
            keys = [key for key, _value in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DomainError("A record has the key “%(key)s” twice; one of its values would be lost.", key=twice[:100])
        return record


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")  # not in JSON itself, though the library would take it


def _number(text: str) -> str:
    """Return a number as it is written out in full."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return format(value.normalize(), "f") if abs(value.adjusted()) < 30 else text


def _records(found: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows that a file holds with the number of their record; its evidence parts a claim into several."""
    if isinstance(found, dict):
        lists = [value for key, value in found.items() if key in {"records", "claims"} and isinstance(value, list)]
        lists = lists or [value for value in found.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise DomainError("The file has to hold one list of records, such as [{…}, {…}].")
        found = lists[0]
    if not isinstance(found, list):
        raise DomainError("The file has to hold one list of records, such as [{…}, {…}].")
    for number, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise DomainError("Record %(number)s is not a record in braces.", number=number)
        if isinstance(record.get("fields"), dict):
            record = {**record["fields"], "id": record.get("id", "")}  # noqa: PLW2901 - Airtable wraps each
        for flat in _flat_rows(record):
            yield number, flat


def _flat_rows(record: dict[str, Any]) -> Iterator[dict[str, str]]:
    parts = {key: value for key, value in record.items() if key != "evidence" or not _is_records(value)}
    whole = dict(_flat(parts, "", 0))
    pieces = record["evidence"] if len(parts) < len(record) else []
    for piece in pieces or [{}]:
        yield whole | dict(_flat(piece, "evidence.", 0))


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _flat(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if depth > _DEEPEST:
            raise DomainError("The records of this file lie deeper in each other than a table has use for.")
        for key, inner in value.items():
            yield from _flat(inner, f"{name}{key}." if isinstance(inner, dict) else f"{name}{key}", depth + 1)
    elif isinstance(value, list):
        yield name, "\n".join(_scalar(one) for one in value)
    else:
        yield name, _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, dict):  # an anchor of the report: its words are what a table has use for
        return str(value.get("quote", ""))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or isinstance(value, list) else str(value)
