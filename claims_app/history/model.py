"""The append-only record: each entry carries the hash of the one before, so that none can be changed unseen."""

import enum
import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from claims_app.db import Base, Id

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""


class Action(enum.StrEnum):
    """What happened to a subject."""

    CREATED = "created"
    CHANGED = "changed"
    MOVED = "moved"
    DECIDED = "decided"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    LINKED = "linked"
    EXPORTED = "exported"
    CARRIED = "carried"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    SIGNED = "signed"
    CAPTURED = "captured"
    LOOKED = "looked"
    RAISED = "raised"
    SETTLED = "settled"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    CORRECTED = "corrected"


class Subject(enum.StrEnum):
    """The kinds of record that have a history."""

    PERSON = "person"
    ARTICLE = "article"
    VERSION = "version"
    CITATION = "citation"
    CLAIMANT = "claimant"
    CLAIM = "claim"
    SOURCE = "source"
    EVIDENCE = "evidence"
    VERDICT = "verdict"
    COMMENT = "comment"
    ANCHOR = "anchor"
    PASSAGE = "passage"
    SIGN_OFF = "sign_off"
    PUBLISHER = "publisher"
    CONTACT = "contact"
    CAPTURE = "capture"
    LOOK = "look"
    WATCH = "watch"
    WEBHOOK = "webhook"
    EARLIER_CHECK = "earlier_check"
    EARLIER_IMPORT = "earlier_import"
    CLAIM_REVIEW = "claim_review"
    IMPORT = "import"
    DESK = "desk"


class HistoryEntry(Base):
    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash_length"),
        Index("ix_history_claim_id", "claim_id", "id"),
        Index("ix_history_article_id", "article_id", "id"),
        Index("ix_history_actor_id", "actor_id", "id"),
        Index("ix_history_action", "action", "id"),
        Index("ix_history_subject", "subject", "subject_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    #: None: the desk itself, from the command line or before anybody signed in.
    actor_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    #: The name as it was then: a later change of name does not rewrite the past.
    actor_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(Id)
    #: The claim and the article this belongs to, so that their pages can show it.
    claim_id: Mapped[int | None] = mapped_column(Id)
    article_id: Mapped[int | None] = mapped_column(Id)
    #: ``{field: [from, to]}``, in words a reader understands.
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    why: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    def digest(self) -> str:
        """Return the SHA-256 that this entry's content and place in the chain call for."""
        content = [
            self.id,
            self.at.isoformat(timespec="microseconds"),
            self.actor_id,
            self.actor_name,
            self.action,
            self.subject,
            self.subject_id,
            self.claim_id,
            self.article_id,
            self.changes,
            self.why,
            self.previous_hash,
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class HistoryHead(Base):
    """Where the chain ends: one row, changed with every entry, so that a missing tail shows."""

    __tablename__ = "history_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    last_id: Mapped[int] = mapped_column(Id)
    last_hash: Mapped[str]
