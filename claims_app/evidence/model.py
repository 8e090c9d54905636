"""What speaks for or against a claim: what one source says about it."""

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.captures.model import Capture
from claims_app.claims.model import Claim, Figure
from claims_app.db import Base, Id, created_at, primary_key, revision, withdrawn_at, words
from claims_app.people.model import Person
from claims_app.sources.model import Source, SourceKind


class Stance(enum.StrEnum):
    SUPPORTS = "supports"
    REFUTES = "refutes"
    CONTEXT = "context"


class Rank(enum.StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


class Evidence(Base):
    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("trim(summary) <> ''", name="summary_not_blank"),
        Index("ix_evidence_claim_id", "claim_id", "id"),
        Index("ix_evidence_source_id", "source_id", "id"),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"))
    stance: Mapped[Stance] = mapped_column(words(Stance, "stance"))
    #: Of this use of the source, not of the source. None: nobody has ranked it yet.
    rank: Mapped[Rank | None] = mapped_column(words(Rank, "rank"))
    summary: Mapped[str]
    #: The source's own words, and where in it they stand (page, paragraph, timecode).
    passage: Mapped[str | None]
    locator: Mapped[str | None]
    looked_on: Mapped[date]
    #: None: it came in by an import without a person's name.
    created_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    claim: Mapped[Claim] = relationship()
    source: Mapped[Source] = relationship()
    created_by: Mapped[Person | None] = relationship()
    figure: Mapped[Figure | None] = relationship()
    copy_check: Mapped["CopyCheck | None"] = relationship()

    @property
    def can_be_found(self) -> bool:
        """Whether another person can go and look: at an address, a place in the source, or the log of who was asked."""
        is_logged = self.source.kind is SourceKind.PERSON and self.source.has_answered
        return bool(self.source.address or self.locator or is_logged)


class InCopy(enum.StrEnum):
    """Whether something stands in a kept copy."""

    #: There is nothing to look for, or the copy has no text.
    NONE = "none"
    FOUND = "found"
    MISSING = "missing"


class CopyCheck(Base):
    """What was found of a piece of evidence in the newest kept copy of its source."""

    __tablename__ = "copy_check"

    evidence_id: Mapped[int] = mapped_column(Id, ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    capture_id: Mapped[int] = mapped_column(Id, ForeignKey("capture.id"))
    passage: Mapped[InCopy] = mapped_column(words(InCopy, "passage"))
    figure: Mapped[InCopy] = mapped_column(words(InCopy, "figure"))

    capture: Mapped[Capture] = relationship()
