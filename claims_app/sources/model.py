"""Where proof comes from: a work, a record, a page, a person; who stands behind it, and who was asked what."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, exists, false, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from claims_app.db import Base, Id, created_at, primary_key, revision, withdrawn_at, words
from claims_app.people.model import Person


class SourceKind(enum.StrEnum):
    PAGE = "page"
    DOCUMENT = "document"
    POST = "post"
    STATISTIC = "statistic"
    BOOK = "book"
    BROADCAST = "broadcast"
    PERSON = "person"
    OBSERVATION = "observation"
    OTHER = "other"


class Publisher(Base):
    """Who stands behind sources: a newspaper, an office, an author."""

    __tablename__ = "publisher"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        Index("ix_publisher_group_name", "group_name"),
    )

    id: Mapped[primary_key]
    name: Mapped[str] = mapped_column(unique=True)
    #: The domain that its pages are at, without "www.": ``example.co.il``.
    domain: Mapped[str | None] = mapped_column(unique=True)
    #: The house it belongs to; sources of one house are one voice to the source rule. None: it stands alone.
    group_name: Mapped[str | None]
    notes: Mapped[str | None]
    revision: Mapped[revision]
    created_at: Mapped[created_at]


class Source(Base):
    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("trim(title) <> ''", name="title_not_blank"),
        CheckConstraint(
            "address IS NULL OR address LIKE 'http://%' OR address LIKE 'https://%'", name="address_is_web"
        ),
        CheckConstraint("original_address IS NULL OR address IS NOT NULL", name="original_has_address"),
        CheckConstraint("origin_id <> id", name="origin_is_another"),
        # What could tell who it is stands in ``source_secret`` and nowhere else.
        CheckConstraint(
            "confidential_number IS NULL OR (address IS NULL AND publisher_id IS NULL AND published_on IS NULL"
            " AND notes IS NULL)",
            name="confidential_is_bare",
        ),
        # One address is one source, however many claims rest on it.
        Index(
            "uq_source_address",
            "address",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_source_created_at", "created_at", "id"),
        Index("ix_source_publisher_id", "publisher_id", "id"),
        Index("ix_source_origin_id", "origin_id"),
    )

    id: Mapped[primary_key]
    kind: Mapped[SourceKind] = mapped_column(words(SourceKind, "kind"), default=SourceKind.PAGE)
    title: Mapped[str]
    #: The title was put together from the address, because the page's own was not seen.
    has_composed_title: Mapped[bool] = mapped_column(default=False)
    #: In its canonical form, without what only follows readers around.
    address: Mapped[str | None]
    #: As it was given. None: it was given in its canonical form.
    original_address: Mapped[str | None]
    publisher_id: Mapped[int | None] = mapped_column(Id, ForeignKey("publisher.id"))
    published_on: Mapped[str | None]
    notes: Mapped[str | None]
    #: The source that this one repeats, such as the agency's text behind a paper's; never one that repeats another.
    origin_id: Mapped[int | None] = mapped_column(Id, ForeignKey("source.id"))
    #: The 3 of "confidential source 3". None: everybody at the desk may know who it is.
    confidential_number: Mapped[int | None] = mapped_column(unique=True)
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    publisher: Mapped[Publisher | None] = relationship()
    if TYPE_CHECKING:
        #: Whether the contact log has an answer of this source that counts: one that stands, not off the record.
        has_answered: Mapped[bool]

    @property
    def is_confidential(self) -> bool:
        return self.confidential_number is not None

    @property
    def publisher_name(self) -> str | None:
        return self.publisher.name if self.publisher else None


class SourceSecret(Base):
    """Who a confidential source is; read by the people named on it and by nobody else."""

    __tablename__ = "source_secret"
    __table_args__ = (CheckConstraint("trim(name) <> ''", name="name_not_blank"),)

    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"), primary_key=True, autoincrement=False)
    name: Mapped[str]
    #: How to reach the source.
    reach: Mapped[str | None]
    notes: Mapped[str | None]
    revision: Mapped[revision]


class SourceReader(Base):
    """A person who may know who a confidential source is."""

    __tablename__ = "source_reader"

    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"), primary_key=True, autoincrement=False)

    person: Mapped[Person] = relationship()


class Channel(enum.StrEnum):
    """How somebody was asked."""

    PHONE = "phone"
    EMAIL = "email"
    MESSAGE = "message"
    MEETING = "meeting"
    LETTER = "letter"
    OTHER = "other"


class Terms(enum.StrEnum):
    """What may be made of an answer."""

    RECORD = "record"
    BACKGROUND = "background"
    OFF = "off"


class Contact(Base):
    """One time that somebody was asked: by whom, how, when, and what was answered."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("trim(question) <> ''", name="question_not_blank"),
        CheckConstraint("NOT is_read_back OR answer IS NOT NULL", name="read_back_has_answer"),
        Index("ix_contact_source_id", "source_id", "asked_at", "id"),
    )

    id: Mapped[primary_key]
    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"))
    asked_by_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    asked_at: Mapped[datetime]
    question: Mapped[str]
    #: None: there was no answer.
    answer: Mapped[str | None]
    terms: Mapped[Terms] = mapped_column(words(Terms, "terms"), default=Terms.RECORD)
    #: The facts of the answer were read back and agreed to.
    is_read_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    asked_by: Mapped[Person] = relationship()


Source.has_answered = column_property(
    exists()
    .where(
        Contact.source_id == Source.id,
        Contact.answer.is_not(None),
        Contact.terms != Terms.OFF,
        Contact.withdrawn_at.is_(None),
    )
    .correlate_except(Contact)
)
