"""A recording holds what went over the wire: every request of a fetch, and what came back, to the byte."""

import gzip
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from claims_app.fetching import Fault, Guard, Limits, Recording, fetch
from claims_app.fetching import page as page_module
from tests.faults.site import (
    NAME,
    PAGE,
    PATIENT,
    answer,
    chunked,
    failed,
    make_certificate,
    moved,
    safe,
    sent,
    serving,
)

pytestmark = pytest.mark.usefixtures("reached")


class TestAnExchange:
    @pytest.mark.parametrize(
        "data",
        [
            answer(more="X-Odd:  two  blanks \r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n"),
            chunked(PAGE[:7], PAGE[7:], more=b"X-Letters: \xf9\xe9\r\n"),
            chunked(gzip.compress(PAGE)[:9], gzip.compress(PAGE)[9:], more=b"Content-Encoding: gzip\r\n"),
            answer(gzip.compress(PAGE), more="Content-Encoding: gzip\r\n"),
            b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + PAGE,
        ],
        ids=["plain", "chunks", "packed chunks", "packed", "until the end"],
    )
    def test_is_kept_to_the_byte(self, data: bytes) -> None:
        moment = datetime(2026, 3, 10, 12, 0, 0, 7, tzinfo=UTC)
        with serving(sent(data)) as site, time_machine.travel(moment, tick=False):
            page, recording = site.copy("כתבה")
        (exchange,) = recording.exchanges
        assert page.body == PAGE
        assert exchange.request == site.requests[0]
        assert exchange.response == exchange.answer == data
        assert (exchange.address, exchange.ip, exchange.at) == (page.address, "127.0.0.1", moment)
        assert (exchange.is_whole, exchange.tls) == (True, None)

    def test_may_be_larger_than_what_is_read_at_once(self) -> None:
        data = chunked(*(b"%07d\n" % number * 1000 for number in range(100)))
        with serving(sent(data)) as site:
            assert [each.response for each in site.copy()[1].exchanges] == [data]

    def test_begins_with_the_final_answer(self) -> None:
        interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        with serving(sent(interim * 2 + answer())) as site:
            (exchange,) = site.copy()[1].exchanges
        assert (exchange.response, exchange.answer) == (interim * 2 + answer(), answer())

    def test_of_a_safe_connection_is_what_was_said_inside(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        certificate = make_certificate(tmp_path)
        monkeypatch.setattr(page_module, "trust", lambda: ssl.create_default_context(cafile=str(certificate)))
        recording = Recording()
        with serving(safe(certificate, sent(answer())), listens=False) as site:
            fetch(f"https://{NAME}:{site.port}/", guard=site.guard, recording=recording)
        (exchange,) = recording.exchanges
        assert exchange.request.startswith(b"GET / HTTP/1.1\r\n")
        assert exchange.response == answer()
        assert exchange.tls is not None
        assert exchange.tls[0].startswith("TLSv1.")

    def test_with_a_stranger_has_no_words(self, tmp_path: Path) -> None:
        recording = Recording()
        with serving(safe(make_certificate(tmp_path), sent(answer())), listens=False) as site:
            failure = failed(f"https://{NAME}:{site.port}/", site.guard, recording=recording)
        assert failure.fault == Fault.UNSAFE
        (exchange,) = recording.exchanges
        assert (exchange.ip, exchange.request, exchange.response, exchange.is_whole) == ("127.0.0.1", b"", b"", False)

    def test_names_the_machine_that_answered(self) -> None:
        recording = Recording()
        with serving(sent(answer())) as site:
            guard = Guard(lambda *_: ["::1", "127.0.0.1"], frozenset({(NAME, site.port)}))
            fetch(site.address, guard=guard, recording=recording)
        assert [exchange.ip for exchange in recording.exchanges] == ["127.0.0.1"]


class TestARecording:
    def test_has_every_redirect_with_all_that_it_says(self) -> None:
        first, second = answer(b"moved", status="301 M", more="Location: /b\r\n"), moved("/c")

        def serve(connection: socket.socket, request: bytes) -> None:
            connection.sendall({b"/a": first, b"/b": second}.get(request.split()[1], answer()))

        with serving(serve) as site:
            page, recording = site.copy("a")
        assert [exchange.address for exchange in recording.exchanges] == [*page.redirects, page.address]
        assert [exchange.response for exchange in recording.exchanges] == [first, second, answer()]
        assert [exchange.request for exchange in recording.exchanges] == site.requests
        assert all(exchange.is_whole for exchange in recording.exchanges)

    def test_has_the_page_that_says_there_is_none(self) -> None:
        data = answer("<p>אין דף כזה</p>".encode(), status="404 Not Found")
        with serving(sent(data)) as site:
            failure, recording = site.fail()
        assert failure.fault == Fault.GONE
        assert [(each.response, each.is_whole) for each in recording.exchanges] == [(data, True)]

    def test_has_what_came_before_a_page_broke_off(self) -> None:
        with serving(sent(answer()[:-9])) as site:
            failure, recording = site.fail()
        assert failure.fault == Fault.BROKEN
        assert [(each.response, each.is_whole) for each in recording.exchanges] == [(answer()[:-9], False)]

    def test_ends_before_an_address_that_is_not_connected_to(self) -> None:
        with serving(sent(moved("http://10.0.0.1/"))) as site:
            failure, recording = site.fail()
            assert failure.fault == Fault.CLOSED
            assert [each.address for each in recording.exchanges] == [site.address]

    @pytest.mark.parametrize("status", ["302 Found", "404 Not Found"])
    def test_of_what_is_no_page_is_as_long_as_headers_may_be(self, status: str) -> None:
        limits = Limits(seconds=20, headers=5000)
        head = f"HTTP/1.1 {status}\r\nLocation: /\r\n\r\n".encode()
        with serving(sent(head + b"a" * 1_000_000)) as site:
            _, recording = site.fail(limits=limits)
        assert recording.exchanges
        assert all(len(each.response) <= 2 * limits.headers for each in recording.exchanges)
        assert not any(each.is_whole for each in recording.exchanges)

    def test_does_not_wait_for_what_a_redirect_promised_to_say(self) -> None:
        """The page comes, though the site holds the connection of the redirect until somebody leaves."""

        def serve(connection: socket.socket, request: bytes) -> None:
            if b"GET /page " in request:
                connection.sendall(answer())
            else:
                connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: 50\r\n\r\n")
                connection.recv(1)

        with serving(serve) as site:
            page, recording = site.copy(limits=Limits(seconds=4))
        assert page.body == PAGE
        assert [each.is_whole for each in recording.exchanges] == [False, True]

    def test_is_not_made_unless_asked_for(self) -> None:
        """Then what is no page is not even read: a redirect that holds the connection costs no time."""
        head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n"

        def serve(connection: socket.socket, _request: bytes) -> None:
            connection.sendall(head)
            connection.recv(1)

        with serving(serve) as site:
            assert failed(site.address, site.guard, PATIENT).fault == Fault.GONE
