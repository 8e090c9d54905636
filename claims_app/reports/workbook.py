"""Sheets of a workbook: cells that are what they look like, in the direction of the language in force.

Texts are written as texts and as nothing else: no formula, no link and no number comes of one, so that none needs a
guard. What a sheet cannot hold is not lost in silence: a text that is longer than a cell ends with a sentence that says
so, and a character that no XML file may carry is shown as U+FFFD.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from claims_app.language import direction, gettext

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What no XML file may carry, or had better not."""
MOST_UNITS = 32_767
"""So many UTF-16 units a cell holds."""
OPTIONS = {
    "constant_memory": True,  # rows go to the disk as they are written
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""How a workbook is opened for these sheets."""

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, how wide it is in characters, and the way its text runs."""

    heading: str
    width: int
    #: None: each text as its first letter says.
    runs: str | None = None


class Sheets:
    """The sheets of a workbook, written one after the other."""

    def __init__(self, book: xlsxwriter.Workbook, zone: ZoneInfo) -> None:
        self._book, self._zone = book, zone
        self._is_hebrew = direction() == "rtl"
        side = "right" if self._is_hebrew else "left"
        look = {"valign": "top", "text_wrap": True, "font_size": 10, "align": side}
        self._looks = {
            (kind, order): book.add_format({**look, **more, "reading_order": 2 if order == "rtl" else 1})
            for kind, more in _LOOKS.items()
            for order in ("rtl", "ltr")
        }
        day, clock = ("d.m.yyyy", "d.m.yyyy h:mm") if self._is_hebrew else ("d mmm yyyy", "d mmm yyyy h:mm")
        self._day = book.add_format({**look, "num_format": day})
        self._moment = book.add_format({**look, "num_format": clock})

    def add(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, pages: int) -> None:
        """Write a sheet, printed so many pages wide: a table where its columns have headings, else a list of values."""
        sheet: Worksheet = self._book.add_worksheet(name)
        if self._is_hebrew:
            sheet.right_to_left()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(pages, 0)
        sheet.set_footer("&C&P / &N")
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        is_table = bool(columns[0].heading)
        last = 0
        if is_table:
            sheet.set_landscape()
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
            self._row(sheet, 0, columns, [column.heading for column in columns], is_head=True)
        for last, row in enumerate(rows, start=int(is_table)):
            self._row(sheet, last, columns, row)
        if is_table:
            sheet.autofilter(0, 0, last, len(columns) - 1)

    def _row(
        self, sheet: Worksheet, number: int, columns: Sequence[Column], cells: Sequence[Cell], *, is_head: bool = False
    ) -> None:
        lines = max((_lines(cell, column.width) for cell, column in zip(cells, columns, strict=False)), default=1)
        sheet.set_row(number, min(lines, _MOST_LINES) * _LINE + 2)
        for place, (cell, column) in enumerate(zip(cells, columns, strict=False)):
            heads = is_head or (place == 0 and not column.heading)
            self._write(sheet, number, place, cell, "head" if heads else "text" if column.runs is None else column.runs)

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell, kind: str) -> None:
        if cell is None:
            return
        if isinstance(cell, datetime):
            sheet.write_datetime(row, place, cell.astimezone(self._zone).replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        elif isinstance(cell, str):
            order = kind if kind in ("rtl", "ltr") else _order(cell, direction())
            sheet.write_string(row, place, fit_text(cell), self._looks[kind, order])
        else:
            sheet.write_number(row, place, cell, self._looks[kind, direction()])


_A4 = 9
_LINE = 13.5
"""Points that a line of text takes."""
_MOST_LINES = 24
"""So many lines of a text are seen at once; the cell has all of it."""
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {},
    "rtl": {"align": "right"},
    "ltr": {"align": "left", "indent": 1},
    "head": {"bold": True, "bg_color": "#E6E9EB", "bottom": 1},
}


def _order(text: str, default: str) -> str:
    """Return in which order a text is read: that of its first letter."""
    for mark in text:
        kind = unicodedata.bidirectional(mark)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return default


def _lines(cell: Cell, width: int) -> int:
    """Return about how many lines a cell takes in a column so wide."""
    if not isinstance(cell, str):
        return 1
    return sum(1 + len(line) // max(width - 1, 1) for line in cell.split("\n"))


def fit_text(text: str) -> str:
    """Return a text as a cell can hold it."""
    allowed = _FORBIDDEN.sub("\ufffd", text)
    if allowed.startswith("<r>") and allowed.endswith("</r>"):
        allowed = f"\u2060{allowed}"  # the library would take it for markup of its own
    if len(allowed) <= MOST_UNITS // 2 or _units(allowed) <= MOST_UNITS:
        return allowed
    rest = "\n" + gettext("… The rest does not fit into a cell; the report as HTML or JSON has all of it.")
    whole = allowed.encode("utf-16-le")[: 2 * (MOST_UNITS - _units(rest))]
    return whole.decode("utf-16-le", "ignore") + rest


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
