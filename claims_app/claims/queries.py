"""Finding claims and what belongs to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, column, select, table
from sqlalchemy.orm import Session, joinedload, selectinload

from claims_app.claims.figure import FigureValue, Match, compare
from claims_app.claims.model import Claim, Claimant, Figure, Status

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


# Evidence stands above claims; of what it is made, only the figures are needed here.
_EVIDENCE = table("evidence", column("id"), column("claim_id"), column("withdrawn_at"))


def _evidence_figures() -> Select[int, float, float, str | None, bool, str | None]:
    """Return the claim and the figure of every live piece of evidence that states one."""
    return (
        select(_EVIDENCE.c.claim_id, Figure.low, Figure.high, Figure.unit, Figure.is_about, Figure.as_of)
        .select_from(_EVIDENCE)
        .join(Figure, Figure.evidence_id == _EVIDENCE.c.id)
        .where(_EVIDENCE.c.withdrawn_at.is_(None))
    )


def count_differing(session: Session, claim: Claim) -> int:
    """Return how many live pieces of evidence state another figure than the claim, as the database has them."""
    ours = claim.figure
    if ours is None:
        return 0
    rows = session.execute(_evidence_figures().where(_EVIDENCE.c.claim_id == claim.id))
    return sum(compare(ours, FigureValue(*row[1:])) is Match.DIFFERENT for row in rows)


def list_differing(session: Session) -> dict[int, int]:
    """Return for every claim of the desk whose figure any evidence differs from, how many pieces do."""
    of_claims = select(Figure.claim_id, Figure.low, Figure.high, Figure.unit, Figure.is_about, Figure.as_of)
    ours = {row[0]: FigureValue(*row[1:]) for row in session.execute(of_claims.where(Figure.claim_id.is_not(None)))}
    rows = session.execute(_evidence_figures())
    return dict(
        Counter(
            row[0] for row in rows if row[0] in ours and compare(ours[row[0]], FigureValue(*row[1:])) is Match.DIFFERENT
        )
    )


def list_claimant_names(session: Session, *, most: int = 200) -> Sequence[str]:
    """Return the names of claimants by alphabet, for a form to offer."""
    return session.scalars(select(Claimant.name).order_by(Claimant.name).limit(most)).all()
