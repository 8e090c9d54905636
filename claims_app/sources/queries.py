"""Finding sources."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.errors import NotFound
from claims_app.sources.address import canonical_address, site_of, sites_of
from claims_app.sources.model import Publisher, Source

PAGE = 50
"""Publishers on one page of the list."""
OFFERED = 200
"""So many names a form offers at most."""


def find_source(session: Session, source_id: int) -> Source:
    """Return a source that evidence can be taken from; an unknown or a withdrawn one raises ``NotFound``."""
    source = session.scalar(select(Source).where(Source.id == source_id, Source.withdrawn_at.is_(None)))
    if source is None:
        raise NotFound("The desk has no such source any more; name it by its address or title.", field="address")
    return source


def list_without_address(session: Session) -> Sequence[Source]:
    """Return the newest live sources that no address leads to: people, books, confidential sources."""
    wanted = select(Source).where(Source.address.is_(None), Source.withdrawn_at.is_(None))
    return session.scalars(wanted.order_by(Source.id.desc()).limit(OFFERED)).all()


def find_at_address(session: Session, address: str | None) -> Source | None:
    """Return the live source that is at this address, in this spelling or in the canonical one, if there is one."""
    if address is None:
        return None
    spellings = {address, canonical_address(address)}
    wanted = select(Source).where(Source.address.in_(spellings), Source.withdrawn_at.is_(None))
    return session.scalar(wanted.order_by(Source.id).limit(1))


def list_repeats(session: Session, source_id: int, *, most: int | None = None) -> Sequence[Source]:
    """Return the sources that repeat this one, withdrawn ones too, in the order they were recorded."""
    return session.scalars(select(Source).where(Source.origin_id == source_id).order_by(Source.id).limit(most)).all()


def find_publisher(session: Session, name: str) -> Publisher | None:
    """Return the publisher of this name, if there is one."""
    return session.scalar(select(Publisher).where(Publisher.name == name))


def find_publisher_at(session: Session, address: str | None) -> Publisher | None:
    """Return the publisher whose domain an address is under, of several the one with the narrowest domain."""
    sites = sites_of(address) if address else []
    known = session.scalars(select(Publisher).where(Publisher.domain.in_(sites))).all() if sites else []
    return max(known, key=lambda publisher: len(publisher.domain or ""), default=None)


def list_publisher_names(session: Session) -> Sequence[str]:
    """Return the names that a form offers: those of the publishers recorded last, in order."""
    newest = session.scalars(select(Publisher.name).order_by(Publisher.id.desc()).limit(OFFERED))
    return sorted(newest)


def list_houses(session: Session) -> Sequence[str]:
    """Return the names of houses that publishers belong to, in order."""
    houses = select(Publisher.group_name).where(Publisher.group_name.is_not(None)).distinct()
    return [house for house in session.scalars(houses.order_by(Publisher.group_name).limit(OFFERED)) if house]


@dataclass(frozen=True)
class PublisherList:
    """One page of the publishers by name, each with the number of its live sources."""

    rows: Sequence[tuple[Publisher, int]]
    is_first: bool
    #: The name behind which the next page begins. None: there is none.
    after: str | None


def gather_publishers(session: Session, *, after: str = "") -> PublisherList:
    """Return the publishers whose names come behind ``after``."""
    wanted = select(Publisher).where(Publisher.name > after).order_by(Publisher.name).limit(PAGE + 1)
    found = session.scalars(wanted).all()
    rows = found[:PAGE]
    counted = session.execute(
        select(Source.publisher_id, func.count())
        .where(Source.publisher_id.in_([publisher.id for publisher in rows]), Source.withdrawn_at.is_(None))
        .group_by(Source.publisher_id)
    )
    counts = {publisher_id: number for publisher_id, number in counted}  # noqa: C416 - rows are no pairs to mypy
    return PublisherList(
        rows=[(publisher, counts.get(publisher.id, 0)) for publisher in rows],
        is_first=not after,
        after=rows[-1].name if len(found) > PAGE else None,
    )


def propose_domain(session: Session, publisher_id: int) -> str | None:
    """Return the domain that most of a publisher's newest sources are at, if no publisher has it."""
    newest = select(Source.address).where(Source.publisher_id == publisher_id, Source.address.is_not(None))
    addresses = session.scalars(newest.order_by(Source.id.desc()).limit(OFFERED))
    sites = Counter(site for address in addresses if address and (site := site_of(address)))
    for site, _number in sites.most_common(1):
        if session.scalar(select(Publisher.id).where(Publisher.domain == site)) is None:
            return site
    return None
