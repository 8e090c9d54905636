"""What a source says about a claim: adding, changing and withdrawing it, and the claim's count of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.figure import FigureValue, value_of
from claims_app.claims.model import Claim, Figure, Status
from claims_app.errors import DomainError, NotAllowed, NotFound, Stale
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.evidence.queries import list_evidence
from claims_app.evidence.service import (
    add_evidence,
    edit_evidence,
    edit_source,
    restore_evidence,
    withdraw_evidence,
    withdraw_source,
)
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.sources.model import Source, SourceKind
from claims_app.verdicts.service import reopen_claim
from tests.factories import Factory


def last_entry(session: Session, claim_id: int) -> HistoryEntry:
    session.flush()
    entry = session.scalar(
        select(HistoryEntry).where(HistoryEntry.claim_id == claim_id).order_by(HistoryEntry.id.desc()).limit(1)
    )
    assert entry is not None
    return entry


def counts(claim: Claim) -> tuple[int, int, int]:
    return claim.supports, claim.refutes, claim.contexts


def edit(session: Session, make: Factory, evidence: Evidence, **other: Any) -> Evidence:
    saved = {
        "stance": evidence.stance,
        "rank": evidence.rank,
        "summary": evidence.summary,
        "passage": evidence.passage,
        "locator": evidence.locator,
        "looked_on": evidence.looked_on,
        "figure": value_of(evidence.figure),
    }
    return edit_evidence(
        session,
        actor=make.regular(Role.CHECKER),
        evidence_id=evidence.id,
        revision=evidence.revision,
        **(saved | other),
    )


class TestAdding:
    def test_everything_said_is_kept_and_told(self, session: Session, make: Factory) -> None:
        claim, source, checker = make.claim(), make.source(title="The plan"), make.person()
        evidence = add_evidence(
            session,
            actor=checker,
            claim_id=claim.id,
            source=source,
            stance=Stance.REFUTES,
            rank=Rank.PRIMARY,
            summary=" 110 metres. ",
            passage="Length: 110 m",
            locator="sheet 4",
            looked_on=date(2026, 1, 2),
            figure=FigureValue(110, 110, "metres"),
        )
        created = session.scalars(select(HistoryEntry).where(HistoryEntry.subject == "evidence")).one()
        assert (created.subject_id, created.claim_id, created.actor_id) == (evidence.id, claim.id, checker.id)
        assert created.changes == {
            "source": [None, "The plan"],
            "stance": [None, "refutes"],
            "rank": [None, "primary"],
            "summary": [None, "110 metres."],
            "passage": [None, "Length: 110 m"],
            "locator": [None, "sheet 4"],
            "looked_on": [None, "2026-01-02"],
            "figure": [None, "110 metres"],
        }

    def test_an_unchecked_claim_is_then_being_checked(self, session: Session, make: Factory) -> None:
        claim = make.evidence().claim
        assert claim.status is Status.CHECKING
        assert last_entry(session, claim.id).changes == {"status": ["unchecked", "checking"]}

    def test_a_decided_claim_stays_decided(self, session: Session, make: Factory) -> None:
        claim = make.verdict().claim
        make.evidence(claim, stance=Stance.REFUTES)
        assert (claim.status, counts(claim)) == (Status.VERIFIED, (1, 1, 0))

    @pytest.mark.parametrize("summary", [None, "", " \n"])
    def test_it_says_something(self, session: Session, make: Factory, summary: Any) -> None:
        with pytest.raises(DomainError) as refusal:
            make.evidence(summary=summary)
        assert refusal.value.field == "summary"

    def test_a_withdrawn_source_proves_nothing(self, session: Session, make: Factory) -> None:
        source = make.source()
        withdraw_source(session, actor=make.person(), source_id=source.id, why="A copy.")
        with pytest.raises(NotFound, match="source is withdrawn"):
            make.evidence(source=source)

    def test_is_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            make.evidence(actor=make.person(role=Role.READER))


class TestTheDayOfLooking:
    NIGHT = datetime(2026, 1, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    def test_is_today_where_none_is_given(self, session: Session, make: Factory) -> None:
        with time_machine.travel(datetime(2026, 1, 2, 12, tzinfo=UTC)):
            assert make.evidence().looked_on == date(2026, 1, 2)

    def test_may_be_the_day_that_began_east_of_greenwich(self, session: Session, make: Factory) -> None:
        with time_machine.travel(self.NIGHT):
            assert make.evidence(looked_on=date(2026, 1, 2)).looked_on == date(2026, 1, 2)

    def test_is_not_to_come(self, session: Session, make: Factory) -> None:
        with time_machine.travel(self.NIGHT), pytest.raises(DomainError) as refusal:
            make.evidence(looked_on=date(2026, 1, 3))
        assert refusal.value.field == "looked_on"


class TestEditing:
    def test_what_changed_is_told_and_counted(self, session: Session, make: Factory) -> None:
        evidence = make.evidence(figure=FigureValue(40, 40))
        edit(session, make, evidence, stance=Stance.REFUTES, rank=Rank.SECONDARY, figure=FigureValue(30, 30))
        assert (evidence.revision, counts(evidence.claim)) == (2, (0, 1, 0))
        assert last_entry(session, evidence.claim_id).changes == {
            "stance": ["supports", "refutes"],
            "rank": ["primary", "secondary"],
            "figure": ["40", "30"],
        }

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        evidence = make.evidence(figure=FigureValue(40, 40))
        before = last_entry(session, evidence.claim_id).id
        session.expire_all()
        edit(session, make, evidence)
        assert (evidence.revision, last_entry(session, evidence.claim_id).id) == (1, before)

    def test_a_figure_can_be_taken_away(self, session: Session, make: Factory) -> None:
        evidence = make.evidence(figure=FigureValue(40, 40))
        edit(session, make, evidence, figure=None)
        session.commit()
        assert session.scalars(select(Figure)).all() == []

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        evidence = make.evidence()
        evidence.revision = 2
        session.commit()
        with pytest.raises(Stale) as refusal:
            edit_evidence(
                session,
                actor=make.person(),
                evidence_id=evidence.id,
                revision=1,
                stance=Stance.CONTEXT,
                rank=None,
                summary="x",
                passage=None,
                locator=None,
                looked_on=None,
            )
        assert refusal.value.current is evidence


class TestWithdrawing:
    def test_it_leaves_the_count_and_comes_back(self, session: Session, make: Factory) -> None:
        claim, checker = make.claim(), make.person()
        evidence = make.evidence(claim)
        make.evidence(claim, stance=Stance.CONTEXT)
        withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="Misread.")
        assert counts(claim) == (0, 0, 1)
        assert last_entry(session, claim.id).why == "Misread."
        assert evidence not in list_evidence(session, claim.id)
        assert evidence in list_evidence(session, claim.id, with_withdrawn=True)
        restore_evidence(session, actor=checker, evidence_id=evidence.id)
        assert counts(claim) == (1, 0, 1)
        assert last_entry(session, claim.id).action == "restored"

    def test_needs_a_reason_and_goes_once(self, session: Session, make: Factory) -> None:
        evidence, checker = make.evidence(), make.person()
        with pytest.raises(DomainError, match="not withdrawn"):
            restore_evidence(session, actor=checker, evidence_id=evidence.id)
        with pytest.raises(DomainError, match="Give the reason"):
            withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why=" ")
        withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="x")
        with pytest.raises(DomainError, match="withdrawn already"):
            withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="x")

    def test_does_not_come_back_without_its_source(self, session: Session, make: Factory) -> None:
        evidence, checker = make.evidence(), make.person()
        withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="x")
        withdraw_source(session, actor=checker, source_id=evidence.source_id, why="x")
        with pytest.raises(DomainError, match="source is withdrawn"):
            restore_evidence(session, actor=checker, evidence_id=evidence.id)

    def test_keeps_its_order(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        one, two = make.evidence(claim), make.evidence(claim)
        withdraw_evidence(session, actor=make.person(), evidence_id=one.id, why="x")
        restore_evidence(session, actor=make.person(), evidence_id=one.id)
        assert list_evidence(session, claim.id) == [one, two]


def test_what_a_verdict_rests_on_stays(session: Session, make: Factory) -> None:
    claim, checker = make.verdict().claim, make.person()
    (evidence,) = list_evidence(session, claim.id)
    acts: list[Callable[[], object]] = [
        lambda: edit(session, make, evidence, summary="x"),
        lambda: withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="x"),
        lambda: restore_evidence(session, actor=checker, evidence_id=evidence.id),
    ]
    for act in acts:
        with pytest.raises(DomainError, match="verdict rests on this evidence"):
            act()
    reopen_claim(session, actor=checker, claim_id=claim.id, why="A new plan.")
    edit(session, make, evidence, summary="x")
    assert evidence.summary == "x"


class TestSourceOfADecidedClaim:
    def change(self, session: Session, make: Factory, source: Source, *, revision: int = 1, **other: Any) -> Source:
        names = ("kind", "title", "address", "publisher", "published_on", "notes")
        saved = {name: getattr(source, name) for name in names}
        actor = make.regular(Role.ADMIN)
        return edit_source(session, actor=actor, source_id=source.id, revision=revision, **(saved | other))

    @pytest.mark.parametrize(
        ("field", "value"), [("address", "https://example.org/another"), ("kind", SourceKind.STATISTIC)]
    )
    def test_keeps_its_address_and_kind(self, session: Session, make: Factory, field: str, value: Any) -> None:
        source = make.evidence().source
        claim = make.verdict(make.evidence(source=source).claim).claim
        with pytest.raises(DomainError, match="Decided claims rest on this source") as refusal:
            self.change(session, make, source, **{field: value})
        assert refusal.value.field == field
        reopen_claim(session, actor=make.person(), claim_id=claim.id, why="Another address.")
        assert getattr(self.change(session, make, source, **{field: value}), field) == value

    def test_can_be_corrected_otherwise(self, session: Session, make: Factory) -> None:
        source = make.evidence().source
        make.verdict(make.evidence(source=source).claim)
        self.change(session, make, source, title="The plan, corrected", publisher="The bridge office", notes="Read.")
        assert (source.title, source.publisher_name, source.revision) == ("The plan, corrected", "The bridge office", 2)

    def test_is_free_again_once_its_evidence_is_withdrawn(self, session: Session, make: Factory) -> None:
        evidence = make.evidence()
        withdraw_evidence(session, actor=make.person(), evidence_id=evidence.id, why="Misread.")
        make.verdict(evidence.claim)
        self.change(session, make, evidence.source, kind=SourceKind.STATISTIC)
        assert evidence.source.kind is SourceKind.STATISTIC

    def test_tells_first_that_somebody_else_saved(self, session: Session, make: Factory) -> None:
        source = make.evidence().source
        make.verdict(make.evidence(source=source).claim)
        with pytest.raises(Stale):
            self.change(session, make, source, revision=0, kind=SourceKind.STATISTIC)


@pytest.mark.parametrize(
    ("address", "locator", "can_be_found"),
    [
        ("https://example.org/plan", None, True),
        (None, "sheet 4", True),
        ("https://example.org/plan", "sheet 4", True),
        (None, None, False),
        (None, " ", False),
    ],
)
def test_another_person_can_go_and_look_by_address_or_locator(
    make: Factory, address: str | None, locator: str | None, can_be_found: bool
) -> None:
    assert make.evidence(source=make.source(address=address), locator=locator).can_be_found is can_be_found
