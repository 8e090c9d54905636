"""Captured copies: what was asked for, what came of it, and what others keep of it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.db import Base, Id, created_at, primary_key, words
from claims_app.people.model import Person
from claims_app.sources.model import Source


class Trigger(enum.StrEnum):
    """Why a copy was made."""

    ASKED = "asked"
    ADDED = "added"
    COMMAND = "command"
    WATCH = "watch"
    UPLOAD = "upload"


class CaptureState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    KEPT = "kept"
    FAILED = "failed"


#: States in which a capture is still on its way.
OPEN = (CaptureState.WAITING, CaptureState.RUNNING)


class Capture(Base):
    """One copy of a source, from being asked for to being kept or having failed.

    A row is the job and its record in one, so that a job can neither be lost nor leave two records.
    """

    __tablename__ = "capture"
    __table_args__ = (
        CheckConstraint("(state = 'kept') = (sha256 IS NOT NULL)", name="kept_iff_digest"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_iff_reason"),
        CheckConstraint("(state IN ('kept', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_over"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_iff_leased"),
        CheckConstraint("(trigger = 'upload') = (address IS NULL)", name="address_unless_upload"),
        CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name="digest_length"),
        CheckConstraint("warc_sha256 IS NULL OR length(warc_sha256) = 64", name="warc_digest_length"),
        CheckConstraint("text_sha256 IS NULL OR length(text_sha256) = 64", name="text_digest_length"),
        Index("ix_capture_source_id", "source_id", "id"),
        # A source is captured once at a time.
        Index(
            "uq_capture_open",
            "source_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index(
            "ix_capture_due",
            "due_at",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_capture_host", "host", "finished_at"),
        Index("ix_capture_finished_at", "finished_at", "id"),
        Index("ix_capture_sha256", "sha256"),
    )

    id: Mapped[primary_key]
    source_id: Mapped[int] = mapped_column(Id, ForeignKey("source.id"))
    #: What is fetched. None: somebody uploaded the copy.
    address: Mapped[str | None]
    host: Mapped[str | None]
    trigger: Mapped[Trigger] = mapped_column(words(Trigger, "trigger"))
    #: None: the command line, or a check that was due.
    asked_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    created_at: Mapped[created_at]
    state: Mapped[CaptureState] = mapped_column(words(CaptureState, "state"), default=CaptureState.WAITING)
    #: Not before this moment; later than asked for after a failure that may pass, or out of politeness to the host.
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Until when whoever runs it is believed to be alive; after that anybody may take it again.
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    #: The fault (a word of ``fetching.Fault``), the sentence that tells it and the values in it; None: none (yet).
    fault: Mapped[str | None]
    failure: Mapped[str | None]
    failure_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    #: Where it was found in the end, by which addresses, and what the server said.
    final_address: Mapped[str | None]
    redirects: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    status: Mapped[int | None]
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    #: The bytes as people get them, the exact exchange as WARC, and the text that was read out of the bytes.
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    media_type: Mapped[str | None]
    charset: Mapped[str | None]
    file_name: Mapped[str | None]
    warc_sha256: Mapped[str | None]
    text_sha256: Mapped[str | None]
    #: Why there is no text, as a message of the catalogue.
    text_note: Mapped[str | None]
    title: Mapped[str | None]
    published_on: Mapped[str | None]
    language: Mapped[str | None]
    #: The program and version that made the copy.
    software: Mapped[str | None]

    source: Mapped[Source] = relationship()
    asked_by: Mapped[Person | None] = relationship()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class DepositState(enum.StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    KEPT = "kept"
    FAILED = "failed"


class Deposit(Base):
    """A copy that a public archive was asked to keep beside the desk's own."""

    __tablename__ = "deposit"
    __table_args__ = (
        CheckConstraint("(state = 'kept') = (memento IS NOT NULL)", name="kept_iff_address"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_iff_reason"),
        Index(
            "ix_deposit_due",
            "due_at",
            "capture_id",
            sqlite_where=text("state IN ('waiting', 'asked')"),
            postgresql_where=text("state IN ('waiting', 'asked')"),
        ),
    )

    #: One for each capture at most.
    capture_id: Mapped[int] = mapped_column(Id, ForeignKey("capture.id"), primary_key=True, autoincrement=False)
    state: Mapped[DepositState] = mapped_column(words(DepositState, "state"), default=DepositState.WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The archive's name for what it is doing.
    job: Mapped[str | None]
    #: Where the archive shows its copy, and of which moment that is.
    memento: Mapped[str | None]
    memento_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    created_at: Mapped[created_at]


class DayStamp(Base):
    """A trusted authority's word that the digests of one day's copies were known at a moment."""

    __tablename__ = "day_stamp"
    __table_args__ = (CheckConstraint("length(list_sha256) = 64 AND length(token_sha256) = 64", name="digest_length"),)

    #: The day in UTC, as ISO text.
    day: Mapped[str] = mapped_column(primary_key=True)
    #: The list of digests, one a line, and the authority's token over it; both among the files.
    list_sha256: Mapped[str]
    token_sha256: Mapped[str]
    authority: Mapped[str]
    stamped_at: Mapped[datetime]
    created_at: Mapped[created_at]
