"""Finding captures and the copies that were kept."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload

from claims_app.captures.model import Capture, CaptureState
from claims_app.errors import NotFound

#: As the indexes of open captures say it: with bound values the database would not see that they serve.
IS_OPEN = text("capture.state IN ('waiting', 'running')")


def find_capture(session: Session, capture_id: int) -> Capture:
    """Return a capture with its source; an unknown number raises ``NotFound``."""
    capture = session.scalar(select(Capture).options(joinedload(Capture.source)).where(Capture.id == capture_id))
    if capture is None:
        raise NotFound("There is no capture %(number)s.", number=capture_id)
    return capture


def list_captures(session: Session, source_id: int) -> Sequence[Capture]:
    """Return all captures of a source, newest first, each with who asked for it."""
    return session.scalars(
        select(Capture)
        .options(joinedload(Capture.asked_by))
        .where(Capture.source_id == source_id)
        .order_by(Capture.id.desc())
    ).all()


def find_open(session: Session, source_id: int) -> Capture | None:
    """Return the capture of a source that is on its way, if one is."""
    return session.scalar(select(Capture).where(Capture.source_id == source_id, IS_OPEN))


def newest_copy(session: Session, source_id: int) -> Capture | None:
    """Return the newest kept copy of a source, if there is one."""
    return newest_copies(session, [source_id]).get(source_id)


def newest_copies(session: Session, source_ids: Collection[int]) -> dict[int, Capture]:
    """Return the newest kept copy of each of the sources that has one, by the source's number."""
    newest = (
        select(func.max(Capture.id))
        .where(Capture.source_id.in_(source_ids), Capture.state == CaptureState.KEPT)
        .group_by(Capture.source_id)
    )
    return {capture.source_id: capture for capture in session.scalars(select(Capture).where(Capture.id.in_(newest)))}


def next_moment(session: Session, *, politeness: timedelta) -> datetime | None:
    """Return when the next open capture can be taken at the earliest, None where none is open.

    ``politeness`` is the pause between two captures from one host; a moment that is past means now.
    """
    finished = Capture.__table__.alias()
    last = select(func.max(finished.c.finished_at)).where(finished.c.host == Capture.host).scalar_subquery()
    rows = session.execute(
        select(func.max(Capture.lease_until), func.min(Capture.due_at), last).where(IS_OPEN).group_by(Capture.host)
    )
    return min((_free_at(lease, due, ended, politeness) for lease, due, ended in rows), default=None)


def _free_at(lease: datetime | None, due: datetime, ended: datetime | None, politeness: timedelta) -> datetime:
    """Return when a host can be asked again: it is busy while a capture of it is held."""
    if lease is not None:
        return lease
    return due if ended is None else max(due, ended + politeness)
