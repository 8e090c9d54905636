"""Capturing one page: taken in one short transaction, fetched and read outside of any, finished in another."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from claims_app.archiving import Archive
from claims_app.captures.model import Capture, CaptureState, Deposit
from claims_app.captures.queries import newest_copy, next_moment
from claims_app.captures.reading import keep_page, keep_recording
from claims_app.captures.service import (
    LEASE,
    Hindered,
    Kept,
    Taken,
    finish_failed,
    finish_kept,
    is_final,
    release,
    take_next,
)
from claims_app.config import Settings
from claims_app.db import now, writing
from claims_app.errors import DomainError
from claims_app.evidence.copying import Looked, check_source, list_unchecked, look_for
from claims_app.fetching import FetchFailed, Guard, Limits, Recording, fetch
from claims_app.files import Files
from claims_app.watching.comparing import Comparison
from claims_app.watching.service import compare_ahead, judge_capture

MEGABYTE = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of taking a capture: kept, failed, or put off until ``again_at``."""

    taken: Taken
    state: CaptureState
    failure: DomainError | None = None
    again_at: datetime | None = None


class Workshop:
    """Everything that capturing needs; any number of threads and programs may work at the same desk."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session], guard: Guard) -> None:
        self.settings = settings
        self.sessions = sessions
        self.files = Files(settings.captures)
        self.politeness = timedelta(seconds=settings.politeness)
        self.archive = _archive_of(settings)
        self.guard = guard
        self._limits = Limits(seconds=settings.capture_seconds, body=settings.capture_mb * MEGABYTE)
        # Fetching, reading what came (a PDF takes a minute) and some time to spare.
        self._lease = max(LEASE, timedelta(seconds=settings.capture_seconds + 120))
        self._held: set[Taken] = set()

    def take(self, only: Collection[int] | None = None) -> Taken | None:
        """Take the next capture that is due, of those in ``only`` if given."""
        with self.sessions() as session, writing(session):
            taken = take_next(session, now=now(), politeness=self.politeness, lease=self._lease, only=only)
        if taken is not None:
            self._held.add(taken)
        return taken

    def capture(self, taken: Taken) -> Outcome | None:
        """Make the copy that was taken on; None where somebody else has finished it in the meantime.

        Never raises. What keeps the desk from working for a while puts the capture off as a busy site does; any other
        fault of the program ends it as failed. What cannot even be recorded is logged, and taken again after the lease.
        """
        try:
            return self._attempt(taken)
        except Exception:  # noqa: BLE001 - the thread has other captures to make
            _log.exception("What came of capture %s could not be recorded; it is taken again later.", taken.id)
            return None
        finally:
            self._held.discard(taken)

    def find_next_moment(self) -> datetime | None:
        """Return when there is something to take at the earliest; None where nothing waits."""
        with self.sessions() as session:
            return next_moment(session, politeness=self.politeness)

    def check_copies(self) -> None:
        """Look for evidence in copies that came by another way than capturing, as those that people bring."""
        with self.sessions() as session:
            for source_id in list_unchecked(session):
                try:
                    copy = newest_copy(session, source_id)
                    looked = look_for(session, self.files, source_id, copy.text_sha256 if copy else None)
                    with writing(session):
                        check_source(session, looked)
                except DomainError as failure:  # one file that is gone must not keep the others from being looked at
                    _log.warning("The copy of source %s could not be looked at: %s", source_id, failure)

    def give_back(self) -> None:
        """Let go what is still held, so that the next worker need not wait for the end of its lease."""
        held = list(self._held)
        if not held:
            return
        with self.sessions() as session, writing(session):
            for taken in held:
                release(session, taken, now=now())

    def _attempt(self, taken: Taken) -> Outcome | None:
        recording = Recording()
        try:
            try:
                return self._keep(taken, self._fetch(taken, recording))
            except DomainError as failure:
                return self._fail(taken, failure, recording)
        except (OperationalError, OSError):  # the database is locked, the disk is full
            _log.exception("Capture %s could not be kept; it is tried again later.", taken.id)
            hindrance = Hindered("The desk could not keep this copy: its disk or its database failed; see its log.")
            return self._fail(taken, hindrance, Recording())
        except Exception:  # noqa: BLE001 - a capture that ends without a word would be taken again and again
            _log.exception("Capture %s ended by a fault of the program.", taken.id)
            fault = DomainError("A fault of the program ended this capture; its log says more.")
            return self._fail(taken, fault, Recording())

    def _fetch(self, taken: Taken, recording: Recording) -> Kept:
        page = fetch(taken.address, limits=self._limits, guard=self.guard, kinds=None, recording=recording)
        return keep_page(self.files, page, recording)

    def _keep(self, taken: Taken, kept: Kept) -> Outcome | None:
        looked, compared = self._read_ahead(taken, kept)
        with self.sessions() as session, writing(session):
            capture = finish_kept(session, taken, kept, now=now())
            if capture is None:
                return None
            self._judge(session, capture, looked, compared)
            if self.archive is not None:
                session.add(Deposit(capture_id=capture.id, due_at=now()))
        return Outcome(taken, CaptureState.KEPT)

    def _read_ahead(self, taken: Taken, kept: Kept) -> tuple[Looked | None, Comparison | None]:
        """Read what judging will ask for, before the transaction in which everybody else waits."""
        looked = compared = None
        try:
            with self.sessions() as session:
                looked = look_for(session, self.files, taken.source_id, kept.text_sha256)
                compared = compare_ahead(session, self.files, taken.source_id, kept)
            if compared is not None and not compared.before.is_readable:
                _log.warning(
                    "Capture %s cannot be read; what rests on it is looked for in the new copy.", compared.base_id
                )
        except Exception:  # noqa: BLE001 - what cannot be compared is a page that came all the same
            _log.exception("What capture %s shows could not be read ahead.", taken.id)
        return looked, compared

    def _fail(self, taken: Taken, failure: DomainError, recording: Recording) -> Outcome | None:
        # What the site answered proves that the page was gone; of an attempt that is repeated nothing is kept.
        warc = keep_recording(self.files, recording) if is_final(failure, taken.attempt) else None
        with self.sessions() as session, writing(session):
            capture = finish_failed(session, taken, failure, now=now(), politeness=self.politeness, warc_sha256=warc)
            if capture is None:
                return None
            if not capture.is_open and isinstance(failure, FetchFailed):  # a fault of ours says nothing of the page
                self._judge(session, capture)
            return _outcome(taken, capture, failure)

    def _judge(
        self,
        session: Session,
        capture: Capture,
        looked: Looked | None = None,
        compared: Comparison | None = None,
    ) -> None:
        """Say what a finished capture means for evidence and claims; the record stands, whatever goes wrong in that."""
        try:
            with session.begin_nested():
                if looked is not None:
                    check_source(session, looked)
                judge_capture(session, self.files, capture, compared)
        except Exception:  # noqa: BLE001 - an older copy that is damaged must not cost the new one
            _log.exception("What capture %s shows could not be judged.", capture.id)


def _archive_of(settings: Settings) -> Archive | None:
    """Return the public archive that the settings name; None where an address or a key is missing."""
    parts = settings.archive_address, settings.archive_key, settings.archive_secret
    return Archive(*parts) if all(parts) else None


def _outcome(taken: Taken, capture: Capture, failure: DomainError) -> Outcome:
    return Outcome(taken, capture.state, failure, capture.due_at if capture.is_open else None)
