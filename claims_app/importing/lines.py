"""Lines of text as a table: with comma, semicolon, tab or bar between cells, in the encodings of both languages."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from claims_app.errors import DomainError
from claims_app.importing.tables import Raw, refuse_size
from claims_app.intake.encodings import decode
from claims_app.reports.as_csv import is_formula

DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_SAMPLE = 200_000
"""Characters that are looked at to find what stands between the cells."""


def read_lines(data: bytes) -> Raw:
    """Return the rows of a CSV file; a row is numbered as a spreadsheet would, however many lines its cells have."""
    try:
        text = decode(data).removeprefix("\ufeff")
    except DomainError:
        raise DomainError(
            "The letters of this file cannot be read. Save it as CSV in UTF-8, or as XLSX, and bring it in again."
        ) from None
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], rest
    else:
        delimiter = find_delimiter(text)
    return Raw("csv", _rows(text, delimiter))


def find_delimiter(text: str) -> str:
    """Return what stands between the cells: of the four, the one that parts most rows into as many cells."""
    scores = {}
    for mark in DELIMITERS:
        rows = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=mark)
        try:
            widths = Counter(len(row) for row in islice(rows, _SAMPLE_ROWS) if row)
        except csv.Error:  # what is wrong is said when the rows are read
            widths = Counter()
        width, times = max(widths.items(), key=lambda each: (each[1] * (each[0] > 1), each[0]), default=(1, 0))
        # A mark that parts fewer than half of the rows alike is one of their words' own.
        scores[mark] = (times, width) if width > 1 and 2 * times >= widths.total() else (0, 0)
    return max(DELIMITERS, key=lambda mark: scores[mark])


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        begun = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                refuse_size()
            raise DomainError(
                "Line %(line)s of the file is not whole: a quotation mark is opened and not closed, or the file was cut"
                " off.",
                line=begun,
            ) from None
        yield number, [unguarded(cell) for cell in cells]


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell
