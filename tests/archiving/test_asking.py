"""One question to a service of the settings: what comes back, and what each kind of failure tells the caller."""

import socket
import ssl
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from claims_app.archiving.asking import LIMITS, Answer, ArchivingFailed, ask
from claims_app.fetching import Limits, sending, wire
from tests.archiving.services import CURVE, Asked, Reply, Says, Service, raw, run, serving
from tests.machine import need_openssl

SHORT = Limits(seconds=0.3, body=5_000)


def refused(says: Says, limits: Limits = LIMITS) -> ArchivingFailed:
    with serving(says) as service:
        return refused_at(f"{service.address}/x", limits)


def refused_at(address: str, limits: Limits = LIMITS) -> ArchivingFailed:
    with pytest.raises(ArchivingFailed) as caught:
        ask("GET", address, headers={}, limits=limits)
    return caught.value


class TestAnAnswer:
    def test_is_what_was_sent(self) -> None:
        with serving(lambda _: Reply(201, b"{}", "Application/JSON; charset=utf-8", {"Retry-After": "7"})) as service:
            answer = ask("POST", f"{service.address}/save", headers={"X-Name": "value"}, body=b"a=b")
        assert answer == Answer("127.0.0.1", 201, "application/json", b"{}", 7)
        (asked,) = service.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/save", b"a=b")
        assert asked.headers["x-name"] == "value"
        assert asked.headers["host"] == f"127.0.0.1:{service.port}"

    def test_does_not_come_through_a_proxy_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        with serving(lambda _: Reply(body=b"direct")) as service:
            assert ask("GET", service.address, headers={}).body == b"direct"

    @pytest.mark.parametrize(
        ("status", "is_passing"),
        [(400, False), (401, False), (403, False), (404, False), (405, False), (429, True), (500, True), (503, True)],
    )
    def test_of_an_error_is_refused_with_its_number(self, status: int, is_passing: bool) -> None:
        with serving(lambda _: Reply(status, b"<h1>No</h1>", "text/html")) as service:
            answer = ask("GET", service.address, headers={})
        with pytest.raises(ArchivingFailed) as caught:
            answer.need_success()
        assert caught.value.is_passing is is_passing
        assert caught.value.retry_after == (60 if status == 429 else None)
        assert "127.0.0.1" in str(caught.value)
        assert str(status) in str(caught.value) or status == 429

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [("30", 30), ("999999999", 86_400), ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400), ("soon", None), ("-5", None)],
    )
    @pytest.mark.parametrize("status", [429, 503])
    def test_says_when_to_come_again(self, status: int, said: str, seconds: float | None) -> None:
        with serving(lambda _: Reply(status, headers={"Retry-After": said})) as service:
            answer = ask("GET", service.address, headers={})
        with pytest.raises(ArchivingFailed) as caught:
            answer.need_success()
        assert caught.value.retry_after == (seconds or (60 if status == 429 else None))


class TestNoAnswer:
    def test_in_time_may_come_later(self) -> None:
        with serving(raw()) as service:

            def wait(_: Asked) -> Iterator[bytes]:
                service.is_closing.wait(20)
                yield b""

            service.says = wait
            error = refused_at(service.address, SHORT)
        assert str(error) == "127.0.0.1 did not answer in 0.3 seconds; it is asked again later."
        assert error.is_passing

    def test_is_what_drips_for_ever(self) -> None:
        """Each byte comes in good time; all of them never do."""
        with serving(raw()) as service:

            def drip(_: Asked) -> Iterator[bytes]:
                yield b"HTTP/1.1 200 OK\r\n"
                while not service.is_closing.wait(0.05):
                    yield b"X: y\r\n"

            service.says = drip
            error = refused_at(service.address, SHORT)
        assert str(error) == "127.0.0.1 did not answer in 0.3 seconds; it is asked again later."

    def test_from_a_closed_port_may_come_later(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        error = refused_at(f"http://127.0.0.1:{port}/")
        assert str(error) == "There is no connection to 127.0.0.1; it is asked again later."
        assert error.is_passing

    def test_from_a_name_that_nobody_knows_may_come_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        error = refused_at("https://archive.example/")
        assert str(error) == "There is no connection to archive.example; it is asked again later."
        assert error.is_passing

    @pytest.mark.parametrize("address", ["", "archive.example", "ftp://archive.example", "http://a:b@archive.example"])
    def test_comes_from_what_is_no_address(self, address: str) -> None:
        error = refused_at(address)
        assert str(error).startswith("The settings name a service by an address that is none")
        assert not error.is_passing


BROKEN = "The answer of 127.0.0.1 broke off or does not end; it is asked again later."


class TestABrokenAnswer:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            b"220 mail.example ESMTP\r\n",
        ],
    )
    def test_is_refused_and_may_be_whole_later(self, data: bytes) -> None:
        error = refused(raw(data))
        assert str(error) == BROKEN
        assert error.is_passing

    def test_is_one_that_does_not_end(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        assert str(refused(lambda _: chain([head], repeat(b" " * 65_536)), Limits(body=100_000))) == BROKEN

    def test_is_one_with_endless_headers(self) -> None:
        assert str(refused(lambda _: chain([b"HTTP/1.1 200 OK\r\n"], repeat(b"X: y\r\n" * 9_000)))) == BROKEN


class TestARedirect:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_is_not_followed(self, status: int) -> None:
        with serving(lambda _: Reply(200)) as other:
            error = refused(lambda _: Reply(status, headers={"Location": other.address}))
            assert other.asked == []
        assert str(error) == "127.0.0.1 sends the desk on to another address; check its address in the settings."
        assert not error.is_passing


UNSAFE = "No safe connection to localhost can be made; check its address in the settings."


class TestASafeConnection:
    @pytest.fixture
    def stranger(self, tmp_path: Path) -> Iterator[tuple[Service, Path]]:
        """A service with a certificate that nobody has reason to trust."""
        need_openssl()
        name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2")
        run(tmp_path, "req", "-x509", *CURVE, "-nodes", *name, "-keyout", "key.pem", "-out", "site.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "site.pem", tmp_path / "key.pem")
        with serving(lambda _: Reply(body=b"safe"), context) as service:
            yield service, tmp_path / "site.pem"

    def test_is_not_made_with_a_stranger(self, stranger: tuple[Service, Path], monkeypatch: pytest.MonkeyPatch) -> None:
        service, certificate = stranger
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wire.trust.cache_clear()
        error = refused_at(f"https://localhost:{service.port}/")
        assert str(error) == UNSAFE
        assert not error.is_passing
        assert service.asked == []

    def test_is_made_with_one_that_is_known(
        self, stranger: tuple[Service, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service, certificate = stranger
        monkeypatch.setattr(sending, "trust", lambda: ssl.create_default_context(cafile=str(certificate)))
        assert ask("GET", f"https://localhost:{service.port}/", headers={}).body == b"safe"

    def test_is_not_made_where_the_service_speaks_without(self) -> None:
        with serving(lambda _: Reply()) as service:
            assert str(refused_at(f"https://localhost:{service.port}/")) == UNSAFE
