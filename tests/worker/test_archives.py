"""Deposits in a public archive and stamps on each day's copies, against services on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, DayStamp, Deposit, DepositState
from claims_app.captures.reading import read_upload
from claims_app.captures.service import keep_upload
from claims_app.captures.verifying import Flaw, verify_files
from claims_app.config import Settings
from claims_app.db import now, open_sessions
from claims_app.fetching import Guard
from claims_app.files import Files
from claims_app.history.model import HistoryEntry
from claims_app.language import gettext, speaking
from claims_app.worker import Workshop
from claims_app.worker.archives import MOST_ATTEMPTS, Archives
from tests.archiving.services import KEY, SECRET, STAMP, ArchiveService, Authority, Service, say, serving
from tests.factories import Factory
from tests.machine import need_openssl
from tests.worker.conftest import Site

PAGE = "https://news.example/report"


@pytest.fixture
def archive() -> Iterator[ArchiveService]:
    service = ArchiveService()
    yield service
    service.close()


@pytest.fixture
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A timestamp authority."""
    need_openssl()
    with serving(Authority.make(tmp_path_factory.mktemp("clock") / "main").speak) as service:
        yield service


def open_workshop(engine: Engine, data: Path, **settings: str) -> Workshop:
    chosen = replace(Settings(data=data, politeness=0), **settings)  # type: ignore[arg-type]
    return Workshop(chosen, open_sessions(engine), Guard())


def with_archive(engine: Engine, data: Path, archive: ArchiveService) -> Workshop:
    return open_workshop(engine, data, archive_address=archive.address, archive_key=KEY, archive_secret=SECRET)


def follow(workshop: Workshop, session: Session, capture: Capture, times: int = 1) -> Deposit:
    """Let the minutes pass in which a deposit is due."""
    for _ in range(times):
        session.rollback()
        session.execute(update(Deposit).values(due_at=now() - timedelta(days=2)))
        session.commit()
        Archives(workshop).follow_deposits()
    session.rollback()
    deposit = session.get_one(Deposit, capture.id)
    session.refresh(deposit)
    return deposit


@pytest.fixture
def capture(make: Factory, session: Session) -> Capture:
    """A kept copy that the archive is to have."""
    capture = make.copy(make.source(address=PAGE))
    session.add(Deposit(capture_id=capture.id, due_at=now()))
    session.commit()
    return capture


class TestDeposits:
    def test_a_kept_copy_is_handed_in_only_where_there_is_an_archive(
        self, make: Factory, session: Session, engine: Engine, tmp_path: Path, archive: ArchiveService, site: Site
    ) -> None:
        for has_archive in (False, True):
            workshop = with_archive(engine, tmp_path, archive) if has_archive else open_workshop(engine, tmp_path)
            workshop.guard = site.guard
            make.capture(make.source(address=site.serve(f"/{has_archive}")))
            taken = workshop.take()
            assert taken is not None
            workshop.capture(taken)
            session.rollback()
            assert len(session.scalars(select(Deposit)).all()) == has_archive

    def test_a_copy_is_asked_for_and_followed_until_it_is_there(
        self, session: Session, engine: Engine, tmp_path: Path, archive: ArchiveService, capture: Capture
    ) -> None:
        workshop = with_archive(engine, tmp_path, archive)
        deposit = follow(workshop, session, capture)
        assert (deposit.state, bool(deposit.job)) == (DepositState.ASKED, True)
        deposit = follow(workshop, session, capture)
        assert deposit.state is DepositState.KEPT
        assert deposit.memento == f"{archive.address}/web/{STAMP}/{PAGE}"
        entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
        assert entry is not None
        assert entry.changes == {"memento": [None, deposit.memento]}
        asked = len(archive.asked)
        follow(workshop, session, capture)
        assert len(archive.asked) == asked

    def test_a_page_that_no_archive_keeps_is_not_asked_for_again(
        self,
        session: Session,
        engine: Engine,
        tmp_path: Path,
        archive: ArchiveService,
        capture: Capture,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        archive.failing[PAGE] = ("error:blocked-url", "Blocked.")
        deposit = follow(with_archive(engine, tmp_path, archive), session, capture, 2)
        assert deposit.state is DepositState.FAILED
        # What stands in the sentence of this one case goes to the log: the kept one is read in two languages.
        assert deposit.failure is not None
        assert deposit.failure.startswith("The archive did not keep this page;")
        with speaking("he"):
            assert gettext(deposit.failure) != deposit.failure
        assert "error:blocked-url" in caplog.text

    def test_an_archive_that_refuses_the_desk_is_told_of_without_its_name(
        self, session: Session, engine: Engine, tmp_path: Path, capture: Capture
    ) -> None:
        with serving(lambda _: say({}, 403)) as closed:
            settings = {"archive_address": closed.address, "archive_key": KEY, "archive_secret": SECRET}
            deposit = follow(open_workshop(engine, tmp_path, **settings), session, capture)
        assert deposit.failure == "The archive cannot be asked; check its address and keys in the settings."

    def test_each_deposit_is_held_only_while_it_is_asked_about(
        self,
        make: Factory,
        session: Session,
        engine: Engine,
        tmp_path: Path,
        archive: ArchiveService,
        capture: Capture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Those that wait behind a slow answer are still due, so that the next round finds them where this one ends."""
        other = make.copy(make.source(address=f"{PAGE}/2"))
        session.add(Deposit(capture_id=other.id, due_at=now()))
        session.commit()

        def die(*_: object) -> None:
            raise RuntimeError("a slip")

        with monkeypatch.context() as patch:
            patch.setattr("claims_app.worker.archives._ask", die)
            with pytest.raises(RuntimeError, match="a slip"):
                follow(with_archive(engine, tmp_path, archive), session, capture)
        session.rollback()
        session.expire_all()
        assert [session.get_one(Deposit, one.id).attempts for one in (capture, other)] == [1, 0]
        follow(with_archive(engine, tmp_path, archive), session, capture)
        session.expire_all()
        assert [session.get_one(Deposit, one.id).state for one in (capture, other)] == [DepositState.ASKED] * 2

    def test_what_may_pass_is_asked_again_later(
        self, session: Session, engine: Engine, tmp_path: Path, archive: ArchiveService, capture: Capture
    ) -> None:
        archive.failing[PAGE] = ("error:service-unavailable", "Later.")
        deposit = follow(with_archive(engine, tmp_path, archive), session, capture, 2)
        assert (deposit.state, deposit.job) == (DepositState.WAITING, None)
        assert deposit.due_at > now() + timedelta(minutes=30)

    def test_what_never_comes_is_given_up(
        self, session: Session, engine: Engine, tmp_path: Path, archive: ArchiveService, capture: Capture
    ) -> None:
        session.get_one(Deposit, capture.id).attempts = MOST_ATTEMPTS - 1
        session.commit()
        archive.failing[PAGE] = ("error:service-unavailable", "Later.")
        deposit = follow(with_archive(engine, tmp_path, archive), session, capture)
        assert deposit.failure == "The archive was asked again and again without a result."

    def test_without_an_archive_nobody_is_asked(
        self, session: Session, engine: Engine, tmp_path: Path, capture: Capture
    ) -> None:
        assert follow(open_workshop(engine, tmp_path), session, capture).attempts == 0


def finish_on(session: Session, capture: Capture, moment: datetime) -> None:
    capture.finished_at = moment
    session.commit()


class TestStamps:
    def test_each_day_that_is_over_is_stamped_once(
        self, make: Factory, session: Session, engine: Engine, tmp_path: Path, clock: Service
    ) -> None:
        files = Files(tmp_path / "captures")
        copies = [make.copy(make.source(), text=words, files=files) for words in ("One.", "Two.", "Three.")]
        yesterday = now() - timedelta(days=1)
        for copy in copies[:2]:
            finish_on(session, copy, yesterday)
        workshop = open_workshop(engine, tmp_path, timestamp_address=clock.address)
        Archives(workshop).stamp_days()
        Archives(workshop).stamp_days()
        session.rollback()
        (stamp,) = session.scalars(select(DayStamp)).all()
        assert (stamp.day, stamp.authority) == (yesterday.date().isoformat(), "Test Clock")
        assert files.read(stamp.list_sha256).decode().split() == sorted(str(copy.sha256) for copy in copies[:2])
        assert list(verify_files(session, files)) == []
        assert len(clock.asked) == 1
        stamp.token_sha256 = files.put(b"no token")
        session.commit()
        assert Flaw.UNSTAMPED in [one.flaw for one in verify_files(session, files)]

    def test_copies_of_confidential_sources_are_in_no_list(
        self, make: Factory, session: Session, engine: Engine, tmp_path: Path, clock: Service
    ) -> None:
        files = Files(tmp_path / "captures")
        known = make.copy(make.source(), text="One.", files=files)
        reader = make.person()
        brought = read_upload(files, data=b"Two.", name="memo.txt", media_type="text/plain")
        source = make.confidential(actor=reader)
        secret = keep_upload(session, actor=reader, source_id=source.id, kept=brought)
        for copy in (known, secret):
            finish_on(session, copy, now() - timedelta(days=1))
        Archives(open_workshop(engine, tmp_path, timestamp_address=clock.address)).stamp_days()
        session.rollback()
        stamp = session.scalars(select(DayStamp)).one()
        assert files.read(stamp.list_sha256).decode().split() == [known.sha256]

    def test_an_authority_that_fails_is_asked_again_after_an_hour(
        self,
        make: Factory,
        session: Session,
        engine: Engine,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        finish_on(session, make.copy(), now() - timedelta(days=1))
        with serving(lambda _: say({}, 503)) as broken:
            archives = Archives(open_workshop(engine, tmp_path, timestamp_address=broken.address))
            archives.stamp_days()
            archives.stamp_days()
            assert len(broken.asked) == 1
            later = now() + timedelta(hours=1, minutes=1)
            monkeypatch.setattr("claims_app.worker.archives.now", lambda: later)
            archives.stamp_days()
            assert len(broken.asked) == 2
        assert "are not stamped" in caplog.text
        assert session.scalars(select(DayStamp)).all() == []

    def test_without_an_authority_no_day_is_stamped(self, engine: Engine, tmp_path: Path) -> None:
        Archives(open_workshop(engine, tmp_path)).stamp_days()
        assert not (tmp_path / "captures").exists()
