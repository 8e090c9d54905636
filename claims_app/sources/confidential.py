"""Sources that few may know: who may read who they are, and the record of everybody who did.

Who a confidential source is stands in ``source_secret`` alone. The history, which never forgets, and every page
and export know it as "Confidential source 3".
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.queries import list_people
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.sources.model import Source, SourceKind, SourceReader, SourceSecret

LOOKS = 50
"""So many of the times that somebody looked are shown on a source's page; the history has them all."""


def may_read(session: Session, source: Source, person: Person) -> bool:
    """Whether ``person`` may know all of a source: everybody of one that is not confidential, else its readers."""
    if not source.is_confidential:
        return True
    return person.is_active and session.get(SourceReader, (source.id, person.id)) is not None


def require_reader(session: Session, source: Source, actor: Person) -> None:
    """Raise ``NotAllowed`` unless ``actor`` may know all of ``source``."""
    if not may_read(session, source, actor):
        raise NotAllowed("Only the people named on a confidential source may do this; ask one of them.")


def list_readers(session: Session, source_id: int) -> Sequence[Person]:
    """Return the people named on a confidential source, by name; some may have left the desk."""
    wanted = select(Person).join(SourceReader, SourceReader.person_id == Person.id)
    return session.scalars(wanted.where(SourceReader.source_id == source_id).order_by(Person.name, Person.id)).all()


def _secret(*, name: str | None, reach: str | None, notes: str | None) -> dict[str, str | None]:
    values = {"name": clean(name), "reach": clean(reach), "notes": clean(notes)}
    if values["name"] is None:
        raise DomainError("Write who it is, or what those who may know call the source.", field="name")
    return values


def add_confidential(
    session: Session,
    *,
    actor: Person,
    name: str | None,
    reach: str | None = None,
    notes: str | None = None,
    kind: SourceKind = SourceKind.PERSON,
    reader_ids: Collection[int] = (),
) -> Source:
    """Record a source that only ``actor`` and the people of ``reader_ids`` may know; its number is never used again."""
    require(actor, Role.CHECKER)
    values = _secret(name=name, reach=reach, notes=notes)
    readers = [_find_reader(session, person_id, field="readers") for person_id in {actor.id, *reader_ids}]
    number = (session.scalar(select(func.max(Source.confidential_number))) or 0) + 1
    source = Source(kind=kind, title=f"Confidential source {number}", confidential_number=number, revision=1)
    session.add(source)
    session.flush()  # the secret and the history name the new source's number
    session.add(SourceSecret(source_id=source.id, revision=1, **values))
    session.add_all(SourceReader(source_id=source.id, person=person) for person in readers)
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.SOURCE,
        subject_id=source.id,
        changes=first_values(kind=kind, title=source.title, confidential_number=number, readers=_names(readers)),
    )
    return source


def _find_reader(session: Session, person_id: int, *, field: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        raise DomainError("Name somebody who works at the desk.", field=field)
    return person


def _names(people: Collection[Person]) -> str:
    return ", ".join(sorted(person.name for person in people))


def _load(session: Session, source_id: int, actor: Person) -> Source:
    """Return a confidential source for one of its readers to work on."""
    source = session.get_one(Source, source_id, with_for_update=True)
    if not source.is_confidential:
        raise DomainError("This source is not confidential.")
    require_reader(session, source, actor)
    return source


def show_secret(session: Session, *, actor: Person, source_id: int) -> SourceSecret:
    """Return who a confidential source is, and record that ``actor`` looked."""
    source = _load(session, source_id, actor)
    record(session, actor=actor, action=Action.LOOKED, subject=Subject.SOURCE, subject_id=source.id)
    return session.get_one(SourceSecret, source.id)


def edit_secret(
    session: Session,
    *,
    actor: Person,
    source_id: int,
    revision: int,
    name: str | None,
    reach: str | None,
    notes: str | None,
) -> SourceSecret:
    """Change who a confidential source is; the history is told that the details changed, and no more."""
    require(actor, Role.CHECKER)
    source = _load(session, source_id, actor)
    secret = session.get_one(SourceSecret, source.id)
    if secret.revision != revision:
        # No two versions side by side, as elsewhere: reading the other one is a look, and looks are recorded.
        raise DomainError("Somebody else changed the details in the meantime. Show who it is again and repeat.")
    changed = _secret(name=name, reach=reach, notes=notes)
    if any(getattr(secret, key) != value for key, value in changed.items()):
        for key, value in changed.items():
            setattr(secret, key, value)
        secret.revision += 1
        record(
            session,
            actor=actor,
            action=Action.CHANGED,
            subject=Subject.SOURCE,
            subject_id=source.id,
            changes={"details": [None, "changed"]},
        )
    return secret


def add_reader(session: Session, *, actor: Person, source_id: int, person_id: int) -> Source:
    """Let one more person know who a confidential source is."""
    require(actor, Role.CHECKER)
    source = _load(session, source_id, actor)
    person = _find_reader(session, person_id, field="person")
    before = list_readers(session, source.id)
    if person in before:
        raise DomainError("This person may know already.", field="person")
    session.add(SourceReader(source_id=source.id, person=person))
    _record_readers(session, actor=actor, source=source, before=before, after=[*before, person])
    return source


def remove_reader(session: Session, *, actor: Person, source_id: int, person_id: int) -> Source:
    """End that a person may know who a confidential source is; somebody who is at the desk always may."""
    require(actor, Role.CHECKER)
    source = _load(session, source_id, actor)
    before = list_readers(session, source.id)
    after = [person for person in before if person.id != person_id]
    if len(after) == len(before):
        raise DomainError("This person is not among those who may know.")
    if not any(person.is_active for person in after):
        raise DomainError("Somebody at the desk has to know who it is; name another person first.")
    session.delete(session.get_one(SourceReader, (source.id, person_id)))
    _record_readers(session, actor=actor, source=source, before=before, after=after)
    return source


def _record_readers(
    session: Session, *, actor: Person, source: Source, before: Sequence[Person], after: Sequence[Person]
) -> None:
    record(
        session,
        actor=actor,
        action=Action.CHANGED,
        subject=Subject.SOURCE,
        subject_id=source.id,
        changes={"readers": [_names(before), _names(after)]},
    )


@dataclass(frozen=True)
class ConfidentialFacts:
    """What the page of a confidential source shows to one person; never who it is."""

    readers: Sequence[Person]
    may_read: bool
    #: Who looked and when, the newest first; for readers only.
    looks: Sequence[HistoryEntry]
    #: Whom a reader can name as well.
    others: Sequence[Person]


def gather_confidential(session: Session, source: Source, *, reader: Person) -> ConfidentialFacts | None:
    """Return what ``reader`` may see of a confidential source; None for any other source."""
    if not source.is_confidential:
        return None
    readers = list_readers(session, source.id)
    if not reader.is_active or reader not in readers:
        return ConfidentialFacts(readers=readers, may_read=False, looks=(), others=())
    looks = session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject == Subject.SOURCE,
            HistoryEntry.subject_id == source.id,
            HistoryEntry.action == Action.LOOKED,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(LOOKS)
    ).all()
    others = [person for person in list_people(session, active_only=True) if person not in readers]
    return ConfidentialFacts(readers=readers, may_read=True, looks=looks, others=others)
