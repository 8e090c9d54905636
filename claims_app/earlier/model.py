"""What was published about claims before: each review once, and every reading of it as it was read."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.claimreview.finding import Form
from claims_app.db import Base, Id, created_at, now, primary_key, withdrawn_at, words
from claims_app.earlier.likeness import telling_words
from claims_app.folding import fold
from claims_app.people.model import Person
from claims_app.reading import without_controls

_LIVE = text("withdrawn_at IS NULL")


class EarlierImport(Base):
    """One time that files were brought in, and what came of them."""

    __tablename__ = "earlier_import"

    id: Mapped[primary_key]
    #: None: the command line.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    files: Mapped[int]
    added: Mapped[int]
    renewed: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    created_at: Mapped[created_at]

    person: Mapped[Person | None] = relationship()


class EarlierCheck(Base):
    """A published review of a claim, as its newest reading has it; never a verdict of the desk."""

    __tablename__ = "earlier_check"
    __table_args__ = (
        CheckConstraint("trim(claim) <> ''", name="claim_not_blank"),
        CheckConstraint("length(key) = 64", name="key_length"),
        CheckConstraint(
            "address IS NULL OR address LIKE 'http://%' OR address LIKE 'https://%'", name="address_is_web"
        ),
        Index("ix_earlier_check_listed", "listed_on", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[primary_key]
    #: The digest of page and claim: what two readings of one review have in common.
    key: Mapped[str] = mapped_column(unique=True)
    claim: Mapped[str]
    claimant: Mapped[str | None]
    claimed_on: Mapped[str | None]
    #: Where the claim was seen: web addresses.
    appearances: Mapped[list[str]] = mapped_column(JSON, default=list)
    publisher: Mapped[str | None]
    site: Mapped[str | None]
    address: Mapped[str | None]
    title: Mapped[str | None]
    reviewed_on: Mapped[str | None]
    #: The rating in the publisher's words, and its number with the ends of its scale as they were read.
    rating: Mapped[str | None]
    rating_value: Mapped[str | None]
    rating_best: Mapped[str | None]
    rating_worst: Mapped[str | None]
    language: Mapped[str | None]
    #: What is looked at to find checks of a like claim, and what search reads; set by ``refresh_words``.
    telling: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    #: The place in the list: newest reviews first, those without a date last.
    listed_on: Mapped[str] = mapped_column(Computed("coalesce(reviewed_on, '')", persisted=True))
    created_at: Mapped[created_at]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[withdrawn_at]

    readings: Mapped[list["EarlierReading"]] = relationship(order_by="EarlierReading.id.desc()", back_populates="check")

    def refresh_words(self) -> None:
        """Set what search and likeness read, after the words that it is made of."""
        self.telling = " ".join([*telling_words(self.claim), *telling_words(self.title or "")])
        shown = (self.claim, self.title, self.publisher, self.site, self.claimant, self.rating)
        self.search_text = fold(" ".join(text for text in shown if text))


class EarlierReading(Base):
    """A review as it was read once: from what, by which import, and the object itself."""

    __tablename__ = "earlier_reading"
    __table_args__ = (
        UniqueConstraint("check_id", "digest"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        Index("ix_earlier_reading_import_id", "import_id"),
    )

    id: Mapped[primary_key]
    check_id: Mapped[int] = mapped_column(Id, ForeignKey("earlier_check.id"))
    import_id: Mapped[int] = mapped_column(Id, ForeignKey("earlier_import.id"))
    form: Mapped[Form] = mapped_column(words(Form, "form"))
    file_name: Mapped[str]
    #: The SHA-256 of the object, whatever the order of its properties.
    digest: Mapped[str]
    raw: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[created_at]

    check: Mapped[EarlierCheck] = relationship(back_populates="readings")
    brought: Mapped[EarlierImport] = relationship()

    @property
    def as_text(self) -> str:
        """The object as people read it."""
        return without_controls(json.dumps(self.raw, ensure_ascii=False, indent=2))
