"""Asking for a report that takes long, the queue in which it waits, and what came of it.

An export's row is its job: whoever takes it holds it under a lease that is renewed while it is written, and only the
last holder can finish it, so that a worker that was killed neither loses an export nor finishes it twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.errors import DomainError
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reports.model import OPEN, Export, ExportState

LEASE = timedelta(minutes=1)
"""How long whoever writes an export is believed to be alive without a word."""
MOST_ATTEMPTS = 3
MOST_OPEN = 5
"""How many of one person's exports may be on their way."""
KEPT = timedelta(days=7)
"""How long a file waits to be taken away."""


@dataclass(frozen=True, slots=True)
class TakenExport:
    """An export that somebody holds; ``attempt`` tells its holder from those before and after."""

    id: int
    attempt: int


def request_export(
    session: Session,
    *,
    actor: Person,
    article_id: int,
    file_format: str,
    language: str,
    scope: Mapping[str, Any],
    standard: str | None = None,
) -> Export:
    """Ask for a report and return the waiting export, or the same one of this person that is on its way already."""
    require(actor, Role.READER)
    session.get_one(Article, article_id)
    wanted = {
        "article_id": article_id,
        "file_format": file_format,
        "language": language,
        "scope": dict(scope),
        "standard": standard,
    }
    own = session.scalars(select(Export).where(Export.person_id == actor.id, Export.state.in_(OPEN))).all()
    for known in own:
        if all(getattr(known, name) == value for name, value in wanted.items()):
            return known
    if len(own) >= MOST_OPEN:
        raise DomainError("%(most)s of your reports are on their way; wait for one of them.", most=MOST_OPEN)
    export = Export(person_id=actor.id, state=ExportState.WAITING, attempts=0, written=0, **wanted)
    session.add(export)
    session.flush()
    return export


def take_export(session: Session, *, now: datetime) -> TakenExport | None:
    """Take the export that waits longest, in the caller's write transaction; None where none waits.

    One that is held is free again when its lease has ended without a word.
    """
    is_free = or_(
        Export.state == ExportState.WAITING,
        and_(Export.state == ExportState.RUNNING, Export.lease_until <= now),
    )
    first = select(Export).where(is_free).order_by(Export.id).limit(1).execution_options(populate_existing=True)
    while (export := session.scalar(first)) is not None:
        if export.attempts < MOST_ATTEMPTS:
            export.state, export.lease_until = ExportState.RUNNING, now + LEASE
            export.attempts += 1
            export.written, export.total = 0, None
            session.flush()
            return TakenExport(export.id, export.attempts)
        _fail(export, DomainError("The program was stopped each time it wrote this report; ask for less of it."), now)
        session.flush()
    return None


def renew_export(session: Session, taken: TakenExport, *, now: datetime, written: int, total: int | None) -> bool:
    """Say that an export is still being written and how far it is; return whether it is still held."""
    export = _held(session, taken)
    if export is None:
        return False
    export.lease_until, export.written, export.total = now + LEASE, written, total
    return True


def finish_export(session: Session, taken: TakenExport, *, now: datetime, sha256: str, size: int) -> bool:
    """Record the file that came of an export; return whether it was still held."""
    export = _held(session, taken)
    if export is None:
        return False
    export.state, export.lease_until, export.finished_at = ExportState.READY, None, now
    export.sha256, export.size = sha256, size
    export.written = export.total or export.written
    return True


def fail_export(session: Session, taken: TakenExport, error: DomainError, *, now: datetime) -> None:
    """Record why nothing came of an export that is still held."""
    export = _held(session, taken)
    if export is not None:
        _fail(export, error, now)


def release_export(session: Session, taken: TakenExport) -> None:
    """Give an export that is still held back to the queue."""
    export = _held(session, taken)
    if export is not None:
        export.state, export.lease_until = ExportState.WAITING, None


def expire_exports(session: Session, *, now: datetime) -> None:
    """Let go the files that waited long enough; their exports say so."""
    over = select(Export).where(Export.state == ExportState.READY, Export.finished_at <= now - KEPT)
    for export in session.scalars(over):
        export.state = ExportState.EXPIRED


def list_exports(session: Session, article_id: int, most: int = 10) -> Sequence[Export]:
    """Return the last exports of an article, the newest first."""
    wanted = select(Export).where(Export.article_id == article_id).order_by(Export.id.desc())
    return session.scalars(wanted.limit(most)).all()


def count_before(session: Session, export: Export) -> int:
    """Return how many exports are taken before one that waits."""
    return session.scalar(select(func.count()).where(Export.id < export.id, Export.state.in_(OPEN))) or 0


def list_ready_files(session: Session) -> set[str]:
    """Return the names of the files that wait to be taken away."""
    ready = session.scalars(select(Export).where(Export.state == ExportState.READY))
    return {export.file_name for export in ready}


def _fail(export: Export, error: DomainError, moment: datetime) -> None:
    export.state, export.lease_until, export.finished_at = ExportState.FAILED, None, moment
    export.failure = error.message
    export.failure_values = {name: str(value) for name, value in error.values.items()}


def _held(session: Session, taken: TakenExport) -> Export | None:
    """Return the row of an export that is still held by the one who took it."""
    return session.scalar(
        select(Export)
        .where(Export.id == taken.id, Export.state == ExportState.RUNNING, Export.attempts == taken.attempt)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
