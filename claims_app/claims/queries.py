"""Finding claims and what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from claims_app.claims.model import Claim, Claimant, Comment, Status


@dataclass(frozen=True)
class Tick:
    """A claim as the strip of its article shows it."""

    id: int
    number: int
    status: Status
    section: str | None


def find_claim(session: Session, claim_id: int) -> Claim:
    """Return a claim with all that is said of it, withdrawn or not."""
    wanted = (
        select(Claim)
        .where(Claim.id == claim_id)
        .options(
            joinedload(Claim.article),
            joinedload(Claim.claimant),
            joinedload(Claim.citation),
            joinedload(Claim.assignee),
            joinedload(Claim.figure),
            selectinload(Claim.tags),
        )
    )
    return session.scalars(wanted).one()


def list_ticks(session: Session, article_id: int) -> list[Tick]:
    """Return an article's live claims in the order of the article."""
    rows = session.execute(
        select(Claim.id, Claim.number, Claim.status, Claim.section)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
    )
    return [Tick(*row) for row in rows]


def list_comments(session: Session, claim_id: int) -> Sequence[Comment]:
    """Return what was said about a claim, the oldest first, withdrawn comments too."""
    wanted = (
        select(Comment)
        .where(Comment.claim_id == claim_id)
        .options(joinedload(Comment.author), joinedload(Comment.answered_by))
        .order_by(Comment.id)
    )
    return session.scalars(wanted).all()


def list_claimant_names(session: Session, *, most: int = 200) -> Sequence[str]:
    """Return the names of claimants by alphabet, for a form to offer."""
    return session.scalars(select(Claimant.name).order_by(Claimant.name).limit(most)).all()
