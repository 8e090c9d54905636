"""What the page of a claimant shows: who it is, what it claims, and what happened to its record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims_app.claims.model import Claim, Claimant
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.queries import values_of

PAGE = 50
"""Claims on one page, and so many of the newest entries of the history."""


@dataclass(frozen=True)
class ClaimantPage:
    """A claimant with one page of its live claims, the newest first; ``after`` is where the next one begins."""

    claimant: Claimant
    claims: Sequence[Claim]
    after: int | None
    is_first: bool
    history: Sequence[tuple[HistoryEntry, list[tuple[str, Any, Any]]]]


def gather_claimant(session: Session, claimant_id: int, *, after: int | None = None) -> ClaimantPage:
    """Return a claimant's page; no such claimant raises ``NoResultFound``."""
    claimant = session.get_one(Claimant, claimant_id)
    wanted = select(Claim).where(Claim.claimant_id == claimant_id, Claim.withdrawn_at.is_(None))
    if after is not None:
        wanted = wanted.where(Claim.id < after)
    claims = session.scalars(wanted.options(joinedload(Claim.article)).order_by(Claim.id.desc()).limit(PAGE + 1)).all()
    entries = session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.subject == Subject.CLAIMANT.value, HistoryEntry.subject_id == claimant_id)
        .order_by(HistoryEntry.id.desc())
        .limit(PAGE)
    )
    return ClaimantPage(
        claimant=claimant,
        claims=claims[:PAGE],
        after=claims[PAGE - 1].id if len(claims) > PAGE else None,
        is_first=after is None,
        history=[(entry, values_of(entry)) for entry in entries],
    )
