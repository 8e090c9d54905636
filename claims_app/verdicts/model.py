"""What the desk concludes about a claim, who proposed it, who confirmed it, and why it ended."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import SecondCheck
from claims_app.claims.model import Claim, Priority
from claims_app.db import Base, Id, created_at, primary_key, words
from claims_app.people.model import Person


class Finding(enum.StrEnum):
    VERIFIED = "verified"
    PARTLY = "partly"
    DISPUTED = "disputed"
    UNVERIFIABLE = "unverifiable"
    OPINION = "opinion"


def asks_second_check(policy: SecondCheck, priority: Priority) -> bool:
    """Whether an article's policy asks for a second person on a claim of this priority."""
    return policy is SecondCheck.ALL or (policy is SecondCheck.HIGH and priority is Priority.HIGH)


class Verdict(Base):
    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("id", "claim_id"),
        CheckConstraint(
            "trim(coalesce(rationale_he, '')) <> '' OR trim(coalesce(rationale_en, '')) <> ''", name="has_rationale"
        ),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approver_iff_date"),
        CheckConstraint("approved_by_id <> proposed_by_id", name="approver_is_another"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (ended_why IS NULL)", name="end_whole"
        ),
        CheckConstraint("override_why IS NULL OR trim(override_why) <> ''", name="override_has_reason"),
        Index(
            "uq_verdict_current",
            "claim_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_verdict_claim_id", "claim_id", "id"),
        Index("ix_verdict_created_at", "created_at", "id"),
        Index("ix_verdict_proposed_by_id", "proposed_by_id", "id"),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    finding: Mapped[Finding] = mapped_column(words(Finding, "finding"))
    rationale_he: Mapped[str | None]
    rationale_en: Mapped[str | None]
    proposed_by_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    #: Whether the article's policy asked for a second person when it was proposed.
    needs_second_check: Mapped[bool]
    approved_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    #: Why an editor let it stand without the evidence the rule asks for. None: the rule was met.
    override_why: Mapped[str | None]
    #: Sent back or reopened. None: it is the claim's current verdict.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    ended_why: Mapped[str | None]
    created_at: Mapped[created_at]

    claim: Mapped[Claim] = relationship(foreign_keys=claim_id)
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=approved_by_id)
    ended_by: Mapped[Person | None] = relationship(foreign_keys=ended_by_id)

    @property
    def was_sent_back(self) -> bool:
        return self.needs_second_check and self.approved_at is None and self.ended_at is not None

    @property
    def awaits_second_check(self) -> bool:
        return self.needs_second_check and self.approved_at is None and self.ended_at is None


class Confirmation(Base):
    """Somebody's word that a verdict holds for the new words too."""

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint("trim(why) <> ''", name="has_reason"),
        Index("ix_confirmation_verdict_id", "verdict_id", "id"),
    )

    id: Mapped[primary_key]
    verdict_id: Mapped[int] = mapped_column(Id, ForeignKey("verdict.id"))
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("article_version.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    words_before: Mapped[str]
    words_after: Mapped[str]
    why: Mapped[str]
    created_at: Mapped[created_at]

    verdict: Mapped[Verdict] = relationship()
    person: Mapped[Person] = relationship()
