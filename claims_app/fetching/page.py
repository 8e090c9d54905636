"""Fetching one page: its redirects are followed by hand, its bytes counted as they come and again as they unfold."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field

import httpcore2

from claims_app.fetching.faults import Fault, FetchFailed, read_retry_after
from claims_app.fetching.guard import Guard, Place, read_place
from claims_app.fetching.media import DOCX, MEDIA_TYPES, read_charset, read_media_type, settle_media_type
from claims_app.fetching.recording import Recording, Tape
from claims_app.fetching.unpacking import Unpacker
from claims_app.fetching.wire import Unsafe, UsedUp, Wire, trust

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "ClaimsDesk (a fact-checking desk, reading one page for a person)"
_PAGE = f"text/html, application/xhtml+xml, application/pdf, {DOCX}, text/plain;q=0.9, */*;q=0.1"
_ANYTHING = "text/html, application/xhtml+xml, */*;q=0.8"
#: The part of a fetch's time that may go into reading, for the record, what is no page.
_REST = 0.1


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
    #: One of the kinds that were wanted; where every kind was, what the server says, and ``application/octet-stream``
    #: where it says nothing.
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


def fetch(
    address: str,
    *,
    limits: Limits = LIMITS,
    guard: Guard = INTERNET,
    kinds: frozenset[str] | None = MEDIA_TYPES,
    recording: Recording | None = None,
) -> Fetched:
    """Fetch the page at an address, or say in a ``FetchFailed`` why not and what a person can do instead.

    ``kinds`` are the media types that are wanted; None: whatever is there. ``recording`` takes down what goes over
    the wire, of a failure too. Nothing of the environment counts: no proxy, no certificates of its own, no stored
    passwords; cookies are neither kept nor sent. Every address on the way is checked like the first.
    """
    wire = Wire(guard, seconds=limits.seconds)
    place, passed = read_place(address), list[str]()
    with httpcore2.ConnectionPool(ssl_context=trust(), network_backend=wire, max_keepalive_connections=0) as pool:
        while True:
            answer = _Answer()
            taping = nullcontext() if recording is None else recording.taping(place.address)
            with _told(place, answer, limits), taping as wire.tape:
                guard.check_port(place)
                wire.allow_bytes(limits.headers)
                with _asked(pool, place, _ANYTHING if kinds is None else _PAGE) as response:
                    answer.hear(response)
                    if not answer.leads_on:
                        kind, charset, body = _read_page(response, answer, wire, kinds, limits)
                        return Fetched(
                            place.address, kind, charset, body, tuple(passed), response.status, answer.headers
                        )
                    _read_rest(response, wire, limits)
                led_to = _follow(place, answer, passed, limits)
            passed.append(place.address)
            place = led_to


@dataclass(slots=True)
class _Answer:
    """What the site says before its page."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def hear(self, response: httpcore2.Response) -> None:
        self.status, self.headers = response.status, _headers(response)

    @property
    def leads_on(self) -> bool:
        return self.status in _REDIRECTS and bool(self.headers.get("location"))


def _asked(pool: httpcore2.ConnectionPool, place: Place, accept: str) -> AbstractContextManager[httpcore2.Response]:
    url = httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
    headers = [("Host", place.authority), ("User-Agent", _AGENT), ("Accept", accept)]
    # An old confusion about "deflate" makes asking for it unwise; it is understood where it comes unasked.
    headers += [("Accept-Encoding", "gzip"), ("Connection", "close")]
    return pool.stream("GET", url, headers=headers)


def _follow(place: Place, answer: _Answer, passed: list[str], limits: Limits) -> Place:
    if len(passed) == limits.redirects:
        raise FetchFailed(
            "This address leads on to another again and again; open it in a browser and copy the address of the page.",
            Fault.LOST,
        )
    return read_place(answer.headers["location"], base=place)


@contextmanager
def _told(place: Place, answer: _Answer, limits: Limits) -> Iterator[None]:
    """Say of what fails where that was and what the site had answered."""
    try:
        with _worded(limits):
            yield
    except FetchFailed as failure:
        failure.status = answer.status
        failure.retry_after = read_retry_after(answer.headers.get("retry-after", ""))
        failure.at(place.address)
        raise


@contextmanager
def _worded(limits: Limits) -> Iterator[None]:
    """Tell what goes wrong on the wire in words for a person."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise FetchFailed(
            "The site did not answer in %(seconds)s seconds; try again later, or bring the page in as a file.",
            Fault.TIMEOUT,
            seconds=f"{limits.seconds:g}",
        ) from error
    except Unsafe as error:
        raise FetchFailed(
            "No safe connection to this site can be made; save the page from a browser and bring in the file.",
            Fault.UNSAFE,
        ) from error
    except httpcore2.NetworkError as error:
        raise FetchFailed(
            "The connection to the site fails; try again later, or bring the page in as a file.", Fault.BROKEN
        ) from error
    except (httpcore2.ProtocolError, zlib.error) as error:
        raise FetchFailed(
            "The site did not send a whole page; try again later, or bring the page in as a file.", Fault.BROKEN
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
    response: httpcore2.Response, answer: _Answer, wire: Wire, kinds: frozenset[str] | None, limits: Limits
) -> tuple[str, str | None, bytes]:
    """Return the media type, the charset and the bytes of the page."""
    if response.status != 200:
        _read_rest(response, wire, limits)
        raise _no_page(response.status)
    said = answer.headers.get("content-type", "")
    media_type = read_media_type(said, kinds)
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.body:
        raise _too_large(limits)
    # The headers came with the first bytes of the page, and chunks have a frame of their own.
    wire.allow_bytes(limits.body + limits.headers)
    try:
        body = _read_body(response, answer.headers, wire.tape, limits)
    except UsedUp as error:
        raise _too_large(limits) from error
    if not body.strip():
        raise FetchFailed(
            "The page at this address is empty; open it in a browser, save it and bring in the file.", Fault.EMPTY
        )
    return settle_media_type(media_type, body, kinds), read_charset(said), body


def _no_page(status: int) -> FetchFailed:
    if status in {404, 410}:
        return FetchFailed(
            "There is no page at this address (the site answers %(status)s); check the address.",
            Fault.GONE,
            status=status,
        )
    if status >= 500:
        return FetchFailed(
            "The site has a fault of its own (it answers %(status)s); try again later.", Fault.BUSY, status=status
        )
    return FetchFailed(
        "The site does not hand out this page (it answers %(status)s); save it from a browser as a file.",
        Fault.BUSY if status == 429 else Fault.REFUSED,
        status=status,
    )


def _too_large(limits: Limits) -> FetchFailed:
    return FetchFailed(
        "The page is larger than %(size)s MB; bring in a file with the part that is needed.",
        Fault.TOO_LARGE,
        size=f"{limits.body / 1e6:g}",
    )


def _read_body(response: httpcore2.Response, headers: Mapping[str, str], tape: Tape | None, limits: Limits) -> bytes:
    encoding = headers.get("content-encoding", "").strip().lower()
    unpacker = None if encoding in {"", "identity"} else Unpacker(encoding, ratio=limits.ratio)
    body = bytearray()
    for chunk in response.iter_stream():
        for piece in unpacker.feed(chunk) if unpacker else (chunk,):
            body += piece
            if len(body) > limits.body:
                raise _too_large(limits)
    if tape:
        tape.is_whole = True
        length = "" if "transfer-encoding" in headers else headers.get("content-length", "")
        if length.isdecimal() and tape.has_more(int(length)):
            # A browser shows as much as was promised; as a proof half a page would not do.
            raise httpcore2.RemoteProtocolError
    if unpacker:
        unpacker.finish()
    return bytes(body)


def _read_rest(response: httpcore2.Response, wire: Wire, limits: Limits) -> None:
    """Take down what a site says with what is no page: as much as headers may have, while the time for it lasts."""
    if not wire.tape:
        return
    wire.allow_bytes(limits.headers)
    broken_off = httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException
    with wire.hurrying(limits.seconds * _REST), suppress(*broken_off):
        for _ in response.iter_stream():
            pass
        wire.tape.is_whole = True
