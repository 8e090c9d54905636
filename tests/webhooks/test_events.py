"""What of the history is told, to whom, and in which words."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.db import now, writing
from claims_app.people.model import Role
from claims_app.signoff.service import withdraw_sign_off
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict, reopen_claim
from claims_app.webhooks import delivering
from claims_app.webhooks.delivering import note_events
from claims_app.webhooks.model import Delivery, Topic
from claims_app.webhooks.service import withdraw_webhook
from tests.conftest import CountQueries
from tests.factories import Factory

TEXT = "The bridge is 120 metres long. It cost 4 million dollars."


def note(session: Session) -> list[Delivery]:
    """Lay out what there is to tell, and return all that was ever laid out."""
    with writing(session):
        while note_events(session, now=now()):
            pass
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_a_day_at_the_desk_is_told_in_its_order(make: Factory, session: Session) -> None:
    make.webhook()
    article = make.article(text=TEXT, title_en="The bridge")
    claim = make.claim(article, statement_en="The bridge cost 4 million dollars.")
    make.place(claim, "It cost 4 million dollars")
    make.verdict(claim, finding=Finding.PARTLY)
    make.revision(article, TEXT.replace("4 million", "5 million"))
    editor = make.regular(Role.EDITOR)
    confirm_verdict(session, actor=editor, claim_id=claim.id, why="The new sum is in the source.")
    signed = make.sign_off(article, override_why="The paper waits.")
    withdraw_sign_off(session, actor=editor, sign_off_id=signed.id, why="Too early.")
    reopen_claim(session, actor=editor, claim_id=claim.id, why="A new source.")
    session.commit()

    told = [json.loads(one.content) for one in note(session)]

    assert [one["type"] for one in told] == [
        *("claim.decided", "claim.stale", "claim.confirmed"),
        *("article.signed_off", "article.sign_off_withdrawn", "claim.reopened"),
    ]
    decided, signature = told[0]["data"], told[3]["data"]
    assert decided["article"] == {"id": article.id, "title_he": None, "title_en": "The bridge"}
    assert decided["claim"]["statement_en"] == "The bridge cost 4 million dollars."
    assert decided["status"] == {"from": "checking", "to": "partly"}
    assert signature["sign_off"] == {"id": signed.id, "version": 2, "side": "editor", "digest": signed.digest}
    assert "claim" not in signature


def test_a_message_says_nothing_of_reasons_and_evidence(make: Factory, session: Session) -> None:
    make.webhook()
    claim = make.claim()
    make.evidence(claim, summary="A quiet summary")
    make.verdict(claim, finding=Finding.PARTLY, rationale_en="A quiet reason")
    assert "quiet" not in note(session)[0].content


def test_each_is_told_of_what_it_asked_for(make: Factory, session: Session) -> None:
    stale, verdicts = make.webhook(topics=[Topic.STALE]), make.webhook(topics=[Topic.VERDICT])
    make.verdict(make.claim(), finding=Finding.PARTLY)
    assert [(one.webhook_id, one.event) for one in note(session)] == [(verdicts.id, "claim.decided")]
    assert stale.seen_id == verdicts.seen_id


def test_what_happened_before_is_not_told(make: Factory, session: Session) -> None:
    make.verdict(make.claim(), finding=Finding.PARTLY)
    make.webhook()
    assert note(session) == []


def test_nothing_is_told_twice(make: Factory, session: Session) -> None:
    make.webhook()
    make.verdict(make.claim(), finding=Finding.PARTLY)
    note(session)
    assert len(note(session)) == 1


def test_who_was_withdrawn_is_told_nothing(make: Factory, session: Session) -> None:
    webhook = make.webhook()
    withdraw_webhook(session, actor=make.regular(Role.ADMIN), webhook_id=webhook.id)
    make.verdict(make.claim(), finding=Finding.PARTLY)
    assert note(session) == []


def test_a_long_stretch_is_read_in_parts(
    make: Factory, session: Session, monkeypatch: pytest.MonkeyPatch, count_queries: CountQueries
) -> None:
    monkeypatch.setattr(delivering, "_BATCH", 3)
    make.webhook()
    for _ in range(4):
        make.verdict(make.claim(), finding=Finding.PARTLY)
    assert [one.event for one in note(session)] == ["claim.decided"] * 4
    with count_queries() as queries, writing(session):
        note_events(session, now=now())
    assert queries.number <= 2
