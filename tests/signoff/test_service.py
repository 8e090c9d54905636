"""What blocks a sign-off, what it covers, and how a later change shows."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from claims_app.articles.forms import DETAILS
from claims_app.articles.model import Article, SecondCheck, SourceRule
from claims_app.articles.queries import find_version
from claims_app.articles.service import edit_article
from claims_app.claims.model import Claim, Priority
from claims_app.claims.service import assign_claims, edit_claim
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query
from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.evidence.model import Rank, Stance
from claims_app.language import speaking
from claims_app.looks.model import LookReason
from claims_app.looks.service import raise_look, settle_look
from claims_app.people.model import Person, Role
from claims_app.people.service import add_person
from claims_app.signoff.model import Side
from claims_app.signoff.queries import Blocker, count_blockers, digest_of, gather_closing, gather_content
from claims_app.signoff.service import sign_off, verify_sign_offs, withdraw_sign_off
from claims_app.verdicts.service import confirm_verdict, reopen_claim
from tests.factories import Factory

TEXT = "The harbour moved 1.58 million tonnes in 2024. Trade rose by 32 percent."


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(text=TEXT, language="en")


@pytest.fixture
def claims(make: Factory, article: Article) -> list[Claim]:
    """Two decided claims that answer for the whole text."""
    found = []
    for words in TEXT.removesuffix(".").split(". "):
        claim = make.claim(article, statement_en=words)
        make.place(claim, words)
        make.verdict(claim)
        found.append(claim)
    return found


def blockers(session: Session, article: Article) -> dict[Blocker, int]:
    return count_blockers(session, article, find_version(session, article.id))


def signer(session: Session) -> Person:
    return add_person(
        session,
        actor=None,
        email="legal@example.org",
        name="Legal",
        role=Role.READER,
        language="en",
        signs_legal=True,
    )


class TestWhatBlocks:
    def test_nothing_when_all_is_answered(self, session: Session, article: Article, claims: list[Claim]) -> None:
        assert blockers(session, article) == {}

    def test_open_passages(self, session: Session, article: Article) -> None:
        assert blockers(session, article) == {Blocker.PASSAGES: 2}

    def test_a_missing_text(self, session: Session, make: Factory) -> None:
        assert blockers(session, make.article()) == {Blocker.TEXT: 1}

    def test_undecided_claims(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        make.claim(article)
        assert blockers(session, article) == {Blocker.UNDECIDED: 1}

    def test_verdicts_that_wait(self, session: Session, make: Factory) -> None:
        article = make.article(text="Nice.", second_check=SecondCheck.ALL)
        make.verdict(make.claim(article))
        assert blockers(session, article) == {Blocker.AWAITING: 1}

    def test_decided_claims_that_nobody_confirmed(
        self, session: Session, article: Article, claims: list[Claim]
    ) -> None:
        article.second_check = SecondCheck.HIGH
        claims[0].priority = Priority.HIGH
        assert blockers(session, article) == {Blocker.UNCONFIRMED: 1}

    def test_verified_claims_that_a_stricter_rule_finds_thin(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        signed = make.sign_off(article)
        thin = make.claim(make.article(source_rule=SourceRule.OFF))
        make.evidence(thin, rank=Rank.SECONDARY)
        make.verdict(thin)
        assert blockers(session, thin.article) == {Blocker.TEXT: 1}
        for one in (thin.article, article):
            values = {name: getattr(one, name) for name in DETAILS} | {"source_rule": SourceRule.THREE}
            edit_article(session, actor=signed.person, article_id=one.id, revision=one.revision, **values)
        assert blockers(session, thin.article) == {Blocker.TEXT: 1, Blocker.SOURCE_RULE: 1}
        assert not thin.needs_look
        assert blockers(session, article) == {}
        assert gather_closing(session, article).is_closed, "its claims meet the stricter rule"

    def test_stale_verdicts_and_lost_claims(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.revision(article, "The harbour moved 1.73 million tonnes in 2024.")
        assert blockers(session, article) == {Blocker.STALE: 1, Blocker.LOST: 1}

    def test_open_queries(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        query = make.comment(claims[0], kind=CommentKind.QUERY)
        assert blockers(session, article) == {Blocker.QUERIES: 1}
        answer_query(session, actor=make.person(), comment_id=query.id, answer="Yes.")
        assert blockers(session, article) == {}


class TestSigning:
    def test_is_refused_while_something_is_open(self, make: Factory, article: Article) -> None:
        with pytest.raises(DomainError, match="still open"):
            make.sign_off(article)

    def test_in_spite_of_that_needs_a_reason_that_stays(self, make: Factory, article: Article) -> None:
        with pytest.raises(DomainError, match="still open"):
            make.sign_off(article, override_why="  ")
        signed = make.sign_off(article, override_why="The paper waits.")
        assert (signed.override_why, signed.open_items) == ("The paper waits.", [["passages", 2]])

    def test_a_reason_that_was_not_needed_is_not_kept(
        self, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        assert make.sign_off(article, override_why="Just in case.").override_why is None

    def test_covers_text_claims_evidence_and_verdicts(
        self, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        signed = make.sign_off(article)
        content = json.loads(signed.content)
        assert signed.digest == digest_of(signed.content)
        assert content["version"]["text"] == TEXT
        first = content["claims"][0]
        assert first["finding"] == "verified"
        assert first["anchors"] == [[0, 45, "The harbour moved 1.58 million tonnes in 2024"]]
        assert len(first["evidence"]) == 1

    def test_is_an_editors(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        with pytest.raises(NotAllowed):
            make.sign_off(article, actor=make.person(role=Role.CHECKER))

    def test_twice_is_once_too_often(self, make: Factory, article: Article, claims: list[Claim]) -> None:
        make.sign_off(article)
        with pytest.raises(Duplicate):
            make.sign_off(article)

    def test_is_of_what_was_looked_at(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        seen = digest_of(gather_content(session, article, find_version(session, article.id)))
        make.revision(article, TEXT + " The end.")
        with pytest.raises(Stale):
            make.sign_off(article, seen=seen)

    def test_equal_facts_give_an_equal_digest(self, session: Session, article: Article, claims: list[Claim]) -> None:
        version = find_version(session, article.id)
        first = gather_content(session, article, version)
        session.expire_all()
        assert gather_content(session, article, version) == first

    def test_legal_signs_only_where_that_is_asked_and_by_who_may(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        legal = signer(session)
        with pytest.raises(DomainError, match="does not ask for legal"):
            sign_off(session, actor=legal, article_id=article.id, side=Side.LEGAL)
        article.asks_legal = True
        with pytest.raises(NotAllowed):
            sign_off(session, actor=make.person(role=Role.ADMIN), article_id=article.id, side=Side.LEGAL)
        with pytest.raises(NotAllowed):
            sign_off(session, actor=legal, article_id=article.id, side=Side.EDITOR)
        make.sign_off(article)
        assert not gather_closing(session, article).is_closed
        sign_off(session, actor=legal, article_id=article.id, side=Side.LEGAL)
        assert gather_closing(session, article).is_closed


class TestALaterChange:
    def problems(self, session: Session, article: Article) -> list[str]:
        standing = gather_closing(session, article).latest[Side.EDITOR]
        return [message % values for message, values in standing.problems]

    def test_nothing_later_and_it_holds(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        assert self.problems(session, article) == []
        assert gather_closing(session, article).is_closed

    def test_what_is_not_covered_reopens_nothing(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        assign_claims(session, actor=make.person(), claim_ids=[claims[0].id], assignee_id=make.person().id)
        make.comment(claims[0])
        assert gather_closing(session, article).is_closed

    def test_a_new_version(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        make.sign_off(article)
        make.revision(article, TEXT + " The end.")
        assert self.problems(session, article) == ["Version 1 was signed; the text is now version 2."]
        assert not gather_closing(session, article).is_closed

    def test_a_reopened_claim(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        make.sign_off(article)
        reopen_claim(session, actor=make.person(), claim_id=claims[1].id, why="A new source.")
        assert self.problems(session, article) == ["Changed since it was signed: claims 2."]

    def test_new_evidence_and_a_new_claim(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        make.evidence(make.claim(article), stance=Stance.CONTEXT)
        assert self.problems(session, article) == ["Changed since it was signed: claims 3."]

    def test_an_edited_claim(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        other = make.claim(article)
        make.sign_off(article, override_why="One is open.")
        edit_claim(
            session,
            actor=make.person(),
            claim_id=other.id,
            revision=other.revision,
            statement_he=None,
            statement_en="Something else.",
            kind=other.kind,
            section=None,
            paragraph=None,
            is_attributed=False,
            citation_id=None,
            cited_basis=other.cited_basis,
        )
        assert self.problems(session, article) == ["Changed since it was signed: claims 3."]

    def test_a_look_that_is_raised_until_it_is_settled(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        raise_look(session, claim=claims[0], reason=LookReason.RECHECK)
        signed = make.sign_off(article, override_why="It is known.")
        assert gather_closing(session, article).is_closed
        look = raise_look(session, claim=claims[1], reason=LookReason.DEAD)
        assert look is not None
        assert self.problems(session, article) == ["To be looked at again since it was signed: claims 2."]
        assert not gather_closing(session, article).is_closed
        assert list(verify_sign_offs(session, article.id)) == [(signed, [])]
        settle_look(session, actor=make.person(), look_id=look.id, why="The copy shows it.")
        assert gather_closing(session, article).is_closed

    def test_a_verified_claim_that_does_not_meet_the_rule_any_more(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        thin = [make.claim(article) for _ in range(2)]
        values = {name: getattr(article, name) for name in DETAILS}
        editor = make.person(role=Role.EDITOR)

        def ask(rule: SourceRule) -> None:
            edit_article(
                session,
                actor=editor,
                article_id=article.id,
                revision=article.revision,
                **values | {"source_rule": rule},
            )

        ask(SourceRule.OFF)
        for claim, number in zip(thin, (1, 2), strict=True):
            for _ in range(number):
                make.evidence(claim, rank=Rank.SECONDARY)
            make.verdict(claim)
        ask(SourceRule.TWO)
        signed = make.sign_off(article, override_why="Claim 3 is known.")
        assert gather_closing(session, article).is_closed
        ask(SourceRule.THREE)
        assert self.problems(session, article) == ["Verified claims that do not meet the source rule: 3, 4."]
        assert list(verify_sign_offs(session, article.id)) == [(signed, [])]
        with speaking("he"):
            assert self.problems(session, article) == ["טענות מאומתות שאינן עומדות בכלל המקורות: 3, 4."]

    def test_a_waiver(self, session: Session, make: Factory, article: Article) -> None:
        make.sign_off(article, override_why="Later.")
        make.waiver(article, "harbour")
        assert self.problems(session, article) == ["Passages were waived or opened again since it was signed."]

    def test_signing_anew_closes_it_again(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        make.revision(article, TEXT + " The end.")
        make.sign_off(article)
        closing = gather_closing(session, article)
        assert closing.is_closed
        assert [one.version.number for one in closing.earlier] == [1]

    def test_a_confirmed_verdict_is_part_of_what_is_signed(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.revision(article, TEXT.replace("1.58", "1.73"))
        confirm_verdict(session, actor=make.person(), claim_id=claims[0].id, why="The source has both.")
        signed = make.sign_off(article)
        assert json.loads(signed.content)["claims"][0]["confirmations"][0][1] == "The source has both."


class TestWhatWasLookedAt:
    def test_a_claim_decided_anew_meanwhile_is_not_signed(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        seen = digest_of(gather_content(session, article, find_version(session, article.id)))
        reopen_claim(session, actor=make.person(), claim_id=claims[0].id, why="Look again.")
        with pytest.raises(Stale):
            make.sign_off(article, seen=seen, override_why="In a hurry.")

    def test_dropping_legal_afterwards_does_not_close_the_article(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        article.asks_legal = True
        make.sign_off(article)
        edit_article(
            session,
            actor=make.regular(Role.EDITOR),
            article_id=article.id,
            revision=article.revision,
            **{name: getattr(article, name) for name in DETAILS if name != "asks_legal"},
        )
        assert not gather_closing(session, article).is_closed

    def test_a_query_that_is_opened_later_reopens_it(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        make.comment(claims[0], kind=CommentKind.QUERY)
        assert not gather_closing(session, article).is_closed

    def test_a_forged_record_does_not_break_the_page(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        session.execute(text("UPDATE sign_off SET content = 'garbage'"))
        session.expire_all()
        assert not gather_closing(session, article).is_closed


class TestTakingASignOffBack:
    def test_needs_its_reason_and_is_kept(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        signed = make.sign_off(article)
        with pytest.raises(DomainError):
            withdraw_sign_off(session, actor=signed.person, sign_off_id=signed.id, why=" ")
        withdraw_sign_off(session, actor=signed.person, sign_off_id=signed.id, why="Too early.")
        assert not gather_closing(session, article).is_closed
        with pytest.raises(DomainError):
            withdraw_sign_off(session, actor=signed.person, sign_off_id=signed.id, why="Again.")

    def test_is_not_anybodys(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        signed = make.sign_off(article)
        with pytest.raises(NotAllowed):
            withdraw_sign_off(session, actor=make.person(), sign_off_id=signed.id, why="No.")


class TestVerifying:
    def test_what_stands_holds(self, session: Session, make: Factory, article: Article, claims: list[Claim]) -> None:
        make.sign_off(article)
        assert [problems for _signed, problems in verify_sign_offs(session, article.id)] == [[]]

    def test_a_change_behind_the_desks_back_is_found(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        session.execute(text("UPDATE evidence SET summary = 'Forged.' WHERE claim_id = 1"))
        session.expire_all()
        ((_signed, problems),) = verify_sign_offs(session, article.id)
        assert [message % values for message, values in problems] == ["Changed since it was signed: claims 1."]

    def test_another_text_under_the_same_number_is_found(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        session.execute(text("UPDATE article_version SET text = text || ' Forged.' WHERE article_id = 1"))
        session.expire_all()
        ((_signed, problems),) = verify_sign_offs(session, article.id)
        assert [message % values for message, values in problems] == [
            "The text of version 1 is not the one that was signed."
        ]

    def test_a_forged_record_is_found(
        self, session: Session, make: Factory, article: Article, claims: list[Claim]
    ) -> None:
        make.sign_off(article)
        session.execute(text("UPDATE sign_off SET content = replace(content, 'verified', 'disputed')"))
        session.expire_all()
        ((_signed, problems),) = verify_sign_offs(session, article.id)
        assert str(problems[0][0]) == "The record of what was signed does not fit its digest."
