"""Who was asked, by whom, how and when, and what was answered: entries are added and withdrawn, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from claims_app.db import now
from claims_app.errors import DomainError, NotFound
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.queries import list_people
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.sources.confidential import list_readers, may_read, require_reader
from claims_app.sources.model import Channel, Contact, Source, Terms

PAGE = 50
"""Entries on one page of a source's contact log."""
AHEAD = timedelta(minutes=5)
"""A clock may be ahead of the desk's by so much."""


def log_contact(
    session: Session,
    *,
    actor: Person,
    source_id: int,
    channel: Channel,
    question: str | None,
    answer: str | None = None,
    asked_at: datetime | None = None,
    asked_by_id: int | None = None,
    terms: Terms = Terms.RECORD,
    is_read_back: bool = False,
) -> Contact:
    """Log that somebody was asked, by ``actor`` and just now unless it is said otherwise.

    The history keeps the words, but of a confidential source only that there was a contact.
    """
    require(actor, Role.CHECKER)
    source = session.get_one(Source, source_id, with_for_update=True)
    require_reader(session, source, actor)
    if source.withdrawn_at is not None:
        raise NotFound("This source is withdrawn; restore it first.")
    question, answer, asked_at = clean(question), clean(answer), asked_at or now()
    if question is None:
        raise DomainError("Write what was asked.", field="question")
    if is_read_back and answer is None:
        raise DomainError("Only an answer can be read back.", field="is_read_back")
    if asked_at > now() + AHEAD:
        raise DomainError("Log a contact once it has happened.", field="asked_at")
    contact = Contact(
        source_id=source.id,
        asked_by=_asker(session, source, asked_by_id or actor.id),
        channel=channel,
        asked_at=asked_at,
        question=question,
        answer=answer,
        terms=terms,
        is_read_back=is_read_back,
    )
    session.add(contact)
    session.flush()  # the history names the new contact's number
    told = {} if source.is_confidential else _told(contact)
    _record(session, Action.CREATED, contact, source, actor=actor, changes=first_values(**told))
    session.expire(source, ["has_answered"])
    return contact


def _asker(session: Session, source: Source, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None or not person.role.covers(Role.CHECKER):
        raise DomainError("Choose who of the desk asked.", field="asked_by")
    if not may_read(session, source, person):
        raise DomainError(
            "Who asked a confidential source knows who it is: name them among those who may know first.",
            field="asked_by",
        )
    return person


def _told(contact: Contact) -> dict[str, object]:
    names = ("channel", "asked_at", "question", "answer", "terms", "is_read_back")
    return {"asked_by": contact.asked_by.name, **{name: getattr(contact, name) for name in names}}


def _record(
    session: Session,
    action: Action,
    contact: Contact,
    source: Source,
    *,
    actor: Person,
    changes: Mapping[str, list[Any]] | None = None,
    why: str | None = None,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject=Subject.CONTACT,
        subject_id=contact.id,
        changes={"source": [None, source.title], **(changes or {})},
        why=why,
    )


def find_contact(session: Session, contact_id: int) -> tuple[Contact, Source]:
    """Return an entry of the log and the source that was asked."""
    contact = session.get_one(Contact, contact_id, options=[joinedload(Contact.asked_by)])
    return contact, session.get_one(Source, contact.source_id)


def _load(session: Session, contact_id: int, actor: Person) -> tuple[Contact, Source]:
    require(actor, Role.CHECKER)
    contact, source = find_contact(session, contact_id)
    require_reader(session, source, actor)
    if contact.withdrawn_at is not None:
        raise DomainError("This contact is withdrawn already.")
    return contact, source


def mark_read_back(session: Session, *, actor: Person, contact_id: int) -> Contact:
    """Record that the facts of an answer were read back and agreed to."""
    contact, source = _load(session, contact_id, actor)
    if contact.answer is None:
        raise DomainError("Only an answer can be read back.")
    if contact.is_read_back:
        raise DomainError("This answer was read back already.")
    contact.is_read_back = True
    _record(session, Action.CHANGED, contact, source, actor=actor, changes={"is_read_back": [False, True]})
    return contact


def withdraw_contact(session: Session, *, actor: Person, contact_id: int, why: str | None) -> Contact:
    """Take an entry out of the log; it is kept, and a corrected one can be logged.

    The reason stays in the history, so that of a confidential source none is kept.
    """
    contact, source = _load(session, contact_id, actor)
    reason = None if source.is_confidential else clean(why)
    if reason is None and not source.is_confidential:
        raise DomainError("Give the reason; it stays in the history.", field="why")
    contact.withdrawn_at = now()
    _record(session, Action.WITHDRAWN, contact, source, actor=actor, why=reason)
    session.expire(source, ["has_answered"])
    return contact


def list_askers(session: Session, source: Source) -> list[Person]:
    """Return who can have asked a source: the checkers, of a confidential one those who may know who it is."""
    people = list_readers(session, source.id) if source.is_confidential else list_people(session, active_only=True)
    return [person for person in people if person.may(Role.CHECKER)]


@dataclass(frozen=True)
class ContactLog:
    """One page of a source's contact log as one person may see it."""

    source: Source
    #: How many contacts count, whoever looks.
    number: int
    #: False: the source is confidential and the person is not named on it; the rest is empty.
    may_read: bool
    contacts: Sequence[Contact] = ()
    withdrawn: Sequence[Contact] = ()
    #: Why entries were withdrawn, by their number.
    reasons: Mapping[int, str | None] | None = None
    is_first: bool = True
    #: The last entry of this page, where there are older ones.
    after: int | None = None


def gather_contacts(session: Session, source: Source, *, reader: Person, after: int | None = None) -> ContactLog:
    """Return a source's contacts as ``reader`` may see them, the newest first, behind the entry ``after``."""
    of_source = Contact.source_id == source.id
    number = session.scalar(select(func.count()).where(of_source, Contact.withdrawn_at.is_(None))) or 0
    if not may_read(session, source, reader):
        return ContactLog(source, number, may_read=False)
    wanted = select(Contact).where(of_source).options(joinedload(Contact.asked_by))
    if after is not None:
        last = session.scalars(select(Contact).where(of_source, Contact.id == after)).one()
        is_same_moment = and_(Contact.asked_at == last.asked_at, Contact.id < last.id)
        wanted = wanted.where(or_(Contact.asked_at < last.asked_at, is_same_moment))
    found = session.scalars(wanted.order_by(Contact.asked_at.desc(), Contact.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    withdrawn = [contact for contact in shown if contact.withdrawn_at is not None]
    return ContactLog(
        source,
        number,
        may_read=True,
        contacts=[contact for contact in shown if contact.withdrawn_at is None],
        withdrawn=withdrawn,
        reasons=_reasons(session, withdrawn),
        is_first=after is None,
        after=shown[-1].id if len(found) > PAGE else None,
    )


def _reasons(session: Session, withdrawn: Sequence[Contact]) -> dict[int, str | None]:
    rows = session.execute(
        select(HistoryEntry.subject_id, HistoryEntry.why).where(
            HistoryEntry.subject == Subject.CONTACT,
            HistoryEntry.subject_id.in_([contact.id for contact in withdrawn]),
            HistoryEntry.action == Action.WITHDRAWN,
        )
    )
    return {row.subject_id: row.why for row in rows}
