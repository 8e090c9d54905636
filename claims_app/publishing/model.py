"""The claim review: the published form of a verdict, and what was corrected in it for readers to see."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.claims.model import Claim
from claims_app.db import Base, Id, created_at, primary_key, withdrawn_at
from claims_app.people.model import Person

_LIVE = text("withdrawn_at IS NULL")


class ClaimReview(Base):
    """A claim's public page. It keeps its number, and so its address, whatever becomes of the claim."""

    __tablename__ = "claim_review"
    __table_args__ = (
        UniqueConstraint("claim_id"),
        CheckConstraint("modified_at >= published_at", name="modified_after_published"),
        # The second column makes sure that the verdict is one of this claim.
        ForeignKeyConstraint(
            ["verdict_id", "claim_id"], ["verdict.id", "verdict.claim_id"], name="fk_claim_review_verdict"
        ),
        Index("ix_claim_review_modified_at", "modified_at", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    #: The verdict that an editor published; under any other the page says that the check is being redone.
    verdict_id: Mapped[int] = mapped_column(Id)
    published_at: Mapped[datetime]
    #: When readers last got something else to read: a new verdict, or a correction.
    modified_at: Mapped[datetime]
    withdrawn_at: Mapped[withdrawn_at]

    claim: Mapped[Claim] = relationship(foreign_keys=claim_id)
    corrections: Mapped[list["Correction"]] = relationship(back_populates="review", order_by="Correction.id.desc()")


class Correction(Base):
    """What was corrected in a published check, in words for its readers."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("trim(coalesce(text_he, '')) <> '' OR trim(coalesce(text_en, '')) <> ''", name="has_text"),
        Index("ix_correction_claim_review_id", "claim_review_id", "id"),
    )

    id: Mapped[primary_key]
    claim_review_id: Mapped[int] = mapped_column(Id, ForeignKey("claim_review.id"))
    text_he: Mapped[str | None]
    text_en: Mapped[str | None]
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    created_at: Mapped[created_at]

    review: Mapped[ClaimReview] = relationship(back_populates="corrections")
    person: Mapped[Person] = relationship()
