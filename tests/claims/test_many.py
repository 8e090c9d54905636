"""Handing claims out, giving them priorities and tags: one at a time and many at once."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck
from claims_app.claims.model import Priority
from claims_app.claims.service import (
    MOST_AT_ONCE,
    assign_claims,
    prioritise_claims,
    start_checking,
    tag_claims,
    untag_claim,
)
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.errors import DomainError, NotAllowed, NotFound
from claims_app.people.model import Person, Role
from claims_app.people.service import set_active
from tests.claims.test_service import entries
from tests.factories import Factory


class TestHandingOut:
    def test_claims_change_hands(self, session: Session, make: Factory) -> None:
        one, other, checker = make.claim(), make.claim(), make.person(name="Noa")
        assert assign_claims(session, actor=checker, claim_ids=[one.id, other.id], assignee_id=checker.id) == 2
        assert assign_claims(session, actor=checker, claim_ids=[one.id, other.id], assignee_id=checker.id) == 0
        assert entries(session, one)[-1].changes == {"assignee": [None, "Noa"]}
        assert assign_claims(session, actor=checker, claim_ids=[one.id], assignee_id=None) == 1
        assert entries(session, one)[-1].changes == {"assignee": ["Noa", None]}

    def test_only_to_people_who_check(self, session: Session, make: Factory) -> None:
        claim, gone = make.claim(), make.person()
        set_active(session, actor=None, person_id=gone.id, is_active=False)
        for assignee_id in (make.person(role=Role.READER).id, gone.id, 9999):
            with pytest.raises(NotAllowed) as refusal:
                assign_claims(session, actor=make.person(), claim_ids=[claim.id], assignee_id=assignee_id)
            assert refusal.value.field == "assignee_id"

    def test_a_priority_is_given_to_many(self, session: Session, make: Factory) -> None:
        high, normal = make.claim(priority=Priority.HIGH), make.claim()
        count = prioritise_claims(session, actor=make.person(), claim_ids=[high.id, normal.id], priority=Priority.HIGH)
        assert count == 1
        assert entries(session, normal)[-1].changes == {"priority": ["normal", "high"]}
        assert len(entries(session, high)) == 1

    def test_that_of_a_claim_with_a_verdict_stays(self, session: Session, make: Factory) -> None:
        decided, waiting = (
            make.verdict().claim,
            make.verdict(make.claim(make.article(second_check=SecondCheck.ALL))).claim,
        )
        for claim in (decided, waiting):
            with pytest.raises(DomainError, match="has a verdict") as refusal:
                prioritise_claims(
                    session,
                    actor=make.person(role=Role.ADMIN),
                    claim_ids=[make.claim().id, claim.id],
                    priority=Priority.HIGH,
                )
            assert refusal.value.field == "priority"
            session.rollback()
        assert prioritise_claims(session, actor=make.person(), claim_ids=[decided.id], priority=Priority.NORMAL) == 0

    @pytest.mark.parametrize("policy", SecondCheck)
    def test_a_checker_lowers_none_that_asks_for_a_second_check(
        self, session: Session, make: Factory, policy: SecondCheck
    ) -> None:
        claim = make.claim(make.article(second_check=policy), priority=Priority.HIGH)

        def lower(role: Role) -> int:
            actor = make.person(role=role)
            return prioritise_claims(session, actor=actor, claim_ids=[claim.id], priority=Priority.NORMAL)

        if policy is SecondCheck.HIGH:
            with pytest.raises(NotAllowed, match="only an editor"):
                lower(Role.CHECKER)
            assert lower(Role.EDITOR) == 1
        else:
            assert lower(Role.CHECKER) == 1


BULK: list[Callable[[Session, Person, list[int]], object]] = [
    lambda session, actor, claim_ids: start_checking(session, actor=actor, claim_ids=claim_ids),
    lambda session, actor, claim_ids: assign_claims(session, actor=actor, claim_ids=claim_ids, assignee_id=None),
    lambda session, actor, claim_ids: prioritise_claims(
        session, actor=actor, claim_ids=claim_ids, priority=Priority.LOW
    ),
    lambda session, actor, claim_ids: tag_claims(session, actor=actor, claim_ids=claim_ids, tag="x"),
]


@pytest.mark.parametrize("act", BULK, ids=["start", "assign", "prioritise", "tag"])
class TestManyAtOnce:
    def test_needs_a_selection_and_not_too_large_a_one(
        self, session: Session, make: Factory, act: Callable[..., object]
    ) -> None:
        for claim_ids in ([], list(range(MOST_AT_ONCE + 1))):
            with pytest.raises(DomainError, match="Select at"):
                act(session, make.person(), claim_ids)

    def test_is_all_or_nothing(self, session: Session, make: Factory, act: Callable[..., object]) -> None:
        claim, gone = make.claim(priority=Priority.HIGH), make.claim()
        withdraw_claim(session, actor=make.person(), claim_id=gone.id, why="x")
        for missing in (gone.id, 9999):
            with pytest.raises(NotFound):
                act(session, make.person(), [claim.id, missing])
        assert len(entries(session, claim)) == 1

    def test_counts_a_claim_named_twice_once(self, session: Session, make: Factory, act: Callable[..., object]) -> None:
        claim = make.claim(priority=Priority.HIGH)
        assert act(session, make.person(), [claim.id, claim.id]) in {0, 1}

    def test_is_not_for_readers(self, session: Session, make: Factory, act: Callable[..., object]) -> None:
        with pytest.raises(NotAllowed):
            act(session, make.person(role=Role.READER), [make.claim().id])


class TestTags:
    def test_are_put_on_once_and_taken_off(self, session: Session, make: Factory) -> None:
        one, other = make.claim(), make.claim()
        assert tag_claims(session, actor=make.person(), claim_ids=[one.id], tag=" legal ") == 1
        assert tag_claims(session, actor=make.person(), claim_ids=[one.id, other.id], tag="legal") == 1
        assert [tag.name for tag in one.tags] == ["legal"]
        assert entries(session, one)[-1].changes == {"tag": [None, "legal"]}
        untag_claim(session, actor=make.person(), claim_id=one.id, tag="legal")
        session.commit()
        session.expire_all()
        assert one.tags == []
        assert entries(session, one)[-1].changes == {"tag": ["legal", None]}
        assert [tag.name for tag in other.tags] == ["legal"]

    def test_taking_off_what_is_not_there_leaves_no_trace(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        untag_claim(session, actor=make.person(), claim_id=claim.id, tag="legal")
        assert len(entries(session, claim)) == 1

    @pytest.mark.parametrize("tag", [None, "", " ", "x" * 61, "two\nlines"])
    def test_are_one_short_line(self, session: Session, make: Factory, tag: str | None) -> None:
        with pytest.raises(DomainError) as refusal:
            tag_claims(session, actor=make.person(), claim_ids=[make.claim().id], tag=tag)
        assert refusal.value.field == "tag"
