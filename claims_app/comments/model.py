"""What is said about a claim: notes for the desk, and queries to the author."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.claims.model import Claim
from claims_app.db import Base, Id, created_at, primary_key, withdrawn_at, words
from claims_app.people.model import Person


class CommentKind(enum.StrEnum):
    NOTE = "note"
    QUERY = "query"


class Comment(Base):
    """A note for the desk, or a query to the author that waits for an answer."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("trim(text) <> ''", name="text_not_blank"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name="answer_whole",
        ),
        CheckConstraint("kind = 'query' OR answer IS NULL", name="only_queries_answered"),
        Index("ix_comment_claim_id", "claim_id", "id"),
        Index(
            "ix_comment_open",
            "claim_id",
            sqlite_where=text("kind = 'query' AND answer IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("kind = 'query' AND answer IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    author_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    kind: Mapped[CommentKind] = mapped_column(words(CommentKind, "kind"), default=CommentKind.NOTE)
    text: Mapped[str]
    #: What the author answered. None: the query is open.
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    claim: Mapped[Claim] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=author_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)

    @property
    def is_open(self) -> bool:
        return self.kind is CommentKind.QUERY and self.answer is None and self.withdrawn_at is None
