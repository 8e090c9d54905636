"""Which sources are one voice: repeats of one text, publishers of one house; and what that does to claims."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.evidence.model import Evidence
from claims_app.evidence.rule import raise_unmet
from claims_app.people.model import Person
from claims_app.sources import origins, publishers
from claims_app.sources.model import Publisher, Source

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
        _apply_rule(session, list_sources_used(session, publisher_id))


def merge_publishers(session: Session, *, actor: Person, publisher_id: int, into: str | None) -> Publisher:
    """Make one publisher of two and return it."""
    kept = publishers.merge_publishers(session, actor=actor, publisher_id=publisher_id, into=into)
    _apply_rule(session, list_sources_used(session, kept.id))
    return kept


def list_sources_used(session: Session, publisher_id: int) -> Collection[int]:
    """Return the numbers of a publisher's sources that live evidence rests on."""
    used = select(Evidence.source_id).join(Evidence.source)
    return session.scalars(
        used.where(Source.publisher_id == publisher_id, Evidence.withdrawn_at.is_(None)).distinct()
    ).all()


def _apply_rule(session: Session, source_ids: Collection[int]) -> None:
    session.flush()  # the rule reads what was just changed
    ordered = sorted(source_ids)
    for start in range(0, len(ordered), AT_ONCE):
        raise_unmet(session, ordered[start : start + AT_ONCE])
