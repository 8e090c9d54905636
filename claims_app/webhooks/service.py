"""Setting up who is told of what."""

import base64
import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from claims_app.db import now
from claims_app.errors import DomainError, Stale
from claims_app.fetching import FetchFailed, Guard
from claims_app.fetching.guard import is_public, read_number, read_place
from claims_app.history.model import Action, HistoryHead, Subject
from claims_app.history.service import change, first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.webhooks.events import write_trial
from claims_app.webhooks.model import Delivery, DeliveryState, Topic, Webhook

_KEY_BYTES = 32


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")


def _details(name: str | None, address: str | None, topics: Sequence[Topic]) -> dict[str, Any]:
    name, wanted = clean(name), [topic.value for topic in Topic if topic in topics]
    if name is None:
        raise DomainError("Give it a name that the desk knows it by.", field="name")
    if not wanted:
        raise DomainError("Choose at least one thing to be told of.", field="verdict")
    return {"name": name, "address": _read_address(address), "topics": wanted}


def _read_address(text: str | None) -> str:
    """Return an address that messages may go to; what its name leads to is seen when one is sent."""
    place = read_place(text or "")
    number = read_number(place.host)
    if number is not None and not is_public(number):
        raise DomainError("An address inside this network is told nothing.", field="address")
    try:
        Guard().check_port(place)
    except FetchFailed as error:
        raise DomainError("Messages go to the ports 80 and 443, and to those from 1024.", field="address") from error
    return place.address


def add_webhook(
    session: Session, *, actor: Person, name: str | None, address: str | None, topics: Sequence[Topic]
) -> Webhook:
    """Have an address told of what happens from now on; its secret is new."""
    require(actor, Role.ADMIN)
    values = _details(name, address, topics)
    webhook = Webhook(
        **values,
        secret=_new_secret(),
        seen_id=session.get_one(HistoryHead, 1).last_id,
        created_by_id=actor.id,
        revision=1,
    )
    session.add(webhook)
    session.flush()  # the history names the new one's number
    _record(session, actor, Action.CREATED, webhook, first_values(**_plain(values)))
    return webhook


def edit_webhook(
    session: Session,
    *,
    actor: Person,
    webhook_id: int,
    revision: int,
    name: str | None,
    address: str | None,
    topics: Sequence[Topic],
) -> Webhook:
    """Change where and of what is told; another save since ``revision`` raises ``Stale``."""
    require(actor, Role.ADMIN)
    webhook = _load(session, webhook_id)
    if webhook.revision != revision:
        raise Stale(webhook)
    values = _details(name, address, topics)
    before = _plain({field: getattr(webhook, field) for field in values})
    if change(webhook, values):
        webhook.revision += 1
        after = _plain(values)
        told = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
        _record(session, actor, Action.CHANGED, webhook, told)
    return webhook


def renew_secret(session: Session, *, actor: Person, webhook_id: int) -> Webhook:
    """Give it another secret; what is sent from now on is signed with that one."""
    require(actor, Role.ADMIN)
    webhook = _load(session, webhook_id)
    webhook.secret = _new_secret()
    webhook.revision += 1
    _record(session, actor, Action.CHANGED, webhook, {"secret": [None, Action.CHANGED.value]})
    return webhook


def withdraw_webhook(session: Session, *, actor: Person, webhook_id: int) -> Webhook:
    """Tell it nothing more; what is on its way is not sent."""
    require(actor, Role.ADMIN)
    webhook = _load(session, webhook_id)
    webhook.withdrawn_at = now()
    _record(session, actor, Action.WITHDRAWN, webhook, {})
    return webhook


def send_trial(session: Session, *, actor: Person, webhook_id: int) -> Delivery:
    """Have a message sent that tells of nothing, to see whether it arrives."""
    require(actor, Role.ADMIN)
    webhook = _load(session, webhook_id)
    event, content = write_trial(webhook.name)
    delivery = Delivery(webhook=webhook, event=event, content=json.dumps(content, ensure_ascii=False), due_at=now())
    session.add(delivery)
    session.flush()
    return delivery


def send_again(session: Session, *, actor: Person, delivery_id: int) -> Delivery:
    """Have a message that was given up sent again."""
    require(actor, Role.ADMIN)
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True)
    _load(session, delivery.webhook_id)
    if delivery.state is not DeliveryState.FAILED:
        raise DomainError("Only a message that was given up is sent again.")
    delivery.state, delivery.finished_at = DeliveryState.WAITING, None
    delivery.due_at, delivery.attempts = now(), 0
    return delivery


def _load(session: Session, webhook_id: int) -> Webhook:
    webhook = session.get_one(Webhook, webhook_id, with_for_update=True)
    if webhook.withdrawn_at is not None:
        raise DomainError("This webhook is withdrawn.")
    return webhook


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as the history tells them."""
    return {**values, "topics": ", ".join(values["topics"])}


def _record(session: Session, actor: Person, action: Action, webhook: Webhook, changes: dict[str, list[Any]]) -> None:
    record(session, actor=actor, action=action, subject=Subject.WEBHOOK, subject_id=webhook.id, changes=changes)
