"""Fetching a page brings it as it was sent, or says what a person can do.

Every server here listens on this machine; a name is led to it by the guard, and any other connection fails the test.
"""

import gzip
import socket
import ssl
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims_app.fetching import Fetched, Guard, Limits, fetch, wire
from claims_app.fetching import page as page_module
from claims_app.fetching.media import DOCX
from tests.faults.site import (
    NAME,
    NOT_WHOLE,
    PAGE,
    TOO_LARGE,
    Site,
    answer,
    fetched_refusal,
    make_certificate,
    moved,
    refused,
    safe,
    sent,
    serving,
)

pytestmark = pytest.mark.usefixtures("reached")


class TestAPage:
    def test_comes_as_it_was_sent(self) -> None:
        with serving(sent(answer(more="X-One: a\r\nX-One: b\r\n"))) as site:
            page = site.fetch("a?b=c#d")
        assert page == Fetched(
            address=f"{site.address}a?b=c",
            media_type="text/html",
            charset="utf-8",
            body=PAGE,
            redirects=(),
            status=200,
            headers={
                "content-length": str(len(PAGE)),
                "x-one": "a, b",
                "content-type": "text/html; charset=utf-8",
            },
        )

    def test_is_asked_for_once_by_name_and_without_cookies_or_passwords(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, "http://127.0.0.1:9")
        with serving(sent(answer(more="Set-Cookie: a=b\r\n"))) as site:
            site.fetch()
            site.fetch("כתבה/1")
        first, second = (request.decode("ascii").split("\r\n") for request in site.requests)
        assert first[:3] == [
            "GET / HTTP/1.1",
            f"Host: {NAME}:{site.port}",
            "User-Agent: ClaimsDesk (a fact-checking desk, reading one page for a person)",
        ]
        assert second[0] == "GET /%D7%9B%D7%AA%D7%91%D7%94/1 HTTP/1.1"
        names = {line.partition(":")[0] for line in [*first[1:], *second[1:]]} - {""}
        assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}

    def test_may_be_pasted_with_marks_that_nobody_sees(self) -> None:
        with serving(sent(answer())) as site:
            pasted = f"\u200f \u202b{site.address}\u202c\n"
            assert fetch(pasted, guard=site.guard).address == site.address

    @pytest.mark.parametrize(
        ("kind", "body", "told"),
        [
            ("text/plain", b"words", ("text/plain", None)),
            ("TEXT/HTML;Charset='Windows-1255'", b"\xf9", ("text/html", "windows-1255")),
            ('text/html; charset="ISO-8859-8-I"', b"\xf9", ("text/html", "iso-8859-8-i")),
            ("text/html; charset=martian", PAGE, ("text/html", "martian")),
            ("text/html; charset=", PAGE, ("text/html", None)),
            ("application/pdf", b"%PDF-1.7", ("application/pdf", None)),
            (DOCX, b"PK\3\4", (DOCX, None)),
            ("application/octet-stream", b"\n%PDF-1.4", ("application/pdf", None)),
            ("application/octet-stream", b"PK\3\4..word/document.xml", (DOCX, None)),
            ("", b"\xef\xbb\xbf <HTML>", ("text/html", None)),
        ],
    )
    def test_has_the_kind_that_the_site_names_or_its_first_bytes_show(
        self, kind: str, body: bytes, told: tuple[str, str | None]
    ) -> None:
        with serving(sent(answer(body, kind))) as site:
            page = site.fetch()
        assert (page.media_type, page.charset) == told

    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(PAGE * 9000)),
            ("GZIP", gzip.compress(PAGE * 4000) + gzip.compress(PAGE * 5000)),
            ("x-gzip", gzip.compress(PAGE * 9000, 0)),
            ("deflate", zlib.compress(PAGE * 9000)),
            ("identity", PAGE * 9000),
        ],
        ids=["gzip", "gzip twice", "x-gzip", "deflate", "identity"],
    )
    def test_is_decompressed(self, encoding: str, packed: bytes) -> None:
        with serving(sent(answer(packed, more=f"Content-Encoding: {encoding}\r\n"))) as site:
            assert site.fetch().body == PAGE * 9000

    def test_may_come_in_chunks_or_end_with_the_connection(self) -> None:
        chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        frames = b"".join(b"1\r\n%c\r\n" % byte for byte in PAGE)
        for data in (chunked + frames + b"0\r\n\r\n", b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE):
            with serving(sent(data)) as site:
                assert site.fetch().body == PAGE

    def test_may_be_as_large_as_allowed_and_no_byte_larger(self) -> None:
        limits = Limits(seconds=10, body=len(PAGE))
        with serving(sent(answer())) as site:
            assert site.fetch(limits=limits).body == PAGE
        assert fetched_refusal(answer(PAGE + b"."), limits).startswith(TOO_LARGE)


class TestARedirect:
    @pytest.mark.parametrize("status", ["301 M", "302 M", "303 M", "307 M", "308 M"])
    @pytest.mark.parametrize("target", ["/page", "page", "//{name}:{port}/page", "http://{name}:{port}/page#part"])
    def test_is_followed(self, status: str, target: str) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            to = target.format(name=NAME, port=connection.getsockname()[1])
            connection.sendall(answer() if b"GET /page " in request else moved(to, status))

        with serving(serve) as site:
            page = site.fetch()
            assert (page.address, page.redirects, page.body) == (f"{site.address}page", (site.address,), PAGE)

    def test_that_says_so_in_no_known_letters_is_followed(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            connection.sendall(answer() if b"GET /%C3%A9 " in request else moved("/X").replace(b"X", b"\xe9"))

        with serving(serve) as site:
            assert site.fetch().address == f"{site.address}%C3%A9"

    def test_is_followed_five_times_and_no_more(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            number = int(request.split(b" ")[1][1:])
            connection.sendall(moved(f"/{number - 1}") if number else answer())

        with serving(serve) as site:
            page = site.fetch("5")
            assert page.redirects == tuple(f"{site.address}{number}" for number in (5, 4, 3, 2, 1))
            told = refused(f"{site.address}6", site.guard)
            assert told.startswith("This address leads on to another again and again")
            assert len(site.requests) == 12

    def test_to_hebrew_as_it_stands_is_followed(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            connection.sendall(answer() if b"GET /%D7%93%D7%A3 " in request else moved("/דף"))

        with serving(serve) as site:
            assert site.fetch().address == f"{site.address}%D7%93%D7%A3"

    @pytest.mark.parametrize(
        ("target", "told"),
        [
            ("file:///etc/passwd", "A web address begins with"),
            ("javascript:alert(1)", "A web address begins with"),
            ("http://a:b@news.example/", "An address with a name or a password"),
            ("http://news.example:22/", "An address with the port 22"),
            ("http://[", "This is not a web address"),
            ("", "The site does not hand out this page (it answers 302)"),
        ],
    )
    def test_to_what_would_not_be_fetched_itself_is_refused(self, target: str, told: str, reached: list[str]) -> None:
        assert fetched_refusal(moved(target)).startswith(told)
        assert len(reached) == 2  # the page, and the end of the server

    def test_carries_no_cookies_on(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            more = "Location: /page\r\nSet-Cookie: a=b; Path=/\r\n"
            connection.sendall(answer() if b"GET /page " in request else answer(b"", "", "302 M", more))

        with serving(serve) as site:
            site.fetch()
            assert b"cookie" not in site.requests[1].lower()


class TestARefusal:
    @pytest.mark.parametrize(
        ("status", "told"),
        [
            (404, "There is no page at this address (the site answers 404); check the address."),
            (410, "There is no page at this address (the site answers 410); check the address."),
            (401, "The site does not hand out this page (it answers 401); save it from a browser as a file."),
            (403, "The site does not hand out this page (it answers 403); save it from a browser as a file."),
            (429, "The site does not hand out this page (it answers 429); save it from a browser as a file."),
            (206, "The site does not hand out this page (it answers 206); save it from a browser as a file."),
            (304, "The site does not hand out this page (it answers 304); save it from a browser as a file."),
            (500, "The site has a fault of its own (it answers 500); try again later."),
            (503, "The site has a fault of its own (it answers 503); try again later."),
        ],
    )
    def test_names_the_number_that_the_site_answers(self, status: int, told: str) -> None:
        assert fetched_refusal(answer(status=f"{status} X")) == told

    @pytest.mark.parametrize(
        ("kind", "body", "named"),
        [
            ("image/png", PAGE, "image/png"),
            ("video/mp4", PAGE, "video/mp4"),
            ("application/json; charset=utf-8", PAGE, "application/json"),
            ("application/zip", b"PK\3\4..xl/workbook.xml", "application/zip"),
            ("application/octet-stream", b"\x7fELF", "application/octet-stream"),
            ("", b"words", "?"),
        ],
    )
    def test_names_the_kind_that_is_not_read(self, kind: str, body: bytes, named: str) -> None:
        told = f"At this address is a file of the kind {named}; what can be read is a page, PDF, DOCX or text."
        assert fetched_refusal(answer(body, kind)) == told

    @pytest.mark.parametrize("body", [b"", b" \r\n\t"])
    def test_of_an_empty_page(self, body: bytes) -> None:
        assert fetched_refusal(answer(body)).startswith("The page at this address is empty")

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "martian"])
    def test_of_a_packing_that_was_not_asked_for(self, encoding: str) -> None:
        told = fetched_refusal(answer(more=f"Content-Encoding: {encoding}\r\n"))
        assert told.startswith("The site sends the page packed in a way that is not read")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\r\n\r\n",
            b"SSH-2.0-server\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            answer()[:-1],
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nab",
            answer(gzip.compress(PAGE)[:-9], more="Content-Encoding: gzip\r\n"),
            answer(gzip.compress(PAGE) + b"more", more="Content-Encoding: gzip\r\n"),
            answer(PAGE, more="Content-Encoding: gzip\r\n"),
            answer(b"", more="Content-Encoding: gzip\r\n"),
        ],
        ids=range(13),
    )
    def test_of_what_did_not_come_whole(self, data: bytes) -> None:
        assert fetched_refusal(data) == NOT_WHOLE

    def test_of_a_connection_that_nobody_takes(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        guard = Guard(lambda *_: ["127.0.0.1"], frozenset({(NAME, port)}))
        assert refused(f"http://{NAME}:{port}/", guard).startswith("The connection to the site fails")

    def test_is_not_given_while_another_of_the_sites_addresses_answers(self, reached: list[str]) -> None:
        with serving(sent(answer())) as site:
            guard = Guard(lambda *_: ["::1", "127.0.0.1"], frozenset({(NAME, site.port)}))
            assert fetch(site.address, guard=guard).body == PAGE
            assert reached == ["::1", "127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


UNSAFE = "No safe connection to this site can be made; save the page from a browser and bring in the file."


class TestASafeConnection:
    @pytest.fixture
    def site(self, certificate: Path) -> Iterator[Site]:
        with serving(safe(certificate, sent(answer())), listens=False) as site:
            yield site

    def test_is_not_made_with_a_stranger(self, site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wire.trust.cache_clear()
        assert refused(f"https://{NAME}:{site.port}/", site.guard) == UNSAFE

    def test_is_made_by_name_though_the_address_was_looked_up_before(
        self, site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_module, "trust", lambda: ssl.create_default_context(cafile=str(certificate)))
        page = fetch(f"https://{NAME}:{site.port}/", guard=site.guard)
        assert (page.body, page.address) == (PAGE, f"https://{NAME}:{site.port}/")

    def test_is_not_made_under_another_name(
        self, site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_module, "trust", lambda: ssl.create_default_context(cafile=str(certificate)))
        guard = Guard(site.guard.resolve, frozenset({("other.example", site.port)}))
        assert refused(f"https://other.example:{site.port}/", guard) == UNSAFE

    def test_is_not_made_where_the_site_speaks_without(self) -> None:
        with serving(sent(answer()), listens=False) as plain:
            assert refused(f"https://{NAME}:{plain.port}/", plain.guard) == UNSAFE
