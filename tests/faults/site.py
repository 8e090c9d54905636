"""A site on this machine for what fetches: it answers as a test says, well or ill."""

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from claims_app.fetching import Fault, Fetched, FetchFailed, Guard, Limits, Recording, fetch
from claims_app.fetching.media import MEDIA_TYPES
from tests.machine import need_openssl

NAME = "news.example"
PAGE = "<!doctype html><p>דף קצר לבדיקה.</p>".encode()
INSIDE = "An address inside this network is not fetched; bring the page in as a file."
NOT_WHOLE = "The site did not send a whole page; try again later, or bring the page in as a file."
TOO_LARGE = "The page is larger than "
UNFOLDS = "The page unfolds to far more than the site sent; save it from a browser as a file."
PATIENT = Limits(seconds=20)

#: How each refusal begins, and the words for it.
FAULTS = {
    "This is not a web address; copy": {Fault.CLOSED},
    "A web address begins with http:// or https://.": {Fault.CLOSED},
    "An address with a name or a password before the @": {Fault.CLOSED},
    "An address with the port ": {Fault.CLOSED},
    INSIDE: {Fault.CLOSED},
    "There is no site by the name ": {Fault.NO_SITE},
    "There is no page at this address": {Fault.GONE},
    "The site does not hand out this page": {Fault.REFUSED, Fault.BUSY},
    "The site has a fault of its own": {Fault.BUSY},
    "The site did not answer in ": {Fault.TIMEOUT},
    "The connection to the site fails": {Fault.BROKEN},
    NOT_WHOLE: {Fault.BROKEN},
    "No safe connection to this site can be made": {Fault.UNSAFE},
    TOO_LARGE: {Fault.TOO_LARGE},
    UNFOLDS: {Fault.TOO_LARGE},
    "At this address is a file of the kind ": {Fault.KIND},
    "The site sends the page packed in a way that is not read": {Fault.KIND},
    "This address leads on to another again and again": {Fault.LOST},
    "The page at this address is empty": {Fault.EMPTY},
}

Serve = Callable[[socket.socket, bytes], object]


class Site:
    """A server on this machine that answers each connection as the test says, and keeps the requests."""

    def __init__(self, serve: Serve, *, listens: bool) -> None:
        self.requests: list[bytes] = []
        self.is_closing = Event()
        self._listens = listens
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._run)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://{NAME}:{self.port}/"

    @property
    def guard(self) -> Guard:
        return Guard(lambda *_: ["127.0.0.1"], frozenset({(NAME, self.port)}))

    def fetch(self, path: str = "", limits: Limits = PATIENT) -> Fetched:
        return fetch(self.address + path, limits=limits, guard=self.guard)

    def copy(self, path: str = "", limits: Limits = PATIENT) -> tuple[Fetched, Recording]:
        """Fetch whatever is there, and record it."""
        recording = Recording()
        page = fetch(self.address + path, limits=limits, guard=self.guard, kinds=None, recording=recording)
        return page, recording

    def fail(self, path: str = "", limits: Limits = PATIENT) -> tuple[FetchFailed, Recording]:
        """Try to fetch what is there, whatever it is, and record it."""
        recording = Recording()
        return failed(self.address + path, self.guard, limits, kinds=None, recording=recording), recording

    def _run(self) -> None:
        while not self.is_closing.is_set():
            connection, _ = self._listener.accept()
            # The other side leaves when it has had enough: that is what is tested.
            with connection, suppress(OSError):
                connection.settimeout(10)
                request = b""
                while self._listens and not request.endswith(b"\r\n\r\n") and (data := connection.recv(65536)):
                    request += data
                if not self.is_closing.is_set():
                    self.requests.append(request)
                    self._serve(connection, request)

    def close(self) -> None:
        self.is_closing.set()
        with socket.socket() as last:
            last.connect(("127.0.0.1", self.port))
        self._thread.join(10)
        self._listener.close()
        assert not self._thread.is_alive()


@contextmanager
def serving(serve: Serve, *, listens: bool = True) -> Iterator[Site]:
    """Start a server; one that does not listen begins to serve before it has a request."""
    site = Site(serve, listens=listens)
    try:
        yield site
    finally:
        site.close()


def sent(data: bytes) -> Serve:
    return lambda connection, _: connection.sendall(data)


def answer(body: bytes = PAGE, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}"
    return (head + (f"Content-Type: {kind}\r\n" if kind else "") + "\r\n").encode() + body


def moved(target: str, status: str = "302 Found") -> bytes:
    return answer(b"", "", status, f"Location: {target}\r\n")


def chunked(*pieces: bytes, more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n" + more + b"\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def make_certificate(folder: Path) -> Path:
    """Return the certificate and the key of ``news.example``, which nobody has reason to trust."""
    need_openssl()
    path, key = folder / "site.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(path)], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


def safe(certificate: Path, then: Serve) -> Serve:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection: socket.socket, _request: bytes) -> None:
        with context.wrap_socket(connection, server_side=True) as inner:
            then(inner, inner.recv(65536))

    return serve


def failed(
    address: str,
    guard: Guard,
    limits: Limits = PATIENT,
    *,
    kinds: frozenset[str] | None = MEDIA_TYPES,
    recording: Recording | None = None,
) -> FetchFailed:
    """Return why an address is not fetched; its word is the one that belongs to its sentence."""
    with pytest.raises(FetchFailed) as caught:
        fetch(address, limits=limits, guard=guard, kinds=kinds, recording=recording)
    failure = caught.value
    assert failure.field == "address"
    (start,) = (start for start in FAULTS if str(failure).startswith(start))
    assert failure.fault in FAULTS[start]
    return failure


def refused(address: str, guard: Guard, limits: Limits = PATIENT) -> str:
    return str(failed(address, guard, limits))


def fetched_refusal(data: bytes | Serve, limits: Limits = PATIENT) -> str:
    with serving(sent(data) if isinstance(data, bytes) else data) as site:
        return refused(site.address, site.guard, limits)
