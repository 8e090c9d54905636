"""Reports that are written while nobody waits: what was asked for, how far it is, and the file that came of it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.articles.model import Article
from claims_app.db import Base, Id, created_at, primary_key, words
from claims_app.people.model import Person


class ExportState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


#: States in which an export is still on its way.
OPEN = (ExportState.WAITING, ExportState.RUNNING)


class Export(Base):
    """A report that somebody asked for; the row is the job and its record in one."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("(state IN ('ready', 'expired')) = (sha256 IS NOT NULL)", name="ready_iff_digest"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_iff_reason"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_iff_leased"),
        CheckConstraint("(state IN ('waiting', 'running')) = (finished_at IS NULL)", name="finished_iff_over"),
        CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name="digest_length"),
        CheckConstraint("written >= 0 AND (total IS NULL OR written <= total)", name="written_of_total"),
        Index("ix_export_article_id", "article_id", "id"),
        Index(
            "ix_export_open",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index(
            "ix_export_finished_at",
            "finished_at",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
    )

    id: Mapped[primary_key]
    article_id: Mapped[int] = mapped_column(Id, ForeignKey("article.id"))
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    file_format: Mapped[str]
    language: Mapped[str]
    #: The part of the check that it tells, as ``scope.pack_scope`` writes it.
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    standard: Mapped[str | None]
    state: Mapped[ExportState] = mapped_column(words(ExportState, "state"), default=ExportState.WAITING)
    created_at: Mapped[created_at]
    #: How often it was taken; tells whoever holds it from those before.
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Until when whoever writes it is believed to be alive; after that anybody may take it again.
    lease_until: Mapped[datetime | None]
    #: How many claims are written, and of how many. None: that is not known (yet).
    written: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    failure_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    #: SHA-256 of the file and its size in bytes.
    sha256: Mapped[str | None]
    size: Mapped[int | None]

    article: Mapped[Article] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def file_name(self) -> str:
        """What its file is called among those that wait to be taken away."""
        return f"{self.id}-{self.attempts}"
