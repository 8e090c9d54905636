"""Copies of sources on the command line: asked for and made at once, checked, and made by a worker of its own."""

import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from claims_app.captures.model import Capture, CaptureState
from claims_app.cli import capturing
from claims_app.db import writing
from claims_app.fetching import Guard
from claims_app.files import Files
from claims_app.sources.model import Source
from tests.cli.command import Desk
from tests.factories import Factory

PAGE = "<!doctype html><title>The bridge</title><p>The bridge is 120 metres long, and it is old."
GONE = "There is no page at this address (the site answers 404); check the address."


@pytest.fixture
def port(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of a site on this machine: every name leads to it."""
    httpserver.expect_request("/gone").respond_with_data("", status=404)
    httpserver.expect_request("/busy").respond_with_data("", status=503, headers={"Retry-After": "600"})
    httpserver.expect_request("/page").respond_with_data(PAGE, content_type="text/html; charset=utf-8")
    hosts = frozenset((f"{name}.example", httpserver.port) for name in "abc")
    monkeypatch.setattr(capturing, "make_guard", lambda: Guard(lambda *_: ["127.0.0.1"], hosts))
    return httpserver.port


@pytest.fixture
def add(empty: Desk) -> Iterator[Factory]:
    with empty.session() as session:
        yield Factory(session)


def files_of(desk: Desk) -> Files:
    return Files(desk.data / "captures")


class TestCapture:
    def test_every_source_with_an_address_is_captured(self, empty: Desk, add: Factory, port: int) -> None:
        for name in "abc":
            add.source(address=f"http://{name}.example:{port}/page")
        add.source(address=None, title="A book")
        assert empty.did("capture") == "3 copies kept.\n"
        assert empty.did("captures", "verify") == "Every file that the desk names is there and whole.\n"
        with empty.session() as session:
            assert session.scalars(select(Capture.state)).all() == [CaptureState.KEPT] * 3

    def test_each_failure_is_told_with_its_reason(self, empty: Desk, add: Factory, port: int) -> None:
        add.source(address=f"http://a.example:{port}/page")
        gone = add.source(address=f"http://b.example:{port}/gone")
        busy = add.source(address=f"http://c.example:{port}/busy")
        result = empty.claims("capture", politeness="0")
        assert result.exit_code == 1
        first, second = result.stdout.splitlines()
        assert first == f"Source {gone.id}, {gone.address}: {GONE}"
        assert second.startswith(f"Source {busy.id}, {busy.address}: The site has a fault of its own")
        assert "It is left to the desk's workers, from 20" in second
        assert result.stderr == "Of 3 copies, 2 were not made.\n"

    def test_only_what_is_missing(self, empty: Desk, add: Factory, port: int) -> None:
        add.source(address=f"http://a.example:{port}/page")
        assert empty.did("capture", "--missing") == "1 copy kept.\n"
        assert empty.did("capture", "--missing") == "0 copies kept.\n"
        assert empty.did("capture", politeness="0") == "1 copy kept.\n"

    def test_only_one_source_or_one_article(self, empty: Desk, add: Factory, port: int) -> None:
        one, other = (add.source(address=f"http://{name}.example:{port}/page") for name in "ab")
        claim = add.claim()
        add.evidence(claim, source=other)
        told = json.loads(empty.did("capture", "--source", str(one.id), "--json"))
        assert [(copy["source"], copy["state"], copy["failure"]) for copy in told] == [(one.id, "kept", None)]
        told = json.loads(empty.did("capture", "--article", str(claim.article_id), "--json"))
        assert [copy["source"] for copy in told] == [other.id]

    def test_a_source_that_cannot_be_captured_is_refused(self, empty: Desk) -> None:
        assert empty.refused("capture", "--source", "9") == "There is no source 9 with an address to capture."

    def test_a_terminal_shows_how_far_it_is(
        self, empty: Desk, add: Factory, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        add.source(address=f"http://a.example:{port}/page")
        add.source(address=f"http://b.example:{port}/gone")
        screen = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(capturing, "_screen", lambda: screen)
            assert empty.claims("capture", "--threads", "1").exit_code == 1
        assert "Capturing" in screen.getvalue()
        assert "2/2" in screen.getvalue()
        assert "a minute, 1 failed" in screen.getvalue()


class TestVerify:
    def test_what_is_missing_altered_or_extra_is_named(self, empty: Desk, add: Factory, port: int) -> None:
        source = add.source(address=f"http://a.example:{port}/page")
        empty.did("capture")
        files = files_of(empty)
        extra = files.put(b"Nobody names this.")
        (empty.data / "captures" / "notes.txt").write_text("Nor this.")
        result = empty.did("captures", "verify")
        assert f"extra     {extra}\n" in result
        assert "extra     notes.txt\n" in result
        with empty.session() as session:
            copy = session.scalars(select(Capture)).one()
        assert copy.sha256 is not None
        assert copy.text_sha256 is not None
        files.path(copy.sha256).unlink()
        altered = files.path(copy.text_sha256)
        altered.chmod(0o600)
        altered.write_bytes(b"Something else.")
        refused = empty.claims("captures", "verify")
        assert refused.exit_code == 1
        assert refused.stderr == "2 files are not what the desk kept.\n"
        assert f"missing   {copy.sha256} (copy of source {source.id})\n" in refused.stdout
        assert f"altered   {copy.text_sha256} (text of source {source.id})\n" in refused.stdout
        told = json.loads(empty.claims("captures", "verify", "--json").stdout)
        assert {(one["flaw"], one["name"]) for one in told} >= {("missing", copy.sha256), ("extra", "notes.txt")}

    def test_a_stray_file_is_extra_whatever_its_name(self, empty: Desk) -> None:
        names = ["x" * 64, "ab" * 32, "AB" * 32]
        folder = empty.data / "captures"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text("Nobody names this.")
        told = json.loads(empty.did("captures", "verify", "--json"))
        assert told == [{"flaw": "extra", "name": name, "role": ""} for name in sorted(names)]

    def test_the_original_of_an_article_counts_too(self, empty: Desk, tmp_path: Path) -> None:
        text = tmp_path / "bridge.txt"
        text.write_text("The bridge is 120 metres long.", encoding="utf-8")
        empty.did("articles", "import", str(text))
        assert empty.did("captures", "verify") == "Every file that the desk names is there and whole.\n"
        (kept,) = files_of(empty).list_kept()
        files_of(empty).path(kept).unlink()
        assert "original of article 1" in empty.claims("captures", "verify").stdout


def test_a_worker_of_its_own_captures_and_ends_when_told(empty: Desk, add: Factory) -> None:
    """The address is inside the network, so the capture ends at once, and no page is asked for."""
    source = add.source(address="http://127.0.0.1:9/")
    add.capture(source)
    pause = Event()
    with empty.process("worker") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Working for the desk in ")
        for _ in range(600):
            with empty.session() as session:
                if session.scalars(select(Capture.state)).one() is CaptureState.FAILED:
                    break
            pause.wait(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    with empty.session() as session, writing(session):
        assert session.scalars(select(Capture.state)).one() is CaptureState.FAILED
        assert session.scalars(select(Source.id)).one() == source.id
