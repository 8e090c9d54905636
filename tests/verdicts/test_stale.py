"""A verdict whose words changed: what it stops, and who may let it stand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.queries import words_mark
from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.model import Claim, Status
from claims_app.errors import DomainError, NotAllowed, Stale
from claims_app.evidence.queries import list_evidence
from claims_app.people.model import Role
from claims_app.verdicts.model import Confirmation, Finding
from claims_app.verdicts.service import approve_verdict, confirm_verdict, propose_verdict, reopen_claim, seen_mark
from tests.client import StrictClient
from tests.factories import Factory

TEXT = "The harbour moved 1.58 million tonnes. Trade rose."
NEW = TEXT.replace("1.58", "1.73")
WORDS = "The harbour moved 1.58 million tonnes"


def stale_claim(make: Factory, *, second_check: SecondCheck = SecondCheck.OFF) -> Claim:
    article: Article = make.article(text=TEXT, language="en", second_check=second_check)
    claim = make.claim(article, statement_en=WORDS)
    make.place(claim, WORDS)
    make.verdict(claim)
    make.revision(article, NEW)
    assert claim.is_stale
    return claim


def test_a_stale_verdict_keeps_its_status_and_says_so(make: Factory) -> None:
    assert stale_claim(make).status is Status.VERIFIED


def test_confirming_lets_it_stand_for_the_new_words(session: Session, make: Factory) -> None:
    claim, person = stale_claim(make), make.person()
    confirm_verdict(session, actor=person, claim_id=claim.id, why="The source gives both.")
    assert (claim.is_stale, claim.settled_words, claim.status) == (
        False,
        WORDS.replace("1.58", "1.73"),
        Status.VERIFIED,
    )
    kept = session.scalars(select(Confirmation)).one()
    assert (kept.words_before, kept.words_after, kept.person_id) == (WORDS, claim.settled_words, person.id)


@pytest.mark.parametrize("why", [None, "", " \u200f "])
def test_confirming_needs_the_reason(session: Session, make: Factory, why: str | None) -> None:
    with pytest.raises(DomainError):
        confirm_verdict(session, actor=make.person(), claim_id=stale_claim(make).id, why=why)


def test_reopening_ends_it_too(session: Session, make: Factory) -> None:
    claim = stale_claim(make)
    reopen_claim(session, actor=make.person(), claim_id=claim.id, why="Look again.")
    assert (claim.is_stale, claim.settled_words, claim.status) == (False, None, Status.CHECKING)


def test_nothing_else_ends_it(session: Session, make: Factory) -> None:
    claim = stale_claim(make)
    make.revision(claim.article, TEXT)
    with pytest.raises(DomainError):
        propose_verdict(
            session,
            actor=make.person(),
            claim_id=claim.id,
            revision=claim.revision,
            finding=make.verdict().finding,
            rationale_en="Again.",
        )
    assert claim.is_stale


def test_a_verdict_whose_words_are_the_same_needs_no_confirming(session: Session, make: Factory) -> None:
    claim = make.claim()
    make.verdict(claim)
    with pytest.raises(DomainError):
        confirm_verdict(session, actor=make.person(), claim_id=claim.id, why="So be it.")


def test_other_words_than_were_looked_at_are_not_confirmed(session: Session, make: Factory) -> None:
    claim = stale_claim(make)
    with pytest.raises(Stale):
        confirm_verdict(session, actor=make.person(), claim_id=claim.id, why="Yes.", seen=words_mark(WORDS))
    assert claim.is_stale


def test_a_lost_claim_has_no_new_words_to_confirm(session: Session, make: Factory) -> None:
    claim = stale_claim(make)
    make.revision(claim.article, "Trade rose. Something else came.")
    with pytest.raises(DomainError, match="place it first"):
        confirm_verdict(session, actor=make.person(), claim_id=claim.id, why="Yes.")


class TestWithASecondCheck:
    def test_a_verdict_that_waits_is_not_confirmed_over_changed_words(self, session: Session, make: Factory) -> None:
        claim, second = stale_claim(make, second_check=SecondCheck.ALL), make.person()
        assert claim.status is Status.AWAITING
        with pytest.raises(DomainError, match="words changed"):
            approve_verdict(session, actor=second, claim_id=claim.id)
        confirm_verdict(session, actor=second, claim_id=claim.id, why="The new figure is in the source.")
        approve_verdict(session, actor=second, claim_id=claim.id)
        assert claim.status.value == "verified"

    def test_the_proposer_does_not_confirm_alone(self, session: Session, make: Factory) -> None:
        claim = stale_claim(make, second_check=SecondCheck.ALL)
        with pytest.raises(NotAllowed):
            confirm_verdict(session, actor=make.regular(Role.CHECKER), claim_id=claim.id, why="Yes.")


class TestThePage:
    def test_shows_both_words_and_confirms(self, session: Session, make: Factory, client: StrictClient) -> None:
        claim = stale_claim(make)
        client.sign_in(make.person())
        page = client.get(f"/claims/{claim.id}/verdict/confirm").text
        assert "<del>" in page
        assert "<ins>" in page
        response = client.post(
            f"/claims/{claim.id}/verdict/confirm",
            data={"why": "Both are there.", "verdict": claim.verdict_id, "seen": words_mark(WORDS.replace("58", "73"))},
        )
        assert response.status_code == 303
        session.refresh(claim)
        assert not claim.is_stale

    def test_without_a_reason_says_what_is_missing(self, make: Factory, client: StrictClient) -> None:
        claim = stale_claim(make)
        client.sign_in(make.person())
        seen = words_mark(WORDS.replace("58", "73"))
        response = client.post(
            f"/claims/{claim.id}/verdict/confirm", data={"why": "", "verdict": claim.verdict_id, "seen": seen}
        )
        assert response.status_code == 422

    def test_words_that_changed_meanwhile_are_shown_first(self, make: Factory, client: StrictClient) -> None:
        claim = stale_claim(make)
        client.sign_in(make.person())
        response = client.post(
            f"/claims/{claim.id}/verdict/confirm",
            data={"why": "Kept for later.", "verdict": claim.verdict_id, "seen": words_mark("Older words")},
        )
        assert response.status_code == 409
        assert "Kept for later." in response.text

    def test_a_claim_that_is_not_stale_says_so(self, make: Factory, client: StrictClient) -> None:
        client.sign_in(make.person())
        assert client.get(f"/claims/{make.claim().id}/verdict/confirm").status_code == 200


class TestTheWordsThatWereLookedAt:
    def test_a_verdict_on_words_that_changed_meanwhile_is_not_taken(self, session: Session, make: Factory) -> None:
        article = make.article(text=TEXT, language="en")
        claim = make.claim(article)
        make.place(claim, WORDS)
        make.evidence(claim)
        seen = seen_mark(list_evidence(session, claim.id), WORDS)
        make.revision(article, NEW)
        with pytest.raises(Stale):
            propose_verdict(
                session,
                actor=make.person(),
                claim_id=claim.id,
                revision=claim.revision,
                finding=Finding.VERIFIED,
                seen=seen,
                rationale_en="It says so.",
            )

    def test_a_lost_claim_is_neither_decided_nor_approved(self, session: Session, make: Factory) -> None:
        article = make.article(text=TEXT, language="en", second_check=SecondCheck.ALL)
        claim, waiting = make.claim(article), make.claim(article)
        make.place(claim, WORDS)
        make.place(waiting, "The harbour moved")
        make.verdict(waiting)
        make.revision(article, "Trade rose.")
        with pytest.raises(DomainError, match="not in the text"):
            make.verdict(claim)
        with pytest.raises(DomainError, match="not in the text"):
            approve_verdict(session, actor=make.person(), claim_id=waiting.id)

    def test_a_policy_for_two_that_came_later_asks_for_another_person(self, session: Session, make: Factory) -> None:
        claim = stale_claim(make)
        claim.article.second_check = SecondCheck.ALL
        with pytest.raises(NotAllowed):
            confirm_verdict(session, actor=make.regular(Role.CHECKER), claim_id=claim.id, why="Yes.")
