"""The text under check: an article, its versions, and the links it cites."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.db import Base, Id, created_at, primary_key, revision, withdrawn_at, words


class SecondCheck(enum.StrEnum):
    """Which verdicts of an article need the approval of a second person."""

    OFF = "off"
    HIGH = "high"
    ALL = "all"


class SourceRule(enum.StrEnum):
    """What "verified" needs beside supporting evidence: a primary source, or so many independent secondary ones."""

    OFF = "off"
    TWO = "two"
    THREE = "three"


class Article(Base):
    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint("trim(coalesce(title_he, '')) <> '' OR trim(coalesce(title_en, '')) <> ''", name="has_title"),
        CheckConstraint("language IN ('he', 'en')", name="language_known"),
        Index("ix_article_deadline_at", "deadline_at"),
        Index("ix_article_created_at", "created_at", "id"),
    )

    id: Mapped[primary_key]
    #: The key under which an import knows this article. None: it was entered by hand.
    origin_key: Mapped[str | None] = mapped_column(unique=True)
    title_he: Mapped[str | None]
    title_en: Mapped[str | None]
    outlet: Mapped[str | None]
    byline: Mapped[str | None]
    #: The language the article is written in.
    language: Mapped[str]
    address: Mapped[str | None]
    #: A day, a month or a year, as ISO text; so for every ``…_on`` that may be known only roughly.
    published_on: Mapped[str | None]
    #: When it goes to print. None: no deadline is set.
    deadline_at: Mapped[datetime | None]
    second_check: Mapped[SecondCheck] = mapped_column(words(SecondCheck, "second_check"), default=SecondCheck.OFF)
    notes: Mapped[str | None]
    #: The number the next claim of this article gets.
    next_number: Mapped[int] = mapped_column(default=1)
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]
    #: The sign-off needs the signature of somebody who signs for legal, too.
    asks_legal: Mapped[bool] = mapped_column(default=False, server_default=false())
    source_rule: Mapped[SourceRule] = mapped_column(
        words(SourceRule, "source_rule"), default=SourceRule.TWO, server_default="two"
    )

    versions: Mapped[list["ArticleVersion"]] = relationship(back_populates="article", order_by="ArticleVersion.number")
    citations: Mapped[list["Citation"]] = relationship(back_populates="article", order_by="Citation.position")


class ArticleVersion(Base):
    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(text IS NULL) = (text_sha256 IS NULL)", name="digest_iff_text"),
    )

    id: Mapped[primary_key]
    article_id: Mapped[int] = mapped_column(Id, ForeignKey("article.id"))
    number: Mapped[int]
    #: None: the desk has the claims of this version but not its words.
    text: Mapped[str | None]
    text_sha256: Mapped[str | None]
    note: Mapped[str | None]
    created_at: Mapped[created_at]

    article: Mapped[Article] = relationship(back_populates="versions")
    original: Mapped["Original | None"] = relationship(back_populates="version")


class Original(Base):
    """The file or page that a version was read from, kept as it came under its digest."""

    __tablename__ = "original"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="digest_length"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    version_id: Mapped[int] = mapped_column(Id, ForeignKey("article_version.id"), primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    name: Mapped[str | None]
    media_type: Mapped[str | None]
    #: Where it was fetched. None: it was brought as a file.
    address: Mapped[str | None]
    #: In bytes.
    size: Mapped[int]

    version: Mapped[ArticleVersion] = relationship(back_populates="original")


class Passage(Base):
    """A sentence of a version, and what in it a checker would have to prove."""

    __tablename__ = "passage"
    __table_args__ = (
        CheckConstraint("0 <= begins AND begins < ends", name="begins_before_end"),
        UniqueConstraint("version_id", "begins"),
    )

    id: Mapped[primary_key]
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("article_version.id"))
    begins: Mapped[int]
    #: Excluded, as everywhere.
    ends: Mapped[int]
    #: How much it is worth checking, from 0 to 1.
    score: Mapped[float]
    #: Somebody has to answer for it: with a claim, or with a waiver.
    is_checkable: Mapped[bool]
    #: ``[[begins, ends, reason], …]``: where in the version each thing to be proved stands.
    checks: Mapped[list[list[Any]]] = mapped_column(JSON)

    @property
    def reasons(self) -> list[str]:
        """Why it has to be checked, each reason once."""
        return list(dict.fromkeys(reason for _begins, _ends, reason in self.checks))


class Citation(Base):
    """A link that the article itself gives."""

    __tablename__ = "citation"
    __table_args__ = (
        UniqueConstraint("article_id", "address"),
        CheckConstraint("address LIKE 'http://%' OR address LIKE 'https://%'", name="address_is_web"),
    )

    id: Mapped[primary_key]
    article_id: Mapped[int] = mapped_column(Id, ForeignKey("article.id"))
    position: Mapped[int]
    address: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    article: Mapped[Article] = relationship(back_populates="citations")
