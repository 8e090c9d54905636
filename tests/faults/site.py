"""A site on this machine for what fetches: it answers as a test says, well or ill."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from claims_app.errors import DomainError
from claims_app.fetching import Fetched, Guard, Limits, fetch

NAME = "news.example"
PAGE = "<!doctype html><p>דף קצר לבדיקה.</p>".encode()
INSIDE = "An address inside this network is not fetched; bring the page in as a file."
NOT_WHOLE = "The site did not send a whole page; try again later, or bring the page in as a file."
TOO_LARGE = "The page is larger than "
PATIENT = Limits(seconds=20)

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


def refused(address: str, guard: Guard, limits: Limits = PATIENT) -> str:
    with pytest.raises(DomainError) as caught:
        fetch(address, limits=limits, guard=guard)
    assert caught.value.field == "address"
    return str(caught.value)


def fetched_refusal(data: bytes | Serve, limits: Limits = PATIENT) -> str:
    with serving(sent(data) if isinstance(data, bytes) else data) as site:
        return refused(site.address, site.guard, limits)
