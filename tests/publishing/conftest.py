"""Desks that publish, and the facts of a check that has everything."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from claims_app.claims.model import CitedBasis, ClaimantKind, Kind, Place, Priority, Status
from claims_app.evidence.model import Rank, Stance
from claims_app.publishing.facts import CheckFacts, CorrectionFacts, PublicArticle, ReviewFacts
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.model import ClaimReview
from claims_app.publishing.queries import gather_check
from claims_app.reports.facts import Checked, ClaimFacts, EvidenceFacts, VerdictFacts
from claims_app.sources.model import SourceKind
from claims_app.verdicts.model import Finding
from tests.factories import IMPRINT

Check = Callable[..., CheckFacts]
NOTHING: Mapping[str, Any] = {}


@pytest.fixture
def imprint() -> Imprint:
    return IMPRINT


@pytest.fixture
def publishing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Imprint:
    """Have the application publish."""
    monkeypatch.setitem(app.extensions, "imprint", IMPRINT)
    return IMPRINT


@pytest.fixture
def facts(session: Session) -> Callable[[ClaimReview], CheckFacts]:
    """Gathers what a page tells now."""

    def gather(review: ClaimReview) -> CheckFacts:
        session.expire_all()
        return gather_check(session, review.id, language="en")

    return gather


MOMENT = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

EVIDENCE = EvidenceFacts(
    source=1,
    stance=Stance.SUPPORTS,
    rank=Rank.PRIMARY,
    kind=SourceKind.PAGE,
    title="Road atlas",
    is_confidential=False,
    has_composed_title=False,
    publisher="The ministry",
    published_on="2026-03",
    address="https://atlas.example/bridge",
    summary="It is 120 metres long.",
    passage="120 m",
    locator="p. 12",
    figure=None,
    match=None,
    converted=None,
    assumption=None,
    looked_on=date(2026, 11, 22),
)
VERDICT = VerdictFacts(
    finding=Finding.PARTLY,
    rationale_he="נמדדו 118 מטרים.",
    rationale_en="It measures 118 metres.",
    proposed_by="the desk",
    proposed_at=MOMENT,
    second_check=Checked.NOT_ASKED,
    approved_by=None,
    approved_at=None,
    override_why=None,
)
CLAIM = ClaimFacts(
    id=4,
    number=2,
    section=None,
    paragraph=None,
    statement_he="אורך הגשר 120 מטרים.",
    statement_en="The bridge is 120 metres long.",
    kind=Kind.FIGURE,
    priority=Priority.NORMAL,
    status=Status.PARTLY,
    needs_second_check=False,
    figure=None,
    claimant="Dana Levi",
    is_attributed=True,
    cited_address="https://minister.example/cited",
    cited_basis=CitedBasis.READ,
    assignee=None,
    place=Place.PLACED,
    is_stale=False,
    settled_words=None,
    anchors=(),
    verdict=VERDICT,
    confirmations=(),
    queries=(),
    evidence=(EVIDENCE,),
)
CHECK = CheckFacts(
    article=PublicArticle(
        id=1,
        title_he="הגשר",
        title_en="The bridge",
        outlet="The daily",
        byline="A. Writer",
        language="he",
        address="https://daily.example/bridge",
        published_on="2026-11-22",
        withdrawn_at=None,
    ),
    claim=CLAIM,
    is_withdrawn=False,
    claimant_id=1,
    claimant_kind=ClaimantKind.PERSON,
    same_as="https://www.wikidata.org/wiki/Q1",
    said_on="2026-11-20",
    first_appearance="https://minister.example/speech",
    appearances=("https://minister.example/again",),
    needs_look=False,
    review=ReviewFacts(
        id=17,
        published_at=MOMENT,
        modified_at=MOMENT,
        withdrawn_at=None,
        is_current=True,
        ended_at=None,
        corrections=(CorrectionFacts(None, "The first version said 110 metres.", MOMENT),),
    ),
)


@pytest.fixture
def check() -> Check:
    """Makes the facts of a published check; ``claim`` and ``verdict`` change those parts, other words the check."""

    def make(*, claim: Mapping[str, Any] = NOTHING, verdict: Mapping[str, Any] = NOTHING, **changed: Any) -> CheckFacts:
        found = replace(CLAIM, verdict=replace(VERDICT, **verdict), **claim)
        return replace(CHECK, claim=found, **changed)

    return make
