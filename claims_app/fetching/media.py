"""What kind of file came: as the server says, or, where it does not know, as the first bytes show."""

import re

from claims_app.fetching.faults import Fault, FetchFailed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf", DOCX})
_OCTETS = "application/octet-stream"
#: What a server says that does not know what it serves.
_UNKNOWN = frozenset({"", _OCTETS, "binary/octet-stream", "application/x-pdf", "application/zip"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.ASCII | re.IGNORECASE)


def read_media_type(said: str, kinds: frozenset[str] | None) -> str:
    """Return the media type in a header ``Content-Type``; one that neither is nor may turn out to be wanted is refused.

    ``kinds`` are those that are wanted. None: every one is, and what is not known is ``application/octet-stream``.
    """
    media_type = said.partition(";")[0].strip().lower()
    if kinds is None:
        last = media_type.rpartition(",")[2].strip()  # what is said twice counts as said last
        return last if _MEDIA_TYPE.fullmatch(last) else _OCTETS
    if media_type not in kinds | _UNKNOWN:
        raise _wrong_kind(media_type)
    return media_type


def settle_media_type(media_type: str, body: bytes, kinds: frozenset[str] | None) -> str:
    """Return the media type of a body that came as ``media_type``; where that says nothing, it is looked at."""
    if kinds is None or media_type in kinds:
        return media_type
    found = _look_at(body)
    if found not in kinds:
        raise _wrong_kind(media_type)
    return found


def read_charset(said: str) -> str | None:
    """Return the charset that a header ``Content-Type`` names, in lower case, known or not."""
    found = _CHARSET.search(said.partition(";")[2])
    return found[1].lower() if found else None


def _look_at(body: bytes) -> str:
    """Return the media type of what nobody named, or nothing."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in start:
        return "application/pdf"
    if start.startswith(b"pk\3\4") and b"word/" in body:
        return DOCX
    return "text/html" if start.startswith((b"<!doctype html", b"<html")) else ""


def _wrong_kind(media_type: str) -> FetchFailed:
    return FetchFailed(
        "At this address is a file of the kind %(kind)s; what can be read is a page, PDF, DOCX or text.",
        Fault.KIND,
        kind=media_type[:80] or "?",
    )
