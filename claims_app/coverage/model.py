"""What answers for a passage that no claim covers: a waiver, with its reason."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import Passage
from claims_app.db import Base, Id, created_at, primary_key, withdrawn_at
from claims_app.people.model import Person

_LIVE = text("withdrawn_at IS NULL")


class Waiver(Base):
    """Somebody's word that a passage needs no claim."""

    __tablename__ = "waiver"
    __table_args__ = (
        CheckConstraint("trim(why) <> ''", name="has_reason"),
        Index("uq_waiver_passage", "passage_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[primary_key]
    passage_id: Mapped[int] = mapped_column(Id, ForeignKey("passage.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    why: Mapped[str]
    #: The waiver of the same words in the version before, which this one carries on.
    previous_id: Mapped[int | None] = mapped_column(Id, ForeignKey("waiver.id"))
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    passage: Mapped[Passage] = relationship()
    person: Mapped[Person] = relationship()
