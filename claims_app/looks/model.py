"""What has to be looked at again: a claim, why, and for whom."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.captures.model import Capture
from claims_app.claims.model import Claim
from claims_app.db import Base, Id, created_at, primary_key, words
from claims_app.people.model import Person
from claims_app.sources.model import Source


class LookReason(enum.StrEnum):
    DEAD = "dead"
    MOVED = "moved"
    CHANGED = "changed"
    PASSAGE_GONE = "passage_gone"
    RECHECK = "recheck"
    SOURCE_RULE = "source_rule"


def _open_index(name: str, *columns: str, where: str = "", unique: bool = False) -> Index:
    """Return an index of the looks that nobody has settled yet."""
    condition = text(" AND ".join(part for part in ("settled_at IS NULL", where) if part))
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Look(Base):
    """Something happened to what a claim rests on; no verdict changes by it, a person says what follows."""

    __tablename__ = "look"
    __table_args__ = (
        CheckConstraint(
            "(settled_at IS NULL) = (settled_why IS NULL) AND (settled_at IS NOT NULL OR settled_by_id IS NULL)",
            name="settled_whole",
        ),
        _open_index("uq_look_source", "claim_id", "reason", "source_id", where="source_id IS NOT NULL", unique=True),
        _open_index("uq_look_claim", "claim_id", "reason", where="source_id IS NULL", unique=True),
        _open_index("ix_look_person_id", "person_id", "id"),
        Index("ix_look_claim_id", "claim_id", "id"),
        Index("ix_look_source_id", "source_id", "id"),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"))
    reason: Mapped[LookReason] = mapped_column(words(LookReason, "reason"))
    #: None: it is about the claim itself.
    source_id: Mapped[int | None] = mapped_column(Id, ForeignKey("source.id"))
    #: The capture that showed it, and the copy that it was compared with.
    capture_id: Mapped[int | None] = mapped_column(Id, ForeignKey("capture.id"))
    before_id: Mapped[int | None] = mapped_column(Id, ForeignKey("capture.id"))
    #: Who should look if the claim has no assignee. None: whoever comes first.
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    created_at: Mapped[created_at]
    settled_at: Mapped[datetime | None]
    #: None, though it is settled: what had happened was undone, or the claim was reopened.
    settled_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    settled_why: Mapped[str | None]

    claim: Mapped[Claim] = relationship()
    source: Mapped[Source | None] = relationship()
    capture: Mapped[Capture | None] = relationship(foreign_keys=capture_id)
    before: Mapped[Capture | None] = relationship(foreign_keys=before_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    settled_by: Mapped[Person | None] = relationship(foreign_keys=settled_by_id)

    @property
    def holder(self) -> Person | None:
        """On whose list it stands: who has the claim now and works here, else for whom it was raised."""
        assignee = self.claim.assignee
        return assignee if assignee is not None and assignee.is_active else self.person
