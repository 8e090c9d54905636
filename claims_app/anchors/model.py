"""Where a claim stands in a version of the text."""

import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import ArticleVersion
from claims_app.claims.model import Claim
from claims_app.db import Base, Id, created_at, primary_key, withdrawn_at, words

_LIVE = text("withdrawn_at IS NULL")


class Outcome(enum.StrEnum):
    """How an anchor came to its place: a person put it there, or it was carried over from the version before."""

    PLACED = "placed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"


class Anchor(Base):
    """The words of one version that state a claim, as W3C text selectors count: code points, in logical order."""

    __tablename__ = "anchor"
    __table_args__ = (
        CheckConstraint("0 <= begins AND begins < ends", name="begins_before_end"),
        CheckConstraint("length(quote) = ends - begins", name="quote_fits"),
        CheckConstraint("(outcome = 'placed') = (previous_id IS NULL)", name="carried_from"),
        Index("ix_anchor_version_id", "version_id", "begins", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_anchor_claim_id", "claim_id", "version_id"),
        Index("ix_anchor_previous_id", "previous_id"),
        Index(
            "uq_anchor_place",
            "claim_id",
            "version_id",
            "begins",
            "ends",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("article_version.id"))
    begins: Mapped[int]
    #: Excluded, as everywhere.
    ends: Mapped[int]
    quote: Mapped[str]
    prefix: Mapped[str]
    suffix: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome, "outcome"))
    #: The anchor in the version before that this one was carried over from.
    previous_id: Mapped[int | None] = mapped_column(Id, ForeignKey("anchor.id"))
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    claim: Mapped[Claim] = relationship()
    version: Mapped[ArticleVersion] = relationship()
