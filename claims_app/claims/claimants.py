"""What is known of a claimant: what it is called, who it is, and where that can be read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.model import Claimant, ClaimantKind
from claims_app.errors import DomainError, Duplicate, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean, read_address


def edit_claimant(
    session: Session,
    *,
    actor: Person,
    claimant_id: int,
    revision: int,
    name: str | None,
    kind: ClaimantKind | None,
    same_as: str | None,
) -> Claimant:
    """Change what is known of a claimant, on all the claims that name it and on their public pages.

    A name that another claimant has raises ``Duplicate``; another save since ``revision``, ``Stale``.
    """
    require(actor, Role.EDITOR)
    claimant = session.get_one(Claimant, claimant_id, with_for_update=True)
    if claimant.revision != revision:
        raise Stale(claimant)
    values = {"name": clean(name), "kind": kind, "same_as": read_address(same_as, field="same_as")}
    if values["name"] is None:
        raise DomainError("A claimant needs a name.", field="name")
    others = select(Claimant.id).where(Claimant.name == values["name"], Claimant.id != claimant_id)
    if session.scalar(others) is not None:
        raise Duplicate("Another claimant has this name already.", field="name")
    changes = change(claimant, values)
    if changes:
        claimant.revision += 1
        record(
            session,
            actor=actor,
            action=Action.CHANGED,
            subject=Subject.CLAIMANT,
            subject_id=claimant_id,
            changes=changes,
        )
    return claimant
