"""Fetching one page: its redirects are followed by hand, its bytes counted as they come and again as they unfold."""

import re
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore2
import httpx2

from claims_app.errors import DomainError
from claims_app.fetching.guard import Guard, Place, read_place
from claims_app.fetching.wire import Unsafe, Wire

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf", DOCX})
#: What a server says that does not know what it serves.
_UNKNOWN = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-pdf", "application/zip"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (
    ("User-Agent", "ClaimsDesk (a fact-checking desk, reading one page for a person)"),
    ("Accept", f"text/html, application/xhtml+xml, application/pdf, {DOCX}, text/plain;q=0.9, */*;q=0.1"),
    # An old confusion about "deflate" makes asking for it unwise; it is understood where it comes unasked.
    ("Accept-Encoding", "gzip"),
    ("Connection", "close"),
)
_PIECE = 64 * 1024
#: Up to this size a page may be packed as tightly as it likes.
_NO_BOMB = 1_000_000
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost in all, its redirects included."""

    seconds: float = 30
    #: Bytes of the page, counted as they are sent and again once they are decompressed.
    body: int = 20_000_000
    #: Bytes of the headers of each answer.
    headers: int = 64 * 1024
    redirects: int = 5
    #: How many times larger than it was sent a page of more than a megabyte may turn out to be.
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it was sent, decompressed."""

    #: Where it was found in the end; ``redirects`` are the addresses on the way there, the one asked for first.
    address: str
    #: One of ``MEDIA_TYPES``.
    media_type: str
    #: What the server says, in lower case, true or not; None: it does not say.
    charset: str | None
    body: bytes
    redirects: tuple[str, ...]
    status: int
    #: By name in lower case; of a name that came twice, both values with a comma between them.
    headers: Mapping[str, str]


LIMITS = Limits()
INTERNET = Guard()


def fetch(address: str, *, limits: Limits = LIMITS, guard: Guard = INTERNET) -> Fetched:
    """Fetch the page at an address, or say in a ``DomainError`` on the field ``address`` what a person can do instead.

    Nothing of the environment counts: no proxy, no certificates of its own, no stored passwords; cookies are neither
    kept nor sent. Every address on the way is checked like the first.
    """
    wire = Wire(guard, seconds=limits.seconds)
    place, passed = read_place(address), list[str]()
    pool = httpcore2.ConnectionPool(ssl_context=_trust(), network_backend=wire, max_keepalive_connections=0)
    with _told(limits), pool:
        while len(passed) <= limits.redirects:
            guard.check_port(place)
            wire.allow_bytes(limits.headers)
            url = httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
            with pool.stream("GET", url, headers=[("Host", place.authority), *_HEADERS]) as response:
                headers = _headers(response)
                if response.status not in _REDIRECTS or not headers.get("location"):
                    # The headers came with the first bytes of the page, and chunks have a frame of their own.
                    wire.allow_bytes(limits.body + limits.headers)
                    return _read_page(place, response, headers, tuple(passed), limits)
            passed.append(place.address)
            place = read_place(headers["location"], base=place)
    raise DomainError(
        "This address leads on to another again and again; open it in a browser and copy the address of the page.",
        field="address",
    )


@cache
def _trust() -> ssl.SSLContext:
    """Return the certificates of the system, which nothing in the environment replaces."""
    return httpx2.create_ssl_context(trust_env=False)


@contextmanager
def _told(limits: Limits) -> Iterator[None]:
    """Tell what goes wrong on the wire in words for a person."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise DomainError(
            "The site did not answer in %(seconds)s seconds; try again later, or bring the page in as a file.",
            field="address",
            seconds=f"{limits.seconds:g}",
        ) from error
    except Unsafe as error:
        raise DomainError(
            "No safe connection to this site can be made; save the page from a browser and bring in the file.",
            field="address",
        ) from error
    except httpcore2.NetworkError as error:
        raise DomainError(
            "The connection to the site fails; try again later, or bring the page in as a file.", field="address"
        ) from error
    except (httpcore2.ProtocolError, zlib.error) as error:
        raise DomainError(
            "The site did not send a whole page; try again later, or bring the page in as a file.", field="address"
        ) from error


def _headers(response: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers and name != "location" else value
    return headers


def _text(value: bytes) -> str:
    """Return a header's text: addresses with Hebrew in them are sent as they are more often than they may be."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _read_page(
    place: Place, response: httpcore2.Response, headers: dict[str, str], passed: tuple[str, ...], limits: Limits
) -> Fetched:
    _need_page(response.status)
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type not in MEDIA_TYPES | _UNKNOWN:
        raise _wrong_kind(media_type)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.body:
        raise _too_large(limits)
    body = _read_body(response, headers.get("content-encoding", "").strip().lower(), limits)
    if not body.strip():
        raise DomainError(
            "The page at this address is empty; open it in a browser, save it and bring in the file.", field="address"
        )
    kind = _look_at(body) if media_type in _UNKNOWN else media_type
    if not kind:
        raise _wrong_kind(media_type)
    return Fetched(place.address, kind, _charset(parameters), body, passed, response.status, headers)


def _need_page(status: int) -> None:
    """Refuse every answer but a page."""
    if status in {404, 410}:
        raise DomainError(
            "There is no page at this address (the site answers %(status)s); check the address.",
            field="address",
            status=status,
        )
    if status >= 500:
        raise DomainError(
            "The site has a fault of its own (it answers %(status)s); try again later.", field="address", status=status
        )
    if status != 200:
        raise DomainError(
            "The site does not hand out this page (it answers %(status)s); save it from a browser as a file.",
            field="address",
            status=status,
        )


def _wrong_kind(media_type: str) -> DomainError:
    return DomainError(
        "At this address is a file of the kind %(kind)s; what can be read is a page, PDF, DOCX or text.",
        field="address",
        kind=media_type[:80] or "?",
    )


def _too_large(limits: Limits) -> DomainError:
    return DomainError(
        "The page is larger than %(size)s MB; bring in a file with the part that is needed.",
        field="address",
        size=f"{limits.body / 1e6:g}",
    )


def _read_body(response: httpcore2.Response, encoding: str, limits: Limits) -> bytes:
    body = bytearray()
    unpacker = None if encoding in {"", "identity"} else _Unpacker(encoding, ratio=limits.ratio)
    for chunk in response.iter_stream():
        for piece in unpacker.feed(chunk) if unpacker else (chunk,):
            body += piece
            if len(body) > limits.body:
                raise _too_large(limits)
    if unpacker:
        unpacker.finish()
    return bytes(body)


class _Unpacker:
    """Decompresses what comes in, piece by piece; what cannot be or should not be is a ``zlib.error``."""

    def __init__(self, encoding: str, *, ratio: int) -> None:
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise DomainError(
                "The site sends the page packed in a way that is not read; save it from a browser as a file.",
                field="address",
            )
        self._ratio = ratio
        self._sent = self._made = 0
        self._start()

    def _start(self) -> None:
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 32)  # tells gzip from zlib by their first bytes

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Return what these bytes unfold to."""
        self._sent += len(data)
        while data:
            if self._engine.eof:  # one packing may follow another
                self._start()
            piece = self._engine.decompress(data, _PIECE)
            data = self._engine.unconsumed_tail or self._engine.unused_data
            self._made += len(piece)
            if self._made > max(_NO_BOMB, self._ratio * self._sent):
                raise zlib.error
            yield piece

    def finish(self) -> None:
        """Refuse what broke off before its end."""
        if not self._engine.eof:
            raise zlib.error


def _look_at(body: bytes) -> str:
    """Return the media type of what nobody named, or nothing."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in start:
        return "application/pdf"
    if start.startswith(b"pk\3\4") and b"word/" in body:
        return DOCX
    return "text/html" if start.startswith((b"<!doctype html", b"<html")) else ""


def _charset(parameters: str) -> str | None:
    found = _CHARSET.search(parameters)
    return found[1].lower() if found else None
