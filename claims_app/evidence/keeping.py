"""Copies of what an article rests on: asking for them, how far they are, and what they propose for their source."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.queries import find_capture
from claims_app.captures.service import request_capture
from claims_app.claims.model import Claim, Figure
from claims_app.errors import DomainError
from claims_app.evidence.copying import list_capturable
from claims_app.evidence.model import Evidence
from claims_app.evidence.service import edit_source
from claims_app.people.model import Person
from claims_app.sources.model import Source

MOST_FAILED = 50
"""Failed captures that an article's page names."""
MOST_QUOTES = 50
"""Pieces of evidence that are looked for in one copy."""


def request_copies(session: Session, *, actor: Person, article_id: int, only_missing: bool) -> int:
    """Ask for copies of the sources that an article rests on, with ``only_missing`` of those that have none.

    Returns how many are on their way now.
    """
    sources = list_capturable(session, article_id=article_id, only_missing=only_missing)
    asked = [request_capture(session, actor=actor, source=source, trigger=Trigger.ASKED) for source in sources]
    return sum(one is not None for one in asked)


@dataclass(frozen=True)
class CopyCount:
    """Of the sources with an address that an article rests on: how many have a copy, wait for one, have just failed."""

    article_id: int
    total: int
    kept: int
    under_way: int
    failed: int
    #: The newest failures, of sources that are not being captured again.
    failures: Sequence[Capture]


def count_copies(session: Session, article_id: int) -> CopyCount:
    """Return how far the copies of an article's sources are, in two queries."""
    every = aliased(Capture)
    newest = select(func.max(every.id)).where(every.source_id == Source.id).correlate(Source).scalar_subquery()
    state = select(Capture.state).where(Capture.id == newest).correlate(Source).scalar_subquery()
    is_kept = exists().where(Capture.source_id == Source.id, Capture.state == CaptureState.KEPT)
    used = (
        select(Evidence.source_id)
        .join(Evidence.claim)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None), Evidence.withdrawn_at.is_(None))
    )
    is_meant = Source.address.is_not(None), Source.withdrawn_at.is_(None), Source.id.in_(used)
    rows = session.execute(select(state, is_kept, func.count()).where(*is_meant).group_by(state, is_kept)).all()
    failed = sum(number for last, _, number in rows if last == CaptureState.FAILED)
    wanted = (
        select(Capture)
        .join(Capture.source)
        .where(*is_meant, Capture.id == newest, Capture.state == CaptureState.FAILED)
        .options(joinedload(Capture.source))
        .order_by(Capture.id.desc())
        .limit(MOST_FAILED)
    )
    return CopyCount(
        article_id=article_id,
        total=sum(number for *_, number in rows),
        kept=sum(number for _, has_copy, number in rows if has_copy),
        under_way=sum(number for last, _, number in rows if last in (CaptureState.WAITING, CaptureState.RUNNING)),
        failed=failed,
        failures=session.scalars(wanted).all(),
    )


def list_quotes(session: Session, source_id: int, *, first_id: int | None = None) -> Sequence[Evidence]:
    """Return the live evidence from a source that names words or a figure, with claims and figures.

    Oldest first, but before all others ``first_id``, if it is among them.
    """
    has_figure = exists().where(Figure.evidence_id == Evidence.id)
    return session.scalars(
        select(Evidence)
        .join(Evidence.claim)
        .where(
            Evidence.source_id == source_id,
            Evidence.withdrawn_at.is_(None),
            Claim.withdrawn_at.is_(None),
            Evidence.passage.is_not(None) | has_figure,
        )
        .options(joinedload(Evidence.claim), joinedload(Evidence.figure))
        .order_by((Evidence.id == (first_id or 0)).desc(), Evidence.id)
        .limit(MOST_QUOTES)
    ).all()


def use_proposal(session: Session, *, actor: Person, capture_id: int, name: str) -> Source:
    """Give a source the ``title`` or the ``published_on`` that a copy of it proposes, where it has none of its own."""
    capture = find_capture(session, capture_id)
    source = capture.source
    if name not in list_proposals(capture):
        raise DomainError("The source has this of its own by now, or the copy proposes nothing.")
    details = {
        "kind": source.kind,
        "title": source.title,
        "address": source.address,
        "publisher": source.publisher_name,
        "published_on": source.published_on,
        "notes": source.notes,
        name: getattr(capture, name),
    }
    return edit_source(session, actor=actor, source_id=source.id, revision=source.revision, **details)


def list_proposals(capture: Capture) -> list[str]:
    """Return what a copy tells about its source that is not known of it."""
    source = capture.source
    if source.is_confidential or source.withdrawn_at is not None:
        return []
    missing = {"title": source.has_composed_title, "published_on": source.published_on is None}
    return [name for name, is_missing in missing.items() if is_missing and getattr(capture, name)]
