"""Setting up who is told, in the browser."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from claims_app.webhooks.model import Delivery, DeliveryState, Topic, Webhook
from tests.client import StrictClient
from tests.factories import Factory

GOOD = {"name": "The paper's site", "address": "https://paper.example/hook", "verdict": "y"}


@pytest.fixture(autouse=True)
def admin(make: Factory, client: StrictClient) -> None:
    client.sign_in(make.regular(Role.ADMIN))


def test_the_secret_is_shown_once(client: StrictClient, session: Session) -> None:
    answer = client.post("/webhooks/new", data=GOOD)
    assert answer.status_code == 200
    webhook = session.scalars(select(Webhook)).one()
    assert (webhook.topics, webhook.secret in answer.text) == (["verdict"], True)
    assert webhook.secret not in client.get(f"/webhooks/{webhook.id}").text
    assert webhook.secret not in str([entry.changes for entry in session.scalars(select(HistoryEntry))])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "Give it a name that the desk knows it by."),
        ({"name": "\u200f"}, "Give it a name that the desk knows it by."),
        ({"address": "javascript:alert(1)"}, "A web address begins with http:// or https://."),
        ({"address": "http://127.0.0.1/"}, "An address inside this network is told nothing."),
        ({"address": "http://0x7f.1/"}, "An address inside this network is told nothing."),
        ({"address": "https://paper.example:22/"}, "Messages go to the ports 80 and 443"),
        ({"address": "https://user:pass@paper.example/"}, "before the @"),
        ({"verdict": ""}, "Choose at least one thing to be told of."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(
    client: StrictClient, session: Session, wrong: dict[str, str], says: str
) -> None:
    sent = {name: value for name, value in (GOOD | wrong).items() if value}
    answer = client.post("/webhooks/new", data=sent)
    assert answer.status_code == 422
    assert says in answer.text
    assert sent["address"] in answer.text.replace("&#39;", "'")
    assert session.scalars(select(Webhook)).all() == []


def test_it_is_edited_and_a_stale_edit_shows_both(client: StrictClient, make: Factory, session: Session) -> None:
    webhook = make.webhook()
    sent = GOOD | {"revision": "1", "stale": "y"}
    assert client.post(f"/webhooks/{webhook.id}/edit", data=sent).status_code == 303
    assert webhook.topics == ["verdict", "stale"]
    assert client.post(f"/webhooks/{webhook.id}/edit", data=sent | {"name": "Another"}).status_code == 409
    entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert entry.changes == {"topics": ["verdict, stale, sign_off", "verdict, stale"]}
    assert "Verdicts, Changed words" in client.get(f"/webhooks/{webhook.id}").text


def test_a_trial_a_new_secret_and_the_end(client: StrictClient, make: Factory, session: Session) -> None:
    webhook = make.webhook()
    before = webhook.secret
    assert client.post(f"/webhooks/{webhook.id}/trial").status_code == 303
    assert session.scalars(select(Delivery)).one().event == "webhook.trial"
    answer = client.post(f"/webhooks/{webhook.id}/secret")
    assert webhook.secret != before
    assert webhook.secret in answer.text
    assert client.post(f"/webhooks/{webhook.id}/withdraw").status_code == 303
    for name in ("trial", "secret", "withdraw"):
        answer = client.post(f"/webhooks/{webhook.id}/{name}")
        assert answer.status_code == 422
        assert "This webhook is withdrawn." in answer.text


def test_only_what_was_given_up_is_sent_again(client: StrictClient, make: Factory, session: Session) -> None:
    delivery = make.delivery()
    answer = client.post(f"/webhooks/deliveries/{delivery.id}/again")
    assert (answer.status_code, "Only a message that was given up" in answer.text) == (422, True)
    given_up = {"state": DeliveryState.FAILED, "finished_at": delivery.created_at}
    reason = {"failure": "The receiver answers %(status)s.", "failure_values": {"status": "500"}}
    session.execute(update(Delivery).values(**given_up, **reason))
    assert "The receiver answers 500." in client.get(f"/webhooks/{delivery.webhook_id}").text
    assert client.post(f"/webhooks/deliveries/{delivery.id}/again").status_code == 303
    assert delivery.state is DeliveryState.WAITING


def test_a_verdict_wakes_the_workers_and_a_look_does_not(app: Flask, client: StrictClient, make: Factory) -> None:
    woken: list[bool] = []
    app.extensions["wake"] = lambda: woken.append(True)
    claim = make.claim()
    client.get(f"/claims/{claim.id}")
    client.post(f"/claims/{claim.id}/start", data={})
    assert woken == []
    make.webhook(topics=[Topic.VERDICT])
    client.post("/language", data={"language": "en"})
    assert woken == [True]
    app.extensions["wake"] = lambda: None


def test_hostile_names_are_shown_as_they_are(client: StrictClient, make: Factory) -> None:
    name = "<script>alert(1)</script>{{ 7 * 7 }}"
    webhook = make.webhook(name=name)
    make.verdict(make.claim(), finding=Finding.PARTLY)
    for address in ("/webhooks", f"/webhooks/{webhook.id}", f"/webhooks/{webhook.id}/edit"):
        shown = client.get(address).text
        assert "<script>alert" not in shown
        assert re.search("&lt;script&gt;alert", shown)
