"""Any file, page or paste to paragraphs: what it is by its content, then by its name, and who reads it."""

import re
from pathlib import PurePath

from claims_app.errors import DomainError
from claims_app.intake.encodings import decode
from claims_app.intake.plain import read_plain
from claims_app.intake.reading import Reading

#: Larger than any article with its pictures; what is larger is refused before it is looked into.
MOST_BYTES = 50_000_000
#: Longer than a thick book: nobody checks it line by line, and each page of the desk would carry it.
MOST_LETTERS = 1_000_000

_OLD_WORD = "It is an old Word document. Save it as DOCX, PDF or plain text and bring it in again."
_LOCKED = "The document is locked with a password. Save it without one and bring it in again."
_REFUSED = (
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP|....ftyp(hei|avif|mif)|8BPS",
        "It is a picture, not a text. Save the text as DOCX, PDF or plain text and bring it in again.",
    ),
    (rb"\{\\rtf", "It is a Rich Text file. Save it as DOCX, PDF or plain text and bring it in again."),
    (
        rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a|BZh\d1AY|\xfd7zXZ|.{257}ustar",
        "It is a package of files. Unpack it and bring in the article's own file.",
    ),
    (
        rb"From: <Saved by|MIME-Version:|bplist00",
        "It is a page saved as a web archive. Save it as HTML only, or copy the article and paste it.",
    ),
    (
        rb"ID3|OggS|fLaC|RIFF.{4}(WAVE|AVI )|....ftyp|\x7fELF|MZ.{56}|\x1aE\xdf\xa3",
        "It is a recording or a program, not a text. Save the text as DOCX, PDF or plain text and bring it in again.",
    ),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_PART = "EncryptedPackage".encode("utf-16-le")

_PAGE_START = re.compile(
    # Each comment is read in one way only: a row of them could else be made to take for ever.
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|br|h[1-6]|article|span|a|table|ul|ol|meta|title)\b[^>]*>", re.IGNORECASE)
_EMPTY = "There is no text in it. Bring in a file that has words in it, or paste the text."
_LONG = "The text is longer than %(most)s letters, more than an article can be. Bring in only the article."


def read_file(
    data: bytes,
    *,
    name: str = "",
    media_type: str | None = None,
    charset: str | None = None,
    language: str | None = None,
    address: str | None = None,
    most_bytes: int = MOST_BYTES,
) -> Reading:
    """Return the article in a file: plain text, Markdown, HTML, DOCX or PDF, by what its content is.

    ``name`` and ``media_type`` decide where the content leaves it open; ``charset`` is what the sender said, and
    ``address`` where a page was fetched from.
    Every other file, an empty and a larger one than ``most_bytes`` is refused with what to do instead.
    """
    if len(data) > most_bytes:
        raise DomainError(
            "The file is larger than %(most)s MB. Save only its text as DOCX, PDF or plain text and bring it in again.",
            most=most_bytes // 1_000_000,
        )
    if b"%PDF-" in data[:1024]:
        from claims_app.intake.pdf import read_pdf  # noqa: PLC0415 - heavy, and seldom needed

        return _finished(read_pdf(data, language=language))
    if data.startswith(b"PK\x03\x04"):
        from claims_app.intake.documents import read_document  # noqa: PLC0415 - heavy, and seldom needed

        return _finished(read_document(data, language=language))
    _refuse_by_content(data)
    kind = _said_kind(name, media_type)
    text = decode(data, charset=charset, is_markup=kind == "html" or data[:1024].lstrip()[:1] == b"<")
    return _finished(_read_text(text, kind, language=language, address=address))


def read_pasted(text: str, *, language: str | None = None) -> Reading:
    """Return the article in words that somebody pasted."""
    return _finished(read_plain(text, language=language))


def _read_text(text: str, kind: str, *, language: str | None, address: str | None) -> Reading:
    if len(text) > 5 * MOST_LETTERS:
        raise DomainError(_LONG, most=f"{MOST_LETTERS:,}")
    if _PAGE_START.match(text[:4096]) or (kind == "html" and _TAG.search(text)):
        from claims_app.intake.webpage import read_page  # noqa: PLC0415 - heavy, and seldom needed

        return read_page(text, language=language, address=address)
    if len(text) > 2 * MOST_LETTERS:
        raise DomainError(_LONG, most=f"{MOST_LETTERS:,}")
    if kind == "markdown":
        from claims_app.intake.markup import read_markdown  # noqa: PLC0415 - heavy, and seldom needed

        return read_markdown(text, language=language)
    return read_plain(text, language=language)


def _refuse_by_content(data: bytes) -> None:
    if data.startswith(_OLE):
        raise DomainError(_LOCKED if _LOCKED_PART in data else _OLD_WORD)
    for start, sentence in _REFUSED:
        if re.match(start, data[:512], re.DOTALL):
            raise DomainError(sentence)


def _said_kind(name: str, media_type: str | None) -> str:
    """Return what the file's name, or else its sender, says that it is."""
    kinds = {".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown"}
    types = {"text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown"}
    said = types.get((media_type or "").split(";")[0].strip().lower(), "plain")
    return kinds.get(PurePath(name).suffix.lower(), said)


def _finished(reading: Reading) -> Reading:
    if not any(mark.isalnum() for paragraph in reading.paragraphs for mark in paragraph.text):
        raise DomainError(_EMPTY)
    if sum(len(paragraph.text) for paragraph in reading.paragraphs) > MOST_LETTERS:
        raise DomainError(_LONG, most=f"{MOST_LETTERS:,}")
    return reading
