"""Finding what was said about a claim."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims_app.comments.model import Comment


def list_comments(session: Session, claim_id: int, *, after: int = 0, most: int | None = None) -> Sequence[Comment]:
    """Return what was said about a claim behind number ``after``, the oldest first, withdrawn comments too."""
    wanted = (
        select(Comment)
        .where(Comment.claim_id == claim_id, Comment.id > after)
        .options(joinedload(Comment.author), joinedload(Comment.answered_by))
        .order_by(Comment.id)
        .limit(most)
    )
    return session.scalars(wanted).all()
