"""What a kept copy is, told by its bytes; its sender and its name are asked only where the bytes leave it open."""

import io
import json
import re
import zipfile
from pathlib import PurePath

HTML = "text/html"
PLAIN = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
JSON = "application/json"
XML = "application/xml"
SVG = "image/svg+xml"
PDF = "application/pdf"
PACKAGE = "application/zip"
UNKNOWN = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PPTX = f"{_OFFICE}presentationml.presentation"
ODT, ODS, ODP = (f"application/vnd.oasis.opendocument.{what}" for what in ("text", "spreadsheet", "presentation"))

SHOWN_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a page of the desk may show as a picture; SVG never, because it is a program."""
MARKUP = frozenset({HTML, SVG})
"""What can be shown as a still page."""

_MAGIC = (
    # Not from within a page that speaks of PDF.
    (rb"[^<]{0,1000}?%PDF-", PDF),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb"BM.{4}\0\0\0\0", "image/bmp"),
    (rb"II\*\0|MM\0\*", "image/tiff"),
    (rb".{4}ftyp(heic|heix|mif1)", "image/heic"),
    (rb".{4}ftypavi[fs]", "image/avif"),
    (rb"\{\\rtf", "application/rtf"),
    (rb"\x1f\x8b", "application/gzip"),
)
_TOLD_BY_BYTES = frozenset(
    [*(kind for _, kind in _MAGIC), DOCX, XLSX, PPTX, ODT, ODS, ODP, PACKAGE, HTML, SVG, JSON, XML]
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STORAGE = "application/x-ole-storage"
_OLE_KINDS = (
    ("EncryptedPackage", _OLE_STORAGE),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MOST_PARTS = 5_000
_BROKEN_PACKAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, LookupError)

_HEAD = 8_192
_MOST_JSON = 5_000_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
# Never read in two ways: what backtracks here can be made to take for ever.
_ASIDE = r"\s+|<\?[^>]*>|<!--(?:(?!-->).)*-->"
_BEFORE_ROOT = rf"(?>{_ASIDE}|<!doctype\s[^>[]*(?:\[[^\]]*\]\s*)?>)*+"
_ROOT = re.compile(rf"{_BEFORE_ROOT}<(\w+(?::\w+)?)", re.IGNORECASE | re.DOTALL)
_HTML_DOCTYPE = re.compile(rf"(?>{_ASIDE})*+<!doctype\s+html", re.IGNORECASE | re.DOTALL)
_PAGE_TAGS = frozenset({"html", "head", "body", "title", "meta", "frameset"})
_TAG = re.compile(r"<(?:p|div|br|h[1-6]|article|section|span|a|b|table|ul|ol|script|style|img)\b", re.IGNORECASE)
_NAMED = {
    ".csv": CSV, ".tsv": CSV, ".md": MARKDOWN, ".markdown": MARKDOWN, ".json": JSON,
    ".html": HTML, ".htm": HTML, ".xhtml": HTML,
}  # fmt: skip
_SAID = {
    "text/csv": CSV, "text/tab-separated-values": CSV, "text/markdown": MARKDOWN, "application/json": JSON,
    "text/html": HTML, "application/xhtml+xml": HTML,
}  # fmt: skip
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


def tell_kind(data: bytes, declared: str | None, name: str = "") -> str:
    """Return the media type of ``data`` by what it is, else what its sender ``declared``; never raises.

    A kind that is told by its bytes is never believed without them: a program declared to be a PNG is none.
    """
    for start, kind in _MAGIC:
        if re.match(start, data[:2048], re.DOTALL):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _in_package(data)
    if data.startswith(_OLE):
        return next((kind for part, kind in _OLE_KINDS if part.encode("utf-16-le") in data), _OLE_STORAGE)
    said = (declared or "").split(";")[0].strip().lower()
    head = _text_head(data)
    if head is not None:
        kind = _text_kind(head, said, name)
        return JSON if kind == PLAIN and _is_json(data, head) else kind
    if not _MEDIA_TYPE.fullmatch(said) or said in _TOLD_BY_BYTES or said.startswith("text/") or said.endswith("+xml"):
        return UNKNOWN
    return said


def _in_package(data: bytes) -> str:
    """Return what a package of files is: an Office document by its parts, or only a package."""
    # Counted before it is opened: the list of parts is built up in memory.
    if data.count(b"PK\x01\x02") > _MOST_PARTS:
        return PACKAGE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            for part, kind in _PARTS.items():
                if part in names:
                    return kind
            if "mimetype" not in names:
                return PACKAGE
            with package.open("mimetype") as file:
                said = file.read(100).decode("ascii", "replace").strip()
    except _BROKEN_PACKAGE:
        return PACKAGE
    # Templates and pages of a site are called by the same names with something behind them.
    return next((kind for kind in (ODT, ODS, ODP) if said.startswith(kind)), PACKAGE)


def _text_head(data: bytes) -> str | None:
    """Return how a text begins, or None where the bytes are no text; tags are read in any character set."""
    head = data[:_HEAD]
    for mark, charset in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(charset, "replace")
    if b"\0" in head:
        # UTF-16 without its mark: Latin letters and tags have every second byte empty.
        for charset, empty in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if empty.count(0) > 0.2 * len(empty) and head.count(0) == empty.count(0):
                return head.decode(charset, "replace")
    if sum(head.count(control) for control in _CONTROLS) > 0.01 * len(head):
        return None
    return head.decode("latin-1")


def _text_kind(head: str, said: str, name: str) -> str:
    """Return which kind of text begins with ``head``."""
    root = _ROOT.match(head)
    tag = root[1].lower().rpartition(":")[2] if root else ""
    named = _NAMED.get(PurePath(name).suffix.lower())
    if tag == "svg":
        return SVG
    if tag in _PAGE_TAGS or _HTML_DOCTYPE.match(head):
        return HTML
    wanted = _SAID.get(said) or named
    if wanted == HTML:
        return HTML if _TAG.search(head) or root else PLAIN
    if root and head.lstrip().startswith("<?xml"):
        return XML
    if wanted in {CSV, MARKDOWN}:
        return str(wanted)
    return JSON if wanted == JSON and head.lstrip()[:1] in {"{", "["} else PLAIN


def _is_json(data: bytes, head: str) -> bool:
    if head.lstrip()[:1] not in {"{", "["} or len(data) > _MOST_JSON:
        return False
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
