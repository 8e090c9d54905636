"""Who outside is told of what happens at the desk, and each message on its way to them."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims_app.db import Base, Id, created_at, primary_key, revision, withdrawn_at, words
from claims_app.people.model import Person


class Topic(enum.StrEnum):
    """What a receiver can ask to be told of."""

    VERDICT = "verdict"
    STALE = "stale"
    SIGN_OFF = "sign_off"


class Webhook(Base):
    """An address that is told of what happens, each message signed with a secret that both sides know."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        CheckConstraint("address LIKE 'http://%' OR address LIKE 'https://%'", name="address_is_web"),
    )

    id: Mapped[primary_key]
    name: Mapped[str]
    address: Mapped[str]
    #: ``whsec_`` and the key in Base64.
    secret: Mapped[str]
    #: The words of ``Topic`` that it is told of.
    topics: Mapped[list[str]] = mapped_column(JSON)
    #: The last entry of the history that was looked at for it.
    seen_id: Mapped[int] = mapped_column(Id)
    created_by_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"))
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    withdrawn_at: Mapped[withdrawn_at]

    created_by: Mapped[Person] = relationship()


class DeliveryState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(Base):
    """One message to one receiver; the row is the job and its record in one."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        # What happened once is told once.
        UniqueConstraint("webhook_id", "entry_id"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_iff_leased"),
        CheckConstraint("(state IN ('delivered', 'failed')) = (finished_at IS NOT NULL)", name="finished_iff_over"),
        CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name="failed_has_reason"),
        Index(
            "ix_webhook_delivery_due",
            "due_at",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[primary_key]
    webhook_id: Mapped[int] = mapped_column(Id, ForeignKey("webhook.id"))
    #: The entry of the history that it tells of. None: it is a trial.
    entry_id: Mapped[int | None] = mapped_column(Id)
    event: Mapped[str]
    #: What is sent, as JSON: the same bytes at each attempt.
    content: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "state"), default=DeliveryState.WAITING)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Until when whoever sends it is believed to be alive.
    lease_until: Mapped[datetime | None]
    #: What the receiver answered last, and why that was not enough: a message of the catalogue and what fills it.
    status: Mapped[int | None]
    failure: Mapped[str | None]
    failure_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    created_at: Mapped[created_at]
    finished_at: Mapped[datetime | None]

    webhook: Mapped[Webhook] = relationship()
