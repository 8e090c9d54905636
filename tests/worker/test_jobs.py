"""The engine: woken, it captures what is due in several threads; its faults do not end it."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.service import request_capture
from claims_app.db import now, writing
from claims_app.history.model import HistoryEntry
from claims_app.sources.model import Source
from claims_app.watching.model import Watch
from claims_app.worker import Jobs, Workshop
from tests.factories import Factory
from tests.worker.conftest import Site

Until = Callable[[Callable[[], bool]], None]


def count(session: Session, state: CaptureState) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Capture).where(Capture.state == state)) or 0


def ask(session: Session, source: Source) -> None:
    """Ask for a copy as a page of the desk does, beside workers that write too."""
    with writing(session):
        request_capture(session, actor=None, source=source, trigger=Trigger.ASKED)


@pytest.fixture
def jobs(workshop: Workshop) -> Jobs:
    return Jobs(workshop)


def test_what_waits_is_captured_once_each(
    make: Factory, session: Session, site: Site, jobs: Jobs, until: Until
) -> None:
    site.serve("/one"), site.serve("/two")
    for name in "abcd":
        for path in ("/one", "/two"):
            make.capture(make.source(address=site.address(path, name)))
    with jobs.running(3):
        until(lambda: count(session, CaptureState.KEPT) == 8)
    assert len(site.server.log) == 8
    assert session.scalar(select(func.count()).where(HistoryEntry.action == "captured")) == 8


def test_waking_finds_what_came_later(make: Factory, session: Session, site: Site, jobs: Jobs, until: Until) -> None:
    source = make.source(address=site.serve())
    with jobs.running(1):
        until(lambda: jobs._huey.pending_count() == 0)
        ask(session, source)
        jobs.wake()
        until(lambda: count(session, CaptureState.KEPT) == 1)


def test_waking_often_does_not_pile_up(jobs: Jobs) -> None:
    for _ in range(5):
        jobs.wake()
    assert jobs._huey.pending_count() == 1


def test_another_program_can_wake_the_workers(
    make: Factory, session: Session, site: Site, workshop: Workshop, jobs: Jobs, until: Until
) -> None:
    source = make.source(address=site.serve())
    with jobs.running(1):
        ask(session, source)
        Jobs(workshop).wake()
        until(lambda: count(session, CaptureState.KEPT) == 1)


def test_what_is_put_off_for_a_moment_is_come_back_for(
    make: Factory, session: Session, site: Site, workshop: Workshop, jobs: Jobs, until: Until
) -> None:
    object.__setattr__(workshop, "politeness", workshop.politeness.resolution)
    for path in ("/one", "/two"):
        make.capture(make.source(address=site.serve(path)))
    with jobs.running(1):
        until(lambda: count(session, CaptureState.KEPT) == 2)


def test_a_fault_does_not_end_the_threads(
    make: Factory,
    session: Session,
    site: Site,
    workshop: Workshop,
    jobs: Jobs,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make.capture(make.source(address=site.serve()))
    real, calls = workshop.take, list[int]()

    def take() -> object:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a slip")
        return real()

    monkeypatch.setattr(workshop, "take", take)
    with jobs.running(1):
        until(lambda: len(calls) >= 1)
        jobs.wake()
        until(lambda: count(session, CaptureState.KEPT) == 1)
    assert "a slip" in caplog.text


def test_a_jobs_file_that_cannot_be_written_is_logged_only(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> int:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(jobs._huey, "pending_count", refuse)
    jobs.wake()
    assert "they look by themselves every minute" in caplog.text


def test_every_minute_checks_that_are_due_are_asked_for(
    make: Factory, session: Session, site: Site, jobs: Jobs
) -> None:
    source = make.source(address=site.serve())
    session.add(Watch(source_id=source.id, every_days=7, due_at=now()))
    session.commit()
    jobs._do_minute()
    assert count(session, CaptureState.WAITING) == 1
    assert jobs._huey.pending_count() == 1
    jobs._do_minute()
    assert count(session, CaptureState.WAITING) == 1
