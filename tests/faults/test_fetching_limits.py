"""Fetching costs a bounded time and space, whatever a site sends."""

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Sequence
from threading import Event

import httpcore2
import pytest

from claims_app.fetching import Guard, Limits
from claims_app.fetching.wire import Wire
from tests.faults.site import NAME, NOT_WHOLE, UNFOLDS, Serve, answer, fetched_refusal, moved, refused, sent, serving

QUICK = Limits(seconds=0.3)
pytestmark = pytest.mark.usefixtures("reached")


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of bytes of each read from a connection."""
    sizes: list[int] = []
    real = Wire.take

    def take(self: Wire, stream: httpcore2.NetworkStream, most: int) -> bytes:
        data = real(self, stream, most)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(Wire, "take", take)
    return sizes


def endless(start: bytes, again: bytes) -> Serve:
    """Send without an end; only that the other side leaves stops it."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(again)

    return serve


def dripping(start: bytes, drop: bytes) -> Serve:
    """Send something again and again, so that no single read waits for long."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            Event().wait(0.02)

    return serve


OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OPEN + b"Transfer-Encoding: chunked\r\n\r\n"


class TestSpace:
    @pytest.mark.parametrize(
        ("start", "again"),
        [
            (OPEN + b"\r\n", b"a" * 1000),
            (CHUNKED, b"3e8\r\n" + b"a" * 1000 + b"\r\n"),
            (CHUNKED + b"1;", b"a" * 1000),
            (CHUNKED, b"1;" + b"b" * 1000 + b"\r\na\r\n"),
            (CHUNKED + b"0\r\n", b"a: b\r\n" * 100),
            (OPEN, b"a: b\r\n" * 100),
            (OPEN + b"a: ", b"b" * 1000),
            (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10),
            (b"", b"a" * 1000),
        ],
        ids=["body", "chunks", "chunk header", "chunk headers", "trailer", "headers", "header", "hints", "noise"],
    )
    def test_without_an_end_is_cut_at_the_cap(
        self, start: bytes, again: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = Limits(seconds=30, body=200_000, headers=20_000)
        sizes = counted(monkeypatch)
        told = fetched_refusal(endless(start, again), limits)
        assert told == NOT_WHOLE or told.startswith("The page is larger than 0.2 MB")
        assert sum(sizes) <= limits.body + 2 * limits.headers

    def test_of_a_page_that_names_its_size_is_refused_unread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes = counted(monkeypatch)
        told = fetched_refusal(endless(OPEN + b"Content-Length: 20000001\r\n\r\n", b"a" * 1000))
        assert told == "The page is larger than 20 MB; bring in a file with the part that is needed."
        assert sum(sizes) <= Limits().headers

    def test_of_a_kind_that_is_not_read_is_refused_unread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes = counted(monkeypatch)
        told = fetched_refusal(endless(OPEN.replace(b"text/html", b"video/mp4") + b"\r\n", b"a" * 1000))
        assert told.startswith("At this address is a file of the kind video/mp4")
        assert sum(sizes) <= Limits().headers

    @pytest.mark.parametrize("member", [100_000_000, 400_000], ids=["one", "many"])
    @pytest.mark.parametrize("limits", [Limits(seconds=30, body=2_000_000, ratio=5000), Limits(seconds=30)])
    def test_that_unfolds_without_an_end_is_cut(self, member: int, limits: Limits) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        one = b"".join(packer.compress(bytes(100_000)) for _ in range(member // 100_000)) + packer.flush()
        bomb = answer(one * (100_000_000 // member), more="Content-Encoding: gzip\r\n")
        tracemalloc.start()
        try:
            told = fetched_refusal(bomb, limits)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert told.startswith("The page is larger than 2 MB") if limits.ratio == 5000 else told == UNFOLDS
        assert peak < limits.body * 1.25 + 4_000_000

    def test_packed_tightly_but_small_is_read(self) -> None:
        body = b"<p>" + b" " * 900_000 + b"</p>"
        with serving(sent(answer(gzip.compress(body), more="Content-Encoding: gzip\r\n"))) as site:
            assert site.fetch().body == body


def test_a_used_up_allowance_is_never_taken_for_the_end_of_the_page() -> None:
    wire = Wire(Guard(), seconds=20)
    wire.allow_bytes(3)
    stream = httpcore2.MockStream([b"abc", b"def"])
    assert wire.take(stream, 100) == b"abc"
    with pytest.raises(httpcore2.RemoteProtocolError):
        wire.take(stream, 100)


TOO_SLOW = "The site did not answer in 0.3 seconds; try again later, or bring the page in as a file."


class TestTime:
    @pytest.mark.parametrize(
        ("start", "drop"),
        [
            (OPEN + b"\r\n", b"a"),
            (OPEN, b"a: b\r\n"),
            (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
            (CHUNKED, b"1\r\na\r\n"),
        ],
        ids=["body", "headers", "hints", "chunks"],
    )
    def test_of_a_slow_drip_ends(self, start: bytes, drop: bytes) -> None:
        assert fetched_refusal(dripping(start, drop), QUICK) == TOO_SLOW

    def test_of_silence_ends(self) -> None:
        assert fetched_refusal(lambda connection, _: connection.recv(1), QUICK) == TOO_SLOW

    def test_that_is_over_before_anything_is_asked_ends_too(self) -> None:
        told = fetched_refusal(answer(), Limits(seconds=0))
        assert told == TOO_SLOW.replace("0.3", "0")

    def test_is_one_for_all_redirects(self) -> None:
        def serve(connection: socket.socket, _request: bytes) -> None:
            Event().wait(0.1)
            connection.sendall(moved("/"))

        assert fetched_refusal(serve, QUICK) == TOO_SLOW

    def test_of_a_name_that_is_looked_up_for_ever_ends(self) -> None:
        asked = Event()

        def resolve(*_: object) -> Sequence[str]:
            asked.wait()
            return []

        try:
            assert refused(f"http://{NAME}/", Guard(resolve), QUICK) == TOO_SLOW
        finally:
            asked.set()

    def test_of_a_greeting_that_never_comes_ends(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            guard = Guard(lambda *_: ["127.0.0.1"], frozenset({(NAME, port)}))
            assert refused(f"https://{NAME}:{port}/", guard, QUICK) == TOO_SLOW
