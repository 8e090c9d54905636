"""Delete means withdraw: claims and articles leave with a reason and come back as they were."""

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.queries import list_citations
from claims_app.claims.model import CitedBasis, Status
from claims_app.claims.service import put_back, untag_claim
from claims_app.claims.withdrawing import (
    restore_article,
    restore_claim,
    withdraw_article,
    withdraw_citation,
    withdraw_claim,
)
from claims_app.errors import DomainError, NotAllowed, NotFound
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from tests.claims.test_service import edit, entries
from tests.factories import Factory


class TestWithdrawing:
    def test_a_claim_leaves_with_its_reason_and_comes_back(self, session: Session, make: Factory) -> None:
        claim, checker = make.claim(), make.person()
        withdraw_claim(session, actor=checker, claim_id=claim.id, why=" Opened twice. ")
        assert claim.withdrawn_at is not None
        assert (entries(session, claim)[-1].action, entries(session, claim)[-1].why) == ("withdrawn", "Opened twice.")
        assert restore_claim(session, actor=checker, claim_id=claim.id).withdrawn_at is None
        assert entries(session, claim)[-1].action == "restored"
        with pytest.raises(DomainError, match="not withdrawn"):
            restore_claim(session, actor=checker, claim_id=claim.id)

    @pytest.mark.parametrize("why", [None, "", " \n"])
    def test_the_reason_has_to_be_given(self, session: Session, make: Factory, why: str | None) -> None:
        with pytest.raises(DomainError) as refusal:
            withdraw_claim(session, actor=make.person(), claim_id=make.claim().id, why=why)
        assert refusal.value.field == "why"

    @pytest.mark.parametrize("finding", Finding)
    def test_a_decided_claim_leaves_by_an_editor_only(self, session: Session, make: Factory, finding: Finding) -> None:
        claim = make.verdict(finding=finding).claim
        with pytest.raises(NotAllowed):
            withdraw_claim(session, actor=make.person(), claim_id=claim.id, why="x")
        withdraw_claim(session, actor=make.person(role=Role.EDITOR), claim_id=claim.id, why="x")
        with pytest.raises(NotAllowed):
            restore_claim(session, actor=make.person(), claim_id=claim.id)
        restore_claim(session, actor=make.person(role=Role.EDITOR), claim_id=claim.id)
        assert (claim.status, claim.verdict_id is None) == (Status(finding.value), False)

    def test_a_withdrawn_claim_cannot_be_worked_on(self, session: Session, make: Factory) -> None:
        claim, checker = make.claim(), make.person()
        withdraw_claim(session, actor=checker, claim_id=claim.id, why="x")
        for act in (
            lambda: edit(session, make, claim, section="B"),
            lambda: withdraw_claim(session, actor=checker, claim_id=claim.id, why="x"),
            lambda: untag_claim(session, actor=checker, claim_id=claim.id, tag="x"),
            lambda: put_back(session, actor=checker, claim_id=claim.id, why="x"),
            lambda: make.comment(claim),
            lambda: make.evidence(claim),
            lambda: make.verdict(claim, finding=Finding.OPINION),
        ):
            with pytest.raises(DomainError, match="claim is withdrawn"):
                act()


class TestWithdrawingAnArticle:
    def test_takes_its_claims_along_and_brings_them_back(self, session: Session, make: Factory) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        stays, own, elsewhere = make.claim(article), make.claim(article), make.claim()
        withdraw_claim(session, actor=editor, claim_id=own.id, why="Opened twice.")
        session.commit()
        withdraw_article(session, actor=editor, article_id=article.id, why="Not printed.")
        session.commit()
        session.expire_all()
        assert stays.withdrawn_at == article.withdrawn_at is not None
        assert own.withdrawn_at is not None
        assert elsewhere.withdrawn_at is None
        with pytest.raises(DomainError, match="article is withdrawn"):
            restore_claim(session, actor=editor, claim_id=stays.id)
        restore_article(session, actor=editor, article_id=article.id)
        session.commit()
        session.expire_all()
        assert [record.withdrawn_at is None for record in (article, stays, own)] == [True, True, False]

    def test_needs_an_editor_and_a_reason_and_goes_once(self, session: Session, make: Factory) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        with pytest.raises(NotAllowed):
            withdraw_article(session, actor=make.person(), article_id=article.id, why="x")
        with pytest.raises(DomainError, match="Give the reason"):
            withdraw_article(session, actor=editor, article_id=article.id, why="")
        with pytest.raises(DomainError, match="not withdrawn"):
            restore_article(session, actor=editor, article_id=article.id)
        withdraw_article(session, actor=editor, article_id=article.id, why="x")
        with pytest.raises(DomainError, match="withdrawn already"):
            withdraw_article(session, actor=editor, article_id=article.id, why="x")
        with pytest.raises(NotAllowed):
            restore_article(session, actor=make.person(), article_id=article.id)


class TestWithdrawingACitedLink:
    def test_it_leaves_the_list_and_comes_back_when_it_is_added_again(self, session: Session, make: Factory) -> None:
        citation, checker = make.citation(note="Wrong page"), make.person()
        with pytest.raises(DomainError, match="Give the reason"):
            withdraw_citation(session, actor=checker, citation_id=citation.id, why=" ")
        withdraw_citation(session, actor=checker, citation_id=citation.id, why="Mistyped.")
        assert list_citations(session, citation.article_id) == []
        with pytest.raises(DomainError, match="withdrawn already"):
            withdraw_citation(session, actor=checker, citation_id=citation.id, why="x")
        with pytest.raises(NotFound):
            make.claim(citation.article, citation_id=citation.id, cited_basis=CitedBasis.READ)
        assert make.citation(citation.article, address=citation.address, note="Right after all") is citation
        assert list_citations(session, citation.article_id) == [citation]
        assert citation.note == "Right after all"
        assert list(verify_history(session)) == []

    def test_one_that_a_claim_names_stays(self, session: Session, make: Factory) -> None:
        citation, editor = make.citation(), make.person(role=Role.EDITOR)
        claim = make.claim(citation.article, citation_id=citation.id, cited_basis=CitedBasis.READ)
        with pytest.raises(DomainError, match="Claims name this link"):
            withdraw_citation(session, actor=editor, citation_id=citation.id, why="x")
        withdraw_claim(session, actor=editor, claim_id=claim.id, why="x")
        withdraw_citation(session, actor=editor, citation_id=citation.id, why="x")
        with pytest.raises(DomainError, match="link that this claim names"):
            restore_claim(session, actor=editor, claim_id=claim.id)
        make.citation(citation.article, address=citation.address)
        assert restore_claim(session, actor=editor, claim_id=claim.id).withdrawn_at is None

    def test_is_not_a_reader_s_and_not_done_in_a_withdrawn_article(self, session: Session, make: Factory) -> None:
        citation, editor = make.citation(), make.person(role=Role.EDITOR)
        with pytest.raises(NotAllowed):
            withdraw_citation(session, actor=make.person(role=Role.READER), citation_id=citation.id, why="x")
        withdraw_article(session, actor=editor, article_id=citation.article_id, why="x")
        with pytest.raises(DomainError, match="article is withdrawn"):
            withdraw_citation(session, actor=editor, citation_id=citation.id, why="x")
