"""A worker that is killed in the middle of a capture leaves no half file, loses no capture and records none twice."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.service import request_capture
from claims_app.captures.verifying import Flaw, verify_files
from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions, writing
from claims_app.files import Files
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.people.model import Person
from claims_app.sources.service import add_source
from claims_app.worker import Workshop
from tests.cli.command import CHECKOUT, Desk
from tests.faults.capturer import CAPTURER
from tests.faults.site import NAME, Site, serving

BODY = b"<!doctype html><title>The bridge</title><p>" + b"The bridge is 120 metres long. " * 2000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY)


class SlowSite:
    """A site that stops in the middle of its page until it is told to go on."""

    def __init__(self) -> None:
        self.is_halfway, self.may_go_on = Event(), Event()

    def serve(self, connection: socket.socket, _request: bytes) -> None:
        connection.sendall(HEAD + BODY[: len(BODY) // 2])
        self.is_halfway.set()
        self.may_go_on.wait(60)
        connection.sendall(BODY[len(BODY) // 2 :])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk", {"language": "en"})
    desk.did("init", "--no-example")
    return desk


def ask(desk: Desk, address: str) -> None:
    with desk.session() as session, writing(session):
        source = add_source(session, actor=session.get_one(Person, 1), address=address)
        request_capture(session, actor=None, source=source, trigger=Trigger.COMMAND)


@contextmanager
def capturing(desk: Desk, site: Site, stage: str) -> Iterator[subprocess.Popen[str]]:
    worker = subprocess.Popen(
        [sys.executable, "-c", CAPTURER, NAME, str(site.port), stage],
        cwd=CHECKOUT,
        env=desk.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        try:
            yield worker
        finally:
            worker.kill()


def find_capture(desk: Desk) -> Capture:
    with desk.session() as session:
        return session.scalars(select(Capture)).one()


def check_files(desk: Desk, *, extras: int) -> None:
    """See that nothing is missing or half there; what nobody names yet is whole."""
    with desk.session() as session:
        found = list(verify_files(session, Files(desk.data / "captures")))
    assert [one.flaw for one in found] == [Flaw.EXTRA] * extras


def capture_again(desk: Desk, site: Site, at: datetime, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do at that moment what a worker would do, and say whether there was something to do."""
    monkeypatch.setattr("claims_app.worker.workshop.now", lambda: at)
    engine = open_engine(desk.database)
    workshop = Workshop(replace(Settings(), data=desk.data), open_sessions(engine), site.guard)
    taken = workshop.take()
    done = taken is not None and workshop.capture(taken) is not None
    engine.dispose()
    return done


def check_end(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """See that the capture is held until its lease ends, is then made, and stands in the history once."""
    held = find_capture(desk)
    assert held.state is CaptureState.RUNNING
    assert held.lease_until is not None
    assert not capture_again(desk, site, held.lease_until - timedelta(seconds=1), monkeypatch)
    assert capture_again(desk, site, held.lease_until, monkeypatch)
    assert not capture_again(desk, site, held.lease_until + timedelta(days=1), monkeypatch)
    kept = find_capture(desk)
    assert (kept.state, kept.attempts, kept.size) == (CaptureState.KEPT, 2, len(BODY))
    with desk.session() as session:
        entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "captured")).all()
        assert list(verify_history(session)) == []
    assert len(entries) == 1


def test_killed_while_the_page_comes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SlowSite()
    with serving(slow.serve) as site:
        ask(desk, site.address)
        with capturing(desk, site, "fetching"):
            assert slow.is_halfway.wait(60)
        check_files(desk, extras=0)
        slow.may_go_on.set()
        check_end(desk, site, monkeypatch)
        check_files(desk, extras=0)


def test_killed_while_a_file_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SlowSite()
    slow.may_go_on.set()
    with serving(slow.serve) as site:
        ask(desk, site.address)
        with capturing(desk, site, "writing") as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "A file is written and not in its place.\n"
        check_files(desk, extras=0)
        check_end(desk, site, monkeypatch)
        check_files(desk, extras=0)


def test_killed_between_the_files_and_the_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SlowSite()
    slow.may_go_on.set()
    with serving(slow.serve) as site:
        ask(desk, site.address)
        with capturing(desk, site, "kept") as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "The files are there.\n"
        check_files(desk, extras=3)
        check_end(desk, site, monkeypatch)
        # The recording of the first exchange: its time was another, so nobody names it. Page and text are the same.
        check_files(desk, extras=1)
