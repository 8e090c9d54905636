"""Word documents: guarded against what a package of compressed XML can do, then read for their words."""

import io
import re
import zipfile
from typing import Any

import mammoth
from lxml import etree

from claims_app.errors import DomainError
from claims_app.intake.markup import read_fragment
from claims_app.intake.reading import Reading

#: No article needs more: parts of a package, bytes unpacked, bytes of XML that is built up in memory, packing ratio.
_MOST_PARTS = 5_000
_MOST_UNPACKED = 200_000_000
_MOST_XML = 5_000_000
_MOST_RATIO = 200

_DAMAGED = "The document is damaged. Open it in the program it was made with, save it as DOCX and bring it in again."
_PACKED = (
    "The document unpacks to more than an article can be. "
    "Copy its text into a new document and bring that in, or paste the text."
)


def read_document(data: bytes, *, language: str | None = None) -> Reading:
    """Return the words of a DOCX file; every other kind of package is refused by name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = _guard(package)
            about = _properties(package)
        made = _to_html(parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        # A part that is locked or packed in an unknown way raises one of the less telling of these.
        raise DomainError(_DAMAGED) from error
    return read_fragment(made, language=language, **about)


def _guard(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts of XML; refuse a package that is no document, or that is made to harm whoever opens it."""
    parts = package.infolist()
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise DomainError(_PACKED)
    if "word/document.xml" not in names:
        _refuse_other(package, names)
    markup: dict[str, bytes] = {}
    size = 0
    for part in parts:
        is_xml = part.filename.lower().endswith((".xml", ".rels"))
        size += part.file_size if is_xml else 0
        ratio = part.file_size / max(part.compress_size, 1)
        if size > _MOST_XML or (part.file_size > 1_000_000 and ratio > _MOST_RATIO):
            raise DomainError(_PACKED)
        if not is_xml:
            continue
        markup[part.filename] = package.read(part)
        # Entities are declared here and nowhere else, whatever the encoding; Word never writes one.
        if re.search(rb"<!\s*(DOCTYPE|ENTITY)", markup[part.filename].replace(b"\0", b""), re.IGNORECASE):
            raise DomainError(_DAMAGED)
    return markup


def _refuse_other(package: zipfile.ZipFile, names: set[str]) -> None:
    kind = package.read("mimetype")[:100] if "mimetype" in names else b""
    if b"opendocument.text" in kind:
        raise DomainError("It is an OpenDocument text. Save it as DOCX, PDF or plain text and bring it in again.")
    if names & {"xl/workbook.xml", "ppt/presentation.xml"} or b"opendocument" in kind:
        raise DomainError(
            "It is a spreadsheet or a presentation. Save its text as DOCX, PDF or plain text and bring it in again."
        )
    raise DomainError(
        "It is a package of files without a Word document in it. Unpack it and bring in the article's own file."
    )


def _to_html(parts: dict[str, bytes]) -> str:
    """Return the document as HTML, from these parts alone: it could else name any other part as its text."""
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    try:
        made = mammoth.convert_to_html(
            document,
            convert_image=mammoth.images.img_element(lambda _image: {}),
            style_map="p[style-name='Title'] => h1:fresh",
        )
    except Exception as error:  # the reader raises whatever its parser and its assumptions do
        raise DomainError(_DAMAGED) from error
    return str(made.value)


def _properties(package: zipfile.ZipFile) -> dict[str, str | None]:
    """Return what the document says about itself."""
    try:
        core = package.read("docProps/core.xml")
        root = etree.fromstring(core, parser=etree.XMLParser(resolve_entities=False, no_network=True))
    except (KeyError, etree.XMLSyntaxError):
        return {}

    def value(name: str) -> str | None:
        found: Any = root.find(f"{{*}}{name}")
        return found.text if found is not None and found.text else None

    created = re.match(r"\d{4}-\d\d-\d\d", value("created") or "")
    return {"title": value("title"), "byline": value("creator"), "published_on": created[0] if created else None}
