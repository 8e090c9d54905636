"""The text of a kept copy, whatever kind of file it is, with the title and the date it proposes."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from claims_app.copies import markup
from claims_app.copies.kinds import (
    CSV,
    DOCX,
    HTML,
    JSON,
    MARKDOWN,
    ODP,
    ODS,
    ODT,
    PDF,
    PLAIN,
    PPTX,
    SVG,
    XLSX,
    XML,
    tell_kind,
)  # fmt: skip
from claims_app.copies.office import read_office
from claims_app.intake.documents import read_document
from claims_app.intake.markup import is_cut, parse, read_markdown
from claims_app.intake.pdf import read_pdf
from claims_app.intake.plain import read_plain
from claims_app.intake.reading import Reading
from claims_app.intake.tidy import collapse, main_language, split_lines
from claims_app.language import lazy

MOST_TEXT = 2_000_000
"""Code points of a copy's text; a thick book has half as many."""
_MOST_MARKUP, _MOST_LETTERS = 10_000_000, 5_000_000
"""Code points of a page and of a text file that are looked at."""
_MOST_MARKDOWN, _MOST_TAGS = 500_000, 2_000
"""Characters and tags of what is read as Markdown; what has more is data, and tags within tags take long to read."""

PICTURE = lazy("The copy is a picture: what is written on it cannot be searched.").message
OTHER_KIND = lazy("No text can be read out of a file of this kind.").message
EMPTY = lazy("There is no text in the copy.").message
UNREADABLE = lazy("No text could be read out of the copy: it is damaged, locked or packed too tightly.").message
UNREADABLE_PDF = lazy(
    "No text could be read out of this PDF: it is damaged, locked or very long, or its pages are pictures."
).message
CUT = lazy("The copy is very long: the end of its text is left out here.").message


@dataclass(frozen=True)
class Copy:
    """What a kept copy says: its paragraphs in logical order, a blank line between them.

    ``title``, ``published_on`` (ISO, as fine as it is known) and ``language`` (``he`` or ``en``) are proposals.
    ``note`` is a message of the catalogue: why there is no text, or what of it is missing.
    """

    text: str
    title: str | None = None
    published_on: str | None = None
    language: str | None = None
    note: str | None = None


class _Source(NamedTuple):
    data: bytes
    charset: str | None
    address: str | None

    def letters(self) -> str:
        return markup.letters(self.data, charset=self.charset)


def read_copy(
    data: bytes, *, media_type: str | None, charset: str | None = None, name: str = "", address: str | None = None
) -> Copy:
    """Return all visible text of a kept copy and what it says of itself; never raises, whatever the bytes are.

    ``media_type`` and ``charset`` are what the sender said, ``address`` is where a page was fetched from. A PDF may
    take a minute, everything else takes seconds.
    """
    kind = tell_kind(data, media_type, name)
    reader = _READERS.get(kind)
    if reader is None:
        return Copy("", note=PICTURE if kind.startswith("image/") else OTHER_KIND)
    try:
        found = reader(_Source(data, charset, address))
    except Exception:  # noqa: BLE001 - a hostile file raises whatever its reader and its libraries do
        return Copy("", note=UNREADABLE_PDF if kind == PDF else UNREADABLE)
    return _bounded(found)


def _bounded(found: Copy) -> Copy:
    """Return a copy whose text is no longer than ``MOST_TEXT``, cut between paragraphs, with its language."""
    text, note = found.text, found.note
    if len(text) > MOST_TEXT:
        end = text.rfind("\n\n", 0, MOST_TEXT)
        text, note = text[: end if end > 0 else MOST_TEXT], CUT
    if not any(mark.isalnum() for mark in text):
        return replace(found, text="", language=None, note=EMPTY)
    is_read = re.search("[א-תA-Za-z]", text) is not None
    return replace(found, text=text, note=note, language=found.language or (main_language(text) if is_read else None))


def _read_page(source: _Source) -> Copy:
    """Read a page without what it marks as hidden, or as not to be read out (``aria-hidden``)."""
    text = markup.letters(source.data, charset=source.charset, is_markup=True)
    tree = parse(text[:_MOST_MARKUP])
    if tree is None:
        return Copy("")
    about, is_short = markup.about(tree, address=source.address), len(text) > _MOST_MARKUP or is_cut(tree)
    return Copy(markup.visible_text(tree), about.title, about.published_on, note=CUT if is_short else None)


def _read_plain(source: _Source) -> Copy:
    return _read_letters(source.letters())


def _read_letters(text: str) -> Copy:
    is_cut = len(text) > _MOST_LETTERS
    return replace(_copy(read_plain(text[:_MOST_LETTERS], language=None)), note=CUT if is_cut else None)


def _read_markdown(source: _Source) -> Copy:
    text = source.letters()
    if len(text) > _MOST_MARKDOWN or text.count("<") > _MOST_TAGS:
        return _read_letters(text)
    return _copy(read_markdown(text))


def _read_json(source: _Source) -> Copy:
    """Read JSON value by value, so that Hebrew written as escapes is Hebrew."""
    text = source.letters()
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        return _read_letters(text)
    return Copy(_join(text.split("\n")))


def _read_csv(source: _Source) -> Copy:
    text = source.letters()
    head = text[:10_000]
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = [" | ".join(cells) for cells in csv.reader(io.StringIO(text[:_MOST_LETTERS]), delimiter=delimiter)]
    except csv.Error:
        return _read_letters(text)
    return Copy(_join(rows))


def _read_word(source: _Source) -> Copy:
    return _copy(read_document(source.data))


def _read_pdf(source: _Source) -> Copy:
    reading = read_pdf(source.data)
    return replace(_copy(reading), note=next(iter(reading.notes), None))


def _read_office(source: _Source) -> Copy:
    found = read_office(source.data, tell_kind(source.data, None))
    text = _join(found.blocks)
    return Copy(text, found.title, markup.read_date(found.created_on), note=CUT if found.package.is_cut else None)


def _copy(reading: Reading) -> Copy:
    return Copy(reading.text, reading.title, markup.read_date(reading.published_on), reading.language)


def _join(blocks: Iterable[str]) -> str:
    """Return blocks as paragraphs, no more of them than are kept."""
    paragraphs: list[str] = []
    size = 0
    for block in blocks:
        paragraph = collapse(" ".join(split_lines(block)))
        if paragraph:
            paragraphs.append(paragraph)
            size += len(paragraph) + 2
        if size > MOST_TEXT:
            break
    return "\n\n".join(paragraphs)


_READERS: dict[str, Callable[[_Source], Copy]] = {
    HTML: _read_page, SVG: _read_page, XML: _read_plain, PLAIN: _read_plain, MARKDOWN: _read_markdown, JSON: _read_json,
    CSV: _read_csv, PDF: _read_pdf, DOCX: _read_word, XLSX: _read_office, PPTX: _read_office, ODT: _read_office,
    ODS: _read_office, ODP: _read_office,
}  # fmt: skip
