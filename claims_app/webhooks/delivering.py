"""Messages on their way: noted from the history, taken under a lease, signed, sent, and tried again.

The history is the one record of what happened, so it is also where messages come from: each receiver has the number of
the last entry that was looked at for it, and moving that on and laying out the messages are one transaction. Nothing
is told twice, and nothing is lost when a worker is killed; at most a message arrives again, under the same name.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import httpcore2
from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, text, update
from sqlalchemy.orm import Session, joinedload

from claims_app.errors import DomainError
from claims_app.fetching import Fault, FetchFailed, Guard, Limits
from claims_app.fetching.faults import read_retry_after
from claims_app.fetching.guard import read_place
from claims_app.fetching.sending import send
from claims_app.fetching.wire import Unsafe
from claims_app.history.model import HistoryEntry, HistoryHead
from claims_app.webhooks.events import EVENTS, event_of, write_events
from claims_app.webhooks.model import Delivery, DeliveryState, Webhook

#: How long a message that did not arrive waits to be sent again; after the last wait it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
MOST_ATTEMPTS = len(WAITS) + 1
#: Longer than a receiver is waited for.
LEASE = timedelta(minutes=2)
LIMITS = Limits(seconds=15, body=64 * 1024)
_BATCH = 500
#: As the index of what is on its way says it.
_IS_OPEN = text("webhook_delivery.state IN ('waiting', 'running')")


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody holds and is about to send."""

    id: int
    address: str
    secret: str
    content: bytes
    attempt: int
    until: datetime

    @property
    def name(self) -> str:
        """The name by which a receiver knows a message that arrives again.

        A desk that came back from a backup counts from an earlier number: what is told is part of the name.
        """
        return f"msg_{self.id}_{hashlib.sha256(self.content).hexdigest()[:16]}"


class NotArrived(DomainError):
    """A receiver did not take a message: what it answered, if it did, and what that means for the next attempt."""

    status: int | None = None
    #: Seconds after which it wants to be asked again.
    retry_after: float | None = None
    #: It was waited for in vain.
    is_slow = False

    @property
    def is_final(self) -> bool:
        """Whether the receiver says that it is gone for good."""
        return self.status == HTTPStatus.GONE


def note_events(session: Session, *, now: datetime) -> bool:
    """Lay out what is to be told of a stretch of the history; return whether there may be more."""
    head = session.get_one(HistoryHead, 1).last_id
    wanted = select(Webhook).where(Webhook.withdrawn_at.is_(None), Webhook.seen_id < head)
    # Another worker may have moved them on since this session read them.
    behind = session.scalars(wanted.execution_options(populate_existing=True)).all()
    for webhook in behind:
        entries = session.scalars(
            select(HistoryEntry).where(HistoryEntry.id > webhook.seen_id).order_by(HistoryEntry.id).limit(_BATCH)
        ).all()
        found = ((entry, event_of(entry)) for entry in entries)
        told = [(entry, event) for entry, event in found if event and EVENTS[event] in webhook.topics]
        written = write_events(session, told)
        for entry, event in told:
            content = json.dumps(written[entry.id], ensure_ascii=False)
            session.add(Delivery(webhook=webhook, entry_id=entry.id, event=event, content=content, due_at=now))
        webhook.seen_id = entries[-1].id if entries else head
    session.flush()
    return any(webhook.seen_id < head for webhook in behind)


def is_anything_due(session: Session, now: datetime) -> bool:
    """Whether there is something to lay out or to send."""
    head = select(HistoryHead.last_id).scalar_subquery()
    is_behind = exists().where(Webhook.withdrawn_at.is_(None), Webhook.seen_id < head)
    is_due = exists().where(_IS_OPEN, _due(now))
    return session.scalar(select(literal(1)).where(or_(is_behind, is_due))) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now),
        and_(Delivery.state == DeliveryState.RUNNING, Delivery.lease_until <= now),
    )


def take_message(session: Session, *, now: datetime) -> Message | None:
    """Take the first message that is due, in the caller's write transaction; None where none is.

    What was for a receiver that is told nothing any more is given up on the way.
    """
    first = (
        select(Delivery)
        .options(joinedload(Delivery.webhook))
        .where(_IS_OPEN, _due(now))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    while (delivery := session.scalar(first)) is not None:
        if delivery.webhook.withdrawn_at is not None:
            _give_up(delivery, NotArrived("The webhook was withdrawn before this was sent."), now)
        elif delivery.attempts >= MOST_ATTEMPTS:
            _give_up(delivery, NotArrived("The program was stopped each time it sent this."), now)
        else:
            delivery.state, delivery.lease_until = DeliveryState.RUNNING, now + LEASE
            delivery.attempts += 1
            session.flush()
            webhook = delivery.webhook
            return Message(
                delivery.id,
                webhook.address,
                webhook.secret,
                delivery.content.encode(),
                delivery.attempts,
                now + LEASE,
            )
        session.flush()
    return None


def sign(secret: str, name: str, moment: int, content: bytes) -> str:
    """Return the signature of a message that is sent at a moment, in seconds: "v1" of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{name}.{moment}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def deliver(message: Message, *, now: datetime, guard: Guard, limits: Limits = LIMITS) -> int:
    """Send a message and return the status of the answer, from 200 to 299; all else raises ``NotArrived``."""
    moment = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.name,
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(message.secret, message.name, moment, message.content),
    }
    with _worded(limits):
        reply = send(
            "POST", read_place(message.address), headers=headers, body=message.content, guard=guard, limits=limits
        )
    if not 200 <= reply.status < 300:
        failure = NotArrived("The receiver answers %(status)s.", status=reply.status)
        failure.status = reply.status
        failure.retry_after = read_retry_after(reply.headers.get("retry-after", ""))
        raise failure
    return reply.status


@contextmanager
def _worded(limits: Limits) -> Iterator[None]:
    try:
        yield
    except FetchFailed as error:
        if error.fault is Fault.CLOSED:
            raise NotArrived(
                "The address leads into this network, or is none; the desk sends nothing there."
            ) from error
        raise NotArrived("There is no receiver by this name.") from error
    except httpcore2.TimeoutException as error:
        failure = NotArrived("The receiver did not answer in %(seconds)s seconds.", seconds=f"{limits.seconds:g}")
        failure.is_slow = True
        raise failure from error
    except Unsafe as error:
        raise NotArrived("No safe connection to the receiver can be made.") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise NotArrived("The connection to the receiver fails.") from error


def finish(session: Session, message: Message, outcome: int | NotArrived, *, now: datetime) -> Delivery | None:
    """Record what came of sending; None where somebody else holds or has finished it by now."""
    delivery = session.scalar(
        select(Delivery)
        .where(
            Delivery.id == message.id,
            Delivery.state == DeliveryState.RUNNING,
            Delivery.attempts == message.attempt,
            Delivery.lease_until == message.until,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if delivery is None:
        return None
    if isinstance(outcome, int):
        delivery.status, delivery.failure, delivery.failure_values = outcome, None, {}
        delivery.state, delivery.lease_until, delivery.finished_at = DeliveryState.DELIVERED, None, now
    elif outcome.is_final or message.attempt >= MOST_ATTEMPTS:
        _give_up(delivery, outcome, now)
    else:
        _note(delivery, outcome)
        delivery.state, delivery.lease_until = DeliveryState.WAITING, None
        asked_for = timedelta(seconds=outcome.retry_after or 0)
        delivery.due_at = now + max(WAITS[message.attempt - 1], asked_for)
    if isinstance(outcome, NotArrived) and outcome.is_slow:
        _put_off(session, delivery, now + WAITS[0])
    return delivery


def _put_off(session: Session, delivery: Delivery, until: datetime) -> None:
    """Let what else is for the same receiver wait: all that is for others would wait for each of these."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.webhook_id == delivery.webhook_id,
            Delivery.id != delivery.id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.due_at < until,
        )
        .values(due_at=until)
    )


def _give_up(delivery: Delivery, why: NotArrived, now: datetime) -> None:
    _note(delivery, why)
    delivery.state, delivery.lease_until, delivery.finished_at = DeliveryState.FAILED, None, now


def _note(delivery: Delivery, why: NotArrived) -> None:
    delivery.status, delivery.failure = why.status, why.message
    delivery.failure_values = {name: str(value) for name, value in why.values.items()}
