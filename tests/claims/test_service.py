"""Opening claims, changing them, handing them out, withdrawing them and bringing them back."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck
from claims_app.claims.figure import FigureValue, value_of
from claims_app.claims.model import CitedBasis, Claim, Claimant, Figure, Kind, Priority, Status
from claims_app.claims.service import (
    assign_claims,
    edit_claim,
    move_claim,
    open_claim,
    prioritise_claims,
    put_back,
    start_checking,
)
from claims_app.claims.withdrawing import withdraw_article, withdraw_claim
from claims_app.errors import DomainError, Duplicate, IllegalMove, NotAllowed, NotFound, Stale
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from tests.factories import Factory


def entries(session: Session, claim: Claim) -> list[HistoryEntry]:
    session.flush()
    return list(
        session.scalars(select(HistoryEntry).where(HistoryEntry.claim_id == claim.id).order_by(HistoryEntry.id))
    )


def as_saved(claim: Claim, **other: Any) -> dict[str, Any]:
    """Return what a form of this claim sends when nothing is touched."""
    return {
        "statement_he": claim.statement_he,
        "statement_en": claim.statement_en,
        "kind": claim.kind,
        "priority": claim.priority,
        "section": claim.section,
        "paragraph": claim.paragraph,
        "claimant": claim.claimant.name if claim.claimant else None,
        "is_attributed": claim.is_attributed,
        "citation_id": claim.citation_id,
        "cited_basis": claim.cited_basis,
        "figure": value_of(claim.figure),
    } | other


def edit(session: Session, make: Factory, claim: Claim, *, role: Role = Role.CHECKER, **other: Any) -> Claim:
    return edit_claim(
        session,
        actor=make.regular(role),
        claim_id=claim.id,
        revision=claim.revision,
        **as_saved(claim, **other),
    )


class TestOpening:
    def test_a_claim_begins_unchecked_and_numbered(self, session: Session, make: Factory) -> None:
        article = make.article()
        claims = [make.claim(article) for _ in range(3)]
        assert [claim.number for claim in claims] == [1, 2, 3]
        assert {claim.status for claim in claims} == {Status.UNCHECKED}
        assert make.claim().number == 1

    def test_everything_said_is_kept_and_told(self, session: Session, make: Factory) -> None:
        citation = make.citation()
        checker = make.person()
        claim = open_claim(
            session,
            actor=checker,
            article_id=citation.article_id,
            statement_he=" אורך הגשר 120 מטר. ",
            kind=Kind.FIGURE,
            priority=Priority.HIGH,
            section="מבוא",
            paragraph=2,
            claimant=" Dana ",
            is_attributed=True,
            citation_id=citation.id,
            cited_basis=CitedBasis.READ,
            figure=FigureValue(120, 120, "metres", is_about=True),
            origin_key="c-1",
        )
        (entry,) = entries(session, claim)
        assert entry.actor_id == checker.id
        assert entry.changes == {
            "number": [None, 1],
            "priority": [None, "high"],
            "claimant": [None, "Dana"],
            "statement_he": [None, "אורך הגשר 120 מטר."],
            "kind": [None, "figure"],
            "section": [None, "מבוא"],
            "paragraph": [None, 2],
            "is_attributed": [None, True],
            "citation_id": [None, citation.id],
            "cited_basis": [None, "read"],
            "figure": [None, "about 120 metres"],
        }

    def test_a_number_is_never_given_twice(self, session: Session, make: Factory) -> None:
        article = make.article()
        first = make.claim(article)
        withdraw_claim(session, actor=make.person(), claim_id=first.id, why="Opened twice.")
        assert make.claim(article).number == 2

    @pytest.mark.parametrize(
        ("details", "field"),
        [
            ({}, "statement_he"),
            ({"statement_he": " ", "statement_en": "\n"}, "statement_he"),
            ({"statement_he": "x", "cited_basis": CitedBasis.ADDRESS}, "cited_basis"),
            ({"statement_he": "x", "citation_id": 1}, "cited_basis"),
            ({"statement_he": "x", "citation_id": 9999, "cited_basis": CitedBasis.READ}, "citation_id"),
        ],
    )
    def test_what_is_missing_names_its_field(
        self, session: Session, make: Factory, details: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(DomainError) as refusal:
            open_claim(session, actor=make.person(), article_id=make.article().id, **details)
        assert refusal.value.field == field

    def test_a_link_of_another_article_is_refused(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotFound) as refusal:
            make.claim(make.article(), citation_id=make.citation().id, cited_basis=CitedBasis.READ)
        assert refusal.value.field == "citation_id"

    def test_an_imports_key_is_taken_once_for_each_article(self, session: Session, make: Factory) -> None:
        article = make.article()
        make.claim(article, origin_key="c-1")
        make.claim(make.article(), origin_key="c-1")
        with pytest.raises(Duplicate, match="c-1"):
            make.claim(article, origin_key="c-1")

    def test_a_claimant_is_one_however_often_named(self, session: Session, make: Factory) -> None:
        one, other = make.claim(claimant="Dana Levi"), make.claim(claimant=" Dana Levi ")
        assert one.claimant is other.claimant
        assert make.claim(claimant=" ").claimant is None
        assert len(session.scalars(select(Claimant)).all()) == 1

    def test_a_withdrawn_article_takes_no_claims(self, session: Session, make: Factory) -> None:
        article = make.article()
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=article.id, why="Not printed.")
        with pytest.raises(DomainError, match="article is withdrawn"):
            make.claim(article)

    def test_an_article_that_is_not_there_is_not_found(self, session: Session, make: Factory) -> None:
        with pytest.raises(NoResultFound):
            open_claim(session, actor=make.person(), article_id=9999, statement_he="x")


class TestPlaces:
    """Claims stand in the order of the article, whatever the order they were opened in."""

    @pytest.mark.parametrize(
        ("paragraphs", "order"),
        [
            ([None, None, None], [1, 2, 3]),
            ([1, 2, 3], [1, 2, 3]),
            ([3, 1, 2], [2, 3, 1]),
            ([1, 3, 1], [1, 3, 2]),
            ([2, 2, 1], [3, 1, 2]),
            ([1, None, 2], [1, 3, 2]),
        ],
    )
    def test_a_claim_stands_behind_those_of_its_paragraph(
        self, session: Session, make: Factory, paragraphs: list[int | None], order: list[int]
    ) -> None:
        article = make.article()
        claims = [make.claim(article, paragraph=paragraph) for paragraph in paragraphs]
        assert [claim.number for claim in sorted(claims, key=lambda claim: (claim.position, claim.id))] == order

    def test_a_claim_that_changes_its_paragraph_moves(self, session: Session, make: Factory) -> None:
        article = make.article()
        first, second, third = (make.claim(article, paragraph=number) for number in (1, 2, 3))
        edit(session, make, third, paragraph=1)
        assert first.position < third.position < second.position


class TestEditing:
    def test_each_field_can_be_changed_and_is_told(self, session: Session, make: Factory) -> None:
        citation = make.citation()
        claim = make.claim(citation.article, statement_he="ישן", claimant="Dana", figure=FigureValue(40, 40))
        edit(
            session,
            make,
            claim,
            statement_he="חדש",
            statement_en="new",
            kind=Kind.DATE,
            priority=Priority.LOW,
            section="B",
            paragraph=7,
            claimant="Noa",
            is_attributed=True,
            citation_id=citation.id,
            cited_basis=CitedBasis.ADDRESS,
            figure=FigureValue(41, 42),
        )
        assert claim.revision == 2
        assert entries(session, claim)[-1].changes == {
            "statement_he": ["ישן", "חדש"],
            "statement_en": [None, "new"],
            "kind": ["other", "date"],
            "priority": ["normal", "low"],
            "section": [None, "B"],
            "paragraph": [None, 7],
            "position": [1000, 1],
            "claimant": ["Dana", "Noa"],
            "is_attributed": [False, True],
            "citation_id": [None, citation.id],
            "cited_basis": ["none", "address"],
            "figure": ["40", "41 to 42"],
        }

    def test_a_change_is_found_by_search(self, session: Session, make: Factory) -> None:
        claim = make.claim(statement_he="גשר")
        edit(session, make, claim, statement_he="מגדל")
        assert claim.search_text == "מגדל גדל"

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        claim = make.claim(claimant="Dana", figure=FigureValue(40, 40))
        before = claim.updated_at
        edit(session, make, claim)
        assert (claim.revision, claim.updated_at, len(entries(session, claim))) == (1, before, 1)

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        edit(session, make, claim, section="A")
        with pytest.raises(Stale) as refusal:
            edit_claim(session, actor=make.person(), claim_id=claim.id, revision=1, **as_saved(claim, section="B"))
        assert refusal.value.current is claim
        assert claim.section == "A"

    def test_nor_the_priority_given_to_many_at_once(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        seen, revision = as_saved(claim), claim.revision
        prioritise_claims(session, actor=make.person(), claim_ids=[claim.id], priority=Priority.HIGH)
        with pytest.raises(Stale):
            edit_claim(session, actor=make.person(), claim_id=claim.id, revision=revision, **seen)

    def test_evidence_that_comes_in_meanwhile_is_no_conflict(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        revision = claim.revision
        make.evidence(claim)
        edit_claim(session, actor=make.person(), claim_id=claim.id, revision=revision, **as_saved(claim, section="A"))
        assert claim.section == "A"

    def test_a_priority_that_asks_for_a_second_check_is_not_a_checker_s_to_lower(
        self, session: Session, make: Factory
    ) -> None:
        claim = make.claim(make.article(second_check=SecondCheck.HIGH), priority=Priority.HIGH)
        with pytest.raises(NotAllowed, match="only an editor") as refusal:
            edit(session, make, claim, priority=Priority.LOW)
        assert refusal.value.field == "priority"
        edit(session, make, claim, section="A")
        assert (claim.priority, claim.section) == (Priority.HIGH, "A")

    def test_the_priority_of_a_claim_with_a_verdict_stays(self, session: Session, make: Factory) -> None:
        claim = make.verdict().claim
        with pytest.raises(DomainError, match="has a verdict"):
            edit(session, make, claim, priority=Priority.HIGH)
        edit(session, make, claim, section="A")
        assert (claim.priority, claim.section) == (Priority.NORMAL, "A")

    def test_a_figure_can_be_taken_away(self, session: Session, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(40, 40))
        edit(session, make, claim, figure=None)
        session.commit()
        assert claim.figure is None
        assert session.scalars(select(Figure)).all() == []

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"statement_he": "אחר"}, "statement_he"),
            ({"statement_en": "other"}, "statement_en"),
            ({"statement_en": None}, "statement_en"),
            ({"figure": FigureValue(41, 41)}, "figure_low"),
            ({"figure": None}, "figure_low"),
        ],
    )
    @pytest.mark.parametrize("second_check", [SecondCheck.OFF, SecondCheck.ALL])
    def test_what_was_decided_on_stays(
        self, session: Session, make: Factory, other: dict[str, Any], field: str, second_check: SecondCheck
    ) -> None:
        claim = make.claim(make.article(second_check=second_check), figure=FigureValue(40, 40))
        make.verdict(claim)
        with pytest.raises(DomainError, match="decided on") as refusal:
            edit(session, make, claim, **other)
        assert refusal.value.field == field

    def test_the_rest_of_a_decided_claim_can_be_put_right(self, session: Session, make: Factory) -> None:
        claim = make.verdict().claim
        edit(session, make, claim, kind=Kind.FIGURE, section="B")
        assert (claim.kind, claim.section, claim.status) == (Kind.FIGURE, "B", Status.VERIFIED)

    @pytest.mark.parametrize(
        "said", [{"claimant": "Noa"}, {"said_on": "2024"}, {"appearances": "https://minister.example/"}]
    )
    def test_who_said_a_decided_claim_is_an_editors_to_change(
        self, session: Session, make: Factory, said: dict[str, Any]
    ) -> None:
        """Its public page tells it."""
        claim = make.verdict().claim
        with pytest.raises(NotAllowed, match="changed by an editor"):
            edit(session, make, claim, **said)
        session.rollback()
        edit(session, make, claim, role=Role.EDITOR, **said)
        assert claim.status is Status.VERIFIED

    def test_a_refused_edit_leaves_the_claim_alone(self, session: Session, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(40, 40))
        make.verdict(claim)
        with pytest.raises(DomainError):
            edit(session, make, claim, figure=FigureValue(41, 41))
        session.rollback()
        assert value_of(claim.figure) == FigureValue(40, 40)


class TestMoving:
    def test_a_move_is_told_with_from_to_who_and_why(self, session: Session, make: Factory) -> None:
        claim, checker = make.claim(), make.person()
        move_claim(session, claim, Status.CHECKING, actor=checker, why="Begun.")
        entry = entries(session, claim)[-1]
        assert (entry.action, entry.changes) == ("moved", {"status": ["unchecked", "checking"]})
        assert (entry.actor_id, entry.why) == (checker.id, "Begun.")

    def test_a_refused_move_changes_nothing(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        with pytest.raises(IllegalMove):
            move_claim(session, claim, Status.VERIFIED, actor=make.person())
        assert claim.status is Status.UNCHECKED
        assert len(entries(session, claim)) == 1

    def test_beginning_takes_what_nobody_has(self, session: Session, make: Factory) -> None:
        free, taken, begun = make.claim(), make.claim(), make.claim()
        other, checker = make.person(), make.person()
        assign_claims(session, actor=other, claim_ids=[taken.id], assignee_id=other.id)
        start_checking(session, actor=other, claim_ids=[begun.id])
        assert start_checking(session, actor=checker, claim_ids=[free.id, taken.id, begun.id]) == 2
        assert [claim.assignee for claim in (free, taken, begun)] == [checker, other, other]
        assert {claim.status for claim in (free, taken, begun)} == {Status.CHECKING}

    def test_putting_back_gives_it_to_nobody_with_the_reason(self, session: Session, make: Factory) -> None:
        claim, checker = make.claim(), make.person()
        start_checking(session, actor=checker, claim_ids=[claim.id])
        put_back(session, actor=checker, claim_id=claim.id, why="Away for a week.")
        assert (claim.status, claim.assignee) == (Status.UNCHECKED, None)
        assert entries(session, claim)[-1].why == "Away for a week."
        start_checking(session, actor=checker, claim_ids=[claim.id])
        with pytest.raises(DomainError) as refusal:
            put_back(session, actor=checker, claim_id=claim.id, why=" ")
        assert refusal.value.field == "why"

    def test_only_what_is_being_checked_is_put_back(self, session: Session, make: Factory) -> None:
        for claim in (make.claim(), make.verdict().claim):
            with pytest.raises(IllegalMove):
                put_back(session, actor=make.person(), claim_id=claim.id, why="x")


def test_whatever_happens_to_a_claim_the_record_stays_whole(session: Session, make: Factory) -> None:
    claim = make.verdict(make.claim(figure=FigureValue(1, 2))).claim
    make.comment(claim)
    edit(session, make, claim, section="B")
    withdraw_claim(session, actor=make.person(role=Role.ADMIN), claim_id=claim.id, why="x")
    session.commit()
    assert list(verify_history(session)) == []
    assert {entry.article_id for entry in entries(session, claim)} == {claim.article_id}
