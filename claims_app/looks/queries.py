"""Finding what has to be looked at again."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from claims_app.claims.model import Claim
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Person

MOST = 50
"""How many looks a person's list shows."""


def list_looks(session: Session, claim_id: int) -> Sequence[Look]:
    """Return what is open on a claim, oldest first, with sources and captures."""
    return session.scalars(
        select(Look)
        .where(Look.claim_id == claim_id, Look.settled_at.is_(None))
        .options(
            joinedload(Look.claim).joinedload(Claim.assignee),
            *(joinedload(one) for one in (Look.source, Look.capture, Look.person)),
        )
        .order_by(Look.id)
    ).all()


def list_looks_for(session: Session, person_id: int) -> Sequence[Look]:
    """Return what waits for this person, oldest first, with claims, articles and sources; at most ``MOST`` and one."""
    nobody_has_it = or_(Claim.assignee_id.is_(None), Claim.assignee.has(Person.is_active.is_(False)))  # as Look.holder
    is_open = Look.settled_at.is_(None), Claim.withdrawn_at.is_(None)
    with_them = select(Look.id).join(Look.claim).where(*is_open, Claim.assignee_id == person_id, Claim.needs_look)
    for_them = select(Look.id).join(Look.claim).where(*is_open, Look.person_id == person_id, nobody_has_it)
    return session.scalars(
        select(Look)
        .where(Look.id.in_(with_them.union(for_them)))  # each by an index of its own
        .options(joinedload(Look.claim).joinedload(Claim.article), joinedload(Look.source))
        .order_by(Look.id)
        .limit(MOST + 1)
    ).all()


def list_raised(session: Session, reason: LookReason, *, source_id: int, before_id: int | None) -> Collection[int]:
    """Return the claims that this was raised on since the source's copy ``before_id``, settled or not."""
    return session.scalars(
        select(Look.claim_id).where(
            Look.reason == reason, Look.source_id == source_id, Look.before_id.is_not_distinct_from(before_id)
        )
    ).all()


def find_look(session: Session, look_id: int) -> Look:
    """Return a look with its claim, source, people and captures; no such look raises ``NoResultFound``."""
    return session.scalars(
        select(Look)
        .where(Look.id == look_id)
        .options(
            joinedload(Look.claim).options(joinedload(Claim.article), joinedload(Claim.assignee)),
            *(joinedload(one) for one in (Look.source, Look.capture, Look.before, Look.person, Look.settled_by)),
        )
    ).one()
