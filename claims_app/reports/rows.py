"""Copies of rows, to be changed without touching the desk."""

from collections.abc import Iterable, Mapping
from typing import Any

from claims_app.claims.model import Claim

Row = dict[str, Any]

_OWNERS = ("id", "claim_id", "evidence_id", "verdict_id", "passage_id", "version_id")
"""Columns whose values stay, by which rows are found at once."""


class Rows:
    """Copies of rows by table and number, to be changed at will."""

    def __init__(self) -> None:
        self.tables: dict[Any, dict[int, Row]] = {}
        self._owned: dict[tuple[Any, str], dict[Any, list[int]]] = {}

    def of(self, kind: Any) -> dict[int, Row]:
        """Return the rows of a table by their number."""
        return self.tables.setdefault(kind, {})

    def add(self, kind: Any, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Copy rows of a table; one that is here already stays as it is."""
        known = self.of(kind)
        for row in rows:
            known.setdefault(row["id"], dict(row))
        for name in _OWNERS:
            self._owned.pop((kind, name), None)

    def where(self, kind: Any, **values: Any) -> list[Row]:
        """Return the rows of a table that have these values, in the order of their numbers."""
        known = self.of(kind)
        owner = next((name for name in values if name in _OWNERS and kind is not Claim), None)
        if "id" in values:
            numbers: Iterable[int] = [values["id"]]
        elif owner is not None:
            numbers = self._owned_by(kind, owner).get(values[owner], ())
        else:
            numbers = known
        rows = [known[number] for number in sorted(numbers) if number in known]
        return [row for row in rows if all(row[name] == value for name, value in values.items())]

    def _owned_by(self, kind: Any, owner: str) -> dict[Any, list[int]]:
        if (kind, owner) not in self._owned:
            found: dict[Any, list[int]] = {}
            for number, row in self.of(kind).items():
                found.setdefault(row[owner], []).append(number)
            self._owned[kind, owner] = found
        return self._owned[kind, owner]

    def remove(self, kind: Any, **values: Any) -> None:
        """Let go the rows of a table that have these values."""
        for row in self.where(kind, **values):
            del self.of(kind)[row["id"]]
