"""One article that has everything a report can show."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Kind, Priority
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query, withdraw_comment
from claims_app.evidence.model import Rank, Stance
from claims_app.evidence.service import withdraw_evidence
from claims_app.people.model import Role
from claims_app.reports.facts import Report
from claims_app.reports.queries import gather_report
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict
from tests.factories import Factory

Gather = Callable[..., Report]


@pytest.fixture
def busy(make: Factory, session: Session) -> Article:
    """An article whose seven claims are each in another state, two of them withdrawn or half so."""
    checker = make.person(name="רותם שגב")
    editor = make.person(name="Noa Barak", role=Role.EDITOR)
    article = make.article(
        title_he="הגשר החדש",
        title_en="The new bridge",
        outlet="יומון",
        byline="ד' כהן",
        address="https://example.org/article",
        published_on="2026-11",
        second_check=SecondCheck.HIGH,
        notes="שורה אחת\nושורה שנייה",
        text="הגשר נחנך.",
    )
    cited = make.citation(article)
    known: dict[str, Any] = {"article": article, "actor": checker}

    figure = FigureValue(40.0, 40.0, "percent", True, "2022")
    verified = make.claim(
        **known,
        statement_he="הגשר הוא 40 אחוז מן הדרך.",
        statement_en="The bridge is 40% of the way.",
        section="פתיחה",
        paragraph=1,
        kind=Kind.FIGURE,
        claimant="משרד התחבורה",
        is_attributed=True,
        citation_id=cited.id,
        cited_basis=CitedBasis.ADDRESS,
        figure=figure,
    )
    make.evidence(
        verified,
        actor=checker,
        figure=FigureValue(41.0, 41.5, "percent"),
        rank=Rank.PRIMARY,
        passage="Forty-one per cent",
        locator="p. 12",
        source=make.source(title="Road atlas", publisher="Ministry", published_on="2024-H1"),
    )
    make.evidence(
        verified,
        actor=checker,
        stance=Stance.REFUTES,
        figure=FigureValue(0.1 + 0.2, 9.0, "percent"),
        source=make.source(title="Another atlas", address=None),
        locator="map 3",
    )
    make.verdict(verified, actor=checker, rationale_he="המקורות מסכימים.", rationale_en="The sources agree.")

    confirmed = make.claim(**known, section="פתיחה", paragraph=2, priority=Priority.HIGH)
    make.verdict(confirmed, actor=checker, approver=editor, finding=Finding.PARTLY)

    awaiting = make.claim(**known, section="המשך", paragraph=3, priority=Priority.HIGH)
    make.verdict(awaiting, actor=checker, finding=Finding.DISPUTED)

    overridden = make.claim(**known, section="המשך", paragraph=4)
    make.verdict(overridden, actor=editor, finding=Finding.DISPUTED, override_why="The witness is known to the desk.")

    asked = make.claim(**known, section="המשך", paragraph=5)
    answered = make.comment(asked, kind=CommentKind.QUERY, text="מה המקור?", actor=checker)
    answer_query(session, actor=editor, comment_id=answered.id, answer="דוח המשרד.")
    make.comment(asked, kind=CommentKind.QUERY, text="איזה עמוד?", actor=checker)
    make.comment(asked, text="A note for the desk only.")
    mistaken = make.comment(asked, kind=CommentKind.QUERY, text="A query taken back.", actor=checker)
    withdraw_comment(session, actor=checker, comment_id=mistaken.id, why="A mistake.")
    doubtful = make.evidence(asked, summary="Evidence taken back.")
    withdraw_evidence(session, actor=checker, evidence_id=doubtful.id, why="Another bridge.")

    gone = make.claim(**known, statement_en="A claim taken back.")
    withdraw_claim(session, actor=checker, claim_id=gone.id, why="Not in the text.")

    make.claim(**known, statement_he="טענה בלי פרק.", statement_en=None)
    session.commit()
    return article


FIRST = (
    "הגשר החדש\n\n"
    "אורך הגשר 120 מטרים, והוא נחנך ב-2021 בטקס בחיפה. העלות הייתה 40 מיליון שקל. רבים באו.\n\n"
    'השר כהן אמר: "הגשר יחסוך שעה בכל יום". ב-2019 נעצרו 12 מפגינים.\n\n'
    "The bridge carries 9,000 cars a day."
)
SECOND = (
    FIRST.replace("120", "110")
    .replace("40 מיליון", "45 מיליון")
    .replace('השר כהן אמר: "הגשר יחסוך שעה בכל יום".', "היו גם מתנגדים.")
)


@pytest.fixture
def marked(make: Factory, session: Session) -> Article:
    """An article with its text, in which claims are marked; a second draft changed some.

    Claim 1 is stale; 2 and 3 cross each other, and the verdict of 3 was confirmed for new words; 4 is lost; 5 was never
    placed. One passage is waived and one is open.
    """
    article = make.article(title_he="הגשר", title_en="The bridge", text=FIRST)
    quotes = [
        "אורך הגשר 120 מטרים",
        "והוא נחנך ב-2021 בטקס בחיפה",
        "בטקס בחיפה. העלות הייתה 40 מיליון שקל",
        'השר כהן אמר: "הגשר יחסוך שעה בכל יום"',
    ]
    claims = [make.claim(article) for _ in [*quotes, None]]
    for claim, quote in zip(claims, quotes, strict=False):
        make.place(claim, quote)
    for claim, finding in zip(claims, [Finding.VERIFIED, Finding.PARTLY, *[Finding.VERIFIED] * 3], strict=True):
        make.verdict(claim, finding=finding)
    make.waiver(article, "נעצרו 12 מפגינים", why="Known from the court's file.")
    make.revision(article, SECOND)
    editor = make.person(name="Noa Barak", role=Role.EDITOR)
    confirm_verdict(session, actor=editor, claim_id=claims[2].id, why="The tender says 45.")
    session.commit()
    return article


@pytest.fixture
def gather(session: Session) -> Gather:
    """Gathers a report as the service does."""

    def gather(article: Article, *, language: str = "en", **details: Any) -> Report:
        return gather_report(session, article.id, made_by="Noa Barak", language=language, **details)

    return gather
