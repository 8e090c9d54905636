"""What changes how many voices speak for claims: repeats, houses of publishers, who was asked; claims follow."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.evidence.model import Evidence
from claims_app.evidence.rule import raise_unmet
from claims_app.people.model import Person
from claims_app.sources import contacts, origins, publishers
from claims_app.sources.model import Contact, Publisher, Source

AT_ONCE = 1000
"""So many sources the rule is asked about at once; a database takes only so many numbers in one question."""


def mark_same_origin(session: Session, *, actor: Person, source_id: int, other_id: int) -> None:
    """Have it known that a source repeats another; claims that rest on both may have to be looked at again."""
    _apply_rule(session, origins.mark_same_origin(session, actor=actor, source_id=source_id, other_id=other_id))


def unmark_same_origin(session: Session, *, actor: Person, source_id: int) -> None:
    """Have a source stand for itself again."""
    _apply_rule(session, origins.unmark_same_origin(session, actor=actor, source_id=source_id))


def edit_publisher(session: Session, *, actor: Person, publisher_id: int, **details: Any) -> None:
    """Change what is known of a publisher; its house decides whose voice its sources are."""
    if publishers.edit_publisher(session, actor=actor, publisher_id=publisher_id, **details):
        _apply_rule(session, list_sources_used(session, session.get_one(Publisher, publisher_id)))


def merge_publishers(session: Session, *, actor: Person, publisher_id: int, into: str | None) -> Publisher:
    """Make one publisher of two and return it."""
    kept = publishers.merge_publishers(session, actor=actor, publisher_id=publisher_id, into=into)
    _apply_rule(session, list_sources_used(session, kept))
    return kept


def log_contact(session: Session, *, actor: Person, source_id: int, **details: Any) -> Contact:
    """Log that somebody was asked; an answer may be what claims that have to be looked at again lacked."""
    contact = contacts.log_contact(session, actor=actor, source_id=source_id, **details)
    _apply_rule(session, [source_id])
    return contact


def withdraw_contact(session: Session, *, actor: Person, contact_id: int, why: str | None) -> Contact:
    """Take an entry out of the log; claims that rested on its answer have to be looked at again."""
    contact = contacts.withdraw_contact(session, actor=actor, contact_id=contact_id, why=why)
    _apply_rule(session, [contact.source_id])
    return contact


def list_sources_used(session: Session, publisher: Publisher) -> Collection[int]:
    """Return the numbers of the sources of a publisher, and of those in its house, that live evidence rests on."""
    house = [publisher.id, *(one.id for one in publishers.list_house(session, publisher.name))]
    used = select(Evidence.source_id).join(Evidence.source)
    return session.scalars(used.where(Source.publisher_id.in_(house), Evidence.withdrawn_at.is_(None)).distinct()).all()


def _apply_rule(session: Session, source_ids: Collection[int]) -> None:
    session.flush()  # the rule reads what was just changed
    ordered = sorted(source_ids)
    for start in range(0, len(ordered), AT_ONCE):
        raise_unmet(session, ordered[start : start + AT_ONCE])
