"""A recording is written as a WARC file that another program reads back: the same bytes, and digests that hold."""

import gzip
import hashlib
import socket
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from claims_app.fetching import Exchange, Fault, Limits, Recording, write_warc
from tests.faults.site import PAGE, PATIENT, Serve, answer, chunked, moved, sent, serving

SOFTWARE = "ClaimsDesk/1.0 (בדיקה)"
pytestmark = pytest.mark.usefixtures("reached")


@dataclass
class Record:
    """A record as it is read back; ``payload`` stands as it was sent, ``body`` unfolded."""

    headers: dict[str, str]
    status: str | None
    payload: bytes
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name]


def read(warc: bytes) -> list[Record]:
    """Read a file as an archive does; every digest in it holds."""
    bodies = [each.content_stream().read() if each.http_headers else b"" for each in ArchiveIterator(BytesIO(warc))]
    records = []
    for each, body in zip(ArchiveIterator(BytesIO(warc), check_digests=True), bodies, strict=True):
        payload = each.raw_stream.read()
        assert each.digest_checker.passed, each.digest_checker.problems
        status = each.http_headers.statusline if each.http_headers else None
        records.append(Record(dict(each.rec_headers.headers), status, payload, body))
    return records


def members(warc: bytes) -> list[bytes]:
    """Return what is packed by itself, unpacked."""
    found = []
    while warc:
        engine = zlib.decompressobj(31)
        found.append(engine.decompress(warc))
        assert engine.eof
        warc = engine.unused_data
    return found


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def recorded(serve: Serve, limits: Limits = PATIENT) -> tuple[list[bytes], Recording]:
    with serving(serve) as site:
        _, recording = site.copy(limits=limits)
        return site.requests, recording


class TestAPage:
    @pytest.mark.parametrize(
        "data",
        [
            answer(more="X-Odd:  two  blanks \r\nset-cookie: a=b\r\nSet-Cookie: c=d\r\n"),
            chunked(PAGE[:7], PAGE[7:], more=b"X-Letters: \xf9\xe9\r\n"),
            answer(gzip.compress(PAGE), more="Content-Encoding: gzip\r\n"),
            chunked(gzip.compress(PAGE), more=b"Content-Encoding: gzip\r\n"),
            b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + PAGE,
        ],
        ids=["plain", "chunks", "packed", "packed chunks", "until the end"],
    )
    def test_is_read_back_as_it_was_sent(self, data: bytes) -> None:
        (request,), recording = recorded(sent(data))
        warc = write_warc(recording, software=SOFTWARE)
        info, asked, told = read(warc)
        assert [each["WARC-Type"] for each in (info, asked, told)] == ["warcinfo", "request", "response"]
        assert (told.body, told.status) == (PAGE, "200 OK")
        head, _, payload = data.partition(b"\n\n" if b"\r\n\r\n" not in data else b"\r\n\r\n")
        assert told.payload == payload
        blocks = [each.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n") for each in members(warc)]
        assert blocks[1:] == [request, data]
        assert told["WARC-Block-Digest"] == digest(data)
        assert told["WARC-Payload-Digest"] == digest(payload)
        assert asked["WARC-Payload-Digest"] == digest(b"")
        assert int(told["Content-Length"]) == len(data) == len(head) + len(payload) + (2 if b"\n\n" in data else 4)

    def test_says_where_and_when_it_was_and_what_belongs_together(self) -> None:
        _, recording = recorded(sent(answer()))
        (exchange,) = recording.exchanges
        info, asked, told = read(write_warc(recording, software=SOFTWARE))
        assert info.payload.decode() == f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n"
        for each in (asked, told):
            assert each["WARC-Target-URI"] == exchange.address
            assert each["WARC-IP-Address"] == "127.0.0.1"
            assert datetime.fromisoformat(each["WARC-Date"]) == exchange.at
            assert each["WARC-Warcinfo-ID"] == info["WARC-Record-ID"]
            assert "WARC-Truncated" not in each.headers
        assert asked["WARC-Concurrent-To"] == told["WARC-Record-ID"]
        assert told["WARC-Concurrent-To"] == asked["WARC-Record-ID"]
        assert asked["Content-Type"] == "application/http; msgtype=request"
        assert told["Content-Type"] == "application/http; msgtype=response"

    def test_comes_after_its_redirects(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            connection.sendall(answer() if b"GET /page " in request else moved("/page"))

        _, recording = recorded(serve)
        records = read(write_warc(recording, software=SOFTWARE))[1:]
        assert [each.status for each in records if each["WARC-Type"] == "response"] == ["302 Found", "200 OK"]
        assert [each["WARC-Target-URI"] for each in records[::2]] == [each.address for each in recording.exchanges]
        assert len({each["WARC-Record-ID"] for each in records}) == 4

    def test_after_announcements_is_written_without_them(self) -> None:
        _, recording = recorded(sent(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + answer()))
        told = read(write_warc(recording, software=SOFTWARE))[-1]
        assert (told.status, told.payload) == ("200 OK", PAGE)


class TestAFailure:
    def test_is_written_as_far_as_it_came(self) -> None:
        with serving(sent(answer()[:-9])) as site:
            failure, recording = site.fail()
        assert failure.fault == Fault.BROKEN
        told = read(write_warc(recording, software=SOFTWARE))[-1]
        assert (told.payload, told["WARC-Truncated"]) == (PAGE[:-9], "unspecified")

    def test_is_written_with_the_page_that_says_so(self) -> None:
        with serving(sent(answer(b"gone", status="410 Gone"))) as site:
            _, recording = site.fail()
        told = read(write_warc(recording, software=SOFTWARE))[-1]
        assert (told.status, told.payload) == ("410 Gone", b"gone")
        assert "WARC-Truncated" not in told.headers

    @pytest.mark.parametrize(
        "data", [b"SSH-2.0-server\r\n", b"\r\n\r\n", b"\xff\x00", b"HTTP/1.1 200 OK\r\n \r\nab: c"]
    )
    def test_to_speak_as_the_web_does_is_written_and_read_back(self, data: bytes) -> None:
        with serving(sent(data)) as site:
            _, recording = site.fail()
        warc = write_warc(recording, software=SOFTWARE)
        assert [each["WARC-Block-Digest"] for each in read(warc)][-1] == digest(data)

    def test_to_answer_leaves_the_request(self) -> None:
        with serving(sent(b"")) as site:
            _, recording = site.fail()
        info, asked = read(write_warc(recording, software=SOFTWARE))
        assert [info["WARC-Type"], asked["WARC-Type"]] == ["warcinfo", "request"]
        assert "WARC-Concurrent-To" not in asked.headers

    def test_to_connect_leaves_nothing_to_write(self) -> None:
        with pytest.raises(ValueError, match="Nothing was recorded"):
            write_warc(Recording(), software=SOFTWARE)


def exchange(response: bytes = answer(), *, at: int = 0, tls: tuple[str, str] | None = None) -> Exchange:
    moment = datetime(2026, 3, 10, 12, 0, 0, at, tzinfo=UTC)
    request = b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"
    return Exchange("https://news.example/", "93.184.216.34", moment, request, response, True, tls)


def test_the_same_recording_makes_the_same_bytes_and_another_one_other_names() -> None:
    one, two = Recording([exchange(), exchange()]), Recording([exchange(at=1), exchange(at=1)])
    assert write_warc(one, software=SOFTWARE) == write_warc(Recording([exchange(), exchange()]), software=SOFTWARE)
    names = [
        each["WARC-Record-ID"]
        for recording, software in ((one, SOFTWARE), (two, SOFTWARE), (one, "ClaimsDesk/2.0"))
        for each in read(write_warc(recording, software=software))
    ]
    assert len(set(names)) == 3 * 5


def test_a_safe_connection_says_how_it_was_safe() -> None:
    recording = Recording([exchange(tls=("TLSv1.3", "TLS_AES_128_GCM_SHA256"))])
    told = read(write_warc(recording, software=SOFTWARE))[-1]
    assert (told["WARC-Protocol"], told["WARC-Cipher-Suite"]) == ("tls/1.3", "TLS_AES_128_GCM_SHA256")


def test_a_byte_that_is_changed_is_found() -> None:
    """The check that the other tests rely on fails where it should."""
    warc = write_warc(Recording([exchange()]), software=SOFTWARE)
    changed = b"".join(gzip.compress(each.replace(b"<p>", b"<P>")) for each in members(warc))
    with pytest.raises(AssertionError, match="digest failed"):
        read(changed)


LINES = [b"HTTP/1.1 200 OK", b"HTTP/1.1 103 Hints", b"a: b", b" ", b"\t c", b"", b"\xd7", b"\r", b"x" * 20000]


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8), st.sampled_from([b"\r\n", b"\n"]))
def test_whatever_came_is_read_back(lines: list[bytes], end: bytes) -> None:
    recording = Recording([exchange(end.join(lines))])
    told = read(write_warc(recording, software=SOFTWARE))[2:]
    answers = [recording.exchanges[0].answer] if recording.exchanges[0].answer else []
    assert [each["WARC-Block-Digest"] for each in told] == [digest(each) for each in answers]
