"""Which sources are checked again, how often, and how they stand."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.captures.model import Capture
from claims_app.db import Base, Id, created_at, words
from claims_app.people.model import Person
from claims_app.sources.model import Source


class Health(enum.StrEnum):
    """How a watched source stands."""

    UNKNOWN = "unknown"
    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    DEAD = "dead"
    #: The site cannot be reached or does not let the desk in; that says nothing about the page.
    SILENT = "silent"


class Watch(Base):
    """A source that is captured again every so many days and compared with the copy before."""

    __tablename__ = "watch"
    __table_args__ = (
        CheckConstraint("every_days >= 1", name="every_day_at_most"),
        Index("ix_watch_due_at", "due_at", "source_id"),
    )

    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"), primary_key=True, autoincrement=False)
    every_days: Mapped[int]
    asked_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    due_at: Mapped[datetime]
    health: Mapped[Health] = mapped_column(words(Health, "health"), default=Health.UNKNOWN)
    #: Since when it stands like that.
    since: Mapped[datetime | None]
    #: The copy that the next one is compared with.
    base_id: Mapped[int | None] = mapped_column(Id, ForeignKey("capture.id"))
    created_at: Mapped[created_at]

    source: Mapped[Source] = relationship()
    base: Mapped[Capture | None] = relationship()
    asked_by: Mapped[Person | None] = relationship()
