"""Finding what happened: the history by person, action, subject and time, one page at a time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from claims_app.history.model import Action, HistoryEntry, Subject

PAGE = 50
"""Entries on one page of the history."""
DESK_ITSELF = "desk"
"""What stands in an address for the entries where no person acted."""

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class HistoryFilter:
    """One view of the history; None: any."""

    #: A person's number; 0 is the desk itself.
    actor_id: int | None = None
    action: Action | None = None
    subject: Subject | None = None
    article_id: int | None = None
    claim_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    #: Only entries older than this one.
    before: int | None = None
    #: The zone whose days ``first_day`` and ``last_day`` are.
    zone: str = "UTC"

    def arguments(self, **changed: Any) -> dict[str, Any]:
        """Return the address's arguments of this view, with ``changed`` ones in place of its own."""
        values = {
            "person": DESK_ITSELF if self.actor_id == 0 else self.actor_id,
            "action": self.action,
            "subject": self.subject,
            "article": self.article_id,
            "claim": self.claim_id,
            "from": self.first_day and self.first_day.isoformat(),
            "to": self.last_day and self.last_day.isoformat(),
        }
        return {name: str(value) for name, value in {**values, **changed}.items() if value is not None}


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _day(text: str) -> date | None:
    """Return a day of an address; the ends of the calendar, which no clock can shift to another zone, are left out."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None


def read_filter(arguments: Mapping[str, str], *, zone: str) -> HistoryFilter:
    """Return the view that an address asks for; what it holds that is not known is left out, not refused."""
    person, action, subject = (arguments.get(name, "") for name in ("person", "action", "subject"))
    return HistoryFilter(
        actor_id=0 if person == DESK_ITSELF else _number(person) or None,
        action=Action(action) if action in set(Action) else None,
        subject=Subject(subject) if subject in set(Subject) else None,
        article_id=_number(arguments.get("article", "")),
        claim_id=_number(arguments.get("claim", "")),
        first_day=_day(arguments.get("from", "")),
        last_day=_day(arguments.get("to", "")),
        before=_number(arguments.get("before", "")),
        zone=zone,
    )


def _conditions(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor_id is not None:
        conditions.append(HistoryEntry.actor_id == (wanted.actor_id or None))
    if wanted.action is not None:
        conditions.append(HistoryEntry.action == wanted.action.value)
    if wanted.subject is not None:
        # The index on the subject is not in the order of time; walking back finds most subjects sooner than sorting.
        conditions.append(HistoryEntry.subject.concat("") == wanted.subject.value)
    if wanted.article_id is not None:
        conditions.append(HistoryEntry.article_id == wanted.article_id)
    if wanted.claim_id is not None:
        conditions.append(HistoryEntry.claim_id == wanted.claim_id)
    if wanted.first_day is not None:
        conditions.append(HistoryEntry.at >= _midnight(wanted.first_day, wanted.zone))
    if wanted.last_day is not None:
        conditions.append(HistoryEntry.at < _midnight(wanted.last_day + timedelta(days=1), wanted.zone))
    if wanted.before is not None:
        conditions.append(HistoryEntry.id < wanted.before)
    return conditions


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


@dataclass(frozen=True)
class HistoryPage:
    """One page of entries, newest first; ``before`` is where the next older page begins. None: there is none."""

    entries: Sequence[HistoryEntry]
    before: int | None


_FOR_ADMINISTRATORS = (Subject.PERSON.value, Subject.WEBHOOK.value)


def list_history(
    session: Session, wanted: HistoryFilter, *, only_account_of: int | None = None, most: int | None = None
) -> HistoryPage:
    """Return one page of the history, newest first.

    ``only_account_of`` is a person who may see no account but the own, and nothing of the webhooks: their addresses
    are often secrets. None: all are shown.
    """
    statement, most = select(HistoryEntry).where(*_conditions(wanted)), most or PAGE
    if only_account_of is not None:
        statement = statement.where(
            HistoryEntry.subject.not_in(_FOR_ADMINISTRATORS)
            | (HistoryEntry.subject == Subject.PERSON.value) & (HistoryEntry.subject_id == only_account_of)
        )
    entries = session.scalars(statement.order_by(HistoryEntry.id.desc()).limit(most + 1)).all()
    return HistoryPage(entries[:most], entries[most - 1].id if len(entries) > most else None)


def values_of(entry: HistoryEntry) -> list[tuple[str, Any, Any]]:
    """Return what changed as ``(field, from, to)``, its moments as moments again."""
    return [(name, _read(name, values[0]), _read(name, values[1])) for name, values in entry.changes.items()]


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value
