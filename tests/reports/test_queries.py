"""What a report gathers."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.figure import FigureValue, Match
from claims_app.claims.model import Priority, Status
from claims_app.claims.withdrawing import restore_article, withdraw_article, withdraw_claim
from claims_app.db import Base
from claims_app.people.model import Role
from claims_app.reports.facts import Checked, Matter, Report
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import reopen_claim
from tests.factories import Factory
from tests.reports.conftest import Gather


def test_the_header_is_the_articles_newest_version(busy: Article, gather: Gather, make: Factory) -> None:
    make.version(busy, text="נוסח שני")
    report = gather(busy, made_at=datetime(2026, 11, 23, 12, 30, 15, 999, tzinfo=UTC))
    article = report.article
    assert (article.title_he, article.title_en, article.byline) == ("הגשר החדש", "The new bridge", "ד' כהן")
    assert (article.version, len(article.text_sha256 or "")) == (2, 64)
    assert report.made_at == datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC)
    assert report.made_by == "Noa Barak"


def test_claims_come_in_the_order_of_the_article_without_the_withdrawn(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    assert [claim.number for claim in report.claims] == [1, 2, 3, 4, 5, 7]
    assert [(name, len(claims)) for name, claims in report.sections] == [("פתיחה", 2), ("המשך", 3), (None, 1)]


def test_a_claim_brings_everything_it_rests_on(busy: Article, gather: Gather) -> None:
    claim = gather(busy).claims[0]
    assert claim.figure == FigureValue(40.0, 40.0, "percent", True, "2022")
    assert (claim.claimant, claim.is_attributed, claim.cited_basis.value) == ("משרד התחבורה", True, "address")
    assert claim.cited_address is not None
    assert [(item.title, item.match) for item in claim.evidence] == [
        ("Road atlas", Match.ROUNDED),
        ("Another atlas", Match.DIFFERENT),
    ]
    first = claim.evidence[0]
    assert (first.rank, first.passage, first.locator) == ("primary", "Forty-one per cent", "p. 12")
    assert isinstance(first.looked_on, date)
    assert claim.verdict is not None
    assert (claim.verdict.finding, claim.verdict.rationale_he) == (Finding.VERIFIED, "המקורות מסכימים.")


def test_the_second_check_is_told_as_it_was_when_the_verdict_was_proposed(busy: Article, gather: Gather) -> None:
    checks = [claim.verdict and claim.verdict.second_check for claim in gather(busy).claims]
    assert checks == [Checked.NOT_ASKED, Checked.CONFIRMED, Checked.WAITING, Checked.NOT_ASKED, None, None]
    confirmed = gather(busy).claims[1].verdict
    assert confirmed is not None
    assert (confirmed.proposed_by, confirmed.approved_by) == ("רותם שגב", "Noa Barak")
    assert confirmed.approved_at is not None


def test_queries_come_with_their_answers_and_notes_stay_in_the_desk(busy: Article, gather: Gather) -> None:
    asked = gather(busy).claims[4]
    assert [(query.text, query.answer, query.answered_by) for query in asked.queries] == [
        ("מה המקור?", "דוח המשרד.", "Noa Barak"),
        ("איזה עמוד?", None, None),
    ]
    assert [query.text for query in asked.open_queries] == ["איזה עמוד?"]
    assert [query.text for query in asked.answered_queries] == ["מה המקור?"]
    assert asked.evidence == ()


def test_what_needs_a_decision_is_said_with_the_reason(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    assert {claim.number: claim.matters for claim in report.open_claims} == {
        3: (Matter.AWAITING,),
        4: (Matter.DISPUTED, Matter.OVERRIDE),
        5: (Matter.UNDECIDED, Matter.QUERY),
        7: (Matter.UNDECIDED,),
    }


def test_the_counts_add_up(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    assert {status: number for status, number in report.counts.items() if number} == {
        Status.VERIFIED: 1,
        Status.PARTLY: 1,
        Status.DISPUTED: 1,
        Status.AWAITING: 1,
        Status.CHECKING: 1,
        Status.UNCHECKED: 1,
    }
    assert sum(report.counts.values()) == len(report.claims)
    assert set(report.counts) == set(Status)
    assert report.decided == 3
    assert (report.high[Status.PARTLY], report.high[Status.VERIFIED]) == (1, 0)
    assert (report.confirmed[Status.PARTLY], report.confirmed[Status.DISPUTED]) == (1, 0)
    assert (report.checkers, report.approvers) == (["רותם שגב", "Noa Barak"], ["Noa Barak"])


def test_a_withdrawn_article_is_reported_as_it_stood(
    busy: Article, gather: Gather, session: Session, make: Factory
) -> None:
    before = gather(busy)
    editor = make.regular(Role.EDITOR)
    withdraw_article(session, actor=editor, article_id=busy.id, why="Not printed.")
    report = gather(busy)
    assert report.article.withdrawn_at is not None
    assert report.claims == before.claims
    restore_article(session, actor=editor, article_id=busy.id)
    withdraw_claim(session, actor=editor, claim_id=before.claims[0].id, why="Cut.")
    assert len(gather(busy).claims) == len(before.claims) - 1


def test_an_unknown_article_is_not_found(gather: Gather) -> None:
    with pytest.raises(NoResultFound):
        gather(Article(id=12345))


def test_an_article_without_claims_has_a_report(make: Factory, gather: Gather) -> None:
    report = gather(make.article())
    assert (report.claims, report.sections, report.open_claims, report.decided) == ((), [], [], 0)


def test_a_claim_stands_where_its_words_are(marked: Article, gather: Gather) -> None:
    report = gather(marked)
    assert [(claim.place.value, claim.is_stale, claim.words) for claim in report.claims] == [
        ("placed", True, "אורך הגשר 110 מטרים"),
        ("placed", False, "והוא נחנך ב-2021 בטקס בחיפה"),
        ("placed", False, "בטקס בחיפה. העלות הייתה 45 מיליון שקל"),
        ("lost", False, None),
        ("none", False, None),
    ]
    text = report.article.text or ""
    for claim in report.claims:
        for anchor in claim.anchors:
            assert text[anchor.start : anchor.end] == anchor.quote
            assert text[: anchor.start].endswith(anchor.prefix)
            assert text[anchor.end :].startswith(anchor.suffix)
            assert anchor.paragraph == 2
    assert report.claims[0].settled_words == "אורך הגשר 120 מטרים"


def test_a_stale_or_lost_claim_is_not_settled_and_needs_a_decision(marked: Article, gather: Gather) -> None:
    report = gather(marked)
    assert {claim.number: claim.matters for claim in report.open_claims} == {1: (Matter.STALE,), 4: (Matter.LOST,)}
    assert [claim.is_settled for claim in report.claims] == [False, True, True, False, True]
    assert (report.decided, len(report.stale), len(report.lost)) == (3, 1, 1)
    assert report.counts[Status.VERIFIED] == 4
    assert report.unsettled == {Status.VERIFIED: 2}


def test_a_confirmation_says_for_which_words_it_is(marked: Article, gather: Gather) -> None:
    (confirmed,) = gather(marked).claims[2].confirmations
    assert (confirmed.confirmed_by, confirmed.why, confirmed.version) == ("Noa Barak", "The tender says 45.", 2)
    assert confirmed.words_before.endswith("40 מיליון שקל")
    assert confirmed.words_after.endswith("45 מיליון שקל")


def test_a_confirmation_of_a_verdict_that_ended_is_not_told(
    marked: Article, gather: Gather, make: Factory, session: Session
) -> None:
    claim = gather(marked).claims[2]
    reopen_claim(session, actor=make.regular(Role.EDITOR), claim_id=claim.id, why="A new tender.")
    assert gather(marked).claims[2].confirmations == ()


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_is_fixed_however_many_claims(
    make: Factory, gather: Gather, count_queries: Any, session: Session, number: int
) -> None:
    article = make.article(
        text="\n\n".join(f"The bridge has {place} lamps. It cost {place} dollars." for place in range(30))
    )
    for place in range(number):
        claim = make.claim(article)
        make.place(claim, f"has {place} lamps")
        make.verdict(claim)
        make.evidence(claim)
        make.waiver(article, f"cost {place} dollars")
    make.sign_off(article, override_why="To print.")
    make.evidence(claim)
    article_id = article.id
    session.expire_all()
    with count_queries() as queries:
        report = gather(Article(id=article_id))
    assert queries.number == FACTS + STANDING
    assert len(report.claims) == len(report.waived_passages) == number
    assert report.sign_offs[0].state == "reopened"


FACTS = 9
"""The article, its claims, evidence, queries, confirmations and anchors; its waivers and passages; the kept copies."""
STANDING = 13
"""The article, its sign-offs, and what happened since; if so, seven of what was signed, three of doubts."""


def test_nothing_of_the_database_leaves_with_the_report(busy: Article, gather: Gather) -> None:
    def check(value: object) -> None:
        assert not isinstance(value, Base)
        if isinstance(value, tuple):
            for item in value:
                check(item)
        elif is_dataclass(value):
            for field in fields(value):
                check(getattr(value, field.name))
            with pytest.raises(FrozenInstanceError):
                setattr(value, fields(value)[0].name, None)

    report: Report = gather(busy)
    check(report)


@pytest.mark.parametrize("policy", SecondCheck)
def test_what_was_decided_before_a_second_person_was_asked_for_needs_a_decision(
    session: Session, make: Factory, gather: Gather, policy: SecondCheck
) -> None:
    article, second = make.article(second_check=SecondCheck.ALL), make.person()
    make.verdict(make.claim(article), approver=second)
    article.second_check = SecondCheck.OFF
    session.commit()
    make.verdict(make.claim(article))
    make.verdict(make.claim(article, priority=Priority.HIGH))
    article.second_check = policy
    session.commit()
    unconfirmed = [claim.number for claim in gather(article).claims if Matter.UNCONFIRMED in claim.matters]
    assert unconfirmed == {SecondCheck.OFF: [], SecondCheck.HIGH: [3], SecondCheck.ALL: [2, 3]}[policy]


def test_what_cannot_be_verified_needs_a_decision(make: Factory, gather: Gather) -> None:
    claim = make.verdict(finding=Finding.UNVERIFIABLE).claim
    (shown,) = gather(claim.article).open_claims
    assert shown.matters == (Matter.UNVERIFIABLE,)


def test_a_figure_in_another_unit_is_told_in_the_articles_with_what_that_takes_for_granted(
    make: Factory, gather: Gather
) -> None:
    claim = make.claim(figure=FigureValue(1.5e6, 1.5e6, "tonnes"))
    make.evidence(claim, figure=FigureValue(11e6, 11e6, "barrels"))
    (item,) = gather(claim.article).claims[0].evidence
    assert item.match is Match.CONVERTED
    assert item.converted == FigureValue(1.5e6, 1.5e6, "tonnes", is_about=True)
    assert item.assumption == "7.33 barrels of crude oil weigh a tonne."
