"""Reads one PDF from its input and writes what it holds as JSON: ``python -m claims_app.intake.pdf_worker``.

A process of its own, because a small file can ask the library for gigabytes, for hours, or bring it down.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict

from pypdfium2 import PdfDocument, PdfiumError

from claims_app.errors import DomainError
from claims_app.intake.bidi import CLOSING, OPENING, is_rtl, read_line, settle_brackets
from claims_app.intake.layout import Row, read_rows
from claims_app.intake.pages import read_page
from claims_app.intake.paragraphs import Words, count_words, group_rows, join_lines
from claims_app.intake.reading import Line, Paragraph, Reading
from claims_app.intake.tidy import collapse, main_language
from claims_app.language import lazy

MOST_PAGES = 500
MOST_CHARACTERS = 3_000_000
"""Of all pages together; a page of a newspaper has some ten thousand."""
LEAST_CHARACTERS = 12
"""Fewer in a whole file are a stamp on a picture, not its words."""
MOST_MEMORY = 1_000_000_000
"""Bytes, beside the file itself; the longest PDF that is read takes a third of it."""

BROKEN = "This PDF is damaged and cannot be read. Save or download it again, or paste the text."
NO_POINTS = lazy("Vowel points cannot be read from a PDF and were left out.").message
PICTURES = lazy("Some pages are pictures without words; what is written on them is missing here.").message
CUT_SHORT = lazy("The end of this PDF is missing, and words may be missing with it.").message

_WRONG_PASSWORD = 4
_NO_TITLE = re.compile(r"untitled|microsoft word\b.*|\S*\.(?:docx?|odt|rtf|txt|html?|pdf|indd|qxd)", re.IGNORECASE)
_NO_AUTHOR = re.compile(r"user|admin|administrator|root|unknown|author|owner|none|anonymous", re.IGNORECASE)
#: The bracket after the number of an item has no partner.
_ITEM = re.compile(r"^\w{1,2}\)")


def read_document(data: bytes, *, language: str | None = None) -> Reading:
    """Return the text of a PDF, read in this process; only one thread of a process may do so at a time."""
    document = _open(data)
    try:
        return _read(document, language, is_whole=b"%%EOF" in data[-2048:])
    finally:
        document.close()


def _open(data: bytes) -> PdfDocument:
    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if error.err_code != _WRONG_PASSWORD:
            raise DomainError(BROKEN) from None
        raise DomainError(
            "This PDF is locked with a password. Open it, print it to a new PDF without a password and send that one."
        ) from None


def _read(document: PdfDocument, language: str | None, *, is_whole: bool) -> Reading:
    _refuse_length(len(document))
    pages: list[list[list[Row]]] = []
    gutters: list[float] = []
    links: list[str] = []
    notes: dict[str, None] = {}
    count = unknown = 0
    for index in range(len(document)):
        page = read_page(document, index, most=MOST_CHARACTERS - count)
        count += page.count
        unknown += page.unknown
        if count > MOST_CHARACTERS:
            raise DomainError("There is too much text in this PDF. Send only the pages of the article.")
        if page.has_points:
            notes[NO_POINTS] = None
        if not page.glyphs:
            notes[PICTURES] = None
        letters = "".join(glyph.char for glyph in page.glyphs)
        pages.append(read_rows(page.glyphs, rtl=(language or main_language(letters)) == "he", gutters=gutters))
        links += page.links
    if not is_whole:
        notes[CUT_SHORT] = None
    _refuse_wordless(count, unknown)
    return _reading(document, pages, language, links=links, notes=notes)


def _refuse_length(number: int) -> None:
    if not number:
        raise DomainError(BROKEN)
    if number > MOST_PAGES:
        raise DomainError(
            "This PDF has %(number)s pages; at most %(most)s are read. Send only the pages of the article.",
            number=number,
            most=MOST_PAGES,
        )


def _refuse_wordless(count: int, unknown: int) -> None:
    if count < LEAST_CHARACTERS:
        raise DomainError(
            "This PDF holds pictures of pages and no text. Have its text recognised first, or paste the text."
        )
    if unknown > 0.3 * count:
        raise DomainError(
            "The fonts of this PDF do not say which letters they draw. Paste the text, or send another file."
        )


def _reading(
    document: PdfDocument,
    pages: Sequence[Sequence[Sequence[Row]]],
    language: str | None,
    *,
    links: Sequence[str],
    notes: dict[str, None],
) -> Reading:
    seen = [" ".join(row.visual for column in page for row in column) for page in pages]
    main = main_language(" ".join(seen))
    rtl = (language or main) == "he"
    is_page_rtl = [(language or main_language(text)) == "he" for text in seen]
    groups = [[_line(row, rtl=is_page_rtl[row.page]) for row in group] for group in group_rows(pages, rtl=rtl)]
    words = count_words([line.text for line in group] for group in groups)
    known = document.get_metadata_dict()
    return Reading(
        paragraphs=tuple(_paragraph(group, words) for group in groups),
        language=main,
        title=_known(known.get("Title"), _NO_TITLE),
        byline=_known(known.get("Author"), _NO_AUTHOR),
        links=tuple(dict.fromkeys(links)),
        notes=tuple(notes),
    )


def _line(row: Row, *, rtl: bool) -> Line:
    order = read_line(row.visual, rtl=is_rtl(row.visual, otherwise=rtl))
    return Line(row.visual, collapse(unicodedata.normalize("NFC", order.text)), order.is_unsure)


def _paragraph(lines: Sequence[Line], words: Words) -> Paragraph:
    texts = settle_brackets("\n".join(line.text for line in lines)).split("\n")
    alone = _without_partner(texts)
    marked = [
        Line(line.original, text, line.is_unsure or number in alone)
        for number, (line, text) in enumerate(zip(lines, texts, strict=True))
    ]
    text = join_lines(texts, words)
    return Paragraph(text, tuple(marked) if any(line.is_unsure for line in marked) else ())


def _without_partner(lines: Sequence[str]) -> set[int]:
    """Return which lines of a paragraph have a bracket without its other half."""
    waiting: list[tuple[str, int]] = []
    alone = set()
    for number, line in enumerate(lines):
        for char in _ITEM.sub("", line):
            if char in OPENING:
                waiting.append((CLOSING[OPENING.index(char)], number))
            elif char in CLOSING:
                if waiting and waiting[-1][0] == char:
                    waiting.pop()
                else:
                    alone.add(number)
    return alone | {number for _, number in waiting}


def _known(value: str | None, meaningless: re.Pattern[str]) -> str | None:
    """Return a field that a person filled in, not what a program put there."""
    text = collapse(re.sub(r"[\s\x00-\x1f]+", " ", value or ""))
    return text if len(text) > 1 and not meaningless.fullmatch(text) else None


def main() -> None:
    """Read the file on the input in the language of the first argument, if one is given."""
    data = sys.stdin.buffer.read()
    _limit_memory(MOST_MEMORY + 4 * len(data))
    answer: dict[str, object]
    try:
        answer = {"reading": asdict(read_document(data, language=next(iter(sys.argv[1:]), None)))}
    except DomainError as error:
        answer = {"refusal": {"message": error.message, "values": error.values}}
    sys.stdout.write(json.dumps(answer))


def _limit_memory(most: int) -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
