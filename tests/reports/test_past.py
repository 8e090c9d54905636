"""The desk as it stood: after every kind of step, later, the same report and the same content of a sign-off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import remove_place
from claims_app.articles.model import Article, SecondCheck
from claims_app.articles.queries import find_version
from claims_app.articles.service import edit_article
from claims_app.claims.claimants import edit_claimant
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Claim, Claimant, Kind, Priority
from claims_app.claims.service import assign_claims, edit_claim, prioritise_claims, put_back
from claims_app.claims.withdrawing import restore_article, restore_claim, withdraw_article, withdraw_claim
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query, restore_comment, withdraw_comment
from claims_app.coverage.service import reopen_passage
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.evidence import service as evidence_service
from claims_app.evidence.model import Rank, Stance
from claims_app.history.model import Action, Subject
from claims_app.history.service import record
from claims_app.looks.model import LookReason
from claims_app.looks.service import raise_look, settle_look
from claims_app.people.model import Person, Role
from claims_app.people.service import edit_person
from claims_app.reports.as_json import write_json
from claims_app.reports.past import find_cut, open_past
from claims_app.reports.queries import gather_report
from claims_app.signoff.model import SignOff
from claims_app.signoff.queries import digest_of, gather_content
from claims_app.signoff.service import withdraw_sign_off
from claims_app.sources.contacts import withdraw_contact
from claims_app.sources.model import SourceKind
from claims_app.sources.publishers import edit_publisher, merge_publishers
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import approve_verdict, confirm_verdict, reopen_claim, return_verdict
from tests.factories import Factory
from tests.reports.conftest import FIRST, SECOND

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
MADE_AT = datetime(2027, 1, 1, tzinfo=UTC)


def facts(session: Session, article_id: int) -> tuple[bytes, str]:
    """Return all that a report tells, and what a sign-off would cover."""
    report = gather_report(session, article_id, made_by="Noa Barak", language="en", made_at=MADE_AT)
    article = session.get_one(Article, article_id)
    return write_json(report), gather_content(session, article, find_version(session, article_id))


@dataclass
class Walk:
    """An article that is worked on step by step, and what was seen after each."""

    session: Session
    make: Factory
    clock: Any
    article: Article
    seen: list[tuple[str, datetime, tuple[bytes, str]]]

    def step(self, name: str, act: Callable[[], Any]) -> Any:
        self.clock.shift(timedelta(minutes=7))
        found = act()
        self.session.commit()
        self.session.expire_all()
        self.seen.append((name, now(), facts(self.session, self.article.id)))
        return found


@pytest.fixture
def walk(session: Session, make: Factory) -> Iterator[Walk]:
    with time_machine.travel(START, tick=False) as clock:
        make.regular(Role.CHECKER), make.regular(Role.EDITOR)
        clock.shift(timedelta(minutes=1))
        article = make.article(title_he="הגשר", title_en="The bridge", text=FIRST, asks_legal=False)
        walk = Walk(session, make, clock, article, [])
        walk.step("nothing", lambda: None)
        yield walk


def details(claim: Claim, **changed: Any) -> dict[str, Any]:
    """Return what the form of a claim sends."""
    names = ("statement_he", "statement_en", "kind", "section", "paragraph", "is_attributed", "citation_id")
    return {name: getattr(claim, name) for name in (*names, "cited_basis", "priority", "revision")} | {
        "claimant": claim.claimant.name if claim.claimant else None,
        **changed,
    }


def rename(walk: Walk, claimant: Claimant, name: str) -> Claimant:
    return edit_claimant(
        walk.session,
        actor=walk.make.regular(Role.EDITOR),
        claimant_id=claimant.id,
        revision=claimant.revision,
        name=name,
        kind=None,
        same_as=None,
    )


def take_claimant_off(walk: Walk, claim: Claim) -> Claimant:
    """Leave a claim without its claimant, which no claim of the article names any more; return that."""
    claimant = claim.claimant
    assert claimant is not None
    actor = walk.make.regular(Role.EDITOR)
    reopen_claim(walk.session, actor=actor, claim_id=claim.id, why="Who says so?")
    edit_claim(walk.session, actor=actor, claim_id=claim.id, figure=None, **details(claim, claimant=None))
    return claimant


def walk_through(walk: Walk) -> None:
    make, session, article, step = walk.make, walk.session, walk.article, walk.step
    checker, editor = make.regular(Role.CHECKER), make.regular(Role.EDITOR)
    other = make.person(role=Role.EDITOR, name="Noa Barak")
    make.publisher("Daily")
    old_publisher = make.publisher("Daily Ltd")
    source = make.source(title="Atlas", publisher="Daily Ltd")
    agency = make.source(title="Agency")
    cited = step("cite", lambda: make.citation(article))
    first = step(
        "claim",
        lambda: make.claim(article, claimant="The ministry", figure=FigureValue(40, 40, "percent", True, "2022")),
    )
    second = step("claim without a paragraph", lambda: make.claim(article, priority=Priority.HIGH))
    third = step("third", lambda: make.claim(article, section="End", paragraph=3))
    step("place", lambda: make.place(first, "אורך הגשר 120 מטרים"))
    step("place second", lambda: make.place(second, "והוא נחנך ב-2021 בטקס בחיפה"))
    step("place third", lambda: make.place(third, 'השר כהן אמר: "הגשר יחסוך שעה בכל יום"'))
    proof = step("evidence", lambda: make.evidence(first, source=source, figure=FigureValue(41, 41.5, "percent")))
    step(
        "edit evidence",
        lambda: evidence_service.edit_evidence(
            session,
            actor=checker,
            evidence_id=proof.id,
            revision=1,
            stance=Stance.REFUTES,
            rank=Rank.SECONDARY,
            summary="Another length.",
            passage="41",
            locator="p. 2",
            looked_on=None,
            figure=None,
        ),
    )
    more = step("more evidence", lambda: make.evidence(first, rank=Rank.SECONDARY, source=agency))
    step(
        "withdraw evidence",
        lambda: evidence_service.withdraw_evidence(session, actor=checker, evidence_id=more.id, why="Wrong bridge."),
    )
    step("restore evidence", lambda: evidence_service.restore_evidence(session, actor=checker, evidence_id=more.id))
    step(
        "edit claim",
        lambda: edit_claim(
            session,
            actor=checker,
            claim_id=first.id,
            figure=FigureValue(4, 8, "hours", False, None),
            **details(
                first,
                statement_en="The bridge (about 5) is long.",
                claimant=None,
                paragraph=4,
                citation_id=cited.id,
                cited_basis=CitedBasis.READ,
                kind=Kind.FIGURE,
            ),
        ),
    )
    step("assign", lambda: assign_claims(session, actor=checker, claim_ids=[first.id, second.id], assignee_id=other.id))
    step("priority", lambda: prioritise_claims(session, actor=editor, claim_ids=[third.id], priority=Priority.LOW))
    step("decide", lambda: make.verdict(first, finding=Finding.DISPUTED))
    step(
        "policy",
        lambda: edit_article(
            session,
            actor=editor,
            article_id=article.id,
            revision=article.revision,
            title_he="הגשר הישן",
            title_en=None,
            outlet="יומון",
            byline=None,
            language="he",
            address=None,
            published_on="2026-02",
            deadline_at=None,
            second_check=SecondCheck.HIGH,
            notes="A note.",
        ),
    )
    step("propose", lambda: make.verdict(second, actor=checker))
    step("send back", lambda: return_verdict(session, actor=other, claim_id=second.id, why="Look again."))
    step("propose again", lambda: make.verdict(second, actor=checker, finding=Finding.PARTLY))
    step("approve", lambda: approve_verdict(session, actor=other, claim_id=second.id))
    step("decide third", lambda: make.verdict(third))
    query = step("ask", lambda: make.comment(third, kind=CommentKind.QUERY, text="Which page?"))
    step("answer", lambda: answer_query(session, actor=checker, comment_id=query.id, answer="Page 3."))
    step("withdraw query", lambda: withdraw_comment(session, actor=checker, comment_id=query.id, why="A mistake."))
    step("restore query", lambda: restore_comment(session, actor=checker, comment_id=query.id))
    step("waive", lambda: make.waiver(article, "נעצרו 12 מפגינים"))
    passage = make.passage(article, "נעצרו 12 מפגינים")
    step("reopen passage", lambda: reopen_passage(session, actor=checker, passage_id=passage.id))
    step("waive again", lambda: make.waiver(article, "נעצרו 12 מפגינים", why="Known."))
    signed = step("sign", lambda: make.sign_off(article, override_why="It is late."))
    step("revise", lambda: make.revision(article, SECOND))
    step("confirm", lambda: confirm_verdict(session, actor=other, claim_id=first.id, why="It is 110."))
    lost = step("place the lost", lambda: make.place(third, "היו גם מתנגדים"))
    step("remove a place", lambda: remove_place(session, actor=checker, anchor_id=lost.id))
    step("reopen", lambda: reopen_claim(session, actor=checker, claim_id=first.id, why="New figures."))
    step("put back", lambda: put_back(session, actor=checker, claim_id=first.id, why="Nobody has time."))
    fourth = step("fourth", lambda: make.claim(article, claimant="The ministry"))
    step("decide fourth", lambda: make.verdict(fourth))
    step("place the decided", lambda: make.place(fourth, "9,000 cars a day"))
    step(
        "move in the order",
        lambda: edit_claim(session, actor=checker, claim_id=fourth.id, figure=None, **details(fourth, paragraph=1)),
    )
    step(
        "edit the source",
        lambda: evidence_service.edit_source(
            session,
            actor=checker,
            source_id=agency.id,
            revision=agency.revision,
            kind=SourceKind.PAGE,
            title="The agency",
            address=agency.address,
            publisher="Daily",
            published_on="2025",
            notes=None,
        ),
    )
    step(
        "rename a publisher",
        lambda: edit_publisher(
            session,
            actor=checker,
            publisher_id=old_publisher.id,
            revision=old_publisher.revision,
            name="Daily Press",
            domain=None,
            group_name="House",
            notes=None,
        ),
    )
    step(
        "merge publishers", lambda: merge_publishers(session, actor=editor, publisher_id=old_publisher.id, into="Daily")
    )
    step(
        "rename a person",
        lambda: edit_person(
            session,
            actor=make.regular(Role.ADMIN),
            person_id=other.id,
            revision=other.revision,
            email=other.email,
            name="Noa Levi",
            role=Role.EDITOR,
        ),
    )
    ministry = session.scalars(select(Claimant).where(Claimant.name == "The ministry")).one()
    step("rename a claimant", lambda: rename(walk, ministry, "The ministry of transport"))
    step("give its name away", lambda: make.claim(article, claimant="The ministry"))
    unnamed = step("take a claimant off", lambda: take_claimant_off(walk, fourth))
    step("rename it again", lambda: rename(walk, unnamed, "The cabinet"))
    step("second sign-off", lambda: make.sign_off(article, override_why="Now."))
    look = step(
        "raise a look", lambda: raise_look(session, claim=session.get_one(Claim, second.id), reason=LookReason.RECHECK)
    )
    step("settle it", lambda: settle_look(session, actor=checker, look_id=look.id, why="As it was."))
    step("withdraw a claim", lambda: withdraw_claim(session, actor=editor, claim_id=third.id, why="Not said."))
    step(
        "withdraw the article",
        lambda: withdraw_article(session, actor=editor, article_id=article.id, why="Not printed."),
    )
    step("restore the article", lambda: restore_article(session, actor=editor, article_id=article.id))
    step("restore the claim", lambda: restore_claim(session, actor=editor, claim_id=third.id))
    step(
        "withdraw the sign-off",
        lambda: withdraw_sign_off(session, actor=editor, sign_off_id=signed.id, why="Too early."),
    )
    person = make.source(kind=SourceKind.PERSON, address=None)
    make.contact(person)
    asked = make.contact(person, question="And now?")
    step("ask a person", lambda: make.evidence(fourth, source=person) if fourth.verdict_id is None else None)
    step(
        "withdraw a contact",
        lambda: withdraw_contact(session, actor=checker, contact_id=asked.id, why="Another person."),
    )


def test_a_report_as_of_each_moment_tells_what_it_told_then(walk: Walk, session: Session) -> None:
    walk_through(walk)
    assert len(walk.seen) > 50
    for name, moment, (told, content) in walk.seen:
        with open_past(session, walk.article.id, find_cut(session, moment)) as past:
            then, signed = facts(past.session, walk.article.id)
            assert then.decode() == told.decode(), name
            assert signed == content, name
            assert past.gaps == [], name
    sign_offs = session.scalars(select(SignOff)).all()
    assert len(sign_offs) == 2
    for one in sign_offs:
        with open_past(session, one.article_id, one.history_id, signed=one) as past:
            article = past.session.get_one(Article, one.article_id)
            content = gather_content(past.session, article, find_version(past.session, article.id))
            assert digest_of(content) == one.digest
            assert past.gaps == []


def test_what_cannot_be_known_is_said(walk: Walk, session: Session) -> None:
    """An older desk told of a claim's paragraph only, and signed what the history cannot give back."""
    make, article = walk.make, walk.article
    claim = walk.step("claim", lambda: make.claim(article, paragraph=1))
    signed = walk.step("sign", lambda: make.sign_off(article, override_why="Late."))
    moment = now()
    walk.step(
        "edit",
        lambda: edit_claim(
            session, actor=make.regular(Role.CHECKER), claim_id=claim.id, figure=None, **details(claim, paragraph=3)
        ),
    )
    walk.clock.shift(timedelta(minutes=1))
    change = {"paragraph": [1, 3]}
    record(
        session,
        actor=None,
        action=Action.CHANGED,
        subject=Subject.CLAIM,
        subject_id=claim.id,
        claim_id=claim.id,
        article_id=article.id,
        changes=change,
    )
    session.flush()
    signed.content, signed.digest = "{}", digest_of("{}")
    session.commit()
    with open_past(session, article.id, find_cut(session, moment), signed=signed) as past:
        told = [message % values for message, values in past.gaps]
    assert told == [
        "Where in the order these claims stood is not known: 1.",
        "What was signed cannot be put together again in every detail.",
    ]
    with pytest.raises(DomainError, match="not at the desk yet"), open_past(session, article.id, 0):
        pass


def test_the_past_cannot_be_written_to_the_desk(walk: Walk, session: Session) -> None:
    with open_past(session, walk.article.id, find_cut(session, now())) as past:
        past.session.get_one(Article, walk.article.id).title_en = "Another bridge"
        past.session.commit()
        assert all(person.password_hash is None for person in past.session.scalars(select(Person)))
    session.expire_all()
    assert session.get_one(Article, walk.article.id).title_en == "The bridge"
