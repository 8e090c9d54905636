"""Finding verdicts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims_app.verdicts.model import Verdict


def list_verdicts(
    session: Session, claim_id: int, *, before: int | None = None, most: int | None = None
) -> Sequence[Verdict]:
    """Return a claim's verdicts older than number ``before``, newest first, with the people who gave and ended them."""
    wanted = (
        select(Verdict)
        .where(Verdict.claim_id == claim_id)
        .options(joinedload(Verdict.proposed_by), joinedload(Verdict.approved_by), joinedload(Verdict.ended_by))
        .order_by(Verdict.id.desc())
        .limit(most)
    )
    return session.scalars(wanted if before is None else wanted.where(Verdict.id < before)).all()
