"""Taking an import back: all of it, never what was worked on since unseen, and what was mended comes in again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, Citation
from claims_app.captures.model import Trigger
from claims_app.captures.service import request_capture
from claims_app.claims.model import Claim, Priority, Status
from claims_app.claims.service import assign_claims, prioritise_claims
from claims_app.claims.withdrawing import restore_claim, withdraw_claim
from claims_app.comments.model import CommentKind
from claims_app.errors import DomainError, NotAllowed
from claims_app.evidence.model import Evidence
from claims_app.evidence.service import restore_evidence, withdraw_evidence
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.service import verify_history
from claims_app.importing.model import Import, ImportKind
from claims_app.importing.undoing import WorkedOn, find_worked, undo_import
from claims_app.people.model import Role
from claims_app.sources.model import Source, SourceKind
from claims_app.watching.service import watch_source
from tests.factories import Factory
from tests.importing.tables import bring, lines

TABLE = lines(
    "Key,Statement,Cited link,Stance,Source: Address,Summary",
    "a,A.,https://example.org/cited,supports,https://example.org/1,It says so.",
    "b,B.,,refutes,https://example.org/2,It does not.",
)


def undo(session: Session, imported: Import, *, keeps_worked: bool = False) -> Import:
    try:
        undone = undo_import(
            session, actor=None, import_id=imported.id, why="The wrong file.", keeps_worked=keeps_worked
        )
        session.commit()
    except DomainError:
        session.rollback()
        raise
    return undone


def live(session: Session, kind: type[Claim] | type[Source] | type[Article] | type[Citation] | type[Evidence]) -> int:
    return len(session.scalars(select(kind).where(kind.withdrawn_at.is_(None))).all())


def test_all_that_it_made_is_withdrawn_with_the_reason(session: Session, make: Factory) -> None:
    article = make.article()
    imported = bring(session, make.person(role=Role.EDITOR), TABLE, article=article)
    undone = undo(session, imported)
    assert [live(session, kind) for kind in (Claim, Source, Citation, Evidence)] == [0, 0, 0, 0]
    assert live(session, Article) == 1
    assert (undone.undone_why, undone.undone_by_id) == ("The wrong file.", None)
    assert undone.undone_at is not None
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "withdrawn")).all()
    assert sorted(entry.subject for entry in entries) == sorted(
        ["import", *["evidence"] * 2, *["claim"] * 2, "citation", *["source"] * 2]
    )
    assert {entry.why for entry in entries} == {"The wrong file."}
    assert list(verify_history(session)) == []
    with pytest.raises(DomainError, match="undone already"):
        undo(session, imported)


def test_the_mended_table_comes_in_again_under_the_same_keys(session: Session, make: Factory) -> None:
    article, editor = make.article(), make.person(role=Role.EDITOR)
    undo(session, bring(session, editor, TABLE, article=article))
    bring(session, editor, TABLE.replace(b"A.", b"A again."), article=article)
    assert [live(session, kind) for kind in (Claim, Source, Evidence)] == [2, 2, 2]


def test_it_needs_an_editor_and_a_reason(session: Session, make: Factory) -> None:
    imported = bring(session, make.person(role=Role.EDITOR), TABLE, article=make.article())
    with pytest.raises(NotAllowed):
        undo_import(session, actor=make.person(), import_id=imported.id, why="x")
    with pytest.raises(DomainError, match="Give the reason"):
        undo_import(session, actor=None, import_id=imported.id, why=" ")


Work = Callable[[Factory, Session, Claim], object]
WORK: dict[str, Work] = {
    "a priority": lambda make, session, claim: prioritise_claims(
        session, actor=make.person(), claim_ids=[claim.id], priority=Priority.HIGH
    ),
    "a person": lambda make, session, claim: assign_claims(
        session, actor=make.person(), claim_ids=[claim.id], assignee_id=make.person().id
    ),
    "evidence": lambda make, _session, claim: make.evidence(claim),
    "a comment": lambda make, _session, claim: make.comment(claim, kind=CommentKind.QUERY),
    "a verdict": lambda make, _session, claim: make.verdict(claim),
    "evidence taken out and back": lambda make, session, claim: restore_evidence(
        session,
        actor=make.person(),
        evidence_id=withdraw_evidence(
            session,
            actor=make.person(),
            evidence_id=session.scalars(select(Evidence.id).where(Evidence.claim_id == claim.id)).one(),
            why="x",
        ).id,
    ),
}


@pytest.mark.parametrize("name", WORK)
def test_a_claim_that_was_worked_on_is_named_and_stays(session: Session, make: Factory, name: str) -> None:
    article = make.article()
    imported = bring(session, make.person(role=Role.EDITOR), TABLE, article=article)
    first = session.scalars(select(Claim).order_by(Claim.id)).first()
    assert first is not None
    WORK[name](make, session, first)
    session.commit()
    with pytest.raises(WorkedOn, match="worked on since the import, so nothing was undone: A") as refusal:
        undo(session, imported)
    assert [(one.subject, one.id, one.number) for one in refusal.value.worked] == [(Subject.CLAIM, first.id, 1)]
    assert live(session, Claim) == 2
    undo(session, imported, keeps_worked=True)
    assert first.withdrawn_at is None
    assert live(session, Claim) == 1
    assert live(session, Citation) == 1  # the claim that stays names it
    addresses = set(session.scalars(select(Source.address).where(Source.withdrawn_at.is_(None))))
    assert "https://example.org/1" in addresses
    assert "https://example.org/2" not in addresses


def test_what_the_desk_does_by_itself_is_no_work(session: Session, make: Factory) -> None:
    article = make.article(text="The bridge is long. Nothing else.")
    data = lines("Statement,Quote,Summary,Stance,Source: Address", "A.,bridge is long,x,supports,https://example.org/1")
    imported = bring(session, make.person(role=Role.EDITOR), data, article=article)
    make.revision(article, "The bridge is not that long. Nothing else.")
    source = session.scalars(select(Source)).one()
    request_capture(session, actor=None, source=source, trigger=Trigger.WATCH)
    session.commit()
    assert find_worked(session, imported) == []


def test_what_somebody_withdrew_by_hand_is_out_already(session: Session, make: Factory) -> None:
    imported = bring(session, make.person(role=Role.EDITOR), TABLE, article=make.article())
    claim = session.scalars(select(Claim).where(Claim.statement_en == "B.")).one()
    withdraw_claim(session, actor=make.person(), claim_id=claim.id, why="Opened twice.")
    session.commit()
    assert find_worked(session, imported) == []
    undo(session, imported)
    assert live(session, Claim) == 0
    restore_claim(session, actor=make.person(), claim_id=claim.id)  # what one person did, that can be taken back


def test_evidence_for_a_claim_that_was_here_is_taken_off_and_its_status_given_back(
    session: Session, make: Factory
) -> None:
    claim, other = make.claim(), make.claim()
    make.evidence(other)
    data = lines(
        "Article,Number,Stance,Source,Summary",
        *(f"{one.article_id},{one.number},supports,P,S" for one in (claim, other)),
    )
    imported = bring(session, make.person(role=Role.EDITOR), data, ImportKind.EVIDENCE)
    session.refresh(claim)
    assert claim.status is Status.CHECKING
    undo(session, imported)
    session.refresh(other)
    assert (claim.status, claim.supports) == (Status.UNCHECKED, 0)
    assert (other.status, other.supports) == (Status.CHECKING, 1)


def test_evidence_under_a_verdict_is_named(session: Session, make: Factory) -> None:
    claim = make.claim()
    data = lines("Number,Stance,Source,Summary", f"{claim.number},supports,P,S")
    imported = bring(session, make.person(role=Role.EDITOR), data, ImportKind.EVIDENCE, claim.article)
    make.verdict(claim)
    with pytest.raises(WorkedOn) as refusal:
        undo(session, imported)
    assert [one.subject for one in refusal.value.worked] == [Subject.EVIDENCE]
    undo(session, imported, keeps_worked=True)
    assert live(session, Evidence) >= 1


@pytest.mark.parametrize("kind", ["contact", "watch", "copy", "origin", "evidence"])
def test_a_source_that_was_used_since_is_named(session: Session, make: Factory, kind: str) -> None:
    imported = bring(
        session,
        make.person(role=Role.EDITOR),
        lines("Title,Kind,Address", "Dana,person,https://example.org/d"),
        ImportKind.SOURCES,
    )
    source = session.scalars(select(Source)).one()
    match kind:
        case "contact":
            make.contact(source)
        case "watch":
            watch_source(session, actor=make.person(), source_id=source.id, every_days=7)
        case "copy":
            request_capture(session, actor=make.person(), source=source, trigger=Trigger.ASKED)
        case "origin":
            make.source().origin_id = source.id
        case "evidence":
            make.evidence(source=source)
    session.commit()
    assert [(one.subject, one.name) for one in find_worked(session, imported)] == [(Subject.SOURCE, "Dana")]


def test_imports_that_build_on_each_other_are_undone_one_after_the_other(session: Session, make: Factory) -> None:
    editor = make.person(role=Role.EDITOR)
    articles = bring(session, editor, lines("Key,Title", "a1,The bridge"), ImportKind.ARTICLES)
    claims = bring(session, editor, lines("Article,Key,Statement", "a1,c1,A."), ImportKind.CLAIMS)
    evidence = bring(
        session, editor, lines("Article,Key,Stance,Source,Summary", "a1,c1,supports,P,S"), ImportKind.EVIDENCE
    )
    with pytest.raises(WorkedOn):
        undo(session, articles)
    with pytest.raises(WorkedOn):
        undo(session, claims)
    for imported in (evidence, claims, articles):
        undo(session, imported)
    assert [live(session, kind) for kind in (Article, Claim, Source)] == [0, 0, 0]
    assert session.scalars(select(Source.kind)).one() is SourceKind.OTHER
