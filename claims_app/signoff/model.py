"""The closing of an article: who signed which version, over what, and what was still open then."""

import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import Article, ArticleVersion
from claims_app.db import Base, Id, created_at, primary_key, withdrawn_at, words
from claims_app.people.model import Person


class Side(enum.StrEnum):
    """For whom a person signs."""

    EDITOR = "editor"
    LEGAL = "legal"


class SignOff(Base):
    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("override_why IS NULL OR trim(override_why) <> ''", name="override_has_reason"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_why IS NULL)",
            name="withdrawal_whole",
        ),
        Index("ix_sign_off_article_id", "article_id", "id"),
    )

    id: Mapped[primary_key]
    article_id: Mapped[int] = mapped_column(Id, ForeignKey("article.id"))
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("article_version.id"))
    side: Mapped[Side] = mapped_column(words(Side, "side"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    #: What was signed, as JSON: text, claims, evidence and verdicts as they stood.
    content: Mapped[str]
    #: SHA-256 of ``content``.
    digest: Mapped[str]
    #: ``[[what, how many], …]`` of what was open when it was signed all the same.
    open_items: Mapped[list[list[Any]]] = mapped_column(JSON)
    #: Why it was signed in spite of that. None: nothing was open.
    override_why: Mapped[str | None]
    #: The last entry of the history before it; what came later is what changed since.
    history_id: Mapped[int] = mapped_column(Id)
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]
    withdrawn_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    withdrawn_why: Mapped[str | None]

    article: Mapped[Article] = relationship()
    version: Mapped[ArticleVersion] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=withdrawn_by_id)
