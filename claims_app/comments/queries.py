"""Finding what was said about a claim."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims_app.comments.model import Comment


def list_comments(session: Session, claim_id: int) -> Sequence[Comment]:
    """Return what was said about a claim, the oldest first, withdrawn comments too."""
    wanted = (
        select(Comment)
        .where(Comment.claim_id == claim_id)
        .options(joinedload(Comment.author), joinedload(Comment.answered_by))
        .order_by(Comment.id)
    )
    return session.scalars(wanted).all()
