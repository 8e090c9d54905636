"""Finding sources."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import NotFound
from claims_app.sources.model import Publisher, Source


def find_source(session: Session, source_id: int) -> Source:
    """Return a source that evidence can be taken from; an unknown or a withdrawn one raises ``NotFound``."""
    source = session.scalar(select(Source).where(Source.id == source_id, Source.withdrawn_at.is_(None)))
    if source is None:
        raise NotFound("The desk has no such source any more; name it by its address or title.", field="address")
    return source


def find_at_address(session: Session, address: str | None) -> Source | None:
    """Return the live source that has this address, if there is one."""
    if address is None:
        return None
    return session.scalar(select(Source).where(Source.address == address, Source.withdrawn_at.is_(None)))


def find_publisher(session: Session, name: str) -> Publisher | None:
    """Return the publisher of this name, if there is one."""
    return session.scalar(select(Publisher).where(Publisher.name == name))
