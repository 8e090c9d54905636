"""Messages arrive signed, are tried again, and are given up with the reason."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from claims_app.db import now, open_sessions, writing
from claims_app.fetching import Guard, Limits
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from claims_app.webhooks.delivering import (
    LEASE,
    MOST_ATTEMPTS,
    WAITS,
    Message,
    NotArrived,
    deliver,
    finish,
    sign,
    take_message,
)
from claims_app.webhooks.model import Delivery, DeliveryState
from claims_app.webhooks.service import renew_secret, send_again, withdraw_webhook
from claims_app.worker.messenger import Messenger
from tests.factories import Factory
from tests.webhooks.conftest import Receiver


@pytest.fixture
def messenger(engine: Engine, receiver: Receiver) -> Messenger:
    return Messenger(open_sessions(engine), receiver.guard)


def take(session: Session, *, after: timedelta = timedelta()) -> Message | None:
    with writing(session):
        return take_message(session, now=now() + after)


def reload(session: Session, delivery: Delivery) -> Delivery:
    session.rollback()
    session.refresh(delivery)
    return delivery


def test_a_verdict_arrives_signed(make: Factory, session: Session, receiver: Receiver, messenger: Messenger) -> None:
    webhook = make.webhook(address=receiver.address)
    make.verdict(make.claim(), finding=Finding.PARTLY)
    assert messenger.has_work()

    messenger.send_due()

    (request,) = receiver.requests
    assert receiver.messages[0]["type"] == "claim.decided"
    assert request.content_type == "application/json"
    name, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert abs(int(moment) - now().timestamp()) < 60
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{name}.{moment}.".encode() + request.get_data(), hashlib.sha256)
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(signed.digest()).decode()
    assert not messenger.has_work()
    delivery = session.get_one(Delivery, 1)
    assert (delivery.state, delivery.status, delivery.attempts) == (DeliveryState.DELIVERED, 204, 1)


def test_the_signature_is_that_of_the_published_form() -> None:
    """With the values that Standard Webhooks' own libraries are tested with."""
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_does_not_arrive_comes_again_under_the_same_name(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    receiver.answer(500)
    messenger.send_due()
    reload(session, delivery)
    assert (delivery.state, delivery.status, delivery.attempts) == (DeliveryState.WAITING, 500, 1)
    assert delivery.failure == "The receiver answers %(status)s."
    assert timedelta(seconds=50) < delivery.due_at - now() <= WAITS[0]
    assert not messenger.has_work()

    receiver.answer(200)
    delivery.due_at = now()
    session.commit()
    messenger.send_due()
    assert reload(session, delivery).state is DeliveryState.DELIVERED
    assert reload(session, delivery).failure is None
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.get_data() for request in receiver.requests}) == 1


def test_a_receiver_that_asks_for_time_gets_it(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    receiver.answer(429, Retry_After="7200")
    messenger.send_due()
    assert reload(session, delivery).due_at - now() > timedelta(hours=1, minutes=59)


def test_after_the_last_wait_it_is_given_up_and_can_be_sent_again(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    receiver.answer(503)
    for _ in range(MOST_ATTEMPTS):
        assert reload(session, delivery).state is DeliveryState.WAITING
        delivery.due_at = now()
        session.commit()
        messenger.send_due()
    assert reload(session, delivery).state is DeliveryState.FAILED
    assert len(receiver.requests) == MOST_ATTEMPTS

    receiver.answer(200)
    with writing(session):
        send_again(session, actor=make.regular(Role.ADMIN), delivery_id=delivery.id)
    messenger.send_due()
    assert reload(session, delivery).state is DeliveryState.DELIVERED


def test_who_is_gone_for_good_is_not_asked_again(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    receiver.answer(410)
    messenger.send_due()
    assert reload(session, delivery).state is DeliveryState.FAILED


def test_a_redirect_is_not_followed(make: Factory, session: Session, receiver: Receiver, messenger: Messenger) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    receiver.answer(302, Location=receiver.address)
    messenger.send_due()
    assert reload(session, delivery).status == 302
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/hook",
        "http://localhost:8000/hook",
        "http://[::1]:8000/",
        "http://2130706433:8000/",
        "http://10.0.0.7/",
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.example/",
    ],
)
def test_nothing_is_sent_into_the_desks_own_network(address: str) -> None:
    guard = Guard(lambda host, _port: ["10.1.2.3"] if host == "inside.example" else ["127.0.0.1"])
    message = Message(1, address, "whsec_" + base64.b64encode(b"k").decode(), b"{}", 1, now())
    with pytest.raises(NotArrived, match="leads into this network"):
        deliver(message, now=now(), guard=guard)


def test_who_does_not_answer_is_not_waited_for(receiver: Receiver) -> None:
    message = Message(1, receiver.address, "whsec_" + base64.b64encode(b"k").decode(), b"{}", 1, now())
    with pytest.raises(NotArrived, match="did not answer in 0 seconds") as refusal:
        deliver(message, now=now(), guard=receiver.guard, limits=Limits(seconds=0))
    assert refusal.value.is_slow


def test_an_answer_that_does_not_end_is_cut_off(receiver: Receiver) -> None:
    receiver.server.clear_all_handlers()
    receiver.server.expect_request("/hook").respond_with_data("x" * 5000)
    message = Message(1, receiver.address, "whsec_" + base64.b64encode(b"k").decode(), b"{}", 1, now())
    with pytest.raises(NotArrived, match="connection to the receiver fails"):
        deliver(message, now=now(), guard=receiver.guard, limits=Limits(body=100, headers=1000))


def test_who_is_not_there_is_said(make: Factory, session: Session, engine: Engine) -> None:
    delivery = make.delivery()

    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    Messenger(open_sessions(engine), Guard(unknown)).send_due()
    assert reload(session, delivery).failure == "There is no receiver by this name."


def test_what_a_killed_worker_held_is_sent_after_its_lease(make: Factory, session: Session, receiver: Receiver) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    lost = take(session)
    assert lost is not None
    assert take(session) is None
    again = take(session, after=LEASE)
    assert again is not None
    assert again.name == lost.name
    with writing(session):
        assert finish(session, lost, 200, now=now()) is None
        assert finish(session, again, 200, now=now()) is not None
    assert reload(session, delivery).state is DeliveryState.DELIVERED


def test_another_message_of_the_same_number_has_another_name() -> None:
    """As after a backup was restored, whose numbers are given a second time."""
    one, other = (Message(7, "http://hook.example/", "whsec_", content, 1, now()) for content in (b"{1}", b"{2}"))
    assert one.name != other.name


def test_what_ends_every_worker_is_given_up(make: Factory, session: Session) -> None:
    delivery = make.delivery()
    for number in range(MOST_ATTEMPTS):
        assert take(session, after=LEASE * number) is not None
    assert take(session, after=LEASE * MOST_ATTEMPTS) is None
    assert reload(session, delivery).failure == "The program was stopped each time it sent this."


def test_what_waits_for_a_withdrawn_receiver_is_not_sent(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    with writing(session):
        withdraw_webhook(session, actor=make.regular(Role.ADMIN), webhook_id=delivery.webhook_id)
    messenger.send_due()
    assert receiver.requests == []
    assert reload(session, delivery).state is DeliveryState.FAILED


def test_a_new_secret_signs_what_is_sent_from_then_on(make: Factory, session: Session, receiver: Receiver) -> None:
    delivery = make.delivery(make.webhook(address=receiver.address))
    before = delivery.webhook.secret
    with writing(session):
        renew_secret(session, actor=make.regular(Role.ADMIN), webhook_id=delivery.webhook_id)
    taken = take(session)
    assert taken is not None
    assert taken.secret != before


def test_a_fault_of_the_program_is_no_end_to_the_others(
    make: Factory, session: Session, receiver: Receiver, messenger: Messenger
) -> None:
    broken = make.webhook(address=receiver.address)
    broken.secret = "whsec_no base64 at a l l!"
    first, second = make.delivery(broken), make.delivery(make.webhook(address=receiver.address))
    messenger.send_due()
    assert reload(session, first).state is DeliveryState.WAITING
    assert reload(session, second).state is DeliveryState.DELIVERED


def test_who_does_not_answer_keeps_nobody_else_waiting(
    make: Factory,
    session: Session,
    receiver: Receiver,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent, other = make.webhook(address=receiver.address), make.webhook(address=receiver.address)
    first, second, third = make.delivery(silent), make.delivery(silent), make.delivery(other)
    asked: list[int] = []

    def deliver_slowly(message: Message, **_how: object) -> int:
        asked.append(message.id)
        if message.id == third.id:
            return 200
        failure = NotArrived("The receiver did not answer in %(seconds)s seconds.", seconds="15")
        failure.is_slow = True
        raise failure

    monkeypatch.setattr("claims_app.worker.messenger.deliver", deliver_slowly)
    messenger.send_due()
    assert asked == [first.id, third.id]
    assert (reload(session, second).state, second.attempts) == (DeliveryState.WAITING, 0)
    assert second.due_at > now()


def test_one_thread_of_a_program_sends_and_the_others_do_other_work(
    make: Factory, messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.delivery(), make.delivery()
    seen: list[tuple[bool, int]] = []

    def deliver_meanwhile(_message: Message, **_how: object) -> int:
        before = len(seen)
        seen.append((messenger.has_work(), before))
        messenger.send_due()  # as another thread would
        assert len(seen) == before + 1
        return 200

    monkeypatch.setattr("claims_app.worker.messenger.deliver", deliver_meanwhile)
    assert messenger.has_work()
    messenger.send_due()
    assert seen == [(False, 0), (False, 1)]
    assert not messenger.has_work()
