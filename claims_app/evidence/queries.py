"""Finding evidence."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims_app.evidence.model import Evidence


def list_evidence(session: Session, claim_id: int, *, with_withdrawn: bool = False) -> Sequence[Evidence]:
    """Return a claim's evidence with sources and figures, in the order it was added."""
    wanted = (
        select(Evidence)
        .where(Evidence.claim_id == claim_id)
        .options(joinedload(Evidence.source), joinedload(Evidence.figure), joinedload(Evidence.created_by))
        .order_by(Evidence.id)
    )
    return session.scalars(wanted if with_withdrawn else wanted.where(Evidence.withdrawn_at.is_(None))).all()
