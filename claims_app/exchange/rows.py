"""Plain data files, read so that every refusal names the file and the line it is about."""

import enum
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from claims_app.claims.figure import FigureValue
from claims_app.errors import DomainError
from claims_app.reading import read_partial_date

Word = TypeVar("Word", bound=enum.StrEnum)

MOST = 2**31 - 1
"""The greatest whole number that a file may hold."""


class Misread(DomainError):
    """A line of a data file cannot be used as it stands."""


@dataclass(frozen=True)
class Row:
    """One record of a file and where it stands; each reader refuses what is not of its kind."""

    file: str
    line: int
    values: Mapping[str, Any]

    def refuse(self, problem: str) -> Misread:
        """Return the refusal that names this place."""
        return Misread("%(file)s, line %(line)s: %(problem)s", file=self.file, line=self.line, problem=problem)

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Name this place in any refusal that the block raises."""
        try:
            yield
        except Misread:
            raise
        except DomainError as refusal:
            raise self.refuse(str(refusal)) from refusal

    def only(self, *names: str) -> "Row":
        """Return this row if it has no other fields than ``names``: a misspelt field would be lost in silence."""
        for name in self.values:
            if name not in names:
                raise self.refuse(f"{name!r} is not a field here. Known are: {', '.join(names)}.")
        return self

    def _typed(self, name: str, kind: type | tuple[type, ...], wants: str) -> Any:
        value = self.values.get(name)
        is_switch_for_number = isinstance(value, bool) and kind is not bool
        if value is not None and (is_switch_for_number or not isinstance(value, kind)):
            raise self.refuse(f"{name!r} has to be {wants}.")
        return value

    def required(self, name: str) -> str:
        value = self.optional(name)
        if value is None or not value.strip():
            raise self.refuse(f"{name!r} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        value: str | None = self._typed(name, str, "text")
        return value

    def is_set(self, name: str) -> bool:
        return bool(self._typed(name, bool, "true or false"))

    def whole(self, name: str) -> int | None:
        value: int | None = self._typed(name, int, "a whole number")
        if value is not None and abs(value) > MOST:
            raise self.refuse(f"{name!r} is too great a number.")
        return value

    def number(self, name: str) -> float | None:
        value = self._typed(name, (int, float), "a number")
        if value is not None and not -sys.float_info.max <= value <= sys.float_info.max:
            raise self.refuse(f"{name!r} is too great a number.")
        return None if value is None else float(value)

    def word(self, name: str, kind: type[Word]) -> Word:
        value = self.word_or_none(name, kind)
        if value is None:
            raise self.refuse(f"{name!r} is missing.")
        return value

    def word_or_none(self, name: str, kind: type[Word]) -> Word | None:
        value = self.optional(name)
        if value is not None and value not in list(kind):
            raise self.refuse(f"{name!r} has to be one of: {', '.join(kind)}.")
        return None if value is None else kind(value)

    def day(self, name: str) -> date | None:
        value = self.optional(name)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise self.refuse(f"{name!r} has to be a day such as 2026-11-23.") from None

    def rows(self, name: str) -> list["Row"]:
        """Return the records that a field lists; they stand at this row's place."""
        values = self._typed(name, list, "a list") or []
        return [self._inner(name, value) for value in values]

    def _inner(self, name: str, value: object) -> "Row":
        if not isinstance(value, dict):
            raise self.refuse(f"{name!r} has to hold records in braces.")
        return Row(self.file, self.line, value)

    def inner(self, name: str) -> "Row | None":
        value = self.values.get(name)
        return None if value is None else self._inner(name, value)

    def figure(self, name: str) -> FigureValue | None:
        """Return the figure in a field: ``value``, and if need be ``to``, ``unit``, ``is_about``, ``as_of``."""
        row = self.inner(name)
        if row is None:
            return None
        row.only("value", "to", "unit", "is_about", "as_of")
        low = row.number("value")
        if low is None:
            raise self.refuse(f"{name!r} has no 'value'.")
        high = row.number("to")
        if high is not None and high < low:
            raise self.refuse(f"{name!r} ends below its 'value'.")
        with self.blamed():
            as_of = read_partial_date(row.optional("as_of"), field="as_of")
        return FigureValue(low, low if high is None else high, row.optional("unit"), row.is_set("is_about"), as_of)


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Misread("There is no file %(file)s in %(folder)s.", file=path.name, folder=path.parent) from None
    except (UnicodeDecodeError, OSError) as error:
        raise Misread("%(file)s cannot be read as UTF-8 text: %(error)s", file=path.name, error=error) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")  # not in JSON itself, though the library would take it


def _parse(path: Path, line: int, text: str) -> Row:
    try:
        values = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        at = line - 1 + getattr(error, "lineno", 1)
        raise Row(path.name, at, {}).refuse(f"this is not JSON ({getattr(error, 'msg', error)}).") from None
    if not isinstance(values, dict):
        raise Row(path.name, line, {}).refuse("a record stands in braces.")
    return Row(path.name, line, values)


def read_record(path: Path) -> Row:
    """Return the one record that a JSON file holds."""
    return _parse(path, 1, read_text(path))


def read_rows(path: Path) -> list[Row]:
    """Return the records of a file that has one on each line; empty lines are passed over."""
    lines = enumerate(read_text(path).split("\n"), start=1)
    return [_parse(path, number, text) for number, text in lines if text.strip()]


def by_key(rows: Sequence[Row]) -> dict[str, Row]:
    """Return rows under their ``key``; the same key twice is refused."""
    known: dict[str, Row] = {}
    for row in rows:
        key = row.required("key")
        if key in known:
            raise row.refuse(f"the key {key!r} is taken by line {known[key].line}.")
        known[key] = row
    return known
