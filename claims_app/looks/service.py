"""Raising what has to be looked at again, and settling it; the only writer of ``claim.needs_look``."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture
from claims_app.claims.model import Claim
from claims_app.claims.service import load_claim, read_reason, record_on_claim
from claims_app.db import now
from claims_app.errors import NotAllowed
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Source


def _find_open(session: Session, claim: Claim, reason: LookReason, source: Source | None) -> Look | None:
    return session.scalar(
        select(Look).where(
            Look.claim_id == claim.id,
            Look.reason == reason,
            Look.source_id == source.id if source else Look.source_id.is_(None),
            Look.settled_at.is_(None),
        )
    )


def raise_look(
    session: Session,
    *,
    claim: Claim,
    reason: LookReason,
    source: Source | None = None,
    capture: Capture | None = None,
    before: Capture | None = None,
    person_id: int | None = None,
) -> Look | None:
    """Have a claim looked at again, by its assignee or else by ``person_id``; None where the same is open already.

    Who does not work here any more is passed over, so that in the end it waits for whoever comes first.
    The verdict stays as it is. ``before`` is the copy that ``capture`` was compared with.
    """
    if _find_open(session, claim, reason, source):
        return None
    look = Look(
        claim=claim,
        reason=reason,
        source=source,
        capture=capture,
        before=before,
        person_id=_find_holder(session, claim.assignee_id, person_id),
    )
    session.add(look)
    session.flush()  # the history names the new look's number
    claim.needs_look = True
    record_on_claim(
        session,
        actor=None,
        action=Action.RAISED,
        claim=claim,
        subject=Subject.LOOK,
        subject_id=look.id,
        changes=first_values(reason=reason, source=source.title if source else None),
    )
    return look


def _find_holder(session: Session, *person_ids: int | None) -> int | None:
    """Return the first of these who can look."""
    for person_id in person_ids:
        person = None if person_id is None else session.get(Person, person_id)
        if person is not None and person.is_active:
            return person.id
    return None


def _settle(session: Session, look: Look, *, actor: Person | None, why: str) -> None:
    look.settled_at, look.settled_by_id, look.settled_why = now(), actor.id if actor else None, why
    session.flush()  # the count reads what was just settled
    open_one = select(Look.id).where(Look.claim_id == look.claim_id, Look.settled_at.is_(None)).limit(1)
    look.claim.needs_look = session.scalar(open_one) is not None
    record_on_claim(
        session,
        actor=actor,
        action=Action.SETTLED,
        claim=look.claim,
        subject=Subject.LOOK,
        subject_id=look.id,
        changes=first_values(reason=look.reason),
        why=why,
    )


def settle_look(session: Session, *, actor: Person, look_id: int, why: str | None) -> Look:
    """Say, with the reason, that somebody looked and that the verdict stands; one that is settled stays as it is.

    That the source rule is not met is an editor's to answer for, as it is when a verdict is given.
    """
    require(actor, Role.CHECKER)
    look = session.get_one(Look, look_id, with_for_update=True)
    load_claim(session, look.claim_id)
    if look.reason is LookReason.SOURCE_RULE and not actor.may(Role.EDITOR):
        raise NotAllowed(
            "Only an editor can let the verdict stand without the source rule; add evidence, or reopen the claim."
        )
    reason = read_reason(why)
    if look.settled_at is None:
        _settle(session, look, actor=actor, why=reason)
    return look


def settle_claim(
    session: Session,
    *,
    claim: Claim,
    actor: Person | None,
    why: str,
    reasons: Collection[LookReason] = tuple(LookReason),
) -> None:
    """Settle what is open on a claim for these reasons, because it is checked anew or what had happened was undone."""
    wanted = select(Look).where(Look.claim_id == claim.id, Look.reason.in_(reasons), Look.settled_at.is_(None))
    for look in session.scalars(wanted).all():
        _settle(session, look, actor=actor, why=why)


def settle_source(
    session: Session,
    *,
    source: Source,
    reasons: Collection[LookReason],
    why: str,
    claim_ids: Collection[int] | None = None,
) -> None:
    """Settle what was raised for these reasons, on these claims or on all, because the source is again as it was."""
    wanted = select(Look).where(Look.source_id == source.id, Look.reason.in_(reasons), Look.settled_at.is_(None))
    if claim_ids is not None:
        wanted = wanted.where(Look.claim_id.in_(claim_ids))
    for look in session.scalars(wanted).all():
        _settle(session, look, actor=None, why=why)
