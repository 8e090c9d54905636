"""What the page of a publisher shows: what is known of it, its sources, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.evidence.queries import PublisherSources, list_publisher_sources
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.queries import values_of
from claims_app.sources.model import Publisher

ENTRIES = 50
"""So many of the newest entries of its history are shown; all of them stand in the history."""


@dataclass(frozen=True)
class PublisherPage:
    """A publisher with one page of its sources."""

    publisher: Publisher
    sources: PublisherSources
    #: Others of the same house, by name.
    siblings: Sequence[Publisher]
    #: The history, newest first: each entry with what changed.
    history: Sequence[tuple[HistoryEntry, list[tuple[str, Any, Any]]]]


def gather_publisher(session: Session, publisher_id: int, *, after: str = "") -> PublisherPage:
    """Return a publisher's page; ``after`` is where the sources on it begin."""
    publisher = session.get_one(Publisher, publisher_id)
    return PublisherPage(
        publisher=publisher,
        sources=list_publisher_sources(session, publisher_id, after=after),
        siblings=_siblings(session, publisher),
        history=[(entry, values_of(entry)) for entry in _entries(session, publisher_id)],
    )


def _siblings(session: Session, publisher: Publisher) -> Sequence[Publisher]:
    if publisher.group_name is None:
        return ()
    same = select(Publisher).where(Publisher.group_name == publisher.group_name, Publisher.id != publisher.id)
    return session.scalars(same.order_by(Publisher.name).limit(ENTRIES)).all()


def _entries(session: Session, publisher_id: int) -> Sequence[HistoryEntry]:
    of_it = select(HistoryEntry).where(
        HistoryEntry.subject == Subject.PUBLISHER.value, HistoryEntry.subject_id == publisher_id
    )
    return session.scalars(of_it.order_by(HistoryEntry.id.desc()).limit(ENTRIES)).all()
