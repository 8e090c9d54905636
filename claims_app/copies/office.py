"""Spreadsheets, presentations and OpenDocument files: their words, read out of packages that may mean harm."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from typing import IO, Any, NamedTuple

from lxml import etree

from claims_app.copies.cells import Formats, read_formats
from claims_app.copies.kinds import ODP, ODS, ODT, PPTX, XLSX
from claims_app.intake.markup import blocks

#: More than any file that a person has looked at: parts of a package, bytes of a part, bytes unpacked in all.
_MOST_PARTS = 5_000
_MOST_BYTES = 20_000_000
_MOST_UNPACKED = 100_000_000
#: Bytes of a part that is read bit by bit, of which no more than one element is held.
_MOST_STREAMED = 200_000_000
#: Characters of one row; a shared word of a spreadsheet can stand in any number of cells.
_MOST_ROW = 1_000_000

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE, _STYLE, _TEXT, _SVG = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "style", "text", "svg-compatible")
)
_AS_HTML = {
    "p": "p", "h": "h1", "br": "br", "line-break": "br", "tr": "tr", "tc": "td", "table-row": "tr", "table-cell": "td",
    "covered-table-cell": "td", "list-item": "li", "note-body": "div", "page": "div", "frame": "div",
}  # fmt: skip
#: What a document holds beside what it shows: comments, deleted words, notes of the speaker, coded pictures.
_BESIDE = (
    *(f"{{*}}{name}" for name in ("annotation", "tracked-changes", "notes", "binary-data", "Fallback", "forms")),
    f"{_SVG}title", f"{_SVG}desc", f"{_TEXT}ruby-text",
)  # fmt: skip
_BLANKS = ("s", "tab")


class Unreadable(Exception):
    """A package is damaged, locked, or holds more than is ever read."""


class Office(NamedTuple):
    """The words of an Office file, block by block, and what it says of itself; a row of a table is one block."""

    blocks: Iterator[str]
    title: str | None
    created_on: str | None
    package: "Package"
    """Says, once the blocks are read, whether one of its parts was too long to be read to its end."""


def read_office(data: bytes, kind: str) -> Office:
    """Return the words of an XLSX, PPTX, ODT, ODS or ODP file; raises ``Unreadable``, the blocks as well.

    Hidden sheets, hidden slides of a PPTX, comments and speaker's notes are left out, charts too; of OpenDocument cells
    that are repeated, one is read. A sheet is read as far as 20 MB of it go.
    """
    package = Package(data)
    title, created_on = _about(package, "meta.xml" if kind in {ODT, ODS, ODP} else "docProps/core.xml")
    return Office(_READERS[kind](package), title, created_on, package)


class Package:
    """A package of XML of which no more than a set size is ever unpacked."""

    def __init__(self, data: bytes) -> None:
        self._left = _MOST_UNPACKED
        self.is_cut = False
        if data.count(b"PK\x01\x02") > _MOST_PARTS:
            raise Unreadable
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Unreadable from error
        self.names = set(self._file.namelist())

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, at most one more than a part may have; b"" where there is none."""
        if name not in self.names:
            return b""
        try:
            with self._file.open(name) as part:
                content = part.read(_MOST_BYTES + 1)
        except _BROKEN as error:
            raise Unreadable from error
        self._left -= len(content)
        self.is_cut = self.is_cut or len(content) > _MOST_BYTES
        # Entities are declared here and nowhere else, whatever the encoding; no program of an office writes one.
        if self._left < 0 or _DECLARATION.search(content.replace(b"\0", b"")):
            raise Unreadable
        return content

    def tree(self, name: str) -> Any:
        """Return the tree of a part, None where there is none."""
        content = self.read(name)
        if not content:
            return None
        if len(content) > _MOST_BYTES:
            raise Unreadable
        try:
            return etree.fromstring(
                content,
                parser=etree.XMLParser(
                    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
                ),
            )
        except etree.XMLSyntaxError as error:
            raise Unreadable from error

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """Yield the elements of a part one by one, each forgotten before the next, however long the part is."""
        if name not in self.names:
            return
        try:
            with self._file.open(name) as part:
                for _, element in etree.iterparse(
                    _Guarded(part), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
                ):
                    yield element
                    element.clear()
                    while (parent := element.getparent()) is not None and parent[0] is not element:
                        del parent[0]
        except (etree.XMLSyntaxError, *_BROKEN) as error:
            raise Unreadable from error

    def related(self, name: str) -> dict[str, str]:
        """Return the parts that a part refers to, by the name it has for each."""
        path = PurePosixPath(name)
        tree = self.tree(f"{path.parent}/_rels/{path.name}.rels")
        found: dict[str, str] = {}
        for each in [] if tree is None else tree:
            target = each.get("Target", "")
            found[each.get("Id", "")] = normpath(target.lstrip("/") if target[:1] == "/" else f"{path.parent}/{target}")
        return found


class _Guarded:
    """A part on its way out of the package, watched for declarations and for its length."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part, self._size, self._tail = part, 0, b""

    def read(self, size: int = -1, /) -> bytes:
        content = self._part.read(size)
        self._size += len(content)
        plain = self._tail + content.replace(b"\0", b"")
        if self._size > _MOST_STREAMED or _DECLARATION.search(plain):
            raise Unreadable
        self._tail = plain[-64:]
        return content


_BROKEN = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, LookupError, zlib.error,
)  # fmt: skip


def _about(package: Package, name: str) -> tuple[str | None, str | None]:
    try:
        tree = package.tree(name)
    except Unreadable:
        return None, None
    if tree is None:
        return None, None
    created = tree.findtext(".//{*}created") or tree.findtext(".//{*}creation-date") or ""
    day = re.match(r"\d{4}-\d\d-\d\d", created)
    return tree.findtext(".//{*}title") or None, day[0] if day else None


def _sheets(package: Package) -> Iterator[str]:
    """Yield the name and the rows of each sheet that is shown, the numbers as their cells show them."""
    book = "xl/workbook.xml"
    tree, parts = package.tree(book), package.related(book)
    if tree is None:
        return
    formats = read_formats(package.tree("xl/styles.xml"), tree)
    shared = [_run(each) for each in _each(package, "xl/sharedStrings.xml", "{*}si")]
    for sheet in tree.iter("{*}sheet"):
        if sheet.get("state", "visible") == "visible":
            yield sheet.get("name", "")
            yield from _rows(package, parts.get(sheet.get(_RELATION, ""), ""), shared, formats)


def _rows(package: Package, name: str, shared: list[str], formats: Formats) -> Iterator[str]:
    cells: list[str] = []
    size = 0
    for element in _each(package, name, "{*}c", "{*}row"):
        if etree.QName(element).localname == "c":
            value = _value(element, shared, formats).strip() if size < _MOST_ROW else ""
            cells += [value] if value else []
            size += len(value)
        elif cells:
            yield " | ".join(cells)
            cells, size = [], 0


def _value(cell: Any, shared: list[str], formats: Formats) -> str:
    kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
    if kind == "s":
        is_known = value.isascii() and value.isdecimal() and len(value) < 10 and int(value) < len(shared)
        return shared[int(value)] if is_known else ""
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        return "" if inline is None else _run(inline)
    return formats.show(value, cell.get("s", "0")) if kind == "n" else value


def _run(element: Any) -> str:
    """Return the words of a cell without the pronunciation beside them."""
    return "".join(text.text or "" for text in element.iter("{*}t") if etree.QName(text.getparent()).localname != "rPh")


def _each(package: Package, name: str, *tags: str) -> Iterator[Any]:
    """Yield the elements of a large part one by one, each forgotten before the next."""
    content = package.read(name)
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        ):
            yield element
            element.clear()
            while (parent := element.getparent()) is not None and parent[0] is not element:
                del parent[0]
    except etree.XMLSyntaxError as error:
        if 0 < len(content) <= _MOST_BYTES:
            raise Unreadable from error


def _slides(package: Package) -> Iterator[str]:
    show = "ppt/presentation.xml"
    tree, parts = package.tree(show), package.related(show)
    for slide in [] if tree is None else tree.iter("{*}sldId"):
        page = package.tree(parts.get(slide.get(_RELATION, ""), ""))
        if page is not None and page.get("show", "1") not in {"0", "false"}:
            yield from _blocks(page)


def _open_document(package: Package) -> Iterator[str]:
    tree = package.tree("content.xml")
    body = None if tree is None else tree.find("{*}body")
    if body is None:
        return
    hidden = {
        style.get(f"{_STYLE}name")
        for style in tree.iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }
    for table in list(body.iter(f"{_TABLE}table")):
        if table.get(f"{_TABLE}style-name") in hidden:
            table.clear()
    yield from _blocks(body)


def _blocks(root: Any) -> Iterator[str]:
    """Yield the words of a tree by what its elements are in HTML; a footnote follows at the end."""
    etree.strip_elements(root, *_BESIDE, with_tail=False)
    for note in list(root.iter(f"{_TEXT}note")):
        root.extend(note.findall("{*}note-body"))
    etree.strip_elements(root, f"{_TEXT}note", with_tail=False)
    for element in root.iter():
        name = etree.QName(element).localname
        if name in _BLANKS:
            element.text = " "
        element.tag = _AS_HTML.get(name, "span")
    yield from blocks(root)


_READERS: dict[str, Callable[[Package], Iterator[str]]] = {
    XLSX: _sheets,
    PPTX: _slides,
    ODT: _open_document,
    ODS: _open_document,
    ODP: _open_document,
}
