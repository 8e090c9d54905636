"""Finding receivers and what is on its way to them."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from claims_app.history.model import HistoryEntry, Subject
from claims_app.webhooks.model import Delivery, Webhook

SHOWN = 50
"""Messages that a receiver's page shows, the newest."""


def list_webhooks(session: Session) -> Sequence[Webhook]:
    """Return all receivers, those that were withdrawn last."""
    return session.scalars(select(Webhook).order_by(Webhook.withdrawn_at.is_not(None), Webhook.name, Webhook.id)).all()


def find_webhook(session: Session, webhook_id: int) -> Webhook:
    """Return a receiver with who set it up; an unknown number raises ``NoResultFound``."""
    return session.scalars(
        select(Webhook).options(joinedload(Webhook.created_by)).where(Webhook.id == webhook_id)
    ).one()


def is_anybody_told(session: Session) -> bool:
    """Whether there is a receiver that is told of anything."""
    return session.scalar(select(exists().where(Webhook.withdrawn_at.is_(None)))) is True


def list_deliveries(session: Session, webhook_id: int) -> Sequence[Delivery]:
    """Return the newest messages to a receiver, the newest first."""
    return session.scalars(
        select(Delivery).where(Delivery.webhook_id == webhook_id).order_by(Delivery.id.desc()).limit(SHOWN)
    ).all()


def list_changes(session: Session, webhook_id: int) -> Sequence[HistoryEntry]:
    """Return what was done to a receiver, the newest first."""
    return session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.subject == Subject.WEBHOOK, HistoryEntry.subject_id == webhook_id)
        .order_by(HistoryEntry.id.desc())
        .limit(SHOWN)
    ).all()
