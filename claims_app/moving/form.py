"""The form of a desk's export: what its parts are called, which tables travel, and how each value is written.

The tables are those of the database itself, so that none is left behind because nobody named it here. A row is one
JSON record on one line with every column by its name, in the order of the primary key. ``docs/export.md`` tells it to
whoever reads such a file without this program.
"""

import enum
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Float, Integer, MetaData, String, Table

FORMAT = "claims-desk-export/1"
MANIFEST = "manifest.json"
FILES = "files.jsonl"

MOST_LINE = 64_000_000
"""Bytes of the longest row."""

LEFT_OUT: Mapping[str, str] = {
    "alembic_version": "the manifest names the schema",
    "sign_in_link": "a link lets in at the address that it was made for; the new desk makes new ones",
    "token": "what a program shows at one address is not given to another; people make new ones",
    **dict.fromkeys(("claim_tally", "claim_facet"), "counted anew by the database as claims come in"),
    **dict.fromkeys(
        (
            *("claim_search", "claim_search_config", "claim_search_data", "claim_search_docsize", "claim_search_idx"),
            *("earlier_search", "earlier_search_config", "earlier_search_data", "earlier_search_docsize"),
            *("earlier_search_idx", "earlier_word"),
        ),
        "built anew by the database as what they index comes in",
    ),
}
"""The tables that do not travel, and why."""

MADE_ANEW: Mapping[tuple[str, str], Callable[[], Any]] = {
    # Whoever holds a session of the one desk has none at the other.
    ("person", "session_key"): lambda: secrets.token_hex(16),
}
"""The columns that do not travel, and what the new desk puts in their place."""

_FILE = re.compile("files/([0-9a-f]{64})")


class Kind(enum.Enum):
    """How a value is written."""

    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    SWITCH = "true or false"
    DAY = "a day such as 2026-11-23"
    MOMENT = "a moment such as 2026-11-23T18:00:00.000000+00:00"
    RECORD = "a list or a record"


# The order matters: a moment is a kind of day to the library, a list a kind of text.
_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (Boolean, Kind.SWITCH),
    (DateTime, Kind.MOMENT),
    (Date, Kind.DAY),
    (JSON, Kind.RECORD),
    (Integer, Kind.WHOLE),
    (Float, Kind.NUMBER),
    (String, Kind.TEXT),
)


def kind_of(column: Column[Any]) -> Kind:
    """Return how a column's values are written; a type that has no such way is a ``TypeError``."""
    for known, kind in _KINDS:
        if isinstance(column.type, known):
            return kind
    raise TypeError(f"{column}: nothing says how {column.type!r} is written")


@dataclass(frozen=True)
class Traveller:
    """A table that travels: the columns that go along, and those that are made anew where it arrives."""

    table: Table
    columns: tuple[Column[Any], ...]
    anew: Mapping[str, Callable[[], Any]]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def part(self) -> str:
        return f"tables/{self.name}.jsonl"


def list_travellers(connection: Connection) -> list[Traveller]:
    """Return the tables of a desk's database that travel, by name; it may stand at any revision of the schema."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _found: name not in LEFT_OUT)
    return [_traveller(table) for _name, table in sorted(found.tables.items())]


def _traveller(table: Table) -> Traveller:
    anew = {name: make for (owner, name), make in MADE_ANEW.items() if owner == table.name}
    columns = tuple(column for column in table.columns if column.name not in anew and column.computed is None)
    for column in columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))
    return Traveller(table, columns, anew)


def name_file(sha256: str) -> str:
    """Return the path of a file of the store in the export."""
    return f"files/{sha256}"


def digest_in(name: str) -> str | None:
    """Return the digest of the file that a path names, or None where it names no file of the store."""
    found = _FILE.fullmatch(name)
    return found[1] if found else None


def plain_value(value: Any) -> Any:
    """Return a value of the database as an export has it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
