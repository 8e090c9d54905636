"""Writing and checking the append-only record."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from claims_app.db import now
from claims_app.history.model import GENESIS, Action, HistoryEntry, HistoryHead, Subject

DESK = "Claims Desk"
"""The actor's name where no person acted: the command line, a first start."""


class Actor(Protocol):
    """Whoever acts: a person."""

    id: Any
    name: Any


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it and a reader understand it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return ``{field: [from, to]}`` of the fields that differ."""
    return {name: [plain(before.get(name)), plain(value)] for name, value in after.items() if before.get(name) != value}


def first_values(**values: Any) -> dict[str, list[Any]]:
    """Return the changes that a new record starts with; empty values are left out."""
    return differences({}, {name: value for name, value in values.items() if value not in (None, "", False)})


def change(record: object, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set ``values`` on ``record`` and return what changed."""
    changes = differences({name: getattr(record, name) for name in values}, values)
    for name in changes:
        setattr(record, name, values[name])
    return changes


@dataclass(frozen=True)
class Event:
    """Something that happened, as an entry tells it."""

    action: Action
    subject: Subject
    subject_id: int | None = None
    claim_id: int | None = None
    article_id: int | None = None
    changes: Mapping[str, list[Any]] = field(default_factory=dict)
    why: str | None = None


def record(
    session: Session,
    *,
    actor: Actor | None,
    action: Action,
    subject: Subject,
    subject_id: int | None = None,
    claim_id: int | None = None,
    article_id: int | None = None,
    changes: Mapping[str, list[Any]] | None = None,
    why: str | None = None,
) -> HistoryEntry:
    """Append one entry in the caller's transaction."""
    head = session.get_one(HistoryHead, 1, with_for_update=True)
    entry = _follow(head, actor, Event(action, subject, subject_id, claim_id, article_id, changes or {}, why))
    session.add(entry)
    return entry


def record_all(session: Session, *, actor: Actor | None, events: Sequence[Event]) -> None:
    """Append an entry for each event in the caller's transaction, in their order and at once."""
    head = session.get_one(HistoryHead, 1, with_for_update=True)
    names = [column.name for column in HistoryEntry.__table__.columns]
    entries = [_follow(head, actor, event) for event in events]
    if entries:
        session.execute(insert(HistoryEntry), [{name: getattr(entry, name) for name in names} for entry in entries])


def _follow(head: HistoryHead, actor: Actor | None, event: Event) -> HistoryEntry:
    """Return the entry that comes next in the chain, and have the chain end with it."""
    entry = HistoryEntry(
        id=head.last_id + 1,
        at=now(),
        actor_id=actor.id if actor else None,
        actor_name=actor.name if actor else DESK,
        action=event.action,
        subject=event.subject,
        subject_id=event.subject_id,
        claim_id=event.claim_id,
        article_id=event.article_id,
        changes=dict(event.changes),
        why=event.why,
        previous_hash=head.last_hash,
    )
    entry.hash = entry.digest()
    head.last_id, head.last_hash = entry.id, entry.hash
    return entry


@dataclass(frozen=True)
class Fault:
    """A place where the record does not hold: ``entry`` is its number, ``problem`` says what is wrong."""

    entry: int
    problem: str


def _place_of(entry: HistoryEntry) -> int | None:
    """Return the number under which ``entry`` would be whole, looking near its own."""
    own = entry.id
    try:
        for number in range(max(1, own - 500), own + 500):
            entry.id = number
            if entry.digest() == entry.hash:
                return number
    finally:
        entry.id = own
    return None


def verify_history(session: Session) -> Iterator[Fault]:
    """Yield every entry that was changed, moved or is missing, in order; nothing for a whole record."""
    expected, previous_hash = 1, GENESIS
    rows = session.execute(
        select(*HistoryEntry.__table__.columns).order_by(HistoryEntry.id).execution_options(yield_per=2000)
    )
    for row in rows:
        entry = HistoryEntry(**row._mapping)
        for number in range(expected, min(entry.id, expected + 100)):
            yield Fault(number, "is missing")
        is_gap = entry.id != expected
        if entry.digest() != entry.hash:
            place = _place_of(entry)
            yield Fault(entry.id, "was changed" if place is None else f"was moved here from place {place}")
        elif entry.previous_hash != previous_hash and not is_gap:
            yield Fault(entry.id, "does not follow the entry before it")
        expected, previous_hash = entry.id + 1, entry.hash
    head = session.get_one(HistoryHead, 1)
    for number in range(expected, min(head.last_id + 1, expected + 100)):
        yield Fault(number, "is missing")
    if head.last_id < expected - 1 or (head.last_id == expected - 1 and head.last_hash != previous_hash):
        yield Fault(expected - 1, "is not the entry that the record says it ends with")
