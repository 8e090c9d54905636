"""Recording where proof comes from."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from claims_app.errors import DomainError, Duplicate, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, change, first_values, record, record_all
from claims_app.language import CONFIDENTIAL_TITLE
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean, read_address, read_partial_date
from claims_app.sources.address import canonical_address
from claims_app.sources.model import Publisher, Source, SourceKind
from claims_app.sources.publishers import find_or_add_publisher
from claims_app.sources.queries import find_at_address, find_publisher_at


def _read_place(address: str | None, source: Source | None) -> tuple[str | None, str | None]:
    """Return an address in its canonical form, and as it was given where that is another.

    What names the page that ``source`` is at already leaves its address as it is.
    """
    given = read_address(address)
    if given is None:
        return None, None
    canonical = canonical_address(given)
    if source is not None and source.address in (given, canonical):
        return source.address, source.original_address
    return canonical, None if given == canonical else given


def _details(
    session: Session,
    *,
    actor: Person | None,
    kind: SourceKind,
    title: str | None,
    address: str | None,
    publisher: str | None,
    published_on: str | None,
    notes: str | None,
    has_composed_title: bool = False,
    source: Source | None = None,
) -> dict[str, Any]:
    read, original = _read_place(address, source)
    title = clean(title)
    if title is None and read is not None:
        parts = urlsplit(read)
        title, has_composed_title = f"{parts.hostname}{parts.path}".rstrip("/"), True
    if title and CONFIDENTIAL_TITLE.fullmatch(title):
        raise DomainError("The desk calls its confidential sources like this; choose another title.", field="title")
    if title is None:
        raise DomainError("A source needs a title or an address.", field="title")
    return {
        "kind": kind,
        "title": title,
        "has_composed_title": has_composed_title,
        "address": read,
        "original_address": original,
        "publisher": find_or_add_publisher(session, actor=actor, name=publisher),
        "published_on": read_partial_date(published_on, field="published_on"),
        "notes": clean(notes),
    }


def _told(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes as the history keeps them: a publisher by its name."""
    return {
        name: [value.name if isinstance(value, Publisher) else value for value in values]
        for name, values in changes.items()
    }


def add_source(
    session: Session,
    *,
    actor: Person | None,
    kind: SourceKind = SourceKind.PAGE,
    title: str | None = None,
    address: str | None = None,
    publisher: str | None = None,
    published_on: str | None = None,
    notes: str | None = None,
    has_composed_title: bool = False,
) -> Source:
    """Record a source. A known address raises ``Duplicate``.

    Without a title one is put together from the address; without a publisher it is the one that has the address's
    domain, if the desk knows it.
    """
    require(actor, Role.CHECKER)
    values = _details(
        session,
        actor=actor,
        kind=kind,
        title=title,
        address=address,
        publisher=publisher,
        published_on=published_on,
        notes=notes,
        has_composed_title=has_composed_title,
    )
    if find_at_address(session, read_address(address)):
        raise Duplicate("The desk has a source with this address already.", field="address")
    if values["publisher"] is None and kind is not SourceKind.POST:  # who posts is not who runs the site
        values["publisher"] = find_publisher_at(session, values["address"])
    source = Source(revision=1, **values)
    session.add(source)
    session.flush()  # the history names the new source's number
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.SOURCE,
        subject_id=source.id,
        changes=_told(first_values(**values)),
    )
    return source


def add_sources(
    session: Session,
    *,
    actor: Person | None,
    sources: Sequence[Mapping[str, Any]],
    naming: Callable[[int], AbstractContextManager[None]] = lambda _at: nullcontext(),
) -> list[Source]:
    """Record sources in their order, each from what ``add_source`` takes; their addresses are taken to be new."""
    require(actor, Role.CHECKER)
    made: list[tuple[Source, dict[str, Any]]] = []
    with session.no_autoflush:
        for at, details in enumerate(sources):
            with naming(at):
                values = _details(session, actor=actor, **{**_FIRST, **details})
                if values["publisher"] is None and values["kind"] is not SourceKind.POST:
                    values["publisher"] = find_publisher_at(session, values["address"])
                made.append((Source(revision=1, **values), values))
    session.add_all([source for source, _values in made])
    session.flush()  # the history names the new sources' numbers
    record_all(
        session,
        actor=actor,
        events=[
            Event(Action.CREATED, Subject.SOURCE, source.id, changes=_told(first_values(**values)))
            for source, values in made
        ],
    )
    return [source for source, _values in made]


_FIRST: Mapping[str, Any] = {
    "kind": SourceKind.PAGE, "title": None, "address": None, "publisher": None, "published_on": None, "notes": None,
}  # fmt: skip


def find_or_add_source(session: Session, *, actor: Person | None, address: str | None, **details: Any) -> Source:
    """Return the live source with this address, or record a new one from ``details``."""
    known = find_at_address(session, read_address(address))
    return known or add_source(session, actor=actor, address=address, **details)


def edit_source(session: Session, *, actor: Person, source_id: int, revision: int, **details: Any) -> Source:
    """Change what is known about a source; another save since ``revision`` raises ``Stale``.

    An address may be corrected but not taken away: verdicts rest on its being there.
    """
    require(actor, Role.CHECKER)
    source = session.get_one(Source, source_id, with_for_update=True)
    if source.is_confidential:
        raise DomainError(
            "The history never forgets what is written here, and this source is confidential: change its details"
            " where only the people named on it read them."
        )
    if source.revision != revision:
        raise Stale(source)
    values = _details(session, actor=actor, source=source, **details)
    if source.address and values["address"] is None:
        raise DomainError("The address can be corrected but not removed; verdicts rest on it.", field="address")
    other = None if values["address"] == source.address else find_at_address(session, values["address"])
    if other is not None and other.id != source.id:
        raise Duplicate("The desk has a source with this address already.", field="address")
    if values["title"] == source.title:
        values["has_composed_title"] = source.has_composed_title
    changes = _told(change(source, values))
    if changes:
        source.revision += 1
        record(
            session, actor=actor, action=Action.CHANGED, subject=Subject.SOURCE, subject_id=source.id, changes=changes
        )
    return source
