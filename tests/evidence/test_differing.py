"""How many pieces of evidence state another figure than the article: kept whenever either side changes."""

from typing import Any

from sqlalchemy.orm import Session

from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Claim
from claims_app.claims.service import edit_claim, recount_differing
from claims_app.evidence.model import Evidence
from claims_app.evidence.service import edit_evidence, restore_evidence, withdraw_evidence
from claims_app.people.model import Role
from tests.factories import Factory


def tonnes(number: float, unit: str = "tonnes") -> FigureValue:
    return FigureValue(number, number, unit)


def details_of(record: Claim | Evidence, *names: str) -> dict[str, Any]:
    return {"revision": record.revision, **{name: getattr(record, name) for name in names}}


def change_figure(session: Session, make: Factory, evidence: Evidence, figure: FigureValue | None) -> None:
    details = details_of(evidence, "stance", "rank", "summary", "passage", "locator", "looked_on")
    edit_evidence(session, actor=make.regular(Role.CHECKER), evidence_id=evidence.id, figure=figure, **details)
    session.commit()


def change_claim(session: Session, make: Factory, claim: Claim, figure: FigureValue | None) -> None:
    same = ("statement_he", "statement_en", "kind", "section", "paragraph", "is_attributed", "citation_id")
    details = details_of(claim, *same, "cited_basis", "priority")
    edit_claim(session, actor=make.regular(Role.CHECKER), claim_id=claim.id, figure=figure, **details)
    session.commit()


def test_it_is_kept_whenever_evidence_comes_changes_goes_or_returns(session: Session, make: Factory) -> None:
    checker = make.regular(Role.CHECKER)
    claim = make.claim(figure=tonnes(1_580_000))
    counted = [claim.differing]
    evidence = make.evidence(claim, figure=tonnes(1_173_000))
    make.evidence(claim, figure=tonnes(11_600_000, "barrels"))
    make.evidence(claim, figure=tonnes(5, "USD"))
    make.evidence(claim)
    counted.append(claim.differing)
    change_figure(session, make, evidence, tonnes(1_580_000))
    counted.append(claim.differing)
    change_figure(session, make, evidence, tonnes(1_000_000))
    counted.append(claim.differing)
    withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="Read wrongly.")
    counted.append(claim.differing)
    restore_evidence(session, actor=checker, evidence_id=evidence.id)
    counted.append(claim.differing)
    change_figure(session, make, evidence, None)
    counted.append(claim.differing)

    assert counted == [0, 1, 0, 1, 0, 1, 0]


def test_it_is_kept_when_the_claims_own_figure_changes(session: Session, make: Factory) -> None:
    claim = make.claim(figure=tonnes(1_580_000))
    make.evidence(claim, figure=tonnes(1_173_000))
    make.evidence(claim, figure=tonnes(1_000_000))
    counted = [claim.differing]
    for figure in (tonnes(1_200_000), FigureValue(1e6, 2e6, "tonnes"), None, tonnes(5)):
        change_claim(session, make, claim, figure)
        counted.append(claim.differing)

    assert counted == [2, 1, 0, 0, 2]


def test_a_desk_that_knew_no_count_is_counted_at_once(session: Session, make: Factory) -> None:
    claim, agreed, without = make.claim(figure=tonnes(40)), make.claim(figure=tonnes(40)), make.claim()
    gone = make.evidence(claim, figure=tonnes(19))
    withdraw_evidence(session, actor=make.regular(Role.CHECKER), evidence_id=gone.id, why="Read wrongly.")
    for owner, number in ((claim, 20), (claim, 21), (agreed, 40), (without, 40)):
        make.evidence(owner, figure=tonnes(number))
    claim.differing, agreed.differing = 0, 7
    session.commit()

    recount_differing(session)
    session.expire_all()

    assert [one.differing for one in (claim, agreed, without)] == [2, 0, 0]
