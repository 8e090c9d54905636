"""Many captures at once, beside another program that makes the same ones."""

from collections.abc import Collection
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState
from claims_app.captures.service import Taken
from claims_app.config import Settings
from claims_app.db import open_sessions
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.worker import Workshop
from claims_app.worker.batch import capture_all
from claims_app.worker.workshop import Outcome
from tests.factories import Factory
from tests.worker.conftest import Site

NUMBER = 24


def test_two_programs_make_each_capture_once(
    make: Factory, session: Session, engine: Engine, settings: Settings, site: Site
) -> None:
    ids = [
        make.capture(make.source(address=site.serve(f"/{number}", name="abcd"[number % 4]))).id
        for number in range(NUMBER)
    ]
    told = list[Outcome]()
    programs = [
        Thread(
            target=capture_all,
            args=(Workshop(settings, open_sessions(engine), site.guard), ids),
            kwargs={"threads": 3, "tell": told.append},
        )
        for _ in range(2)
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    session.rollback()
    assert sorted(outcome.taken.id for outcome in told) == ids
    assert session.scalars(select(Capture.attempts).where(Capture.state == CaptureState.KEPT)).all() == [1] * NUMBER
    assert session.scalar(select(func.count()).where(HistoryEntry.action == "captured")) == NUMBER
    assert len(site.server.log) == NUMBER
    assert list(verify_history(session)) == []


def test_what_is_put_off_for_long_is_left(make: Factory, session: Session, workshop: Workshop, site: Site) -> None:
    busy = make.capture(make.source(address=site.serve("/busy", status=503)))
    told = list[Outcome]()
    capture_all(workshop, [busy.id], threads=2, tell=told.append)
    session.rollback()
    session.refresh(busy)
    assert (busy.state, [outcome.again_at for outcome in told]) == (CaptureState.WAITING, [busy.due_at])


def test_only_the_captures_that_are_meant_are_made(
    make: Factory, session: Session, workshop: Workshop, site: Site
) -> None:
    meant = make.capture(make.source(address=site.serve("/meant")))
    other = make.capture(make.source(address=site.serve("/other")))
    capture_all(workshop, [meant.id], threads=2, tell=lambda _: None)
    session.rollback()
    session.refresh(other)
    assert other.state is CaptureState.WAITING


def test_a_fault_keeps_no_other_capture_from_being_made(
    make: Factory,
    session: Session,
    workshop: Workshop,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ids = [make.capture(make.source(address=site.serve(f"/{name}", name=name))).id for name in "ab"]
    real, calls = workshop.take, list[int]()

    def take(only: Collection[int] | None = None) -> Taken | None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a slip")
        return real(only)

    monkeypatch.setattr(workshop, "take", take)
    capture_all(workshop, ids, threads=1, tell=lambda _: None)
    session.rollback()
    assert set(session.scalars(select(Capture.state))) == {CaptureState.KEPT}
    assert "a slip" in caplog.text


def test_a_thread_that_meets_nothing_but_faults_ends(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def take(**_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr(workshop, "take", take)
    capture_all(workshop, [1], threads=1, tell=lambda _: None)
    assert caplog.text.count("RuntimeError: a slip") == 5
