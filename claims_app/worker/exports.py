"""Writing the reports that take long: taken in one short transaction, written outside of any, finished in another."""

import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from claims_app.config import Settings
from claims_app.db import now, writing
from claims_app.errors import DomainError
from claims_app.reports.export import write_report
from claims_app.reports.letterhead import read_letterhead
from claims_app.reports.model import Export
from claims_app.reports.scope import unpack_scope
from claims_app.reports.service import (
    LEASE,
    TakenExport,
    expire_exports,
    fail_export,
    finish_export,
    list_ready_files,
    release_export,
    renew_export,
    take_export,
)

_BEAT = 1.0
"""Seconds between two looks at how far a report is."""
_STRAY = 3600
"""Seconds after which a file that no export knows is nobody's any more."""
_log = logging.getLogger(__name__)


class Exports:
    """Writes what waits; any number of threads and programs may work at the same desk."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self._settings = settings
        self._sessions = sessions
        self._held: set[TakenExport] = set()

    def take(self) -> TakenExport | None:
        """Take the export that waits longest; None where none does."""
        with self._sessions() as session, writing(session):
            taken = take_export(session, now=now())
        if taken is not None:
            self._held.add(taken)
        return taken

    def write(self, taken: TakenExport) -> None:
        """Write the report that was taken on. Never raises: what cannot be recorded is taken again after its lease."""
        try:
            self._attempt(taken)
        except Exception:  # noqa: BLE001 - the thread has other work to do
            _log.exception("What came of export %s could not be recorded; it is taken again later.", taken.id)
        finally:
            self._held.discard(taken)

    def give_back(self) -> None:
        """Let go what is still held, so that the next worker need not wait for the end of its lease."""
        for taken in list(self._held):
            with self._sessions() as session, writing(session):
                release_export(session, taken)

    def sweep(self) -> None:
        """Delete the files that waited long enough, and those that a worker which was killed left behind."""
        with self._sessions() as session, writing(session):
            expire_exports(session, now=now())
            wanted = list_ready_files(session)
        if self._settings.exports.is_dir():
            for path in self._settings.exports.iterdir():
                is_old = time.time() - path.stat().st_mtime > _STRAY
                if path.name not in wanted and is_old:
                    path.unlink(missing_ok=True)

    def _attempt(self, taken: TakenExport) -> None:
        try:
            with self._beating(taken) as beat, self._sessions() as session:
                data = self._write(session, taken, beat)
            self._keep(taken, data)
        except DomainError as error:
            self._fail(taken, error)
        except (OperationalError, OSError):
            _log.exception("Export %s could not be written.", taken.id)
            self._fail(taken, DomainError("The desk could not keep this report: its disk or its database failed."))
        except Exception:  # noqa: BLE001 - one that ends without a word would be taken again and again
            _log.exception("Export %s ended by a fault of the program.", taken.id)
            self._fail(taken, DomainError("A fault of the program ended this report; its log says more."))

    def _write(self, session: Session, taken: TakenExport, beat: "_Beat") -> bytes:
        export = session.get_one(Export, taken.id)
        return write_report(
            session,
            article_id=export.article_id,
            file_format=export.file_format,
            language=export.language,
            actor=export.person,
            zone=self._settings.timezone,
            scope=unpack_scope(export.scope),
            letterhead=read_letterhead(self._settings, export.language),
            standard=export.standard,
            tell=beat.tell,
        )

    def _keep(self, taken: TakenExport, data: bytes) -> None:
        path = self._settings.exports / f"{taken.id}-{taken.attempt}"
        _save(path, data)
        with self._sessions() as session, writing(session):
            is_kept = finish_export(session, taken, now=now(), sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not is_kept:
            path.unlink()

    def _fail(self, taken: TakenExport, error: DomainError) -> None:
        with self._sessions() as session, writing(session):
            fail_export(session, taken, error, now=now())

    @contextmanager
    def _beating(self, taken: TakenExport) -> Iterator["_Beat"]:
        """Say while the block runs that the export is being written, and how far it is."""
        beat = _Beat(self._sessions, taken)
        thread = Thread(target=beat.run, name=f"export {taken.id}", daemon=True)
        thread.start()
        try:
            yield beat
        finally:
            beat.over.set()
            thread.join()


class _Beat:
    """The sign of life of one export: its lease is renewed in time, and sooner where there is progress to tell."""

    def __init__(self, sessions: sessionmaker[Session], taken: TakenExport) -> None:
        self.over = Event()
        self._sessions, self._taken = sessions, taken
        self._written = 0
        self._total: int | None = None

    def tell(self, written: int, total: int) -> None:
        """Hear how many claims are written, and of how many."""
        self._written, self._total = written, total

    def run(self) -> None:
        told, last = 0, time.monotonic()
        while not self.over.wait(_BEAT):
            is_due = time.monotonic() - last > LEASE.total_seconds() / 4
            if self._written != told or is_due:
                told, last = self._written, time.monotonic()
                try:
                    with self._sessions() as session, writing(session):
                        renew_export(session, self._taken, now=now(), written=told, total=self._total)
                except OperationalError:
                    _log.warning("Export %s could not say how far it is.", self._taken.id)


def _save(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
