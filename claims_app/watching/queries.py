"""Finding what is watched, and what rests on it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.claims.model import Claim, Status
from claims_app.evidence.model import Evidence
from claims_app.fetching import Fault
from claims_app.sources.model import Source
from claims_app.watching.model import Watch

AT_ONCE = 100
"""Sources that one round asks for; the rest is due still, and the next round asks for it."""
VANISHED_AFTER = 3
"""Checks in a row that find no site under its name, before a page counts as gone with it."""
_RESTING = tuple(status for status in Status if status not in (Status.UNCHECKED, Status.CHECKING))


def find_watch(session: Session, source_id: int) -> Watch | None:
    """Return how a source is watched, if it is, with the copy that the next one is compared with."""
    return session.scalar(select(Watch).where(Watch.source_id == source_id).options(joinedload(Watch.base)))


def find_last_check(session: Session, source_id: int) -> datetime | None:
    """Return when the address of a source was last asked for a copy, with whatever outcome."""
    return session.scalar(
        select(func.max(Capture.finished_at)).where(Capture.source_id == source_id, Capture.trigger != Trigger.UPLOAD)
    )


def find_fetched(session: Session, source_id: int) -> Capture | None:
    """Return the newest kept copy that was fetched from the address of a source; what people brought is none."""
    return session.scalar(_fetched(source_id).order_by(Capture.id.desc()).limit(1))


def is_vanished(session: Session, source_id: int) -> bool:
    """Say whether the last checks of a watched source, at least ``VANISHED_AFTER``, found no site under its name."""
    kept = _fetched(source_id).with_only_columns(func.coalesce(func.max(Capture.id), 0)).scalar_subquery()
    faults = session.scalars(
        select(Capture.fault)
        .where(
            Capture.source_id == source_id,
            Capture.trigger == Trigger.WATCH,
            Capture.state == CaptureState.FAILED,
            Capture.id > kept,
        )
        .order_by(Capture.id.desc())
        .limit(VANISHED_AFTER)
    ).all()
    return faults == [Fault.NO_SITE] * VANISHED_AFTER


def _fetched(source_id: int) -> Select[Capture]:
    return select(Capture).where(
        Capture.source_id == source_id, Capture.state == CaptureState.KEPT, Capture.trigger != Trigger.UPLOAD
    )


def list_watches(session: Session, source_ids: Collection[int]) -> dict[int, Watch]:
    """Return the watches of these sources by the source's number."""
    return {row.source_id: row for row in session.scalars(select(Watch).where(Watch.source_id.in_(source_ids)))}


def list_due(session: Session, now: datetime) -> Sequence[Watch]:
    """Return the watches of live sources that are due, at most ``AT_ONCE``."""
    return session.scalars(
        select(Watch)
        .join(Watch.source)
        .where(Watch.due_at <= now, Source.withdrawn_at.is_(None))
        .options(joinedload(Watch.source), joinedload(Watch.asked_by))
        .order_by(Watch.due_at, Watch.source_id)
        .limit(AT_ONCE)
    ).all()


def list_resting(session: Session, source_id: int) -> Sequence[Evidence]:
    """Return the live evidence from a source under claims that have a verdict, proposed or in force.

    Withdrawn claims too: what happens meanwhile has to be known when they are restored.
    """
    return session.scalars(
        select(Evidence)
        .join(Evidence.claim)
        .where(
            Evidence.source_id == source_id,
            Evidence.withdrawn_at.is_(None),
            Claim.status.in_(_RESTING),
        )
        .options(joinedload(Evidence.claim), joinedload(Evidence.figure))
        .order_by(Evidence.id)
    ).all()


def list_rechecks(session: Session, day: date) -> Sequence[Claim]:
    """Return the live claims whose day to check again has come."""
    wanted = select(Claim).where(Claim.recheck_on.is_not(None), Claim.recheck_on <= day, Claim.withdrawn_at.is_(None))
    return session.scalars(wanted.order_by(Claim.id)).all()


def list_watchable(session: Session, article_id: int) -> Sequence[Source]:
    """Return the live sources with an address that the live claims of an article rest on."""
    return session.scalars(
        select(Source)
        .join(Evidence, Evidence.source_id == Source.id)
        .join(Claim, Claim.id == Evidence.claim_id)
        .where(
            Claim.article_id == article_id,
            Claim.withdrawn_at.is_(None),
            Evidence.withdrawn_at.is_(None),
            Source.withdrawn_at.is_(None),
            Source.address.is_not(None),
        )
        .distinct()
        .order_by(Source.id)
    ).all()


def count_watched(session: Session, article_id: int) -> tuple[int, int]:
    """Return how many of the sources that could be watched for an article are, and how many there are."""
    sources = list_watchable(session, article_id)
    return len(list_watches(session, [source.id for source in sources])), len(sources)
