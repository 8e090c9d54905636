"""Pages that lie, flood, or lead astray: each ends as the same kind of failure, or comes through untouched."""

import socket
import tracemalloc
from collections.abc import Sequence

import httpcore2
import pytest

from claims_app.fetching import Fault, Guard, Limits, Recording
from tests.faults.site import (
    NAME,
    PAGE,
    PATIENT,
    Serve,
    answer,
    chunked,
    failed,
    fetched_refusal,
    moved,
    sent,
    serving,
)

SCHEMES = [
    "file:///etc/passwd",
    "ftp://news.example/page",
    "gopher://news.example:70/1page",
    "data:text/html,<p>words</p>",
    "javascript:alert(document.domain)",
    "ws://news.example/",
    "blob:http://news.example/1",
    "view-source:http://news.example/",
    "about:blank",
]
pytestmark = pytest.mark.usefixtures("reached")


class TestAnotherScheme:
    @pytest.mark.parametrize("address", SCHEMES)
    def test_is_not_fetched(self, address: str, reached: list[str]) -> None:
        assert failed(address, Guard(), kinds=None).fault == Fault.CLOSED
        assert reached == []

    @pytest.mark.parametrize("target", SCHEMES)
    def test_is_not_followed(self, target: str, reached: list[str]) -> None:
        with serving(sent(moved(target))) as site:
            failure, recording = site.fail()
            assert (failure.fault, failure.status) == (Fault.CLOSED, 302)
            assert len(recording.exchanges) == len(reached) == 1


class TestANameThatChangesItsAnswer:
    def test_between_two_fetches_is_refused_the_second_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = [["93.184.216.34"], ["127.0.0.1"]]
        tried: list[str] = []

        class Refusing(httpcore2.SyncBackend):
            def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore2.NetworkStream:
                tried.append(host)
                raise httpcore2.ConnectError

        monkeypatch.setattr(httpcore2, "SyncBackend", Refusing)
        with serving(sent(answer())) as inside:
            guard = Guard(lambda *_: answers.pop(0))
            faults = [failed(inside.address, guard, kinds=None).fault for _ in range(2)]
        assert faults == [Fault.BROKEN, Fault.CLOSED]
        assert (tried, inside.requests) == (["93.184.216.34"], [])

    def test_between_a_redirect_and_its_target_is_refused(self, reached: list[str]) -> None:
        """The allowance is for one port: at the other, the same name counts like any."""
        asked: list[int] = []

        def resolve(_host: str, port: int) -> Sequence[str]:
            asked.append(port)
            return ["127.0.0.1"]

        with serving(sent(answer())) as inside, serving(sent(moved(f"http://{NAME}:{inside.port}/"))) as site:
            failure = failed(site.address, Guard(resolve, frozenset({(NAME, site.port)})), kinds=None)
            assert (failure.fault, failure.address) == (Fault.CLOSED, inside.address)
            assert asked == [site.port, inside.port]
            assert reached == ["127.0.0.1"]
        assert inside.requests == []


class TestAWrongLength:
    @pytest.mark.parametrize("missing", [1, 9, len(PAGE)])
    def test_that_is_too_large_is_a_broken_page(self, missing: int) -> None:
        with serving(sent(answer()[:-missing])) as site:
            assert site.fail()[0].fault == Fault.BROKEN

    @pytest.mark.parametrize("length", [1, len(PAGE) - 1])
    def test_that_is_too_small_is_no_proof_of_the_page(self, length: int) -> None:
        """Without a recording it is read as a browser reads it: as far as was promised."""
        data = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n".encode() + PAGE
        with serving(sent(data)) as site:
            failure, recording = site.fail()
            assert (failure.fault, recording.exchanges[0].response) == (Fault.BROKEN, data)
            assert site.fetch().body == PAGE[:length]

    def test_by_blanks_behind_the_page_does_not_count(self) -> None:
        interim = b"HTTP/1.1 103 Early Hints\r\n\r\n"
        for data in (answer() + b"\r\n\r\n", interim + answer() + b"\n"):
            with serving(sent(data)) as site:
                page, recording = site.copy()
            assert (page.body, recording.exchanges[0].response) == (PAGE, data)

    def test_beside_chunks_does_not_count(self) -> None:
        with serving(sent(chunked(PAGE, more=b"Content-Length: 3\r\n"))) as site:
            assert site.copy()[0].body == PAGE

    @pytest.mark.parametrize("length", ["-1", "+5", "0x10", "5, 6", "9" * 19, "9" * 5000, "٥"])
    def test_that_is_none_ends_without_the_page(self, length: str) -> None:
        data = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %b\r\n\r\n" % length.encode()
        with serving(sent(data + PAGE)) as site:
            assert site.fail()[0].fault in {Fault.BROKEN, Fault.TOO_LARGE}


class TestWhatIsInside:
    @pytest.mark.parametrize("charset", ["utf-8", "windows-1255", "utf-16", "martian", "utf-7"])
    @pytest.mark.parametrize(
        "body",
        [
            "<meta charset=utf-8><p>שלום</p>".encode("cp1255"),
            "<meta charset=windows-1255><p>שלום</p>".encode(),
            b"<p>\xff\xfe\x00\x80</p>",
        ],
        ids=["cp1255", "utf-8", "neither"],
    )
    def test_comes_untouched_whatever_charset_is_named(self, body: bytes, charset: str) -> None:
        with serving(sent(answer(body, f"text/html; charset={charset}"))) as site:
            page, recording = site.copy()
        assert page.body == body
        assert page.charset == charset
        assert recording.exchanges[0].response.endswith(b"\r\n\r\n" + body)

    def test_is_not_run_and_asks_for_nothing_more(self) -> None:
        body = b"""<script>fetch('/beacon')</script><meta http-equiv=refresh content="0;url=http://127.0.0.1/">
            <img src=/pixel onerror=alert(1)><iframe src="javascript:alert(1)"></iframe><base href="file:///">"""
        more = "Refresh: 0;url=http://127.0.0.1/\r\nLink: </style.css>; rel=preload\r\n"
        with serving(sent(answer(body, more=more))) as site:
            page, recording = site.copy()
        assert (page.body, page.address) == (body, site.address)
        assert len(site.requests) == len(recording.exchanges) == 1


def test_cookies_of_one_step_are_not_sent_at_the_next() -> None:
    def serve(connection: socket.socket, request: bytes) -> None:
        number = int(request.split(b" ")[1][1:] or b"3")
        more = f"Set-Cookie: seen={number}; Path=/\r\n" + (f"Location: /{number - 1}\r\n" if number else "")
        connection.sendall(answer(PAGE, status="302 M" if number else "200 OK", more=more))

    with serving(serve) as site:
        site.copy()
        site.copy()
    assert len(site.requests) == 8
    assert b"cookie" not in b"".join(site.requests).lower()


def flood(head: bytes, piece: bytes, times: int) -> Serve:
    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head)
        for _ in range(times):
            connection.sendall(piece)

    return serve


PIECE = b"<p>words and words</p>\n" * 2500
TIMES = 50_000_000 // len(PIECE) + 1
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


class TestAPageOfFiftyMegabytes:
    @pytest.mark.parametrize(
        ("head", "piece"),
        [
            (HEAD + b"Content-Length: %d\r\n\r\n" % (TIMES * len(PIECE)), PIECE),
            (HEAD + b"\r\n", PIECE),
            (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n%b\r\n" % (len(PIECE), PIECE)),
        ],
        ids=["said before", "without an end", "in chunks"],
    )
    def test_is_refused_in_bounded_memory_though_it_is_recorded(self, head: bytes, piece: bytes) -> None:
        limits = Limits(seconds=60)
        recording = Recording()
        with serving(flood(head, piece, TIMES)) as site:
            tracemalloc.start()
            try:
                failure = failed(site.address, site.guard, limits, kinds=None, recording=recording)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        (exchange,) = recording.exchanges
        assert failure.fault == Fault.TOO_LARGE
        assert not exchange.is_whole
        assert len(exchange.response) <= limits.body + 2 * limits.headers
        # What was read of the page, the record of it, and a copy of that while it is closed.
        assert peak < 3.5 * limits.body

    def test_in_pieces_of_one_byte_is_too_large_as_well(self) -> None:
        serve = flood(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 1000, 100)
        assert fetched_refusal(serve, Limits(seconds=30, body=200_000)).startswith("The page is larger than 0.2 MB")


class TestWhateverIsThere:
    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ("image/png", "image/png"),
            ("Application/VND.ms-excel; name=a.xls", "application/vnd.ms-excel"),
            ("application/zip", "application/zip"),
            ("application/octet-stream", "application/octet-stream"),
            ("", "application/octet-stream"),
            ("png", "application/octet-stream"),
            ("text/html/<script>", "application/octet-stream"),
            ("a/" + "b" * 200, "application/octet-stream"),
            ("text/plain\r\nContent-Type: text/html", "text/html"),
        ],
    )
    def test_is_taken_with_the_kind_that_the_site_names(self, said: str, kind: str) -> None:
        body = b"%PDF-1.7 in name only"
        with serving(sent(answer(body, said))) as site:
            page, _ = site.copy()
        assert (page.media_type, page.body) == (kind, body)
        assert b"\r\nAccept: text/html, application/xhtml+xml, */*;q=0.8\r\n" in site.requests[0]

    def test_is_not_taken_where_some_kinds_are_wanted(self) -> None:
        wanted = frozenset({"image/png"})
        with serving(sent(answer(kind="image/gif"))) as site:
            assert failed(site.address, site.guard, PATIENT, kinds=wanted).fault == Fault.KIND
        with serving(sent(answer(kind="application/octet-stream"))) as site:
            assert failed(site.address, site.guard, PATIENT, kinds=wanted).fault == Fault.KIND

    def test_is_not_taken_empty(self) -> None:
        with serving(sent(answer(b"", "image/png"))) as site:
            assert site.fail()[0].fault == Fault.EMPTY
