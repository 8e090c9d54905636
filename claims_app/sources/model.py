"""Where proof comes from: a work, a record, a page."""

import enum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from claims_app.db import Base, created_at, primary_key, revision, withdrawn_at, words


class SourceKind(enum.StrEnum):
    PAGE = "page"
    DOCUMENT = "document"
    STATISTIC = "statistic"
    BOOK = "book"
    BROADCAST = "broadcast"
    PERSON = "person"
    OBSERVATION = "observation"
    OTHER = "other"


class Source(Base):
    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("trim(title) <> ''", name="title_not_blank"),
        CheckConstraint(
            "address IS NULL OR address LIKE 'http://%' OR address LIKE 'https://%'", name="address_is_web"
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
    )

    id: Mapped[primary_key]
    kind: Mapped[SourceKind] = mapped_column(words(SourceKind, "kind"), default=SourceKind.PAGE)
    title: Mapped[str]
    #: The title was put together from the address, because the page's own was not seen.
    has_composed_title: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str | None]
    publisher: Mapped[str | None]
    published_on: Mapped[str | None]
    notes: Mapped[str | None]
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]
