"""One capture from end to end: the page, what is read from it, what is compared with it, and every failure."""

import gzip
import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState
from claims_app.captures.reading import read_upload
from claims_app.captures.service import MOST_ATTEMPTS, keep_upload
from claims_app.captures.verifying import verify_files
from claims_app.claims.figure import FigureValue
from claims_app.db import now
from claims_app.evidence.model import CopyCheck, Evidence, InCopy
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from claims_app.watching.model import Health, Watch
from claims_app.worker import Workshop
from claims_app.worker.workshop import Outcome
from tests.factories import Factory
from tests.worker.conftest import PAGE, Site


def run(workshop: Workshop) -> Outcome:
    taken = workshop.take()
    assert taken is not None
    outcome = workshop.capture(taken)
    assert outcome is not None
    return outcome


def read(session: Session, capture: Capture) -> Capture:
    session.rollback()
    session.refresh(capture)
    return capture


def test_a_page_is_kept_with_its_exchange_and_its_text(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    capture = make.capture(make.source(address=site.serve("/page")))
    assert run(workshop).state is CaptureState.KEPT
    kept = read(session, capture)
    assert (kept.state, kept.status, kept.media_type, kept.charset) == ("kept", 200, "text/html", "utf-8")
    assert (kept.title, kept.language, kept.size) == ("The bridge", "en", len(PAGE))
    assert kept.software is not None
    assert kept.software.startswith("Claims Desk ")
    assert workshop.files.read(kept.sha256 or "").decode() == PAGE
    assert "120 metres long" in workshop.files.read(kept.text_sha256 or "").decode()
    assert PAGE.encode() in gzip.decompress(workshop.files.read(kept.warc_sha256 or ""))
    assert list(verify_files(session, workshop.files)) == []
    assert list(verify_history(session)) == []


def test_where_a_page_was_found_in_the_end_is_kept(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    site.server.expect_request("/old").respond_with_data("", status=302, headers={"Location": site.serve("/new")})
    capture = make.capture(make.source(address=site.address("/old")))
    run(workshop)
    kept = read(session, capture)
    assert (kept.final_address, kept.redirects) == (site.address("/new"), [site.address("/old")])


def test_a_page_that_is_gone_leaves_its_reason_and_the_answer(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    capture = make.capture(make.source(address=site.serve("/gone", status=404, text="Nothing here")))
    outcome = run(workshop)
    failed = read(session, capture)
    assert (failed.state, failed.fault, failed.status, outcome.state) == ("failed", "gone", 404, "failed")
    assert b"Nothing here" in gzip.decompress(workshop.files.read(failed.warc_sha256 or ""))


def test_of_an_attempt_that_is_repeated_no_file_is_kept(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    capture = make.capture(make.source(address=site.serve("/busy", status=503)))
    outcome = run(workshop)
    assert outcome.again_at == read(session, capture).due_at
    assert (capture.state, capture.attempts) == ("waiting", 1)
    assert list(workshop.files.list_kept()) == []


def test_an_address_inside_the_network_is_refused(make: Factory, session: Session, workshop: Workshop) -> None:
    capture = make.capture(make.source(address="http://127.0.0.1:9/"))
    run(workshop)
    assert read(session, capture).fault == "closed"


def test_a_fault_of_the_program_ends_the_capture_and_is_logged(
    make: Factory,
    session: Session,
    site: Site,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr("claims_app.worker.workshop.keep_page", break_down)
    capture = make.capture(make.source(address=site.serve()))
    run(workshop)
    failed = read(session, capture)
    assert failed.failure == "A fault of the program ended this capture; its log says more."
    assert "a slip" in caplog.text


def locked(*_: object, **__: object) -> None:
    raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))


def test_a_database_that_is_locked_for_long_puts_a_capture_off(
    make: Factory,
    session: Session,
    site: Site,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("claims_app.worker.workshop.finish_kept", locked)
    capture = make.capture(make.source(address=site.serve()))
    outcome = run(workshop)
    assert read(session, capture).state is CaptureState.WAITING
    assert outcome.again_at == capture.due_at
    assert "database is locked" in caplog.text


@pytest.mark.parametrize("status", [200, 404])
def test_a_full_disk_puts_a_capture_off_until_the_attempts_are_used_up(
    make: Factory, session: Session, site: Site, workshop: Workshop, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def refuse(_: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workshop.files, "put", refuse)
    capture = make.capture(make.source(address=site.serve(status=status)))
    for _ in range(MOST_ATTEMPTS):
        assert read(session, capture).state is CaptureState.WAITING
        capture.due_at = now()
        session.commit()
        run(workshop)
    failed = read(session, capture)
    assert (failed.state, failed.attempts, failed.fault) == (CaptureState.FAILED, MOST_ATTEMPTS, None)
    assert failed.failure == "The desk could not keep this copy: its disk or its database failed; see its log."


def test_what_cannot_be_recorded_is_left_to_the_end_of_the_lease(
    make: Factory,
    session: Session,
    site: Site,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("claims_app.worker.workshop.finish_kept", locked)
    monkeypatch.setattr("claims_app.worker.workshop.finish_failed", locked)
    capture = make.capture(make.source(address=site.serve()))
    taken = workshop.take()
    assert taken is not None
    assert workshop.capture(taken) is None
    workshop.give_back()
    assert read(session, capture).state is CaptureState.RUNNING
    assert "could not be recorded" in caplog.text


def test_a_copy_is_kept_though_an_older_one_is_damaged(
    make: Factory, session: Session, site: Site, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    source = make.source(address=site.serve())
    session.add(Watch(source_id=source.id, every_days=7, due_at=now(), base=make.copy(source)))
    session.commit()
    capture = make.capture(source)
    run(workshop)
    assert read(session, capture).state is CaptureState.KEPT
    assert session.get_one(Watch, source.id).base_id == capture.id
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("step", "said"), [("compare_ahead", "could not be read ahead"), ("judge_capture", "could not be judged")]
)
def test_a_copy_is_kept_though_it_cannot_be_compared(
    make: Factory,
    session: Session,
    site: Site,
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
    said: str,
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr(f"claims_app.worker.workshop.{step}", break_down)
    capture = make.capture(make.source(address=site.serve()))
    run(workshop)
    assert read(session, capture).state is CaptureState.KEPT
    assert said in caplog.text


def test_pages_are_compared_while_others_can_write(
    make: Factory, session: Session, site: Site, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, address = make.claim(), site.serve(text="<!doctype html><p>The tower is high.</p>")
    source = make.source(address=address)
    make.evidence(claim, source=source, passage="The bridge is 120 metres long.")
    make.verdict(claim)
    base = make.copy(source, files=workshop.files)
    session.add(Watch(source_id=source.id, every_days=7, due_at=now(), base=base))
    session.commit()
    database = session.get_bind().engine.url.database or ""
    free: list[bool] = []

    def look(text: str, passage: str) -> bool:
        other = sqlite3.connect(database, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
            free.append(True)
        except sqlite3.OperationalError:
            free.append(False)
        finally:
            other.close()
        return passage in text

    monkeypatch.setattr("claims_app.watching.comparing.has_passage", look)
    make.capture(source)
    run(workshop)
    session.rollback()
    session.refresh(claim)
    assert claim.needs_look
    assert free == [True, True]


def test_who_was_overtaken_keeps_nothing_in_the_database(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    capture = make.capture(make.source(address=site.serve()))
    taken = workshop.take()
    assert taken is not None
    workshop.give_back()
    run(workshop)
    finished = read(session, capture).finished_at
    assert workshop.capture(taken) is None
    assert read(session, capture).finished_at == finished


def check_of(session: Session, evidence: Evidence) -> tuple[InCopy, InCopy] | None:
    session.rollback()
    check = session.scalar(select(CopyCheck).where(CopyCheck.evidence_id == evidence.id))
    return None if check is None else (check.passage, check.figure)


def test_evidence_is_looked_for_in_the_copy(make: Factory, session: Session, site: Site, workshop: Workshop) -> None:
    source = make.source(address=site.serve())
    there = make.evidence(
        source=source, passage="The bridge is 120 metres long", figure=FigureValue(120, 120, "metres")
    )
    elsewhere = make.evidence(source=source, passage="The tower is high", figure=FigureValue(7, 7, "metres"))
    neither = make.evidence(source=source)
    make.capture(source)
    run(workshop)
    assert check_of(session, there) == (InCopy.FOUND, InCopy.FOUND)
    assert check_of(session, elsewhere) == (InCopy.MISSING, InCopy.MISSING)
    assert check_of(session, neither) == (InCopy.NONE, InCopy.NONE)


def test_evidence_is_looked_for_in_what_somebody_brought(make: Factory, session: Session, workshop: Workshop) -> None:
    source = make.source(address=None, title="A leaflet")
    evidence = make.evidence(source=source, passage="The bridge is old", locator="p. 1")
    workshop.check_copies()
    assert check_of(session, evidence) is None
    upload = read_upload(workshop.files, data=b"The bridge is old.", name="leaflet.txt", media_type="text/plain")
    capture = keep_upload(session, actor=make.regular(Role.CHECKER), source_id=source.id, kept=upload)
    session.commit()
    workshop.check_copies()
    assert check_of(session, evidence) == (InCopy.FOUND, InCopy.NONE)
    assert (capture.file_name, capture.media_type, capture.warc_sha256) == ("leaflet.txt", "text/plain", None)


def test_a_copy_whose_text_is_gone_keeps_no_other_from_being_looked_at(
    make: Factory, session: Session, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = make.evidence(passage="The bridge"), make.evidence(passage="The bridge")
    make.copy(broken.source, text="Nobody kept this.")
    make.copy(whole.source, files=workshop.files)
    workshop.check_copies()
    assert check_of(session, whole) == (InCopy.FOUND, InCopy.NONE)
    assert f"The copy of source {broken.source_id} could not be looked at" in caplog.text


def test_a_capture_of_a_watched_source_is_judged(
    make: Factory, session: Session, site: Site, workshop: Workshop
) -> None:
    source = make.source(address=site.serve())
    session.add(Watch(source_id=source.id, every_days=7, due_at=now()))
    session.commit()
    make.capture(source)
    run(workshop)
    session.expire_all()
    assert session.get_one(Watch, source.id).health is Health.SAME


def test_nothing_to_do_is_said_so(workshop: Workshop) -> None:
    assert workshop.take() is None
    assert workshop.find_next_moment() is None
    workshop.give_back()
