"""Finding evidence, and sources with what rests on them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from claims_app.articles.model import Article
from claims_app.claims.model import Claim, Status
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.language import stored_name
from claims_app.reading import clean, row_number
from claims_app.sources.model import Publisher, Source
from claims_app.sources.queries import find_at_address, list_repeats

PAGE = 50
"""Sources on one page of the list."""
WALK = 20_000
"""So many sources are looked at for one page; a search that finds too few in them stops there and says so."""
USES = 100
"""Claims on one page of a source."""
REPEATS = 50
"""Sources that repeat it on the page of a source."""
MOST_TEXT = 1000
"""Longest text that is searched for, in characters; the rest of a longer one is left off."""


def list_evidence(
    session: Session, claim_id: int, *, with_withdrawn: bool = False, after: int = 0, most: int | None = None
) -> Sequence[Evidence]:
    """Return a claim's evidence behind number ``after`` with sources and figures, in the order it was added."""
    wanted = (
        select(Evidence)
        .where(Evidence.claim_id == claim_id, Evidence.id > after)
        .options(
            joinedload(Evidence.source).joinedload(Source.publisher),
            joinedload(Evidence.figure),
            joinedload(Evidence.created_by),
            joinedload(Evidence.copy_check),
        )
        .order_by(Evidence.id)
        .limit(most)
    )
    return session.scalars(wanted if with_withdrawn else wanted.where(Evidence.withdrawn_at.is_(None))).all()


def evidence_mark(evidence: Sequence[Evidence]) -> str:
    """Return a mark of this evidence as it stands: another once a piece is added, changed or withdrawn."""
    pieces = " ".join(f"{item.id}.{item.revision}" for item in sorted(evidence, key=lambda item: item.id))
    return hashlib.sha256(pieces.encode()).hexdigest()[:16]


def find_evidence(session: Session, evidence_id: int) -> Evidence:
    """Return a piece of evidence with its claim, source and figure, withdrawn or not."""
    wanted = (
        select(Evidence)
        .where(Evidence.id == evidence_id)
        .options(
            joinedload(Evidence.claim).joinedload(Claim.figure),
            joinedload(Evidence.source).joinedload(Source.publisher),
            joinedload(Evidence.figure),
        )
    )
    return session.scalars(wanted).one()


@dataclass(frozen=True)
class SourceList:
    """One page of the live sources, newest first, each with the number of pieces of evidence that rest on it."""

    rows: Sequence[tuple[Source, int]]
    #: What was searched for in title, publisher and address; empty for all sources.
    text: str
    is_first: bool
    #: Where the next page begins. None: there is none.
    after: int | None
    #: The page is not full because the search stopped; older sources were not looked at.
    is_cut: bool


def gather_sources(session: Session, *, text: str = "", after: str = "", most: int | None = None) -> SourceList:
    """Return the sources behind number ``after`` that have ``text`` in title, publisher or address.

    However many sources the desk has and however rare the text is, at most ``WALK`` of them are read.
    """
    words, most = (clean(text) or "")[:MOST_TEXT], most or PAGE
    behind = row_number(after)
    oldest, newest = session.execute(
        select(select(func.min(Source.id)).scalar_subquery(), select(func.max(Source.id)).scalar_subquery())
    ).one()
    top = newest or 0 if behind is None else min(behind - 1, newest or 0)
    floor = top - WALK
    wanted = (
        select(Source)
        .outerjoin(Source.publisher)
        .options(contains_eager(Source.publisher))
        .where(Source.id <= top, Source.id > floor, Source.withdrawn_at.is_(None))
    )
    if words:
        columns = (Source.title, Publisher.name, Source.address)
        wanted = wanted.where(or_(*(column.icontains(stored_name(words), autoescape=True) for column in columns)))
    found = session.scalars(wanted.order_by(Source.id.desc()).limit(most + 1)).all()
    rows, is_full = found[:most], len(found) > most
    is_cut = not is_full and oldest is not None and oldest <= floor
    counts = _count_evidence(session, [source.id for source in rows])
    return SourceList(
        rows=[(source, counts.get(source.id, 0)) for source in rows],
        text=words,
        is_first=behind is None,
        after=rows[-1].id if is_full else floor + 1 if is_cut else None,
        is_cut=is_cut,
    )


def _count_evidence(session: Session, source_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Evidence.source_id, func.count())
        .where(Evidence.source_id.in_(source_ids), Evidence.withdrawn_at.is_(None))
        .group_by(Evidence.source_id)
    )
    return {source_id: number for source_id, number in rows}  # noqa: C416 - rows are no pairs to mypy


@dataclass(frozen=True)
class Use:
    """A piece of evidence as its source's page shows it: the claim that rests on it, and how."""

    id: int
    stance: Stance
    rank: Rank | None
    summary: str
    locator: str | None
    looked_on: date
    claim_id: int
    number: int
    status: Status
    statement_he: str | None
    statement_en: str | None
    is_claim_withdrawn: bool
    article_id: int
    title_he: str | None
    title_en: str | None


@dataclass(frozen=True)
class SourceFacts:
    """What the page of a source shows."""

    source: Source
    uses: Sequence[Use]
    is_first: bool
    #: Where the next page of claims begins. None: there is none.
    after: int | None
    #: The source that this one repeats, and those that repeat this one: the first of them.
    repeats: Source | None
    repeated_by: Sequence[Source]
    has_more_repeats: bool

    @property
    def is_used(self) -> bool:
        """Whether evidence rests on the source, so that it has to stay."""
        return bool(self.uses) or not self.is_first


def gather_source(session: Session, source_id: int, *, after: str = "") -> SourceFacts:
    """Return a source and one page of the live evidence that rests on it, newest first."""
    source = session.get_one(Source, source_id, options=[joinedload(Source.publisher)])
    repeats = list_repeats(session, source_id, most=REPEATS + 1)
    behind = row_number(after)
    wanted = (
        select(
            Evidence.id,
            Evidence.stance,
            Evidence.rank,
            Evidence.summary,
            Evidence.locator,
            Evidence.looked_on,
            Claim.id.label("claim_id"),
            Claim.number,
            Claim.status,
            Claim.statement_he,
            Claim.statement_en,
            Claim.withdrawn_at.is_not(None).label("is_claim_withdrawn"),
            Article.id.label("article_id"),
            Article.title_he,
            Article.title_en,
        )
        .join(Evidence.claim)
        .join(Claim.article)
        .where(Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.id.desc())
        .limit(USES + 1)
    )
    if behind is not None:
        wanted = wanted.where(Evidence.id < behind)
    uses = [Use(**row._mapping) for row in session.execute(wanted)]
    return SourceFacts(
        source=source,
        uses=uses[:USES],
        is_first=behind is None,
        after=uses[USES - 1].id if len(uses) > USES else None,
        repeats=session.get(Source, source.origin_id) if source.origin_id else None,
        repeated_by=repeats[:REPEATS],
        has_more_repeats=len(repeats) > REPEATS,
    )


@dataclass(frozen=True)
class PublisherSources:
    """One page of a publisher's live sources, newest first, each with the number of pieces of evidence on it."""

    rows: Sequence[tuple[Source, int]]
    is_first: bool
    #: Where the next page begins. None: there is none.
    after: int | None


def list_publisher_sources(session: Session, publisher_id: int, *, after: str = "") -> PublisherSources:
    """Return the sources of a publisher behind number ``after``."""
    behind = row_number(after)
    wanted = select(Source).where(Source.publisher_id == publisher_id, Source.withdrawn_at.is_(None))
    if behind is not None:
        wanted = wanted.where(Source.id < behind)
    found = session.scalars(wanted.order_by(Source.id.desc()).limit(PAGE + 1)).all()
    rows = found[:PAGE]
    counts = _count_evidence(session, [source.id for source in rows])
    return PublisherSources(
        rows=[(source, counts.get(source.id, 0)) for source in rows],
        is_first=behind is None,
        after=rows[-1].id if len(found) > PAGE else None,
    )


def list_candidates(session: Session, source: Source, *, text: str) -> Sequence[Source]:
    """Return sources that ``source`` may repeat: the one with this number or address, or those that a search finds.

    Without a text they are the sources of the claims that rest on ``source``.
    """
    words = (clean(text) or "")[:MOST_TEXT]
    number = row_number(words)
    found: Sequence[Source | None]
    if not words:
        claims = select(Evidence.claim_id).where(Evidence.source_id == source.id, Evidence.withdrawn_at.is_(None))
        beside = select(Evidence.source_id).where(Evidence.claim_id.in_(claims), Evidence.withdrawn_at.is_(None))
        wanted = select(Source).where(Source.id.in_(beside)).options(joinedload(Source.publisher))
        found = session.scalars(wanted.order_by(Source.id.desc()).limit(PAGE)).all()
    elif number is not None:
        found = [session.get(Source, number)]
    else:
        found = [find_at_address(session, words)] if "://" in words else []
        found = [*found, *(row for row, _number in gather_sources(session, text=words).rows if row not in found)]
    return [
        one
        for one in found
        if one and one.id not in (source.id, source.origin_id) and one.withdrawn_at is None and not one.is_confidential
    ]
