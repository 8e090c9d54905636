"""A table that was brought in: what file, by whom, and which entries of the history tell what it made."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import Article
from claims_app.db import Base, Id, created_at, primary_key, words
from claims_app.people.model import Person


class ImportKind(enum.StrEnum):
    """What a row of a table is."""

    CLAIMS = "claims"
    EVIDENCE = "evidence"
    SOURCES = "sources"
    ARTICLES = "articles"


class Import(Base):
    """One import, saved as a whole and undone as a whole.

    What it made is what the history says was added from ``first_entry`` to ``last_entry``: it was written in one
    transaction, so that nobody else's entry stands between.
    """

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="digest_length"),
        CheckConstraint("first_entry <= last_entry", name="first_to_last"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_why IS NULL) AND (undone_at IS NULL) = (undo_first IS NULL)"
            " AND (undone_at IS NULL) = (undo_last IS NULL) AND (undone_at IS NOT NULL OR undone_by_id IS NULL)",
            name="undone_whole",
        ),
        Index("ix_import_sha256", "sha256"),
    )

    id: Mapped[primary_key]
    kind: Mapped[ImportKind] = mapped_column(words(ImportKind, "kind"))
    #: The article that all its rows belong to. None: the rows say, or belong to none.
    article_id: Mapped[int | None] = mapped_column(Id, ForeignKey("article.id"))
    #: The file as it came, kept under this digest. None: it had no name.
    file_name: Mapped[str | None]
    sha256: Mapped[str]
    #: Which column was taken for what: the field by the heading.
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    rows: Mapped[int]
    #: None: from the command line, in nobody's name.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    first_entry: Mapped[int] = mapped_column(Id)
    last_entry: Mapped[int] = mapped_column(Id)
    created_at: Mapped[created_at]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    undone_why: Mapped[str | None]
    #: The entries of the history that the undoing wrote.
    undo_first: Mapped[int | None] = mapped_column(Id)
    undo_last: Mapped[int | None] = mapped_column(Id)

    article: Mapped[Article | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    undone_by: Mapped[Person | None] = relationship(foreign_keys=undone_by_id)
