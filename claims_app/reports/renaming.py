"""What publishers and sources were called in the past, as far as the history tells."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.history.model import HistoryEntry, Subject


def _entries(session: Session, subject: Subject, subject_id: int, before: int) -> Iterator[HistoryEntry]:
    """Yield what happened to a record before an entry, the newest first."""
    yield from session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject == subject.value,
            HistoryEntry.subject_id == subject_id,
            HistoryEntry.id < before,
        )
        .order_by(HistoryEntry.id.desc())
    )


def find_publisher_names(session: Session, publisher_id: int, *, before: int) -> tuple[set[str], str | None]:
    """Return all that a publisher was ever called before an entry, those that became one with it too, and its house."""
    names: set[str] = set()
    house: list[str | None] = []
    for entry in _entries(session, Subject.PUBLISHER, publisher_id, before):
        for field in ("name", "publisher"):
            names.update(name for name in entry.changes.get(field, ()) if name)
        if "group_name" in entry.changes:
            house.append(entry.changes["group_name"][1])
    return names, house[0] if house else None


def last_publisher_name(session: Session, source_id: int, *, before: int) -> str | None:
    """Return what a source's own entries before an entry call its publisher last."""
    for entry in _entries(session, Subject.SOURCE, source_id, before):
        if "publisher" in entry.changes:
            name: str | None = entry.changes["publisher"][1]
            return name
    return None
