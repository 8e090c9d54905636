"""Finding anchors: of a version, of a claim, and places for claims that have none."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.articles.model import ArticleVersion
from claims_app.claims.model import Claim, Place
from claims_app.prose.quotes import Candidate, nearest

MOST_PROPOSED = 20
"""Claims for which places are looked for at once."""


def list_anchors(session: Session, version_id: int, *, with_withdrawn_claims: bool = False) -> Sequence[Anchor]:
    """Return a version's anchors in the order of the text, those of withdrawn claims only where asked for."""
    wanted = select(Anchor).where(Anchor.version_id == version_id, Anchor.withdrawn_at.is_(None))
    if not with_withdrawn_claims:
        wanted = wanted.join(Anchor.claim).where(Claim.withdrawn_at.is_(None))
    return session.scalars(wanted.order_by(Anchor.begins, Anchor.ends.desc(), Anchor.id)).all()


def list_claim_anchors(session: Session, claim_id: int, version_id: int) -> Sequence[Anchor]:
    """Return where a claim stands in one version, in the order of the text."""
    return session.scalars(
        select(Anchor)
        .where(Anchor.claim_id == claim_id, Anchor.version_id == version_id, Anchor.withdrawn_at.is_(None))
        .order_by(Anchor.begins, Anchor.id)
    ).all()


def list_last_anchors(session: Session, claim_ids: Iterable[int]) -> dict[int, list[Anchor]]:
    """Return, for each claim, its anchors in the newest version that has any, those that were removed too."""
    last = (
        select(Anchor.claim_id, func.max(Anchor.version_id).label("version_id"))
        .where(Anchor.claim_id.in_(list(claim_ids)))
        .group_by(Anchor.claim_id)
        .subquery()
    )
    found: dict[int, list[Anchor]] = {}
    for anchor in session.scalars(
        select(Anchor)
        .join(last, (Anchor.claim_id == last.c.claim_id) & (Anchor.version_id == last.c.version_id))
        .order_by(Anchor.begins, Anchor.id)
    ):
        found.setdefault(anchor.claim_id, []).append(anchor)
    return found


def words_of(anchors: Sequence[Anchor]) -> str | None:
    """Return the words that state a claim, one anchor a line; None where it has no place."""
    return "\n".join(" ".join(anchor.quote.split()) for anchor in anchors) or None


def words_mark(words: str | None) -> str:
    """Return a short mark of these words, by which a form says which ones it showed."""
    return hashlib.sha256((words or "").encode()).hexdigest()[:16]


def list_present_anchors(session: Session, claim: Claim) -> Sequence[Anchor]:
    """Return where a claim stands in its article's newest version, in the order of the text."""
    if claim.place is not Place.PLACED:
        return []
    version_id = select(func.max(ArticleVersion.id)).where(ArticleVersion.article_id == claim.article_id)
    return list_claim_anchors(session, claim.id, session.scalars(version_id).one())


def present_words(session: Session, claim: Claim) -> str | None:
    """Return the words that state a claim in its article's newest version; None where they are not there."""
    return words_of(list_present_anchors(session, claim))


@dataclass(frozen=True)
class Proposal:
    """A claim without a place, the words it had, and the passages that are most like it, best first."""

    claim: Claim
    words: str | None
    candidates: Sequence[Candidate]


def count_without_place(session: Session, article_id: int) -> dict[Place, int]:
    """Return how many live claims of an article are lost, and how many were never placed."""
    rows = session.execute(
        select(Claim.place, func.count())
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
        .group_by(Claim.place)
    )
    counts = dict.fromkeys(Place, 0)
    for place, number in rows:
        counts[place] = number
    return counts


def propose_places(session: Session, version: ArticleVersion, *, language: str) -> list[Proposal]:
    """Return the claims of an article that have no place in this version, the lost ones first, with likely places.

    Nothing is placed by likeness: a person chooses.
    """
    claims = session.scalars(
        select(Claim)
        .where(
            Claim.article_id == version.article_id,
            Claim.withdrawn_at.is_(None),
            Claim.place.in_((Place.LOST, Place.NONE)),
        )
        .order_by(Claim.place, Claim.position, Claim.id)
        .limit(MOST_PROPOSED)
    ).all()
    had = list_last_anchors(session, [claim.id for claim in claims])
    proposals = []
    for claim in claims:
        words = words_of(had.get(claim.id, []))
        statements = (claim.statement_he, claim.statement_en)
        statement = next((one for one in (statements if language == "he" else reversed(statements)) if one), "")
        proposals.append(Proposal(claim, words, nearest(version.text or "", words or statement, most=3)))
    return proposals
