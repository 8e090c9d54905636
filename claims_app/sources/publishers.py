"""Who stands behind sources: recording publishers, changing what is known of them, and making one of two."""

from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, Duplicate, NotFound, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.sources.address import read_domain
from claims_app.sources.model import Publisher, Source
from claims_app.sources.queries import find_publisher


def find_or_add_publisher(session: Session, *, actor: Person | None, name: str | None) -> Publisher | None:
    """Return the publisher of this name, or record a new one; None for no name."""
    name = clean(name)
    if name is None:
        return None
    known = find_publisher(session, name)
    if known is None:
        known = Publisher(name=name, revision=1)
        session.add(known)
        session.flush()  # the history names the new publisher's number
        record(
            session,
            actor=actor,
            action=Action.CREATED,
            subject=Subject.PUBLISHER,
            subject_id=known.id,
            changes=first_values(name=name),
        )
    return known


def edit_publisher(
    session: Session,
    *,
    actor: Person,
    publisher_id: int,
    revision: int,
    name: str | None,
    domain: str | None,
    group_name: str | None,
    notes: str | None,
) -> bool:
    """Change what is known of a publisher, and return whether whose voice it is may have changed.

    Publishers that have its name for their house follow it to a new one.

    A name or a domain that another publisher has raises ``Duplicate``; another save since ``revision``, ``Stale``.
    """
    require(actor, Role.CHECKER)
    publisher = session.get_one(Publisher, publisher_id, with_for_update=True)
    if publisher.revision != revision:
        raise Stale(publisher)
    values = {
        "name": clean(name),
        "domain": read_domain(clean(domain)),
        "group_name": clean(group_name),
        "notes": clean(notes),
    }
    if values["name"] is None:
        raise DomainError("A publisher needs a name.", field="name")
    if _is_another(session, publisher_id, Publisher.name == values["name"]):
        raise Duplicate("Another publisher has this name already.", field="name")
    if values["domain"] and _is_another(session, publisher_id, Publisher.domain == values["domain"]):
        raise Duplicate("Another publisher has this domain already.", field="domain")
    old_name = publisher.name
    changes = change(publisher, values)
    if changes:
        publisher.revision += 1
        _record(session, actor=actor, publisher_id=publisher_id, action=Action.CHANGED, changes=changes)
    if "name" in changes:
        _follow(session, actor=actor, old_name=old_name, publisher=publisher)
    return bool({"name", "group_name"} & changes.keys())  # a house is one voice with the publisher that has its name


def list_house(session: Session, name: str) -> list[Publisher]:
    """Return the publishers whose house has this name, in whatever case."""
    housed = session.scalars(select(Publisher).where(Publisher.group_name.is_not(None)).order_by(Publisher.id))
    # Compared here, because a database folds the letters of English only.
    return [one for one in housed if one.group_name and one.group_name.casefold() == name.casefold()]


def _follow(session: Session, *, actor: Person, old_name: str, publisher: Publisher) -> None:
    """Have the publishers whose house was called as a publisher was stay with it under its name."""
    for one in list_house(session, old_name):
        changes = change(one, {"group_name": None if one is publisher else publisher.name})
        if changes:
            one.revision += 1
            _record(session, actor=actor, publisher_id=one.id, action=Action.CHANGED, changes=changes)


def _is_another(session: Session, publisher_id: int, condition: ColumnElement[bool]) -> bool:
    return session.scalar(select(Publisher.id).where(condition, Publisher.id != publisher_id)) is not None


def merge_publishers(session: Session, *, actor: Person, publisher_id: int, into: str | None) -> Publisher:
    """Give all sources of a publisher to the one named ``into``, which also gets what it lacks, and return that one.

    The first one is then gone; its entries in the history stay, and publishers of its house follow to the other.
    Sources that somebody is editing go stale.
    """
    require(actor, Role.EDITOR)
    old = session.get_one(Publisher, publisher_id, with_for_update=True)
    kept = find_publisher(session, clean(into) or "")
    if kept is None:
        raise NotFound("No publisher has this name.", field="into")
    if kept is old:
        raise DomainError("Name another publisher than this one.", field="into")
    gained = {name: getattr(old, name) for name in ("domain", "group_name", "notes") if not getattr(kept, name)}
    session.execute(
        update(Source)
        .where(Source.publisher_id == publisher_id)
        .values(publisher_id=kept.id, revision=Source.revision + 1)
        .execution_options(synchronize_session=False)
    )
    old_name = old.name
    merged = {"publisher": [old_name, kept.name]}
    session.delete(old)
    session.flush()  # the domain is free for the one that is kept
    session.expire_all()  # sources that were read before still name the one that is gone
    changes = change(kept, gained)
    kept.revision += 1
    _record(session, actor=actor, publisher_id=publisher_id, action=Action.WITHDRAWN, changes=merged)
    _record(session, actor=actor, publisher_id=kept.id, action=Action.CHANGED, changes={**merged, **changes})
    _follow(session, actor=actor, old_name=old_name, publisher=kept)
    return kept


def _record(
    session: Session, *, actor: Person, publisher_id: int, action: Action, changes: dict[str, list[Any]]
) -> None:
    record(session, actor=actor, action=action, subject=Subject.PUBLISHER, subject_id=publisher_id, changes=changes)
