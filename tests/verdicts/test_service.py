"""Deciding a claim: the evidence each finding needs, the second person, sending back and opening again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck
from claims_app.articles.service import edit_article
from claims_app.claims.model import DECIDED, Claim, Priority, Status
from claims_app.claims.service import edit_claim
from claims_app.errors import DomainError, IllegalMove, NotAllowed, Stale, Unproven
from claims_app.evidence.model import Stance
from claims_app.evidence.queries import evidence_mark, list_evidence
from claims_app.evidence.service import edit_evidence, withdraw_evidence
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.service import verify_history
from claims_app.people.model import Person, Role
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import RULES
from claims_app.verdicts.service import (
    approve_verdict,
    propose_verdict,
    reopen_claim,
    return_verdict,
)
from tests.factories import Factory


def entries(session: Session, claim: Claim) -> list[HistoryEntry]:
    session.flush()
    return list(
        session.scalars(select(HistoryEntry).where(HistoryEntry.claim_id == claim.id).order_by(HistoryEntry.id))
    )


def propose(
    session: Session, claim: Claim, actor: Person, finding: Finding = Finding.VERIFIED, **details: Any
) -> Verdict:
    return propose_verdict(
        session,
        actor=actor,
        claim_id=claim.id,
        revision=claim.revision,
        finding=finding,
        **({"rationale_en": "The sources agree."} | details),
    )


class TestProposing:
    @pytest.mark.parametrize("finding", Finding)
    def test_decides_at_once_where_no_second_person_is_asked_for(self, make: Factory, finding: Finding) -> None:
        verdict = make.verdict(finding=finding)
        assert verdict.claim.status == finding.value
        assert verdict.claim.verdict_id == verdict.id
        assert not verdict.awaits_second_check

    def test_is_told_with_finding_rationale_and_move(self, session: Session, make: Factory) -> None:
        claim, checker = make.evidence().claim, make.person()
        verdict = propose(session, claim, checker, rationale_he=" כך כתוב. ", rationale_en=None)
        decided, moved = entries(session, claim)[-2:]
        assert (decided.action, decided.subject, decided.subject_id) == ("decided", Subject.VERDICT, verdict.id)
        assert decided.changes == {"finding": [None, "verified"], "rationale_he": [None, "כך כתוב."]}
        assert moved.changes == {"status": ["checking", "verified"]}
        assert (decided.actor_id, moved.actor_id, moved.why) == (checker.id, checker.id, "כך כתוב.")

    def test_an_unchecked_claim_goes_through_checking(self, session: Session, make: Factory) -> None:
        claim = make.verdict(make.claim(), finding=Finding.OPINION).claim
        moves = [entry.changes["status"] for entry in entries(session, claim) if entry.action == "moved"]
        assert moves == [["unchecked", "checking"], ["checking", "opinion"]]

    @pytest.mark.parametrize("finding", Finding)
    @pytest.mark.parametrize("words", [{"rationale_en": None}, {"rationale_en": " ", "rationale_he": "\n"}])
    def test_needs_a_rationale(
        self, session: Session, make: Factory, finding: Finding, words: dict[str, str | None]
    ) -> None:
        with pytest.raises(DomainError) as refusal:
            propose(session, make.evidence().claim, make.person(), finding, **words)
        assert refusal.value.field == "rationale_he"

    def test_is_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            propose(session, make.claim(), make.person(role=Role.READER), Finding.OPINION)

    def test_evidence_that_came_in_meanwhile_has_to_be_looked_at_first(self, session: Session, make: Factory) -> None:
        claim = make.evidence().claim
        seen = evidence_mark(list_evidence(session, claim.id))
        later = make.evidence(claim, stance=Stance.REFUTES)
        with pytest.raises(Stale):
            propose(session, claim, make.person(), seen=seen)
        withdraw_evidence(session, actor=make.person(), evidence_id=later.id, why="Misread.")
        assert propose(session, claim, make.person(), seen=seen)

    def test_so_has_evidence_that_was_changed_or_withdrawn(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        one, two = make.evidence(claim), make.evidence(claim)
        marks = [evidence_mark(list_evidence(session, claim.id))]
        edit_evidence(
            session,
            actor=make.person(),
            evidence_id=one.id,
            revision=1,
            **{name: getattr(one, name) for name in ("stance", "rank", "passage", "locator", "looked_on")},
            summary="It says something else.",
        )
        marks.append(evidence_mark(list_evidence(session, claim.id)))
        withdraw_evidence(session, actor=make.person(), evidence_id=two.id, why="Misread.")
        marks.append(evidence_mark(list_evidence(session, claim.id)))
        assert len(set(marks)) == 3
        for old in marks[:2]:
            with pytest.raises(Stale):
                propose(session, claim, make.person(), seen=old)
        assert propose(session, claim, make.person(), seen=marks[2])

    def test_a_claim_that_changed_has_to_be_looked_at_first(self, session: Session, make: Factory) -> None:
        claim = make.evidence().claim
        seen = claim.revision
        edit_claim(
            session,
            actor=make.person(),
            claim_id=claim.id,
            revision=seen,
            statement_he="אחר",
            statement_en=None,
            kind=claim.kind,
            section=None,
            paragraph=None,
            is_attributed=False,
            citation_id=None,
            cited_basis=claim.cited_basis,
        )
        with pytest.raises(Stale) as refusal:
            propose_verdict(
                session,
                actor=make.person(),
                claim_id=claim.id,
                revision=seen,
                finding=Finding.VERIFIED,
                rationale_en="x",
            )
        assert refusal.value.current is claim

    @pytest.mark.parametrize("finding", RULES)
    def test_what_is_not_proven_is_refused_with_its_rule(
        self, session: Session, make: Factory, finding: Finding
    ) -> None:
        claim = make.claim()
        with pytest.raises(Unproven) as refusal:
            propose(session, claim, make.person(role=Role.ADMIN), finding)
        assert (refusal.value.message, refusal.value.field) == (RULES[finding], "finding")

    def test_withdrawn_evidence_proves_nothing(self, session: Session, make: Factory) -> None:
        evidence = make.evidence()
        withdraw_evidence(session, actor=make.person(), evidence_id=evidence.id, why="Misread.")
        with pytest.raises(Unproven):
            propose(session, evidence.claim, make.person())

    @pytest.mark.parametrize("status", DECIDED)
    def test_a_decided_claim_is_not_decided_again(self, session: Session, make: Factory, status: Status) -> None:
        claim = make.verdict(finding=Finding(status.value)).claim
        with pytest.raises(IllegalMove) as refusal:
            propose(session, claim, make.person(), Finding.OPINION)
        assert refusal.value.values == {"from": status, "to": Status.OPINION}

    @pytest.mark.parametrize("finding", Finding)
    def test_nor_one_whose_verdict_waits_even_when_the_policy_has_changed(
        self, session: Session, make: Factory, finding: Finding
    ) -> None:
        article = make.article(second_check=SecondCheck.HIGH)
        claim = make.claim(article, priority=Priority.HIGH)
        make.verdict(claim)
        article.second_check = SecondCheck.OFF
        session.commit()
        with pytest.raises(DomainError, match="second check already"):
            propose(session, claim, make.person(role=Role.ADMIN), finding, override_why="x")


class TestOverriding:
    @pytest.mark.parametrize(("role", "may"), [(Role.CHECKER, False), (Role.EDITOR, True), (Role.ADMIN, True)])
    def test_is_an_editors_with_a_reason(self, session: Session, make: Factory, role: Role, may: bool) -> None:
        claim, actor = make.claim(), make.person(role=role)
        if not may:
            with pytest.raises(NotAllowed) as refusal:
                propose(session, claim, actor, override_why="Seen in court.")
            assert refusal.value.field == "override_why"
            return
        verdict = propose(session, claim, actor, override_why=" Seen in court. ")
        assert (verdict.override_why, claim.status) == ("Seen in court.", Status.VERIFIED)
        decided = next(entry for entry in entries(session, claim) if entry.action == "decided")
        assert (decided.why, decided.changes["override"]) == ("Seen in court.", [None, "Seen in court."])

    def test_a_blank_reason_is_none(self, session: Session, make: Factory) -> None:
        with pytest.raises(Unproven):
            propose(session, make.claim(), make.person(role=Role.EDITOR), override_why=" \n")

    @pytest.mark.parametrize("role", [Role.CHECKER, Role.EDITOR])
    def test_of_a_rule_that_is_met_is_forgotten(self, session: Session, make: Factory, role: Role) -> None:
        verdict = propose(session, make.evidence().claim, make.person(role=role), override_why="Just in case.")
        assert verdict.override_why is None


@pytest.fixture
def waiting(make: Factory) -> Claim:
    """A claim whose verdict waits for a second person."""
    claim = make.claim(make.article(second_check=SecondCheck.ALL))
    make.verdict(claim, finding=Finding.PARTLY, actor=make.person(name="The first"))
    return claim


class TestTheSecondCheck:
    def test_decides(self, session: Session, make: Factory, waiting: Claim) -> None:
        second = make.person(name="The second")
        verdict = approve_verdict(session, actor=second, claim_id=waiting.id)
        assert (waiting.status, waiting.verdict_id) == (Status.PARTLY, verdict.id)
        assert (verdict.approved_by_id, verdict.approved_at is None) == (second.id, False)
        approved, moved = entries(session, waiting)[-2:]
        assert (approved.action, approved.changes) == ("approved", {"approved_by": [None, "The second"]})
        assert moved.changes == {"status": ["awaiting", "partly"]}

    @pytest.mark.parametrize("role", [Role.CHECKER, Role.EDITOR, Role.ADMIN])
    def test_is_another_persons_whatever_the_role(self, session: Session, make: Factory, role: Role) -> None:
        person = make.person(role=role)
        claim = make.claim(make.article(second_check=SecondCheck.ALL))
        make.verdict(claim, actor=person)
        with pytest.raises(NotAllowed, match="another person"):
            approve_verdict(session, actor=person, claim_id=claim.id)
        assert claim.status is Status.AWAITING

    def test_is_not_a_readers(self, session: Session, make: Factory, waiting: Claim) -> None:
        with pytest.raises(NotAllowed):
            approve_verdict(session, actor=make.person(role=Role.READER), claim_id=waiting.id)

    def test_comes_once(self, session: Session, make: Factory, waiting: Claim) -> None:
        approve_verdict(session, actor=make.person(), claim_id=waiting.id)
        with pytest.raises(DomainError, match="does not wait"):
            approve_verdict(session, actor=make.person(), claim_id=waiting.id)

    def test_comes_where_it_was_asked_for(self, session: Session, make: Factory) -> None:
        with pytest.raises(DomainError, match="does not wait"):
            approve_verdict(session, actor=make.person(), claim_id=make.verdict().claim_id)
        with pytest.raises(DomainError, match="has no verdict"):
            approve_verdict(session, actor=make.person(), claim_id=make.claim().id)

    def test_is_still_needed_when_the_policy_is_switched_off(
        self, session: Session, make: Factory, waiting: Claim
    ) -> None:
        article = waiting.article
        details = {
            name: getattr(article, name)
            for name in ("title_he", "title_en", "outlet", "byline", "language", "address", "published_on")
        }
        edit_article(
            session,
            actor=make.person(role=Role.EDITOR),
            article_id=article.id,
            revision=1,
            deadline_at=None,
            second_check=SecondCheck.OFF,
            notes=None,
            **details,
        )
        assert approve_verdict(session, actor=make.person(), claim_id=waiting.id).approved_at is not None


class TestSendingBack:
    def test_ends_the_verdict_with_the_reason(self, session: Session, make: Factory, waiting: Claim) -> None:
        second = make.person()
        verdict = return_verdict(session, actor=second, claim_id=waiting.id, why=" The plan is older. ")
        assert (waiting.status, waiting.verdict_id) == (Status.CHECKING, None)
        assert (verdict.ended_by_id, verdict.ended_why) == (second.id, "The plan is older.")
        assert not verdict.awaits_second_check
        moved = entries(session, waiting)[-1]
        assert (moved.changes, moved.why) == ({"status": ["awaiting", "checking"]}, "The plan is older.")

    def test_makes_room_for_another(self, session: Session, make: Factory, waiting: Claim) -> None:
        return_verdict(session, actor=make.person(), claim_id=waiting.id, why="x")
        session.commit()
        again = make.verdict(waiting, finding=Finding.VERIFIED)
        assert waiting.verdict_id == again.id
        assert len(session.scalars(select(Verdict).where(Verdict.claim_id == waiting.id)).all()) == 2

    def test_needs_a_reason(self, session: Session, make: Factory, waiting: Claim) -> None:
        with pytest.raises(DomainError) as refusal:
            return_verdict(session, actor=make.person(), claim_id=waiting.id, why=" ")
        assert refusal.value.field == "why"
        assert waiting.status is Status.AWAITING

    def test_only_what_waits_is_sent_back(self, session: Session, make: Factory) -> None:
        for claim in (make.claim(), make.evidence().claim, make.verdict().claim):
            with pytest.raises(DomainError, match="does not wait"):
                return_verdict(session, actor=make.person(), claim_id=claim.id, why="x")


class TestOpeningAgain:
    @pytest.mark.parametrize("finding", Finding)
    def test_ends_the_verdict_with_the_reason(self, session: Session, make: Factory, finding: Finding) -> None:
        verdict, checker = make.verdict(finding=finding), make.person()
        reopen_claim(session, actor=checker, claim_id=verdict.claim_id, why="A new plan.")
        assert (verdict.claim.status, verdict.claim.verdict_id) == (Status.CHECKING, None)
        assert (verdict.ended_by_id, verdict.ended_why) == (checker.id, "A new plan.")
        assert entries(session, verdict.claim)[-1].changes == {"status": [finding.value, "checking"]}

    def test_needs_a_reason(self, session: Session, make: Factory) -> None:
        verdict = make.verdict()
        with pytest.raises(DomainError) as refusal:
            reopen_claim(session, actor=make.person(), claim_id=verdict.claim_id, why=None)
        assert refusal.value.field == "why"
        assert verdict.ended_at is None

    def test_only_what_is_decided_is_opened_again(self, session: Session, make: Factory, waiting: Claim) -> None:
        for claim in (make.claim(), make.evidence().claim, waiting):
            with pytest.raises(DomainError, match="not decided"):
                reopen_claim(session, actor=make.person(), claim_id=claim.id, why="x")

    def test_a_claim_can_be_decided_and_opened_again_many_times(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        for finding in Finding:
            make.verdict(claim, finding=finding, approver=None)
            reopen_claim(session, actor=make.person(), claim_id=claim.id, why="Once more.")
            session.commit()
        assert [verdict.finding for verdict in session.scalars(select(Verdict).order_by(Verdict.id))] == list(Finding)
        assert len(list_evidence(session, claim.id)) == 2
        assert list(verify_history(session)) == []


ACTS: list[Callable[[Session, Person, int], object]] = [
    lambda session, actor, claim_id: return_verdict(session, actor=actor, claim_id=claim_id, why="x"),
    lambda session, actor, claim_id: reopen_claim(session, actor=actor, claim_id=claim_id, why="x"),
]


class TestAnotherVerdictMeanwhile:
    def test_a_verdict_that_was_not_looked_at_is_not_ended_nor_confirmed(self, session: Session, make: Factory) -> None:
        claim = make.verdict(make.claim(make.article(second_check=SecondCheck.ALL))).claim
        seen = claim.verdict_id
        return_verdict(session, actor=make.person(), claim_id=claim.id, why="x")
        for finding in (None, Finding.DISPUTED):
            if finding is not None:
                make.verdict(claim, finding=finding)
            acts: list[Callable[[], object]] = [
                lambda: approve_verdict(session, actor=make.person(), claim_id=claim.id, verdict_id=seen),
                lambda: return_verdict(session, actor=make.person(), claim_id=claim.id, why="x", verdict_id=seen),
                lambda: reopen_claim(session, actor=make.person(), claim_id=claim.id, why="x", verdict_id=seen),
            ]
            for act in acts:
                with pytest.raises(Stale) as refusal:
                    act()
                assert refusal.value.current is claim
        approve_verdict(session, actor=make.person(), claim_id=claim.id, verdict_id=claim.verdict_id)
        assert claim.status is Status.DISPUTED


@pytest.mark.parametrize("act", ACTS, ids=["send back", "open again"])
def test_a_reader_ends_no_verdict(session: Session, make: Factory, act: Callable[..., object]) -> None:
    with pytest.raises(NotAllowed):
        act(session, make.person(role=Role.READER), make.verdict().claim_id)
