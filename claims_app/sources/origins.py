"""Which sources repeat which: what an agency's text and the papers that print it have in common."""

from sqlalchemy.orm import Session

from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Source
from claims_app.sources.queries import find_source, list_repeats


def mark_same_origin(session: Session, *, actor: Person, source_id: int, other_id: int) -> set[int]:
    """Have it known that a source repeats another, and return the sources about which something changed.

    What the other one itself repeats is the origin of both; what repeats the source repeats that origin from now on.
    """
    require(actor, Role.CHECKER)
    source = _load(session, source_id)
    try:
        other = find_source(session, other_id)
    except DomainError as error:
        raise DomainError(error.message, field="other") from None
    origin = session.get_one(Source, other.origin_id) if other.origin_id else other
    if other.id == source.id:
        raise DomainError("A source cannot repeat itself; name another one.", field="other")
    if origin.id == source.id:
        raise DomainError("That source repeats this one already; take that mark away on its page first.", field="other")
    if origin.is_confidential:
        raise DomainError("What a confidential source repeats could tell who it is.", field="other")
    if source.origin_id == origin.id:
        raise DomainError("It is marked so already.", field="other")
    former = source.origin_id
    changed = [source, *list_repeats(session, source.id)]
    for each in changed:
        _move(session, each, origin, actor=actor)
    return {each.id for each in changed} | {origin.id} | ({former} if former else set())


def unmark_same_origin(session: Session, *, actor: Person, source_id: int) -> set[int]:
    """Have a source stand for itself again, and return the sources about which something changed."""
    require(actor, Role.CHECKER)
    source = _load(session, source_id)
    if source.origin_id is None:
        raise DomainError("This source is not marked as repeating another.")
    former = source.origin_id
    _move(session, source, None, actor=actor)
    return {source.id, former}


def _load(session: Session, source_id: int) -> Source:
    source = session.get_one(Source, source_id, with_for_update=True)
    if source.is_confidential:
        raise DomainError("What a confidential source repeats could tell who it is.", field="other")
    return source


def _move(session: Session, source: Source, origin: Source | None, *, actor: Person) -> None:
    before = session.get_one(Source, source.origin_id) if source.origin_id else None
    source.origin_id = origin.id if origin else None
    record(
        session,
        actor=actor,
        action=Action.CHANGED,
        subject=Subject.SOURCE,
        subject_id=source.id,
        changes={"origin": [before and before.title, origin and origin.title]},
    )
