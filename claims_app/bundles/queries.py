"""Finding what a bundle holds: an article's captures, originals, timestamps and history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from claims_app.articles.model import ArticleVersion, Original
from claims_app.captures.model import Capture, CaptureState, DayStamp, Trigger
from claims_app.claims.model import Claim
from claims_app.evidence.model import Evidence
from claims_app.history.model import HistoryEntry, Subject
from claims_app.sources.model import Source


@dataclass(frozen=True, slots=True)
class Material:
    """What an article's claims rest on, without what is confidential."""

    #: Finished captures of the sources, oldest first, each with its source.
    captures: Sequence[Capture]
    #: The numbers of the claims that rest on each source.
    claims: dict[int, list[int]]
    originals: Sequence[Original]
    stamps: Sequence[DayStamp]
    #: Copies that stay: with the few who may know whose they are, and of what people brought, with the desk.
    withheld: int


def gather_material(session: Session, article_id: int, *, is_public: bool) -> Material:
    """Return the material of an article's live claims and evidence; what people brought is not for the public."""
    claims: dict[int, list[int]] = {}
    rows = session.execute(
        select(Evidence.source_id, Claim.number)
        .join(Claim, Claim.id == Evidence.claim_id)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None), Evidence.withdrawn_at.is_(None))
        .distinct()
        .order_by(Evidence.source_id, Claim.number)
    )
    for source_id, number in rows:
        claims.setdefault(source_id, []).append(number)
    finished = session.scalars(
        select(Capture)
        .join(Capture.source)
        .where(Capture.source_id.in_(claims), Capture.state.in_((CaptureState.KEPT, CaptureState.FAILED)))
        .options(joinedload(Capture.source).joinedload(Source.publisher))
        .order_by(Capture.id)
    ).all()
    captures = [
        capture
        for capture in finished
        if not capture.source.is_confidential and not (is_public and capture.trigger is Trigger.UPLOAD)
    ]
    days = {capture.finished_at.date().isoformat() for capture in captures if capture.finished_at}
    return Material(
        captures=captures,
        claims=claims,
        originals=[] if is_public else _list_originals(session, article_id),
        stamps=session.scalars(select(DayStamp).where(DayStamp.day.in_(days)).order_by(DayStamp.day)).all(),
        withheld=len(finished) - len(captures),
    )


def _list_originals(session: Session, article_id: int) -> Sequence[Original]:
    return session.scalars(
        select(Original)
        .join(ArticleVersion, ArticleVersion.id == Original.version_id)
        .where(ArticleVersion.article_id == article_id)
        .order_by(Original.version_id)
    ).all()


def list_chain(session: Session, article_id: int, material: Material) -> Iterator[HistoryEntry]:
    """Yield the history of an article and of the sources it rests on, oldest first, without confidential ones."""
    sources = {capture.source_id for capture in material.captures}
    about_sources = and_(HistoryEntry.subject == Subject.SOURCE, HistoryEntry.subject_id.in_(sources))
    wanted: Any = (
        select(HistoryEntry)
        .where(or_(HistoryEntry.article_id == article_id, about_sources))
        .order_by(HistoryEntry.id)
        .execution_options(yield_per=1000)
    )
    yield from session.scalars(wanted)
