"""Publishing, withdrawing and correcting: whose it is, what it needs, and what the page shows in every state."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.queries import present_words
from claims_app.articles.model import SecondCheck
from claims_app.claims.claimants import edit_claimant
from claims_app.claims.model import ClaimantKind
from claims_app.claims.withdrawing import restore_claim, withdraw_article, withdraw_claim
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import Action, HistoryEntry
from claims_app.people.model import Role
from claims_app.publishing.facts import CheckFacts, State
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.model import ClaimReview
from claims_app.publishing.queries import list_mapped, list_shown, state_of
from claims_app.publishing.service import correct_check, publish_checks, withdraw_check, withdraw_checks
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict, propose_verdict, reopen_claim
from tests.factories import Factory

Facts = Callable[[ClaimReview], CheckFacts]


def publish(session: Session, make: Factory, review: ClaimReview, imprint: Imprint) -> list[ClaimReview]:
    found = publish_checks(
        session,
        actor=make.regular(Role.EDITOR),
        article_id=review.claim.article_id,
        claim_ids=[review.claim_id],
        imprint=imprint,
    )
    session.commit()
    return found


def test_a_check_is_published(session: Session, make: Factory, imprint: Imprint, facts: Facts) -> None:
    review = make.check()
    assert state_of(facts(review), imprint) is State.SHOWN
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == Action.PUBLISHED)).all()
    assert [(entry.subject, entry.changes) for entry in entries] == [
        ("claim_review", {"finding": [None, "verified"]}),
        ("article", {"claims": [None, "1"]}),
    ]
    assert publish(session, make, review, imprint) == []  # it is there already, and nothing is recorded of it
    assert len(session.scalars(select(HistoryEntry).where(HistoryEntry.action == Action.PUBLISHED)).all()) == 2


@pytest.mark.parametrize("role", [Role.READER, Role.CHECKER])
def test_only_an_editor_publishes(session: Session, make: Factory, imprint: Imprint, role: Role) -> None:
    review, actor = make.check(), make.person(role=role)
    with pytest.raises(NotAllowed):
        publish_checks(
            session, actor=actor, article_id=review.claim.article_id, claim_ids=[review.claim_id], imprint=imprint
        )
    with pytest.raises(NotAllowed):
        withdraw_check(session, actor=actor, review_id=review.id, why="No.")
    with pytest.raises(NotAllowed):
        withdraw_checks(session, actor=actor, article_id=review.claim.article_id, why="No.")
    with pytest.raises(NotAllowed):
        correct_check(session, actor=actor, review_id=review.id, text_en="No.")


def test_nothing_is_published_that_nobody_signed_off(session: Session, make: Factory, imprint: Imprint) -> None:
    claim = make.attributed()
    editor = make.regular(Role.EDITOR)
    known: dict[str, Any] = {
        "actor": editor,
        "article_id": claim.article_id,
        "claim_ids": [claim.id],
        "imprint": imprint,
    }
    with pytest.raises(DomainError, match="before the article is signed off"):
        publish_checks(session, **known)
    make.sign_off(claim.article, override_why="The paper waits.")
    make.claim(claim.article)  # the sign-off does not hold any more
    with pytest.raises(DomainError, match="before the article is signed off"):
        publish_checks(session, **known)


def test_all_or_nothing(session: Session, make: Factory, imprint: Imprint) -> None:
    article = make.article()
    fit, unfit = make.attributed(article), make.attributed(article, claimant="A rumour", kind=ClaimantKind.UNNAMED)
    other = make.attributed()
    make.sign_off(article, override_why="The paper waits.")
    known: dict[str, Any] = {"actor": make.regular(Role.EDITOR), "article_id": article.id, "imprint": imprint}
    with pytest.raises(DomainError, match=r"These claims cannot be published: 2\. Nothing was\."):
        publish_checks(session, claim_ids=[fit.id, unfit.id], **known)
    with pytest.raises(DomainError, match="not here any more"):
        publish_checks(session, claim_ids=[fit.id, other.id], **known)
    with pytest.raises(DomainError, match="not here any more"):
        publish_checks(session, claim_ids=[fit.id, 9999], **known)
    with pytest.raises(DomainError, match="Select at least one"):
        publish_checks(session, claim_ids=[], **known)
    with pytest.raises(DomainError, match="Select at most"):
        publish_checks(session, claim_ids=range(101), **known)
    assert session.scalars(select(ClaimReview)).all() == []


def test_a_withdrawn_article_is_not_published(session: Session, make: Factory, imprint: Imprint, facts: Facts) -> None:
    review = make.check()
    editor, article_id = make.regular(Role.EDITOR), review.claim.article_id
    withdraw_article(session, actor=editor, article_id=article_id, why="Not ours.")
    session.commit()
    assert state_of(facts(review), imprint) is State.WITHDRAWN
    with pytest.raises(DomainError, match="withdrawn"):
        publish_checks(session, actor=editor, article_id=article_id, claim_ids=[review.claim_id], imprint=imprint)


def test_a_reopened_claim_shows_no_verdict_until_an_editor_publishes_the_new_one(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    review = make.check()
    editor, claim = make.regular(Role.EDITOR), review.claim
    reopen_claim(session, actor=editor, claim_id=claim.id, why="A new plan.")
    session.commit()
    assert state_of(facts(review), imprint) is State.REDONE
    propose_verdict(
        session,
        actor=make.regular(Role.CHECKER),
        claim_id=claim.id,
        revision=claim.revision,
        finding=Finding.PARTLY,
        rationale_en="It is shorter.",
    )
    session.commit()
    assert state_of(facts(review), imprint) is State.REDONE
    assert list(list_mapped(session, imprint, 1)) == []
    make.sign_off(claim.article, override_why="The paper waits.")
    with pytest.raises(DomainError, match="cannot be published"):  # readers have not been told
        publish(session, make, review, imprint)
    correct_check(session, actor=editor, review_id=review.id, text_en="We said that it is right. It is in part.")
    session.commit()
    assert state_of(facts(review), imprint) is State.REDONE
    publish(session, make, review, imprint)
    found = facts(review)
    assert state_of(found, imprint) is State.SHOWN
    assert found.page.modified_at > found.page.published_at
    assert found.page.corrections[0].text_en == "We said that it is right. It is in part."


def test_a_stale_verdict_is_not_shown_and_a_confirmed_one_is(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    article = make.article(text="The bridge is 120 metres long, says the minister.")
    claim = make.attributed(article, finding=None)
    make.place(claim, "The bridge is 120 metres long")
    make.verdict(claim)
    review = make.check(claim)
    make.revision(article, "The bridge is 130 metres long, says the minister.")
    assert state_of(facts(review), imprint) is State.REDONE
    assert present_words(session, claim)
    confirm_verdict(session, actor=make.person(), claim_id=claim.id, why="The source has both.")
    session.commit()
    assert state_of(facts(review), imprint) is State.SHOWN
    make.revision(article, "It is long, says the minister.")
    assert state_of(facts(review), imprint) is not State.SHOWN


def test_a_policy_that_asks_for_more_hides_what_has_less(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    review = make.check()
    review.claim.article.second_check = SecondCheck.ALL
    session.commit()
    assert state_of(facts(review), imprint) is State.REDONE


def test_a_claimant_that_turns_out_to_be_the_author_hides_the_verdict(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    review = make.check()
    claimant = review.claim.claimant
    assert claimant is not None
    known: dict[str, Any] = {
        "claimant_id": claimant.id,
        "revision": claimant.revision,
        "name": claimant.name,
        "same_as": None,
    }
    edit_claimant(session, actor=make.regular(Role.EDITOR), kind=ClaimantKind.OWN, **known)
    session.commit()
    assert state_of(facts(review), imprint) is State.REDONE
    assert list_shown(session, imprint, language="en").checks == []


def test_a_withdrawn_claim_takes_its_page_along_and_brings_it_back(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    review = make.check()
    editor = make.regular(Role.EDITOR)
    withdraw_claim(session, actor=editor, claim_id=review.claim_id, why="Twice.")
    session.commit()
    assert state_of(facts(review), imprint) is State.WITHDRAWN
    restore_claim(session, actor=editor, claim_id=review.claim_id)
    session.commit()
    assert state_of(facts(review), imprint) is State.SHOWN


def test_checks_are_withdrawn_with_the_reason_and_come_back_under_their_address(
    session: Session, make: Factory, imprint: Imprint, facts: Facts
) -> None:
    review = make.check()
    editor, article_id = make.regular(Role.EDITOR), review.claim.article_id
    with pytest.raises(DomainError, match="reason"):
        withdraw_checks(session, actor=editor, article_id=article_id, why=" ")
    assert withdraw_checks(session, actor=editor, article_id=article_id, why="The lawyer asks.") == 1
    session.commit()
    assert state_of(facts(review), imprint) is State.WITHDRAWN
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == Action.UNPUBLISHED)).all()
    assert [(entry.subject, entry.why) for entry in entries] == [
        ("claim_review", "The lawyer asks."),
        ("article", "The lawyer asks."),
    ]
    with pytest.raises(DomainError, match="No check of this article is public"):
        withdraw_checks(session, actor=editor, article_id=article_id, why="Again.")
    with pytest.raises(DomainError, match="shows nothing"):
        correct_check(session, actor=editor, review_id=review.id, text_en="Late.")
    number = review.id
    assert [one.id for one in publish(session, make, review, imprint)] == [number]
    assert state_of(facts(review), imprint) is State.SHOWN
    withdraw_check(session, actor=editor, review_id=review.id, why="Once more.")
    with pytest.raises(DomainError, match="withdrawn already"):
        withdraw_check(session, actor=editor, review_id=review.id, why="Once more.")


def test_a_correction_needs_words(session: Session, make: Factory, facts: Facts) -> None:
    review = make.check()
    editor = make.regular(Role.EDITOR)
    with pytest.raises(DomainError, match="Write what was corrected"):
        correct_check(session, actor=editor, review_id=review.id, text_he=" ", text_en="\u200f")
    correct_check(session, actor=editor, review_id=review.id, text_he="תוקן.")
    session.commit()
    found = facts(review)
    assert [one.text_he for one in found.page.corrections] == ["תוקן."]
    assert found.page.modified_at == found.page.corrections[0].corrected_at


def test_lists_go_on_page_by_page(
    session: Session, make: Factory, imprint: Imprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make.article()
    claims = [make.attributed(article) for _ in range(3)]
    make.sign_off(article, override_why="The paper waits.")
    for claim in claims:
        make.check(claim)
    monkeypatch.setattr("claims_app.publishing.queries.PAGE", 2)
    first = list_shown(session, imprint, language="en")
    assert [check.claim.number for check in first.checks] == [3, 2]
    assert first.after
    second = list_shown(session, imprint, language="en", article_id=article.id, after=first.after)
    assert ([check.claim.number for check in second.checks], second.after) == ([1], None)
    for nonsense in ("x", "1", "9" * 17 + "-1", "-", "٣-٣"):
        assert list_shown(session, imprint, language="en", after=nonsense).checks != []
