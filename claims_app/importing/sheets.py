"""A sheet of an XLSX workbook, cell by cell: numbers, days and words as they are kept, not as they are formatted."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from claims_app.copies.cells import Formats, read_formats
from claims_app.copies.office import Package, Unreadable
from claims_app.errors import DomainError
from claims_app.importing.tables import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Raw,
    not_a_table,
    refuse_length,
    refuse_width,
)
from claims_app.language import lazy

_BOOK = "xl/workbook.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_LAST_DAY = 2_958_465
_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a cell knows no zone
_MOST_SHARED = 1_000_000
_MOST_SPREAD = 2 * MOST_ROWS * MOST_COLUMNS
"""Rows that all merged cells together are spread over: those that lie over each other are no spreadsheet's."""
_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][+-]?\d{1,3})?", re.ASCII)

HIDDEN = lazy("The workbook has hidden sheets; they are not read.")
MERGED = lazy("Merged cells were read as if each of the rows had their value.")


def read_sheets(data: bytes, sheet: str | None) -> Raw:
    """Return the rows of a sheet that is shown: the one of this name, or else the first that holds anything."""
    try:
        package = Package(data)
        book = package.tree(_BOOK)
        if book is None:
            raise not_a_table()
        parts = package.related(_BOOK)
        formats = read_formats(package.tree("xl/styles.xml"), book)
        listed = list(book.iter("{*}sheet"))
        shown = [one for one in listed if one.get("state", "visible") == "visible" and one.get("name")]
        if not shown:
            raise DomainError("No sheet of this workbook is shown.")
        reader = _Reader(package, formats, _shared(package))
        for one in [one for one in shown if one.get("name") == sheet] or shown:
            raw = Raw("xlsx", [], one.get("name", ""), [each.get("name", "") for each in shown])
            rows = reader.read(parts.get(one.get(_RELATION, ""), ""), raw)
            if rows:
                break
    except Unreadable:
        raise DomainError(
            "This workbook is damaged, locked or unusually large. Save it as XLSX anew, or as CSV, and bring it in"
            " again."
        ) from None
    if len(shown) < len(listed):
        raw.notes.append(HIDDEN.message)
    return Raw("xlsx", rows, raw.sheet, raw.sheets, raw.notes, raw.faults)


def _shared(package: Package) -> list[str]:
    found: list[str] = []
    size = 0
    for element in package.elements("xl/sharedStrings.xml", "{*}si"):
        found.append(_words(element))
        size += len(found[-1])
        if size > MOST_CHARACTERS or len(found) > _MOST_SHARED:
            raise Unreadable
    return found


def _words(element: Any) -> str:
    """Return the words of a cell without the pronunciation beside them."""
    return "".join(text.text or "" for text in element.iter("{*}t") if etree.QName(text.getparent()).localname != "rPh")


class _Reader:
    def __init__(self, package: Package, formats: Formats, shared: list[str]) -> None:
        self.package, self.formats, self.shared = package, formats, shared

    def read(self, part: str, raw: Raw) -> list[tuple[int, list[str]]]:
        """Return the rows of a sheet that hold anything, a merged cell's value in each of its rows."""
        rows: dict[int, list[str]] = {}
        merged: list[str] = []
        for number, column, value in self._cells(part, raw, merged):
            if column >= MOST_COLUMNS:
                refuse_width()
            cells = rows.setdefault(number, [])
            cells += [""] * (column + 1 - len(cells))
            cells[column] = value
            if len(rows) > 2 * MOST_ROWS:
                refuse_length()
        looked = 0
        for reference in merged:
            looked += _spread(rows, reference)
            if looked > _MOST_SPREAD:
                raise Unreadable
        if looked:
            raw.notes.append(MERGED.message)
        return sorted(rows.items())

    def _cells(self, part: str, raw: Raw, merged: list[str]) -> Iterator[tuple[int, int, str]]:
        row = column = 0
        for element in self.package.elements(part, "{*}c", "{*}row", "{*}mergeCell"):
            name = etree.QName(element).localname
            if name == "mergeCell":
                merged.append(element.get("ref", ""))
                if len(merged) > MOST_ROWS * 20:
                    raise Unreadable
            elif name == "row":
                row, column = _whole(element.get("r")) or row + 1, 0
            else:
                place = _REFERENCE.fullmatch(element.get("r", ""))
                parent = element.getparent()
                own = (None if parent is None else _whole(parent.get("r"))) or row + 1
                at, column = (int(place[2]), _column(place[1])) if place else (own, column)
                value = self._value(element, at, column, raw)
                if value:
                    yield at, column, value
                column += 1

    def _value(self, cell: Any, row: int, column: int, raw: Raw) -> str:
        kind, value = cell.get("t", "n"), cell.findtext("{*}v")
        if value is None and cell.find("{*}f") is not None:
            raw.faults[row, column] = DomainError(
                "This cell has a formula without its result; open the file in a spreadsheet, save it and try again."
            )
            return "="
        if kind == "e":
            raw.faults[row, column] = DomainError("This cell shows an error instead of a value.")
            return value or "#"
        if kind == "s":
            at = _whole(value)
            return self.shared[at] if at is not None and at < len(self.shared) else ""
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return "" if inline is None else _words(inline)
        if kind == "b":
            return "yes" if value == "1" else "no"
        return _number(value or "", cell.get("s", "0"), self.formats) if kind == "n" else value or ""


def _number(value: str, style: str, formats: Formats) -> str:
    """Return a number in full, as a percentage or a day where the cell's format says so."""
    if not _NUMBER.fullmatch(value.strip()):
        return value
    try:
        number = Decimal(f"{float(value):.15g}")
        code = formats.by_style[int(style)]
    except (InvalidOperation, OverflowError, ValueError, IndexError):
        number, code = Decimal(value.strip()), ""
    if re.search("[dy]", code) and 0 < number <= _LAST_DAY:
        moment = _FIRST_DAY[formats.is_from_1904] + timedelta(days=float(number))
        return moment.date().isoformat()
    if abs(number.adjusted()) > 30:
        return value
    return f"{(number * 100).normalize():f}%" if "%" in code else f"{number:f}"


def _spread(rows: dict[int, list[str]], reference: str) -> int:
    """Have each row of a merged cell hold its value; return how many rows were looked at for it."""
    first, _, last = reference.partition(":")
    begins, ends = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if begins is None or ends is None:
        return 0
    top, bottom, column = int(begins[2]), int(ends[2]), _column(begins[1])
    cells = rows.get(top, [])
    value = cells[column] if column < len(cells) else ""
    if not value or bottom <= top:
        return 0
    # Only rows that are there: a merged cell alone makes no row.
    for number in (
        [one for one in rows if top < one <= bottom] if bottom - top > len(rows) else range(top + 1, bottom + 1)
    ):
        below = rows.get(number)
        if below is not None:
            below += [""] * (column + 1 - len(below))
            below[column] = below[column] or value
    return min(bottom - top, len(rows))


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
