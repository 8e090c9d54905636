"""What evidence each finding asks for, and which claims ask for a second person."""

import pytest

from claims_app.articles.model import SecondCheck, SourceRule
from claims_app.claims.model import Figure, Priority, Status
from claims_app.evidence.model import Evidence, Stance
from claims_app.sources.model import Source
from claims_app.verdicts.model import Finding
from claims_app.verdicts.proof import RULES, find_lack
from claims_app.verdicts.service import needs_second_check
from tests.factories import Factory

LINKED, NAMELESS = Source(title="Plan", address="https://example.org/plan"), Source(title="A witness")


def piece(
    stance: Stance, source: Source = LINKED, *, locator: str | None = None, value: float | None = None
) -> Evidence:
    figure = None if value is None else Figure(low=value, high=value, unit="metres", is_about=False)
    return Evidence(stance=stance, source=source, locator=locator, figure=figure)


FOR, AGAINST, BESIDE = (piece(stance) for stance in (Stance.SUPPORTS, Stance.REFUTES, Stance.CONTEXT))
HEARSAY = piece(Stance.SUPPORTS, NAMELESS)
PLACED = piece(Stance.SUPPORTS, NAMELESS, locator="page 4")
LONG, SHORT = piece(Stance.CONTEXT, value=120), piece(Stance.CONTEXT, value=40)
NEARLY = piece(Stance.CONTEXT, value=115)

V, P, D, U = Finding.VERIFIED, Finding.PARTLY, Finding.DISPUTED, Finding.UNVERIFIABLE

PROOF: list[tuple[str, Finding, list[Evidence], bool]] = [
    ("verified by nothing", V, [], False),
    ("verified by a source with an address", V, [FOR], True),
    ("verified by a place in a nameless source", V, [PLACED], True),
    ("verified by a source nobody can find", V, [HEARSAY], False),
    ("verified by one that can be found among others", V, [HEARSAY, FOR], True),
    ("verified by background", V, [BESIDE], False),
    ("verified by what refutes it", V, [AGAINST], False),
    ("verified though something refutes it", V, [FOR, AGAINST], True),
    ("partly by nothing", P, [], False),
    ("partly by background", P, [BESIDE], True),
    ("partly by a source nobody can find", P, [HEARSAY], True),
    ("disputed by nothing", D, [], False),
    ("disputed by what refutes it", D, [AGAINST], True),
    ("disputed by what supports it", D, [FOR], False),
    ("disputed by background", D, [BESIDE, BESIDE], False),
    ("disputed by two that contradict each other", D, [FOR, AGAINST], True),
    ("disputed by two figures far apart", D, [LONG, SHORT], True),
    ("disputed by two figures of which one is rounder", D, [LONG, NEARLY], False),
    ("disputed by one figure", D, [LONG, BESIDE], False),
    ("unverifiable by nothing", U, [], True),
    ("unverifiable in spite of evidence", U, [FOR], True),
    ("an opinion", Finding.OPINION, [], True),
]


@pytest.mark.parametrize(("case", "finding", "evidence", "proven"), PROOF, ids=[row[0] for row in PROOF])
def test_each_finding_asks_for_its_evidence(
    case: str, finding: Finding, evidence: list[Evidence], proven: bool
) -> None:
    assert (find_lack(finding, evidence, SourceRule.OFF) is None) is proven, case


def test_a_finding_that_can_fail_has_a_sentence_that_says_what_it_needs() -> None:
    assert {finding for finding in Finding if find_lack(finding, [], SourceRule.TWO)} == set(RULES)


SECOND = [
    (SecondCheck.OFF, Priority.HIGH, False),
    (SecondCheck.OFF, Priority.NORMAL, False),
    (SecondCheck.HIGH, Priority.HIGH, True),
    (SecondCheck.HIGH, Priority.NORMAL, False),
    (SecondCheck.HIGH, Priority.LOW, False),
    (SecondCheck.ALL, Priority.HIGH, True),
    (SecondCheck.ALL, Priority.LOW, True),
]


@pytest.mark.parametrize(("policy", "priority", "needed"), SECOND)
def test_the_articles_policy_says_which_claims_need_a_second_person(
    make: Factory, policy: SecondCheck, priority: Priority, needed: bool
) -> None:
    claim = make.claim(make.article(second_check=policy), priority=priority)
    assert needs_second_check(claim) is needed
    verdict = make.verdict(claim)
    assert verdict.needs_second_check is needed is verdict.awaits_second_check
    assert claim.status is (Status.AWAITING if needed else Status.VERIFIED)
