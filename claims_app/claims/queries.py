"""Finding claims and what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from claims_app.claims.model import Claim, Claimant, Status

Section = tuple[str | None, list[tuple[int, int, str]]]
"""A part of an article as the strip draws it: its name, and id, number and status of its claims in order."""


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


def group_ticks(ticks: Sequence[Tick]) -> list[Section]:
    """Return the strip of these claims, by section."""
    return [
        (section, [(tick.id, tick.number, tick.status.value) for tick in group])
        for section, group in groupby(ticks, key=lambda tick: tick.section)
    ]


def list_claimant_names(session: Session, *, most: int = 200) -> Sequence[str]:
    """Return the names of claimants by alphabet, for a form to offer."""
    return session.scalars(select(Claimant.name).order_by(Claimant.name).limit(most)).all()
