"""A file of rows and columns, whatever program wrote it: CSV, XLSX or JSON, read with bounds and without running any.

What a file is, its bytes say and not its name. Each cell becomes plain text: a number without the noise of binary
fractions, a day as ``2026-11-23``, a percentage with its sign.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from claims_app.errors import DomainError
from claims_app.language import lazy
from claims_app.reading import without_controls

MOST_BYTES = 32_000_000
"""Largest file that is read, in bytes."""
MOST_ROWS = 5_000
"""Most rows of one import: it is saved in one transaction, and whoever else saves waits for its end."""
MOST_COLUMNS = 200
MOST_CELL = 131_072
"""Characters of one cell: as many as Python's reader of CSV takes, whose own bound holds for the whole program."""
"""Longest cell, in characters: the longest text of an article."""
MOST_CHARACTERS = 50_000_000
"""Most characters of all cells together; a word that a workbook has once can stand in any number of them."""
HEADING_ROWS = 10
"""So many rows may stand above the headings, such as a title."""


def not_a_table() -> DomainError:
    """Return the refusal of a file that is no table."""
    return DomainError("This is not a table that can be read. Save it as XLSX, CSV or JSON and bring it in again.")


def refuse_length() -> None:
    """Refuse a table that is too long."""
    raise DomainError(
        "The table has more than %(most)s rows; split it and bring in one part after the other.", most=MOST_ROWS
    )


def refuse_width() -> None:
    """Refuse a table that is too wide."""
    raise DomainError("The table has more than %(most)s columns; leave out what is not needed.", most=MOST_COLUMNS)


@dataclass(frozen=True)
class Row:
    """One row under the headings; ``number`` is the row's own in a spreadsheet, or the record's in JSON, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Raw:
    """The rows of a file before it is known which of them has the headings."""

    form: str
    rows: Iterable[tuple[int, Sequence[str]]]
    sheet: str | None = None
    sheets: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)
    #: What is wrong with a cell, by row number and column.
    faults: dict[tuple[int, int], DomainError] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The headings of a table and the rows under them, all of one width."""

    form: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    #: The sheet that was read, and all that a reader of the workbook sees. None: the file has none.
    sheet: str | None
    sheets: tuple[str, ...]
    #: What a person should know of how it was read, as messages.
    notes: tuple[str, ...]
    #: What is wrong with a cell, by row number and column.
    faults: Mapping[tuple[int, int], DomainError]

    def place(self, row: int, column: int | None) -> str:
        """Return what a cell is called, such as ``C7``; in JSON, whose records have keys, the record's number."""
        return str(row) if column is None or self.form == "json" else f"{column_name(column)}{row}"


def column_name(column: int) -> str:
    """Return the letters of a spreadsheet's column, from ``A`` for 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_table(data: bytes, *, name: str = "", sheet: str | None = None, is_known: Callable[[str], bool]) -> Table:
    """Return the table that a file holds; what cannot be read as one is refused with what to do instead.

    ``is_known`` says whether a text is a heading of the desk, which finds the headings under a title. Empty rows are
    passed over.
    """
    raw = _open(data, PurePath(name).suffix.lower(), sheet)
    rows = list(_bounded(raw.rows))
    if not rows:
        raise DomainError("The table is empty: it needs a row of headings and a row under it.")
    at = _find_headings(rows, is_known)
    headings = tuple(rows[at][1])
    width = max(len(cells) for _number, cells in rows[at:])
    headings += ("",) * (width - len(headings))
    under = tuple(Row(number, (*cells, *[""] * (width - len(cells)))) for number, cells in rows[at + 1 :])
    if not under:
        raise DomainError("There is nothing under the headings of the table.")
    notes = [*raw.notes, *_doubles(headings)]
    return Table(raw.form, headings, under, raw.sheet, tuple(raw.sheets), tuple(notes), raw.faults)


def _open(data: bytes, suffix: str, sheet: str | None) -> Raw:
    # Where they are needed: most of the desk's commands read no table.
    from claims_app.importing.lines import read_lines  # noqa: PLC0415
    from claims_app.importing.records import looks_like_records, read_records  # noqa: PLC0415
    from claims_app.importing.sheets import read_sheets  # noqa: PLC0415

    if not data.strip():
        raise DomainError("The file is empty.")
    if len(data) > MOST_BYTES:
        raise DomainError("The file is larger than %(most)s MB; split the table.", most=MOST_BYTES // 1_000_000)
    if data.startswith(b"PK"):
        return read_sheets(data, sheet)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DomainError("This is an old or a locked Excel file. Save it as XLSX, without a password.")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf")) or data.lstrip()[:1] == b"<":
        raise not_a_table()
    raw = read_records(data, suffix) if looks_like_records(data, suffix) else read_lines(data)
    if suffix and suffix not in _SUFFIXES[raw.form]:
        raw.notes.append(_OTHER_FORM[raw.form].message)
    return raw


_SUFFIXES = {"csv": (".csv", ".tsv", ".txt"), "json": (".json", ".jsonl", ".ndjson"), "xlsx": (".xlsx",)}
_OTHER_FORM = {
    "csv": lazy("By its name the file is something else; by what is in it, it is CSV, and was read as that."),
    "json": lazy("By its name the file is something else; by what is in it, it is JSON, and was read as that."),
}


def _bounded(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, fit to be shown; a table beyond the bounds is refused as soon as it is."""
    count = size = 0
    for number, cells in rows:
        clean = [without_controls(cell.replace("\r\n", "\n").replace("\r", "\n")).strip() for cell in cells]
        while clean and not clean[-1]:
            clean.pop()
        if not clean:
            continue
        count += 1
        size += sum(map(len, clean))
        if count > MOST_ROWS + HEADING_ROWS:
            refuse_length()
        if len(clean) > MOST_COLUMNS:
            refuse_width()
        if size > MOST_CHARACTERS or max(map(len, clean)) > MOST_CELL:
            refuse_size()
        yield number, clean


def refuse_size() -> None:
    """Refuse a table that holds too much."""
    raise DomainError("The table holds more text than is read at once; split it.")


def _find_headings(rows: Sequence[tuple[int, Sequence[str]]], is_known: Callable[[str], bool]) -> int:
    """Return which row has the headings: of the first, the one with most that the desk knows, else the first."""
    known = [sum(map(is_known, cells)) for _number, cells in rows[:HEADING_ROWS]]
    best = max(known)
    at = known.index(best) if best > 1 else 0
    if len(rows) - at - 1 > MOST_ROWS:
        refuse_length()
    return at


def _doubles(headings: Sequence[str]) -> list[str]:
    seen = [heading.casefold() for heading in headings if heading]
    return (
        [lazy("Two columns have the same heading; say which one is meant.").message]
        if len(seen) != len(set(seen))
        else []
    )
